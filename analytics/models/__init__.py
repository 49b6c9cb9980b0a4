"""Surveys and answers, outcomes, costs, snapshots and measurements."""

from analytics.models.fetching import FetchRun, Snapshot
from analytics.models.measurements import (
    OF_PAGE,
    ChannelDay,
    JobMonth,
    Measurement,
    MeasurementRow,
    ObjectKind,
    Origin,
    Restatement,
)
from analytics.models.outcomes import Cost, JobCount, Outcome, SharedCost
from analytics.models.releases import (
    LedgerVacancy,
    Question,
    Release,
    ReleaseMonth,
    ReleaseVacancy,
    ResponseQuarter,
)
from analytics.models.surveys import AlsoSeen, AnswerMonth, Reassignment, Survey, SurveyAnswer, SurveyCode

__all__ = [
    "OF_PAGE",
    "AlsoSeen",
    "AnswerMonth",
    "ChannelDay",
    "Cost",
    "FetchRun",
    "JobCount",
    "JobMonth",
    "LedgerVacancy",
    "Measurement",
    "MeasurementRow",
    "ObjectKind",
    "Origin",
    "Outcome",
    "Question",
    "Reassignment",
    "Release",
    "ReleaseMonth",
    "ReleaseVacancy",
    "ResponseQuarter",
    "Restatement",
    "SharedCost",
    "Snapshot",
    "Survey",
    "SurveyAnswer",
    "SurveyCode",
]
