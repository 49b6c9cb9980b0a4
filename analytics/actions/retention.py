"""Deletion of what applicants said when its time has passed (P10, R11). Safe to run twice, late, or side by side."""

from datetime import UTC, datetime, time

from django.db import connection

from analytics.models import AlsoSeen, Reassignment, SurveyAnswer
from analytics.queries.surveys import OWN_WORDS_MONTHS, kept_from
from foundation.tenancy import current_municipality_id

# One statement, so that two nights at once delete each answer once and count it once.
FORGET = """
    WITH gone AS (
        DELETE FROM analytics_surveyanswer WHERE municipality_id = %s AND answered_hour < %s
        RETURNING municipality_id, first_source_id, answered_hour
    ), counted AS (
        INSERT INTO analytics_answermonth (municipality_id, month, source_id, n_answers)
        SELECT municipality_id, date_trunc('month', answered_hour AT TIME ZONE 'Europe/Oslo')::date, first_source_id,
               count(*)
        FROM gone GROUP BY 1, 2, 3
        ON CONFLICT (municipality_id, month, source_id)
        DO UPDATE SET n_answers = analytics_answermonth.n_answers + excluded.n_answers
    )
    SELECT count(*) FROM gone
"""


def limit_of(*, months: int, now: datetime) -> datetime:
    """Return the moment (UTC) before which answers are past their time, by `queries.surveys.kept_from`."""
    return datetime.combine(kept_from(months=months, now=now), time.min, tzinfo=UTC)


def forget_old_answers(*, months: int, now: datetime) -> int:
    """
    Delete the entered municipality's answers older than `months` months; return how many.

    What is kept is `AnswerMonth`: how many named each source first in each month.
    """
    limit = limit_of(months=months, now=now)
    AlsoSeen.objects.filter(answer__answered_hour__lt=limit).delete()
    Reassignment.objects.filter(answer__answered_hour__lt=limit).delete()
    with connection.cursor() as cursor:
        cursor.execute(FORGET, [current_municipality_id(), limit])
        return cursor.fetchone()[0]


def forget_old_words(*, months: int, now: datetime) -> int:
    """Empty what applicants wrote more than `months` months ago, at most twelve; return how many had written."""
    limit = limit_of(months=min(months, OWN_WORDS_MONTHS), now=now)
    written = SurveyAnswer.objects.filter(answered_hour__lt=limit).exclude(free_text="", elsewhere="")
    return written.update(free_text="", elsewhere="")
