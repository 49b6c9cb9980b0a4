"""How tests answer a survey: the form as it is opened, what is sent, and what is stored."""

import re
from typing import Any

from django.test import Client

from analytics.models import SurveyAnswer
from foundation.tenancy import tenant

LANGUAGE_WORDS = {
    "nb": "Hvor så du den aller først?",
    "nn": "Kvar såg du den aller først?",
    "en": "Where did you first see it?",
}


def token_in(html: str) -> str:
    """Return the form's one-time token."""
    return re.search(r'name="token" value="([^"]+)"', html).group(1)


def opened(code: str, **query: str) -> dict[str, Any]:
    """Open the form and return a complete answer to it."""
    html = Client().get(f"/u/{code}/", query).content.decode()
    return {
        "token": token_in(html),
        "first": "linkedin",
        "also": ["own-web", "print"],
        "interests": ["tasks", "people"],
        "own_words": "",
        "website": "",
    }


def send(code: str, answer: dict[str, Any], **extra: Any) -> Any:
    return Client().post(f"/u/{code}/", answer, **extra)


def answers_of(town: Any) -> list[SurveyAnswer]:
    with tenant(town.pk):
        return list(SurveyAnswer.objects.select_related("first_source"))


def receipt_in(response: Any) -> str:
    return re.search(r'class="kk-receipt"[^>]*>([^<]+)<', response.content.decode()).group(1)
