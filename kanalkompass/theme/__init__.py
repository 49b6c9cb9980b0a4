"""The municipality's own look: one accent colour, and its logo."""
