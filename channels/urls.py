"""Routes of channels; each declares who may come through. Those of members lie below the municipality's number."""

from django.urls import URLPattern

from channels.views import links
from recruitment.doors import EVERYBODY, PUBLIC, door, member

public: list[URLPattern] = [
    door("s/<str:code>", links.follow, name="link_follow", rule=PUBLIC),
]
members: list[URLPattern] = [
    door("lenker/<int:link_id>/qr.<str:kind>", links.link_qr, name="link_qr", rule=member(EVERYBODY)),
]
