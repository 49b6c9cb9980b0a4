"""Application configuration of channels."""

from django.apps import AppConfig
from django.core.checks import register
from django.utils.translation import gettext_lazy as _


class ChannelsConfig(AppConfig):
    """The channels rooms."""

    name = "channels"
    verbose_name = _("Channels")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the system checks."""
        from channels import checks

        register(checks.publishing_knobs_fit)
        register(checks.versions_are_alive)
