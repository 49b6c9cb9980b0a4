"""Figures in words: what the light says, and what was changed afterwards."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics import catalogue
from analytics.models import Restatement
from analytics.queries.pulse import Pulse
from foundation import formats


@dataclass(frozen=True)
class Light:
    """A light in words: never its colour alone. `colour` is "green", "yellow" or "red"."""

    colour: str
    label: str
    reason: str


@dataclass(frozen=True)
class Change:
    """One figure that was changed afterwards."""

    day: str
    label: str
    old: str
    new: str
    when: str
    why: str


def light(pulse: Pulse) -> Light:
    """Return a light in the words of whoever looks."""
    labels = {"green": _("Figures come"), "yellow": _("Have a look"), "red": _("No figures come")}
    return Light(pulse.colour, labels[pulse.colour], _reason(pulse))


def _reason(pulse: Pulse) -> str:
    if pulse.reason == "silent":
        return _silent(pulse)
    last = {"when": formats.moment(pulse.last_at)} if pulse.last_at else {}
    texts = {
        "access_gone": _("The access is gone. The page must be connected again."),
        "no_right": _("The access does not let us read figures. Publishing goes on."),
        "never": _("Figures have not come yet. They are fetched every night."),
        "no_posts": _("No post is young enough to be seen much, so silence is as it should be."),
        "few": _("The numbers are usually so small that silence says nothing."),
    }
    if not last:
        return texts.get(pulse.reason, texts["never"])
    texts |= {
        "broken": _("Last fetched %(when)s. Figures should come every night.") % last,
        "late": _("Last fetched %(when)s. It should have happened again since.") % last,
        "partly": _("Last fetched %(when)s, not everything. We try again tonight.") % last,
        "quota": _("Last fetched %(when)s. The channel's quota left some posts for tonight; they come first.") % last,
        "fresh": _("Last fetched %(when)s, as usual.") % last,
    }
    return texts[pulse.reason]


def _silent(pulse: Pulse) -> str:
    said = ngettext(
        "Nothing has been counted for %(days)s day, where about %(expected)s were usual.",
        "Nothing has been counted for %(days)s days, where about %(expected)s were usual.",
        pulse.n_quiet_days,
    ) % {"days": pulse.n_quiet_days, "expected": formats.number(round(pulse.expected or 0))}
    return said + " " + _("Look whether the page is there and the links work.")


def change(row: Restatement) -> Change:
    """Return a replaced figure in words."""
    why = {
        Restatement.Reason.DAY_NOT_OVER: _("The day was not over when we first asked."),
        Restatement.Reason.RESTATED: _("The channel changed the figure."),
        Restatement.Reason.REPLACED: _("Figures from elsewhere took its place."),
    }
    metric = catalogue.BY_NAME.get(row.metric)
    return Change(
        day=formats.day(row.day),
        label=str(metric.label) if metric else row.metric,
        old=formats.number(row.old_value),
        new=formats.number(row.new_value),
        when=formats.moment(row.changed_at),
        why=why[Restatement.Reason(row.reason)],
    )
