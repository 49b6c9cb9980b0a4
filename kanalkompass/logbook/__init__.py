"""The audit log as people read it: who did what, in words. What is logged stands in `kanalkompass.audited`."""
