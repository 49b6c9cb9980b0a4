"""Ads that are still shown when nobody can apply any more."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Max, Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from analytics.models import Measurement, ObjectKind
from channels.models import PaidCampaign
from foundation import formats
from kanalkompass.attention.tasks import MOST_OF_KIND, NOW, TODAY, Task

# Figures come every night for the day before: an ad that was shown within so many days is taken to run still.
SHOWN_WITHIN_DAYS = 3
# So long before the deadline one is asked whether the ad ends with it, and so long after it is told of.
ASKED_DAYS, TOLD_DAYS = 3, 30


@dataclass(frozen=True)
class RunningAd:
    """A paid campaign that is shown now. `spent_after_ore` is what it cost after the deadline; None when not told."""

    paid: PaidCampaign
    last_day: date
    spent_after_ore: int | None


def ad_tasks(*, number: str, today: date) -> list[Task]:
    """Return the ads that run past their vacancy's deadline, and those whose deadline is near. Two queries at most."""
    tasks = []
    for each in _running(today=today)[:MOST_OF_KIND]:
        job = each.paid.job
        if job is None:
            continue
        is_over = job.deadline_date < today
        where = _("the deadline was %s") if is_over else _("deadline %s")
        title = _("«%s» is shown after the deadline") if is_over else _("«%s»: does the ad end with the deadline?")
        tasks.append(
            Task(
                NOW if is_over else TODAY,
                "calendar",
                _("Ad"),
                f"{each.paid.ad_account.account.channel.name} · {where % formats.day(job.deadline_date)}",
                title % job.title,
                _spent(each) if is_over else _("Look at its end in the ad manager, so that it does not cost more."),
                _("See the ad"),
                reverse("ads", kwargs={"number": number}) + f"#annonse-{each.paid.pk}",
            )
        )
    return tasks


def _spent(each: RunningAd) -> str:
    words: dict[str, Any] = {"day": formats.day(each.last_day)}
    if not each.spent_after_ore:
        return _("It was last shown on %(day)s. Stop it in the ad manager.") % words
    words["kroner"] = formats.kroner(each.spent_after_ore)
    return _("It has cost kr %(kroner)s since, and was last shown on %(day)s. Stop it in the ad manager.") % words


def _running(*, today: date) -> list[RunningAd]:
    """Return the ads of vacancies whose deadline is near or lately passed and that were shown these days."""
    near = (today - timedelta(days=TOLD_DAYS), today + timedelta(days=ASKED_DAYS))
    rows = PaidCampaign.objects.filter(job__deadline_date__range=near)
    paid = {each.pk: each for each in rows.select_related("job", "ad_account__account__channel")}
    if not paid:
        return []
    shown = Measurement.objects.filter(
        kind=ObjectKind.PAID_CAMPAIGN, object_id__in=paid, is_paid=True, day__range=(near[0], today), impressions__gt=0
    )
    days = shown.order_by().values("object_id", "day").annotate(ore=Sum("spend_ore"), last=Max("day"))
    last: dict[int, date] = {}
    spent: dict[int, int] = {}
    for row in days:
        object_id, day = row["object_id"], row["day"]
        last[object_id] = max(day, last.get(object_id, day))
        job = paid[object_id].job
        # Amounts in another currency are never taken for kroner.
        if job and day > job.deadline_date and row["ore"] and paid[object_id].ad_account.currency == "NOK":
            spent[object_id] = spent.get(object_id, 0) + int(row["ore"])
    still = today - timedelta(days=SHOWN_WITHIN_DAYS)
    running = [RunningAd(paid[pk], day, spent.get(pk)) for pk, day in last.items() if day >= still]
    return sorted(running, key=lambda each: (each.paid.job.deadline_date if each.paid.job else today, each.paid.pk))
