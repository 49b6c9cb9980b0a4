"""What a system administrator sees of municipalities that leave: requests to confirm, and receipts."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from kanalkompass import models
from kanalkompass.privacy import leaving
from recruitment.admin import GlobalAdmin


@admin.register(models.MunicipalityDeletion)
class MunicipalityDeletionAdmin(GlobalAdmin):
    """Looked at here, confirmed with `manage.py delete_municipality`."""

    list_display = ["number", "name", "state", "requested_at", "requested_by", "finished_at", "backups_until"]
    list_filter = ["state"]
    readonly_fields = ["number", "name", "state", "reason", "requested_by", "requested_at", "confirmed_at", "told"]
    fields = ["number", "name", "state", "reason", "requested_by", "requested_at", "confirmed_at", "told"]

    @admin.display(description=_("receipt"))
    def told(self, deletion: models.MunicipalityDeletion) -> str:
        """Return the receipt as text, once all is deleted."""
        is_done = deletion.state == models.MunicipalityDeletion.State.DONE
        return "\n".join(leaving.receipt_lines(deletion)) if is_done else ""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Add nothing here: the municipality's administrator asks on her own page."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Change nothing here."""
        return False
