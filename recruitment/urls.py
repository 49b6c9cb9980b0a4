"""Routes of recruitment; each declares who may come through. Those of members lie below the municipality's number."""

from django.urls import URLPattern

from recruitment.doors import EVERYBODY, door, member
from recruitment.views import jobs

public: list[URLPattern] = []
members: list[URLPattern] = [
    door("stillinger/", jobs.jobs, name="jobs", rule=member(EVERYBODY)),
]
