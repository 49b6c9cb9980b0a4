"""The old name of `analytics.statistics`, while importers move."""

from analytics.statistics import *  # noqa: F403
