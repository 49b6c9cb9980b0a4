"""What an administrator may look at of figures. Answers and outcome counts are not here: they are HR's (R10)."""

from django.contrib import admin

from analytics import models
from recruitment.admin import TenantLog


@admin.register(models.Cost)
class CostAdmin(TenantLog):
    """Kroner and hours."""

    list_display = ["day", "source", "kind", "amount_ore", "minutes", "note"]


@admin.register(models.FetchRun)
class FetchRunAdmin(TenantLog):
    """Rounds of asking a channel for figures."""

    list_display = ["account", "state", "asked_at", "ended_at", "n_fetched", "n_failed", "n_left_out", "n_days"]
    list_filter = ["state"]
