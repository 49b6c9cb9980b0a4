"""Comments below our posts that nobody of ours has answered."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from channels.queries import comments
from foundation import formats
from kanalkompass.attention.tasks import MOST_OF_KIND, TODAY, Task


def comment_tasks(*, number: str, now: datetime) -> list[Task]:
    """Return one task for each post with unanswered comments, that of the oldest first. Two queries at most."""
    tasks = []
    for each in comments.unanswered(now=now)[:MOST_OF_KIND]:
        channel, title = each.delivery.account.channel.name, each.delivery.post.title
        text = ngettext(
            "A comment to «%(title)s» is not answered",
            "%(number)s comments to «%(title)s» are not answered",
            each.n_comments,
        )
        tasks.append(
            Task(
                TODAY,
                "talk",
                _("Not answered"),
                f"{channel} · {_age(each.oldest_at, now=now)}" if each.oldest_at else channel,
                text % {"number": formats.in_words(each.n_comments).capitalize(), "title": title},
                _("Read them here and answer on the channel. Not every comment needs an answer."),
                _("Read the comments"),
                reverse("delivery_comments", kwargs={"number": number, "delivery_id": each.delivery.pk}),
            )
        )
    return tasks


def _age(oldest_at: datetime, *, now: datetime) -> str:
    hours = max(0, int((now - oldest_at).total_seconds() // 3600))
    text = ngettext("the oldest is %(count)s hour old", "the oldest is %(count)s hours old", hours)
    return text % {"count": formats.number(hours)}
