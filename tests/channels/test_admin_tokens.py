"""The administration and tokens (B51, P17): in no form, no history, no search, and no filter tells of them."""

import pytest
from django.urls import reverse

from channels.models import Connection
from foundation.tenancy import tenant

pytestmark = pytest.mark.django_db

PAGES = ["change", "history"]


@pytest.fixture
def administrator(press, client_of):
    """The administrator inside her municipality's administration."""
    client = client_of(press.town.administrator)
    client.get(reverse("admin_of_municipality", kwargs={"number": press.town.number}))
    return client


@pytest.fixture
def secrets(press, linkedin_sandbox) -> list[str]:
    """What must be seen nowhere: the tokens, and what they are sealed as."""
    with tenant(press.town.pk):
        Connection.objects.update(refresh_token="AQW-fornying-som-ingen-skal-se")
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("SELECT access_token, refresh_token FROM channels_connection")
            sealed = list(cursor.fetchone())
    return [linkedin_sandbox.token, "AQW-fornying-som-ingen-skal-se", *sealed]


def of_connection(press) -> int:
    with tenant(press.town.pk):
        return Connection.objects.get().pk


@pytest.mark.parametrize("page", PAGES)
def test_b51_no_token_stands_in_a_form_or_a_history(administrator, press, secrets, page):
    answer = administrator.get(reverse(f"admin:channels_connection_{page}", args=[of_connection(press)]))

    text = answer.content.decode()
    assert answer.status_code == 200
    assert not [secret for secret in secrets if secret in text]
    assert "access_token" not in text
    assert "refresh_token" not in text


def test_b51_a_token_that_is_sent_with_a_form_is_not_stored(administrator, press, linkedin_sandbox):
    path = reverse("admin:channels_connection_change", args=[of_connection(press)])

    answer = administrator.post(path, {"access_token": "AQX-fremmed", "state": "ok"})

    assert answer.status_code in (403, 404, 405)
    with tenant(press.town.pk):
        assert Connection.objects.get().access_token == linkedin_sandbox.token


@pytest.mark.parametrize(
    "query",
    [
        {"q": "AQX"},
        {"access_token__startswith": "k"},
        {"access_token__contains": "gAAAA"},
        {"access_token": "x"},
        {"refresh_token__gt": "a"},
        {"refresh_token__regex": "^k"},
        {"o": "access_token"},
        {"e": "1", "refresh_token__isnull": "False"},
    ],
)
def test_b51_no_search_filter_or_order_tells_of_a_token(administrator, press, secrets, query):
    plain = administrator.get(reverse("admin:channels_connection_changelist"))
    answer = administrator.get(reverse("admin:channels_connection_changelist"), query)

    assert plain.status_code == 200
    assert answer.status_code in (200, 302, 400)
    assert not [secret for secret in secrets if secret in answer.content.decode()]
    if answer.status_code == 200:
        # Whatever was asked for, the same rows come: nothing is told about the column.
        assert answer.context["cl"].result_count == plain.context["cl"].result_count


@pytest.mark.parametrize("query", [{"connection__access_token__startswith": "k"}, {"connection__refresh_token": "x"}])
def test_b51_no_neighbouring_table_leads_to_a_token(administrator, press, secrets, query):
    answer = administrator.get(reverse("admin:channels_account_changelist"), query)

    assert answer.status_code in (302, 400)
    assert not [secret for secret in secrets if secret in answer.content.decode()]
