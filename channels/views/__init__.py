"""Views of channels, one file for each subject: request, one query or one action, response."""
