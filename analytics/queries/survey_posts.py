"""The posts that a vacancy's applicants may remember, by what the public saw of them."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from channels.models import Delivery
from recruitment.models import JobPosting

# The newest: who remembers one remembers one of these, and more rows would make the form long.
MOST_POSTS = 5
LONGEST_TITLE = 70


@dataclass(frozen=True)
class ShownPost:
    """A post that is or was out: the code of its link, its channel, and the texts that the public saw."""

    code: str
    channel: str
    title: str
    is_video: bool

    @property
    def label(self) -> str:
        """What an applicant recognises it by, in the language that is active."""
        values = {"channel": self.channel, "title": self.title}
        return _("Film on %(channel)s: %(title)s") % values if self.is_video else _("%(channel)s: %(title)s") % values


def posts_of(*, job: JobPosting) -> tuple[ShownPost, ...]:
    """Return the newest posts of a vacancy, each once, also those of a campaign that carries it. One query."""
    shown: dict[int, ShownPost] = {}
    for delivery in _out(job)[: 4 * MOST_POSTS]:
        shown.setdefault(delivery.post_id, _shown(delivery))
    return tuple(shown.values())[:MOST_POSTS]


def post_id_of(*, code: str, job: JobPosting) -> int | None:
    """Return the post whose link has this code, when it is one of the vacancy's; else None. No query for ""."""
    return _out(job).filter(link__code=code).values_list("post_id", flat=True).first() if code else None


def _out(job: JobPosting) -> QuerySet[Delivery]:
    joint = Q(post__job=None, post__campaign__campaign_jobs__job=job)
    out = Delivery.objects.filter(Q(post__job=job) | joint, published_at__isnull=False)
    return out.select_related("account__channel", "approved_media", "link").order_by("-published_at", "-id")


def _shown(delivery: Delivery) -> ShownPost:
    media = delivery.approved_media
    is_video = media is not None and media.is_video
    first_line = next((line.strip() for line in delivery.approved_text.splitlines() if line.strip()), "")
    title = media.alt_text if is_video and media else delivery.approved_card_title or first_line
    return ShownPost(
        code=delivery.link.code,
        channel=delivery.account.channel.name,
        title=Truncator(title).chars(LONGEST_TITLE),
        is_video=is_video,
    )
