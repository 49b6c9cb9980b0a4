"""
The launcher: the whole system on one machine, with nothing installed beforehand but Python.

Its texts are Norwegian without a catalogue: they are read in a terminal, before Django is set up.
"""
