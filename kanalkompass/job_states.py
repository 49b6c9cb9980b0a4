"""What is registered of each vacancy in a list, in words: exact and live, for HR alone (R10)."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics.models import Cost, JobCount, Outcome, SurveyAnswer
from foundation import formats


@dataclass(frozen=True)
class JobState:
    """Answers, outcome and costs of one vacancy. `n_missing` sources lack a number of qualified."""

    n_answers: int = 0
    is_counted: bool = False
    n_missing: int = 0
    has_cost: bool = False
    ore: int | None = None

    @property
    def answers(self) -> str:
        """How many answers are kept."""
        if not self.n_answers:
            return _("no answers")
        text = ngettext("%(number)s answer", "%(number)s answers", self.n_answers)
        return text % {"number": formats.number(self.n_answers)}

    @property
    def outcome(self) -> str:
        """Whether the outcome is registered."""
        if not self.is_counted:
            return _("outcome is missing")
        if self.n_missing:
            text = ngettext("one source is missing", "%(n)s sources are missing", self.n_missing)
            return text % {"n": formats.in_words(self.n_missing)}
        return _("outcome registered")

    @property
    def cost(self) -> str:
        """What was paid, or that hours alone, or nothing, is registered."""
        if self.ore is not None:
            return _("kr %s") % formats.kroner(self.ore)
        return _("hours only") if self.has_cost else _("no cost")


def states_of(job_ids: Sequence[int]) -> dict[int, JobState]:
    """Return the state of each vacancy by its id. Four queries, however many vacancies."""
    answers = SurveyAnswer.objects.filter(survey__job_id__in=job_ids).order_by().values_list("survey__job_id")
    n_answers = dict(answers.annotate(Count("pk")))
    outcomes = Outcome.objects.filter(job_id__in=job_ids, qualified__isnull=False).order_by()
    counted = dict(outcomes.values_list("job_id").annotate(Count("pk")))
    missing = dict(JobCount.objects.filter(job_id__in=job_ids).values_list("job_id", "n_missing"))
    costs = dict(Cost.objects.filter(job_id__in=job_ids).order_by().values_list("job_id").annotate(Sum("amount_ore")))
    return {
        pk: JobState(
            n_answers=n_answers.get(pk, 0),
            is_counted=bool(counted.get(pk)),
            n_missing=missing.get(pk, 0),
            has_cost=pk in costs,
            ore=costs.get(pk),
        )
        for pk in job_ids
    }
