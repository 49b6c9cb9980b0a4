"""
A local stand-in for the platforms Kanalkompass publishes to.

It is a program of its own: standard library only, nothing shared with the product, spoken to over HTTP alone. It
answers like the platform as far as the platform's behaviour is known, keeps its own clock, and has a control plane
(`/_truth`, `/_fault`, `/_clock`, ...) so that tests can see what really was published and can break things on purpose.
"""

SANDBOX_HEADER = ("X-Kanalkompass-Sandbox", "1")
