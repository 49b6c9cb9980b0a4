"""
`python -m tests.bench`: how far the product's own statements are from the fastest this machine can do.

Every figure is a ratio between the product and a limit, measured in turn on the same server, so that it means the
same on a slow machine as on a fast one. Figures, goals and exit codes: docs/benchmarks.md.
"""
