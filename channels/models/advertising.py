"""Paid campaigns in a platform's own ad manager, which we read and never change."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from foundation import clock
from foundation.tenancy import TenantModel, tenant_wall


class AdAccount(TenantModel):
    """An ad account whose figures are read with the access of one of the municipality's channel accounts."""

    account = models.ForeignKey("channels.Account", models.PROTECT, related_name="ad_accounts")
    external_id = models.CharField(_("id on the channel"), max_length=60)
    name = models.CharField(_("name"), max_length=150)
    currency = models.CharField(_("currency"), max_length=3)
    chosen_at = models.DateTimeField(default=clock.now, editable=False)
    chosen_by = models.ForeignKey("recruitment.User", models.PROTECT, related_name="+", editable=False)
    asked_at = models.DateTimeField(_("asked"), null=True, editable=False)
    read_at = models.DateTimeField(_("fetched at"), null=True, editable=False)
    problem = models.CharField(max_length=60, blank=True, editable=False)

    class Meta:
        verbose_name = _("ad account")
        verbose_name_plural = _("ad accounts")
        ordering = ["name", "id"]
        constraints = [
            *tenant_wall("ad_account", "account"),
            models.UniqueConstraint(fields=["account", "external_id"], name="ad_account_once"),
        ]

    def __str__(self) -> str:
        return self.name


class PaidCampaign(TenantModel):
    """
    One campaign of an ad account, with the campaign of ours that it belongs to.

    `job` is the vacancy its figures are counted for: that of our campaign when it has exactly one.
    """

    ad_account = models.ForeignKey(
        AdAccount, models.CASCADE, related_name="paid_campaigns", verbose_name=_("ad account")
    )
    external_id = models.CharField(max_length=60)
    name = models.CharField(_("name"), max_length=150)
    status = models.CharField(_("status"), max_length=40, blank=True)
    objective = models.CharField(_("objective"), max_length=40, blank=True)
    campaign = models.ForeignKey(
        "channels.Campaign", models.PROTECT, null=True, blank=True, related_name="paid_campaigns"
    )
    job = models.ForeignKey("recruitment.JobPosting", models.PROTECT, null=True, blank=True, related_name="+")
    seen_at = models.DateTimeField(_("last seen"))

    class Meta:
        verbose_name = _("paid campaign")
        verbose_name_plural = _("paid campaigns")
        ordering = ["name", "id"]
        constraints = [
            *tenant_wall("paid_campaign", "ad_account", "campaign", "job"),
            models.UniqueConstraint(fields=["ad_account", "external_id"], name="paid_campaign_once"),
        ]

    def __str__(self) -> str:
        return self.name
