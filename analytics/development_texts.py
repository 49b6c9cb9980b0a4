"""The municipality's own development in words."""

from django.utils.translation import gettext as _

from analytics.queries.development import Change
from analytics.series_texts import lacks
from foundation.formats import number


def label(name: str) -> str:
    """Return a figure's name."""
    return {
        "followers": _("Followers"),
        "views": _("Views"),
        "clicks": _("Clicks"),
        "visits": _("Visits, tracked"),
        "answers": _("Applicants, said"),
        "applied": _("Applicants, counted"),
        "qualified": _("Qualified"),
        "costs": _("Kroner"),
    }[name]


def amount(value: int, *, name: str) -> str:
    """Return a figure as it is read, kroner whole."""
    return number(round(value / 100)) if name == "costs" else number(value)


def change(found: Change, *, name: str) -> tuple[str, str, str]:
    """Return the last twelve whole months, the twelve before, and the change in words."""
    unknown = _("not known whole")
    told = []
    for value, n_lacking in ((found.now, found.n_lacking), (found.before, found.n_lacked)):
        text = unknown if value is None else amount(value, name=name)
        told.append(f"{text} ({lacks(n_lacking)})" if n_lacking and value is not None else text)
    return told[0], told[1], _in_words(found)


def _in_words(found: Change) -> str:
    if found.ratio is None:
        return _("cannot be compared")
    if not found.is_certain:
        return _("too little to tell")
    percent = round((found.ratio - 1) * 100)
    if percent == 0:
        return _("as before")
    if percent > 0:
        return _("%(p)s %% more") % {"p": number(percent)}
    return _("%(p)s %% less") % {"p": number(-percent)}


def answer(found: Change, *, name: str, channel: str) -> str:
    """Return the heading: the figure of the last twelve whole months, and how it has changed."""
    values = {"figure": label(name), "n": "", "change": _in_words(found)}
    if channel:
        values["figure"] = _("%(figure)s on %(channel)s") % {"figure": label(name), "channel": channel}
    if found.now is None:
        return _("%(figure)s, month by month") % values
    values["n"] = amount(found.now, name=name)
    text = _("%(figure)s: %(n)s") if name == "followers" else _("%(figure)s: %(n)s in the last twelve whole months")
    sentence = text % values
    if found.n_lacking:
        return f"{sentence}, {lacks(found.n_lacking)}"
    if found.ratio is None:
        return sentence
    if not found.is_certain or not round((found.ratio - 1) * 100):
        return sentence
    return _("%(sentence)s, %(change)s than the year before") % {"sentence": sentence, "change": values["change"]}
