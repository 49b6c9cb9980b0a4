"""What is registered on a source: what follows it when it is merged into another."""

from dataclasses import dataclass

from django.db.models import Sum

from analytics.models import AnswerMonth, Cost, Outcome, SurveyAnswer
from channels.models import TrackedLink
from recruitment.models import Source


@dataclass(frozen=True)
class SourceUse:
    """How much is registered. Answers and outcomes are None for others than HR, who are not to know them (R10)."""

    n_links: int
    n_costs: int
    n_answers: int | None
    n_outcomes: int | None


def use_of(source: Source, *, with_answers: bool) -> SourceUse:
    """Return what is registered on a source. Two queries, five with answers."""
    n_answers = n_outcomes = None
    if with_answers:
        kept = AnswerMonth.objects.filter(source=source).aggregate(n=Sum("n_answers", default=0))["n"]
        n_answers = SurveyAnswer.objects.filter(first_source=source).count() + kept
        n_outcomes = Outcome.objects.filter(source=source).count()
    return SourceUse(
        n_links=TrackedLink.objects.filter(source=source).count(),
        n_costs=Cost.objects.filter(source=source).count(),
        n_answers=n_answers,
        n_outcomes=n_outcomes,
    )
