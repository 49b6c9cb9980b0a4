"""Application configuration of channels."""

from django.apps import AppConfig
from django.core.checks import register


class ChannelsConfig(AppConfig):
    """The channels rooms."""

    name = "channels"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the system checks."""
        from channels import checks

        register(checks.publishing_knobs_fit)
