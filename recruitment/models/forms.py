"""Forms already handled: a double click or a repeated request does a thing once."""

from django.db import models

from foundation import clock
from foundation.tenancy import TenantModel, tenant_wall


class SubmittedForm(TenantModel):
    """One rendering of a form that has been carried out: its key, what it held, and where its result is shown."""

    key = models.CharField(max_length=40)
    content_hash = models.CharField(max_length=64)
    result_url = models.CharField(max_length=300)
    submitted_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            *tenant_wall("submitted_form"),
            models.UniqueConstraint(fields=["municipality", "key"], name="form_submitted_once"),
        ]

    def __str__(self) -> str:
        return self.key
