"""Forms of channels, one file for each subject: turning input into clean values."""
