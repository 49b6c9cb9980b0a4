"""Privacy across the apps: what is stored of whom, when it is deleted, and how a person or a municipality leaves."""
