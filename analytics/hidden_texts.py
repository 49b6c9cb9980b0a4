"""
What is said of counts that others than HR may not see yet (R10). The numbers are the municipality's own.

A municipality may share sums of fewer answers than the usual five; HR's own counts are never shared under five. Where
the two differ, both are said.
"""

from django.utils.translation import gettext as _

from analytics.ledger import least_of


def fewest_counted(threshold: int) -> int:
    """Return how many of HR's counts are told together at least, where answers are told from `threshold`."""
    return least_of("qualified", threshold)


def waiting(threshold: int) -> str:
    """Return what stands where no answers are released yet."""
    return _("New answers are shown when at least %(n)s can be shown together.") % {"n": threshold}


def not_yet(fewest: int) -> str:
    """Return that a count is not shown yet, and how many are told together at least; how many there are is not said."""
    return _("Not shown yet (at least %(n)s together)") % {"n": fewest}


def hidden(what: str, threshold: int) -> str:
    """Return what stands for a count of which nothing is released; `what` is "said" or one of HR's own counts."""
    return not_yet(least_of(what, threshold))


def hidden_in_short(what: str, threshold: int) -> str:
    """Return the same where there is room for little."""
    return _("not shown yet (at least %(n)s together)") % {"n": least_of(what, threshold)}


def meaning_of_hidden(threshold: int) -> str:
    """Return what «hidden» means below a table of answers and HR's counts."""
    return _of_both(
        threshold,
        alike=_("Not shown yet. At least %(n)s are shown together."),
        apart=_("Not shown yet. At least %(n)s answers, or %(counted)s of what HR has counted, are shown together."),
    )


def rule(threshold: int) -> str:
    """Return from how many on answers and HR's counts are shown."""
    return _of_both(
        threshold,
        alike=_("Counts from applicants and HR are shown when at least %(n)s can be shown together."),
        apart=_("Answers are shown when at least %(n)s can be shown together, and HR's counts when %(counted)s can."),
    )


def prices() -> str:
    """Return what is true of every price that others than HR read."""
    return _(
        "Prices may be too high here: the whole cost is divided by the qualified applicants who may be shown, and those"
        " who are shown later are not among them."
    )


def provenance(threshold: int) -> str:
    """Return who says what of a source, beside what the channel tells, where sums of releases are shown."""
    return _of_both(
        threshold,
        alike=_("Visits: our own links. The survey and HR: at least %(n)s together."),
        apart=_("Visits: our own links. The survey: at least %(n)s together. HR: at least %(counted)s together."),
    )


def in_files(threshold: int) -> str:
    """Return the line that says whose view a file holds."""
    return _of_both(
        threshold,
        alike=_("Sums of at least %(n)s answers or counted applicants. The others are not shown yet."),
        apart=_(
            "Sums of at least %(n)s answers, and at least %(counted)s of what HR counts. The others are not shown yet."
        ),
    )


def _of_both(threshold: int, *, alike: str, apart: str) -> str:
    """Return what is said of answers and HR's counts, `apart` where the latter are told from more on."""
    counted = fewest_counted(threshold)
    return (apart if threshold < counted else alike) % {"n": threshold, "counted": counted}


def when_said(threshold: int) -> str:
    """Return in which month an answer of the survey stands."""
    text = _("The survey. Each answer stands in the month of its vacancy's deadline, once %(n)s can be shown together.")
    return text % {"n": threshold}


def whose_month() -> str:
    """Return in which month a shared answer or count stands."""
    return _("Answers and HR's counts stand in the month of the vacancy's deadline.")


def before_counts_come(threshold: int) -> str:
    """Return what must happen before anything can be compared."""
    text = _("Counts come when vacancies have closed and at least %(n)s answers can be shown together.")
    return text % {"n": fewest_counted(threshold)}
