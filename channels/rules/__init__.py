"""
What law, accessibility and the channel ask of a post, as data with a reason and a source.

`check_text` is asked while a person writes, when a post is planned, and when it is sent for approval. A check warns and
explains; only what the channel cannot take is refused.
"""

from channels.rules.checks import Finding, Verdict, check_text

__all__ = ["Finding", "Verdict", "check_text"]
