"""Routes of recruitment; each declares who may come through. Those of members lie below the municipality's number."""

from django.urls import URLPattern

from recruitment import views
from recruitment.doors import EVERYBODY, door, member

public: list[URLPattern] = []
members: list[URLPattern] = [
    door("stillinger/", views.jobs, name="jobs", rule=member(EVERYBODY)),
]
