"""Routes of recruitment; each declares who may come through. Those of members lie below the municipality's number."""

from django.urls import URLPattern

public: list[URLPattern] = []
members: list[URLPattern] = []
