"""What every formula of this package shares. Every interval is 90 %."""

Z_90 = 1.6449
LOW_TAIL, HIGH_TAIL = 0.05, 0.95
ONE_SIDED = 0.90
ENOUGH = 5  # below this many, a point estimate or a comparison says more than is known
