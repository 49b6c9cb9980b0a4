"""Campaigns: vacancies (or none) over a period, with a budget."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from foundation import clock
from foundation.tenancy import TenantModel, tenant_wall


class Campaign(TenantModel):
    """Posts and ads for some vacancies, or for the municipality as an employer, over a period."""

    name = models.CharField(_("name"), max_length=150)
    start_date = models.DateField(_("from"))
    end_date = models.DateField(_("to"))
    budget_ore = models.PositiveBigIntegerField(_("budget, in øre"), null=True, blank=True)
    jobs = models.ManyToManyField("recruitment.JobPosting", through="channels.CampaignJob", related_name="campaigns")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    created_by = models.ForeignKey("recruitment.User", models.PROTECT, editable=False, related_name="+")

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        ordering = ["-start_date", "-id"]
        constraints = [
            *tenant_wall("campaign"),
            models.CheckConstraint(condition=Q(end_date__gte=F("start_date")), name="campaign_ends_after_start"),
        ]

    def __str__(self) -> str:
        return self.name


class CampaignJob(TenantModel):
    """A vacancy that a campaign is for; one campaign may carry several."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="campaign_jobs")
    job = models.ForeignKey("recruitment.JobPosting", models.PROTECT, related_name="campaign_jobs")

    class Meta:
        verbose_name = _("vacancy of a campaign")
        verbose_name_plural = _("vacancies of a campaign")
        constraints = [
            *tenant_wall("campaign_job", "campaign", "job"),
            models.UniqueConstraint(fields=["campaign", "job"], name="job_once_per_campaign"),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id}/{self.job_id}"
