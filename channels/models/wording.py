"""What a person decided about a wording that a rule warns of (R2)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from foundation import clock
from foundation.tenancy import TenantModel, tenant_wall


class WordingChoice(TenantModel):
    """A wording kept in a post although a rule warns of it: why, and by whom. Rows are only ever added."""

    post = models.ForeignKey("channels.Post", models.CASCADE, related_name="wording_choices")
    rule = models.CharField(_("rule"), max_length=40)
    phrase = models.CharField(_("wording"), max_length=200)
    reason = models.CharField(_("reason"), max_length=500)
    chosen_by = models.ForeignKey("recruitment.User", models.PROTECT, related_name="+")
    chosen_at = models.DateTimeField(_("at"), default=clock.now)

    class Meta:
        verbose_name = _("wording kept with a reason")
        verbose_name_plural = _("wordings kept with a reason")
        ordering = ["chosen_at", "id"]
        constraints = [
            *tenant_wall("wording_choice", "post"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="wording_choice_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.rule}: {self.phrase}"
