"""Posts, their deliveries to accounts, and the state machine's memory. States and transitions: docs/architecture.md."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation import clock
from foundation.tenancy import TenantModel, tenant_wall


class Post(TenantModel):
    """What is said. Where and when it is said stands in its deliveries."""

    campaign = models.ForeignKey("channels.Campaign", models.PROTECT, related_name="posts", verbose_name=_("campaign"))
    job = models.ForeignKey(
        "recruitment.JobPosting", models.PROTECT, null=True, blank=True, related_name="posts", verbose_name=_("vacancy")
    )
    title = models.CharField(_("working title"), max_length=120)
    text = models.TextField(_("text"))
    # Its picture or video; of a link card, the card's picture.
    media = models.ForeignKey("channels.MediaItem", models.PROTECT, null=True, blank=True, verbose_name=_("picture"))
    card_title = models.CharField(_("title of the link card"), max_length=200, blank=True)
    card_description = models.CharField(_("description in the link card"), max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    changed_at = models.DateTimeField(default=clock.now, editable=False)
    created_by = models.ForeignKey("recruitment.User", models.PROTECT, editable=False, related_name="+")
    changed_by = models.ForeignKey("recruitment.User", models.PROTECT, null=True, editable=False, related_name="+")

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        ordering = ["-changed_at"]
        constraints = [
            *tenant_wall("post", "campaign", "job", "media"),
            models.CheckConstraint(
                condition=Q(card_description="") | ~Q(card_title=""), name="link_card_described_has_title"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def has_card(self) -> bool:
        """Whether its link stands in a card with a title of our own."""
        return bool(self.card_title)


class Delivery(TenantModel):
    """One post to one account; the same post on two channels is two rows. Owns the publishing states."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        AWAITING_APPROVAL = "awaiting_approval", _("Awaiting approval")
        SCHEDULED = "scheduled", _("Scheduled")
        SENDING = "sending", _("Sending")
        PUBLISHED = "published", _("Published")
        UNKNOWN = "unknown", _("Unknown outcome")
        REJECTED = "rejected", _("Rejected by the channel")
        BLOCKED = "blocked", _("Blocked")
        LATE = "late", _("Late")
        MANUAL = "manual", _("Must be settled by a person")
        CANCELLED = "cancelled", _("Cancelled")
        REMOVED = "removed", _("Removed")

    post = models.ForeignKey(Post, models.PROTECT, related_name="deliveries")
    account = models.ForeignKey("channels.Account", models.PROTECT, related_name="deliveries")
    link = models.OneToOneField("channels.TrackedLink", models.PROTECT, related_name="delivery")
    state = models.CharField(_("state"), max_length=20, choices=State, default=State.DRAFT)
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    # The wall clock the person chose, kept beside UTC: a change of the time zone's rules must not move the post.
    due_wall = models.CharField(max_length=16, blank=True, editable=False)
    # What was approved, exactly: written when the delivery leaves draft, read when it is sent.
    approved_text = models.TextField(blank=True, editable=False)
    approved_media = models.ForeignKey(
        "channels.MediaItem", models.PROTECT, null=True, editable=False, related_name="+"
    )
    approved_card_title = models.CharField(max_length=200, blank=True, editable=False)
    approved_card_description = models.CharField(max_length=300, blank=True, editable=False)
    approved_hash = models.CharField(max_length=64, blank=True, editable=False)
    approved_by = models.ForeignKey("recruitment.User", models.PROTECT, null=True, editable=False, related_name="+")
    fence = models.PositiveIntegerField(default=0, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    # When something has to be done next: sent, asked about again, given up.
    next_at = models.DateTimeField(null=True, editable=False)
    n_postponed = models.PositiveSmallIntegerField(default=0, editable=False)
    n_absent_reads = models.PositiveSmallIntegerField(default=0, editable=False)
    unknown_since = models.DateTimeField(null=True, editable=False)
    # When the channel was last asked about it, and since when a published one is missing there.
    looked_at = models.DateTimeField(null=True, editable=False)
    missing_since = models.DateTimeField(null=True, editable=False)
    reason = models.CharField(max_length=60, blank=True, editable=False)
    reason_detail = models.CharField(max_length=500, blank=True, editable=False)
    external_id = models.CharField(max_length=200, blank=True, editable=False)
    permalink = models.URLField(max_length=400, blank=True, editable=False)
    published_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["-due_at", "-id"]
        constraints = [
            *tenant_wall("delivery", "post", "account", "link", "approved_media"),
            models.UniqueConstraint(fields=["post", "account"], name="post_once_per_account"),
            models.UniqueConstraint(
                fields=["account", "external_id"], condition=~Q(external_id=""), name="channel_post_bound_once"
            ),
            models.CheckConstraint(
                condition=~Q(state="scheduled") | Q(due_at__isnull=False), name="scheduled_delivery_has_time"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["scheduled", "sending"]) | ~Q(approved_hash=""),
                name="sent_is_what_was_approved",
            ),
            models.CheckConstraint(
                condition=~Q(state="sending") | Q(lease_until__isnull=False), name="sending_delivery_has_lease"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.post} → {self.account}"


class Attempt(TenantModel):
    """One try at sending a delivery. Written and committed before any byte is sent."""

    class Outcome(models.TextChoices):
        CLAIMED = "claimed", _("Claimed")
        PUBLISHED = "published", _("Published")
        NOTHING_SENT = "nothing_sent", _("Nothing was sent")
        REFUSED = "refused", _("Refused by the channel")
        UNKNOWN = "unknown", _("Unknown outcome")
        ACCESS_DEAD = "access_dead", _("Access is gone")
        WALKED_AWAY = "walked_away", _("Given up before sending")

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="attempts")
    fence = models.PositiveIntegerField()
    marker = models.CharField(max_length=12)
    claimed_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=12, choices=Outcome, default=Outcome.CLAIMED)
    detail = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        ordering = ["id"]
        constraints = [
            *tenant_wall("attempt", "delivery"),
            models.UniqueConstraint(fields=["delivery", "fence"], name="attempt_once_per_fence"),
        ]

    def __str__(self) -> str:
        return f"{self.delivery_id}/{self.fence}"


class DeliveryEvent(TenantModel):
    """What happened to a delivery, in order; the page tells it in words. Rows are only ever added."""

    class Kind(models.TextChoices):
        CREATED = "created", _("Draft made")
        SENT_FOR_APPROVAL = "sent_for_approval", _("Sent for approval")
        APPROVED = "approved", _("Approved")
        SCHEDULED = "scheduled", _("Scheduled")
        TO_DRAFT = "to_draft", _("Taken back to draft")
        CANCELLED = "cancelled", _("Cancelled")
        CLAIMED = "claimed", _("Sending began")
        MEDIA_UPLOADED = "media_uploaded", _("Picture uploaded")
        SENT = "sent", _("Asked the channel to publish")
        PUBLISHED = "published", _("Published")
        FOUND = "found", _("Found on the channel")
        POSTPONED = "postponed", _("Postponed: nothing was sent")
        REJECTED = "rejected", _("Rejected by the channel")
        UNKNOWN = "unknown", _("No clear answer")
        LOOKED = "looked", _("Looked for it on the channel")
        RESCHEDULED = "rescheduled", _("Scheduled again: proved not to be out")
        LATE = "late", _("Became too late")
        BLOCKED = "blocked", _("Blocked")
        UNBLOCKED = "unblocked", _("No longer blocked")
        MANUAL = "manual", _("Handed over to a person")
        SETTLED = "settled", _("Settled by a person")
        REMOVED = "removed", _("Removed from the channel")
        MISSED = "missed", _("Not seen on the channel")
        GONE = "gone", _("Gone from the channel")
        BACK = "back", _("Back on the channel")
        COPY_FOUND = "copy_found", _("A copy was found")
        COPY_REMOVED = "copy_removed", _("A copy was removed")
        EDIT_ASKED = "edit_asked", _("Correction asked for")
        EDIT_DROPPED = "edit_dropped", _("Correction dropped")
        EDIT_UNKNOWN = "edit_unknown", _("Correction sent, no clear answer")
        EDIT_REFUSED = "edit_refused", _("Correction refused by the channel")
        EDITED = "edited", _("Corrected on the channel")

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="events")
    at = models.DateTimeField(_("at"), default=clock.now)
    kind = models.CharField(_("what"), max_length=17, choices=Kind)
    actor = models.ForeignKey("recruitment.User", models.PROTECT, null=True, related_name="+")
    detail = models.CharField(_("detail"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("delivery event")
        verbose_name_plural = _("delivery events")
        ordering = ["at", "id"]
        constraints = [*tenant_wall("delivery_event", "delivery")]

    def __str__(self) -> str:
        return f"{self.delivery_id} {self.kind}"


class PostEdit(TenantModel):
    """
    A correction of a published text, approved like the first. An edit may be repeated until the channel shows it.

    `unknown` is sent and not confirmed yet, from before the first byte: from there on it can no longer be dropped.
    """

    class State(models.TextChoices):
        AWAITING_APPROVAL = "awaiting_approval", _("Awaiting approval")
        ASKED = "asked", _("Approved, not sent yet")
        UNKNOWN = "unknown", _("Sent, not confirmed yet")
        DONE = "done", _("Corrected")
        REFUSED = "refused", _("Not accepted by the channel")
        DROPPED = "dropped", _("Dropped")

    OPEN = ("awaiting_approval", "asked", "unknown")

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="edits")
    state = models.CharField(_("state"), max_length=17, choices=State)
    # With the link in place, as it is sent; and what stood there before.
    text = models.TextField(_("text"), editable=False)
    text_hash = models.CharField(max_length=64, editable=False)
    previous_text = models.TextField(editable=False)
    asked_by = models.ForeignKey("recruitment.User", models.PROTECT, related_name="+", editable=False)
    asked_at = models.DateTimeField(editable=False)
    approved_by = models.ForeignKey("recruitment.User", models.PROTECT, null=True, related_name="+", editable=False)
    approved_at = models.DateTimeField(null=True, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)
    n_tries = models.PositiveIntegerField(default=0, editable=False)
    reason = models.CharField(max_length=60, blank=True, editable=False)
    reason_detail = models.CharField(max_length=500, blank=True, editable=False)

    class Meta:
        verbose_name = _("correction of a post")
        verbose_name_plural = _("corrections of posts")
        ordering = ["-asked_at", "-id"]
        constraints = [
            *tenant_wall("post_edit", "delivery"),
            models.UniqueConstraint(
                fields=["delivery"],
                condition=Q(state__in=["awaiting_approval", "asked", "unknown"]),
                name="one_open_edit_per_delivery",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["asked", "unknown", "done"]) | Q(approved_at__isnull=False),
                name="edit_sent_was_approved",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.delivery_id} {self.state}"


class Due(models.Model):
    """
    Which deliveries need something done, and when: the queue, one row for each delivery that waits for a machine.

    Global and without content, because workers look before a municipality is entered. Written in the same
    transaction as the state it follows.
    """

    class Kind(models.TextChoices):
        SEND = "send"
        LEASE = "lease"
        RECONCILE = "reconcile"

    delivery_id = models.BigIntegerField(primary_key=True)
    municipality = models.ForeignKey("recruitment.Municipality", models.CASCADE, related_name="+")
    kind = models.CharField(max_length=9, choices=Kind)
    due_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["kind", "due_at"], name="due_kind_due_at")]

    def __str__(self) -> str:
        return f"{self.delivery_id} {self.kind}"


class Errand(models.Model):
    """
    What a machine does for a delivery beside sending it, and when: uploads its video ahead, corrects its text.

    Global and without content, like `Due`, and written in the same transaction as what it serves.
    """

    class Kind(models.TextChoices):
        UPLOAD = "upload"
        EDIT = "edit"

    delivery_id = models.BigIntegerField()
    municipality = models.ForeignKey("recruitment.Municipality", models.CASCADE, related_name="+")
    kind = models.CharField(max_length=6, choices=Kind)
    due_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["delivery_id", "kind"], name="errand_once_per_delivery")]
        indexes = [models.Index(fields=["kind", "due_at"], name="errand_kind_due_at")]

    def __str__(self) -> str:
        return f"{self.delivery_id} {self.kind}"
