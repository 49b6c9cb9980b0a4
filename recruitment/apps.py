"""Application configuration of recruitment."""

from django.apps import AppConfig


class RecruitmentConfig(AppConfig):
    """The recruitment rooms."""

    name = "recruitment"
    default_auto_field = "django.db.models.BigAutoField"
