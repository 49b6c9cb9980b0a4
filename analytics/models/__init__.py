"""Surveys and answers, outcomes, costs, snapshots and measurements."""

from analytics.models.fetching import FetchRun, Snapshot
from analytics.models.outcomes import Cost, Outcome
from analytics.models.surveys import AlsoSeen, Survey, SurveyAnswer, SurveyCode

__all__ = ["AlsoSeen", "Cost", "FetchRun", "Outcome", "Snapshot", "Survey", "SurveyAnswer", "SurveyCode"]
