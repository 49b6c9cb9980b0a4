"""
Daily figures per object, their roll-up per channel, and the history of what was changed afterwards.

`measurement`, `channel_day` and `job_month` are made by hand in migrations (partitions, keys), so their models are
unmanaged. They are written by `analytics.actions.measurements.store` alone, which keeps the roll-ups equal to the sum
of their parts.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from foundation.tenancy import TenantManager, TenantModel, tenant_wall


class ObjectKind(models.IntegerChoices):
    """What a figure is about. `object_id` is the id of a row of this kind."""

    DELIVERY = 1, _("Post")
    ACCOUNT = 2, _("Page")
    PAID_CAMPAIGN = 3, _("Paid campaign")
    # What a page's own statistics tell, each fetched by itself; `object_id` is the account. Never in the roll-up,
    # because the posts are in it already.
    PAGE_POSTS = 4, _("All of the page's posts")
    PAGE_VIEWS = 5, _("Visits to the page")
    FOLLOWER_GAINS = 6, _("New followers")
    FOLLOWERS = 7, _("Followers")


# Kinds told about a page as a whole.
OF_PAGE = (ObjectKind.PAGE_POSTS, ObjectKind.PAGE_VIEWS, ObjectKind.FOLLOWER_GAINS, ObjectKind.FOLLOWERS)


class Origin(models.IntegerChoices):
    """How a figure came to us."""

    API = 1, _("Fetched from the channel")
    FILE = 2, _("Read from a file")
    MANUAL = 3, _("Typed in")


class Measurement(TenantModel):
    """
    What a channel says about one object on one day, labelled with the channel's own day (UTC at LinkedIn).

    None is what nobody reported, never 0. Negative corrections are kept. `reach` counts unique people and is never
    summed. A figure with `span_days` above 1 covers that many days, the last of which is `day`.
    """

    pk = models.CompositePrimaryKey("municipality_id", "day", "kind", "object_id", "is_paid")
    day = models.DateField(_("day"))
    kind = models.SmallIntegerField(_("kind"), choices=ObjectKind)
    object_id = models.BigIntegerField()
    channel = models.ForeignKey("recruitment.Channel", models.DO_NOTHING, related_name="+", db_constraint=False)
    job_id = models.BigIntegerField(null=True)
    is_paid = models.BooleanField(_("paid"))
    # Not called source: a source is where an applicant saw the vacancy.
    origin = models.SmallIntegerField(_("origin"), choices=Origin)
    is_implied_zero = models.BooleanField(_("zero because the channel leaves out what has no activity"))
    span_days = models.SmallIntegerField(_("days covered"))
    impressions = models.IntegerField(_("views"), null=True)
    reach = models.IntegerField(_("reach"), null=True)
    clicks = models.IntegerField(_("clicks"), null=True)
    reactions = models.IntegerField(_("reactions"), null=True)
    comments = models.IntegerField(_("comments"), null=True)
    shares = models.IntegerField(_("shares"), null=True)
    followers = models.IntegerField(_("followers"), null=True)
    follower_gain = models.IntegerField(_("new followers"), null=True)
    page_views = models.IntegerField(_("page views"), null=True)
    overview_views = models.IntegerField(_("views of the page's front"), null=True)
    careers_views = models.IntegerField(_("views of the career pages"), null=True)
    jobs_views = models.IntegerField(_("views of the vacancies"), null=True)
    life_views = models.IntegerField(_("views of life at the workplace"), null=True)
    spend_ore = models.BigIntegerField(_("spend, in øre"), null=True)
    # When the stored values were read. Reading the same again does not move it; FetchRun tells when we last asked.
    fetched_at = models.DateTimeField(_("fetched at"))

    class Meta:
        managed = False
        db_table = "measurement"
        verbose_name = _("measurement")
        verbose_name_plural = _("measurements")


class MeasurementRow(models.Model):
    """
    A measurement with one key of text, for the administration alone: a view that is read and never written.

    Not a tenant's table of its own: the wall is that of `measurement`, which the view asks with the reader's rights.
    """

    id = models.CharField(primary_key=True, max_length=60)
    municipality_id = models.BigIntegerField(editable=False)
    day = models.DateField(_("day"))
    kind = models.SmallIntegerField(_("kind"), choices=ObjectKind)
    object_id = models.BigIntegerField(_("number of what it is about"))
    is_paid = models.BooleanField(_("paid"))
    channel = models.ForeignKey("recruitment.Channel", models.DO_NOTHING, related_name="+", verbose_name=_("channel"))
    job_id = models.BigIntegerField(_("number of the vacancy"), null=True)
    origin = models.SmallIntegerField(_("origin"), choices=Origin)
    is_implied_zero = models.BooleanField(_("zero because the channel leaves out what has no activity"))
    span_days = models.SmallIntegerField(_("days covered"))
    impressions = models.IntegerField(_("views"), null=True)
    reach = models.IntegerField(_("reach"), null=True)
    clicks = models.IntegerField(_("clicks"), null=True)
    reactions = models.IntegerField(_("reactions"), null=True)
    comments = models.IntegerField(_("comments"), null=True)
    shares = models.IntegerField(_("shares"), null=True)
    followers = models.IntegerField(_("followers"), null=True)
    follower_gain = models.IntegerField(_("new followers"), null=True)
    page_views = models.IntegerField(_("page views"), null=True)
    spend_ore = models.BigIntegerField(_("spend, in øre"), null=True)
    fetched_at = models.DateTimeField(_("fetched at"))

    objects = TenantManager()

    class Meta:
        managed = False
        db_table = "measurement_row"
        verbose_name = _("measurement")
        verbose_name_plural = _("measurements")

    def __str__(self) -> str:
        return self.id


class ChannelDay(TenantModel):
    """The sums of a channel's measurements on one day. A sum is None only when none of its parts is known."""

    pk = models.CompositePrimaryKey("municipality_id", "day", "channel_id", "is_paid")
    day = models.DateField(_("day"))
    channel = models.ForeignKey("recruitment.Channel", models.DO_NOTHING, related_name="+")
    is_paid = models.BooleanField(_("paid"))
    impressions = models.BigIntegerField(_("views"), null=True)
    clicks = models.BigIntegerField(_("clicks"), null=True)
    reactions = models.BigIntegerField(_("reactions"), null=True)
    comments = models.BigIntegerField(_("comments"), null=True)
    shares = models.BigIntegerField(_("shares"), null=True)
    spend_ore = models.BigIntegerField(_("spend, in øre"), null=True)
    fetched_at = models.DateTimeField(_("fetched at"))

    class Meta:
        managed = False
        db_table = "channel_day"
        verbose_name = _("channel's day")
        verbose_name_plural = _("channels' days")


class JobMonth(TenantModel):
    """
    The sums of what one channel measured about one vacancy in one month of the channel's (UTC at LinkedIn).

    A sum is None only when none of its parts is known. `first_day` and `last_day` are the first and the last day with a
    part: a period that holds both holds the whole row, also where it cuts the month. Pages as a whole are in no row.
    """

    pk = models.CompositePrimaryKey("municipality_id", "month", "job_id", "channel_id", "is_paid")
    month = models.DateField(_("month"))
    job = models.ForeignKey("recruitment.JobPosting", models.DO_NOTHING, related_name="+")
    channel = models.ForeignKey("recruitment.Channel", models.DO_NOTHING, related_name="+")
    is_paid = models.BooleanField(_("paid"))
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    impressions = models.BigIntegerField(_("views"), null=True)
    clicks = models.BigIntegerField(_("clicks"), null=True)
    reactions = models.BigIntegerField(_("reactions"), null=True)
    comments = models.BigIntegerField(_("comments"), null=True)
    shares = models.BigIntegerField(_("shares"), null=True)
    spend_ore = models.BigIntegerField(_("spend, in øre"), null=True)
    fetched_at = models.DateTimeField(_("fetched at"))

    class Meta:
        managed = False
        db_table = "job_month"
        verbose_name = _("vacancy's month")
        verbose_name_plural = _("vacancies' months")


class Restatement(TenantModel):
    """A stored figure that was replaced: the old value, the new, when and why. Rows are only ever added."""

    class Reason(models.TextChoices):
        DAY_NOT_OVER = "day_not_over", _("The day was not over when the old figure was fetched")
        RESTATED = "restated", _("The channel has changed the figure afterwards")
        REPLACED = "replaced", _("Figures of another origin replaced it")

    day = models.DateField(_("day"))
    kind = models.SmallIntegerField(_("kind"), choices=ObjectKind)
    object_id = models.BigIntegerField()
    is_paid = models.BooleanField(_("paid"))
    channel = models.ForeignKey("recruitment.Channel", models.PROTECT, related_name="+")
    metric = models.CharField(_("figure"), max_length=20)
    old_value = models.BigIntegerField(_("old value"))
    new_value = models.BigIntegerField(_("new value"))
    old_fetched_at = models.DateTimeField(_("old value fetched at"))
    changed_at = models.DateTimeField(_("changed at"))
    reason = models.CharField(_("reason"), max_length=12, choices=Reason)

    class Meta:
        verbose_name = _("restated figure")
        verbose_name_plural = _("restated figures")
        ordering = ["-changed_at", "-id"]
        indexes = [models.Index(fields=["municipality", "kind", "object_id", "day"], name="restatement_of_object")]
        constraints = [*tenant_wall("restatement")]

    def __str__(self) -> str:
        return f"{self.day} {self.metric}: {self.old_value} → {self.new_value}"
