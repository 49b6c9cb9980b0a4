"""Application configuration of analytics."""

from django.apps import AppConfig


class AnalyticsConfig(AppConfig):
    """The analytics rooms."""

    name = "analytics"
    default_auto_field = "django.db.models.BigAutoField"
