"""Finding an occupation from what a person types."""

import re
from dataclasses import dataclass

from django.db.models import Count, Max, Q, QuerySet
from django.db.models.functions import Length
from django.utils.translation import get_language

from foundation.compiled import compiled
from recruitment.models import JobPosting, Occupation, OccupationTitle

CODE = re.compile(r"(?<!\d)([0-9]{4})(?!\d)")


@dataclass(frozen=True)
class Suggestion:
    """A title municipalities advertise, as it is offered while one types: «Sykepleier (2223)»."""

    title: str
    code: str
    service_area: str

    def __str__(self) -> str:
        return f"{self.title} ({self.code})"


def suggestions() -> list[Suggestion]:
    """Return the titles municipalities advertise, in the active language, by title. One query."""
    titles = OccupationTitle.objects.select_related("occupation")
    rows = [Suggestion(str(title), title.occupation.code, title.service_area) for title in titles]
    return sorted(rows, key=lambda row: row.title.casefold())


def matching_occupations(text: str) -> list[Occupation]:
    """
    Return the occupations that `text` names: a four-digit code anywhere in it, else exactly a title or a name.

    Capitals do not count. Only the fourth level of STYRK-08 is used for vacancies.
    """
    fourth_level = Occupation.objects.annotate(level=Length("code")).filter(level=4)
    if code := CODE.search(text):
        return list(fourth_level.filter(code=code.group(1)))
    plain = text.strip()
    named = Q(name_nb__iexact=plain) | Q(titles__title_nb__iexact=plain) | Q(titles__title_nn__iexact=plain)
    return list(fourth_level.filter(named).distinct())


def title_of(occupation: Occupation) -> str:
    """Return the occupation as the form shows it: its advertised title and code, else its name in the standard."""
    titles = list(occupation.titles.all())
    name = str(titles[0]) if len(titles) == 1 else occupation.name_nb
    return f"{name} ({occupation.code})"


def used() -> list[tuple[str, str]]:
    """Return code and `name_of` of each occupation that a vacancy of the entered municipality has. One query."""
    is_nynorsk = get_language() == "nn"
    return [(code, title if is_nynorsk and n == 1 else name) for code, name, n, title in _used()]


@compiled
def _used() -> QuerySet:
    of_jobs = JobPosting.objects.order_by().values("occupation_id").distinct()
    named = Occupation.objects.filter(pk__in=of_jobs).annotate(n=Count("titles"), title=Max("titles__title_nn"))
    return named.values_list("code", "name_nb", "n", "title")


def name_of(occupation: Occupation) -> str:
    """Return the name alone: the standard's own is bokmål, so nynorsk prefers the one advertised title."""
    titles = list(occupation.titles.all())
    return str(titles[0]) if get_language() == "nn" and len(titles) == 1 else occupation.name_nb
