"""Foundation: what every room stands on, and nothing about recruitment."""

from django.apps import AppConfig


class FoundationConfig(AppConfig):
    """Tenancy, clock, formats, sealed text."""

    name = "foundation"
