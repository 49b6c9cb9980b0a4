"""Publishing for the tests of the contract."""

from channels.connectors import Connector, Draft, Prepared, Receipt

# Short, so that a call that is held up ends a test soon.
BRIEF_S = 0.8


def publish(channel: Connector, text: str = "Vi søker sykepleier", *, deadline_s: float = 5) -> Receipt:
    """Publish a text, once."""
    return channel.publish(Prepared(Draft(text, marker="m")), deadline_s=deadline_s)
