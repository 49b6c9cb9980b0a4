"""What stops the launcher, said to the person at the terminal."""


class Problem(Exception):
    """One plain Norwegian sentence on what is wrong, followed by what to do about it."""
