"""Application configuration of recruitment."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RecruitmentConfig(AppConfig):
    """The recruitment rooms."""

    name = "recruitment"
    verbose_name = _("Recruitment")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen to what the login tells."""
        from recruitment import login_signals  # noqa: F401 (importing it connects its receivers)
