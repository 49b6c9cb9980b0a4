"""What an administrator may look at of channels. Never a token (P17), and daily work is done on its own pages."""

from django.contrib import admin

from channels import models
from recruitment.admin import TenantLog


@admin.register(models.Account)
class AccountAdmin(TenantLog):
    """Channel accounts."""

    list_display = ["name", "channel", "responsible", "deputy"]


@admin.register(models.RiskAssessment)
class RiskAssessmentAdmin(TenantLog):
    """Risk assessments (R14)."""

    list_display = ["account", "status", "assessed_date", "responsible_name", "next_review_date"]


@admin.register(models.Connection)
class ConnectionAdmin(TenantLog):
    """Connections: scope, expiry, last use and fingerprint."""

    fields = ["account", "state", "fingerprint", "scopes", "member_name", "expires_at", "connected_at", "last_used_at"]
    list_display = ["account", "state", "fingerprint", "expires_at", "last_used_at"]


@admin.register(models.Campaign)
class CampaignAdmin(TenantLog):
    """Campaigns."""

    list_display = ["name", "start_date", "end_date"]


@admin.register(models.Delivery)
class DeliveryAdmin(TenantLog):
    """Deliveries with their states."""

    list_display = ["post", "account", "state", "due_at", "published_at"]
    list_filter = ["state"]


@admin.register(models.Attempt)
class AttemptAdmin(TenantLog):
    """Attempts at sending."""

    list_display = ["delivery", "fence", "claimed_at", "sent_at", "outcome"]
    list_filter = ["outcome"]


@admin.register(models.AdAccount)
class AdAccountAdmin(TenantLog):
    """Ad accounts whose figures are read."""

    list_display = ["name", "account", "currency", "chosen_by", "read_at"]
    fields = ["name", "account", "external_id", "currency", "chosen_by", "chosen_at", "asked_at", "read_at"]


@admin.register(models.PaidCampaign)
class PaidCampaignAdmin(TenantLog):
    """Paid campaigns, and what of ours they belong to."""

    list_display = ["name", "ad_account", "status", "campaign", "job", "seen_at"]
    list_select_related = ["ad_account", "campaign", "job"]


@admin.register(models.Freeze)
class FreezeAdmin(TenantLog):
    """Stops of this municipality's publishing, those that were lifted too."""

    list_display = ["began_at", "began_by", "reason", "ended_at", "ended_by"]
    list_select_related = ["began_by", "ended_by"]


@admin.register(models.TrackedLink)
class TrackedLinkAdmin(TenantLog):
    """Tracked links."""

    list_display = ["code", "source", "label", "target_url", "is_active"]
