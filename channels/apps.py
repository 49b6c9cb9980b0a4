"""Application configuration of channels."""

from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    """The channels rooms."""

    name = "channels"
    default_auto_field = "django.db.models.BigAutoField"
