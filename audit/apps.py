"""The audit log: who did what, when, in which municipality."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Events, the pseudonyms in them, and the chain that shows whether one was touched."""

    name = "audit"
    default_auto_field = "django.db.models.BigAutoField"
