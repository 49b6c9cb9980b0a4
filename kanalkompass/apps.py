"""The project package as an application: checks, commands, grants after migrating, pages that join several apps."""

from django.apps import AppConfig, apps
from django.contrib.admin import apps as admin_apps
from django.db.models.signals import post_migrate, pre_migrate


class KanalkompassConfig(AppConfig):
    """The top of the house."""

    name = "kanalkompass"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the checks, and the grants that follow every migration."""
        from kanalkompass import checks, grants

        checks.register_all()
        # Django signals only apps that have models; one of them is enough.
        with_models = apps.get_app_config("analytics")
        pre_migrate.connect(grants.before_migrating, sender=with_models)
        post_migrate.connect(grants.after_migrating, sender=with_models)


class AdminConfig(admin_apps.AdminConfig):
    """Django admin behind our own door."""

    default_site = "kanalkompass.admin_site.Site"
