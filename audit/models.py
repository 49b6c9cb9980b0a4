"""
The log itself. Everything here is written by the database's own functions; the product reads.

How an event comes to be: a trigger (or `record`) puts it in the table `audit_pending`; when the transaction commits,
it gets its number and its place in the municipality's chain. See docs/decisions/0008.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from foundation.tenancy import TenantModel, TenantPolicy


class OneOfMunicipality(TenantModel):
    """A row that may outlive the check of its municipality: the log is erased by its own function, after the rest."""

    municipality = models.ForeignKey(
        "recruitment.Municipality",
        models.DO_NOTHING,
        related_name="+",
        editable=False,
        db_constraint=False,
        db_index=False,
    )

    class Meta:
        abstract = True


class AuditEvent(OneOfMunicipality):
    """One act, for good. `sequence` counts from 1 in each municipality, in the order of commits, without gaps."""

    pk = models.CompositePrimaryKey("municipality_id", "sequence")
    sequence = models.BigIntegerField()
    at = models.DateTimeField(_("at"))  # by the database's clock
    actor = models.CharField(_("who"), max_length=12, blank=True)  # a pseudonym; "" is the system
    act = models.CharField(_("act"), max_length=40)
    table_name = models.CharField(max_length=63, blank=True)
    object_id = models.BigIntegerField(null=True)
    # Changed columns only. {"withheld": true} stands for a value that changed and is not kept.
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    reason = models.TextField(_("reason"), blank=True)
    detail = models.JSONField(null=True)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("event in the log")
        verbose_name_plural = _("events in the log")
        ordering = ["-sequence"]
        indexes = [
            models.Index(fields=["municipality", "table_name", "object_id", "-sequence"], name="audit_of_object"),
            models.Index(fields=["municipality", "actor", "-sequence"], name="audit_of_person"),
        ]
        constraints = [TenantPolicy(name="audit_event_tenant_policy")]

    def __str__(self) -> str:
        return f"{self.sequence} {self.act}"


class AuditHead(OneOfMunicipality):
    """The last link of a municipality's chain: without it nobody could see that the tail was cut."""

    sequence = models.BigIntegerField()
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            TenantPolicy(name="audit_head_tenant_policy"),
            models.UniqueConstraint(fields=["municipality"], name="one_head_per_municipality"),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.hash[:8]}"


class Person(OneOfMunicipality):
    """Whom a pseudonym stands for. Without a user the person is forgotten, and the log goes on with the pseudonym."""

    pseudonym = models.CharField(max_length=12)
    # No foreign key: a user may be deleted without asking the log.
    user_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            TenantPolicy(name="audit_person_tenant_policy"),
            models.UniqueConstraint(fields=["municipality", "pseudonym"], name="pseudonym_once"),
            models.UniqueConstraint(fields=["municipality", "user_id"], name="one_pseudonym_per_person"),
        ]

    def __str__(self) -> str:
        return self.pseudonym
