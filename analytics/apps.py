"""Application configuration of analytics."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AnalyticsConfig(AppConfig):
    """The analytics rooms."""

    name = "analytics"
    verbose_name = _("Statistics")
    default_auto_field = "django.db.models.BigAutoField"
