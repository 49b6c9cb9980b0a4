"""An address that people type: of a web page, and of nothing else."""

import pytest
from django.core.exceptions import ValidationError

from channels.forms.accounts import AccountForm
from recruitment.forms import WebAddressField

FIELD = WebAddressField(max_length=60)


@pytest.mark.parametrize(
    ("typed", "taken"),
    [
        ("lyngvaer.example/ledige", "https://lyngvaer.example/ledige"),
        (" http://lyngvaer.example ", "http://lyngvaer.example"),
        ("https://lyngvær.example/å", "https://lyngvær.example/å"),
    ],
)
def test_is_taken_with_or_without_its_scheme(typed, taken):
    assert FIELD.clean(typed) == taken


@pytest.mark.parametrize("typed", ["ftp://lyngvaer.example", "ftps://lyngvaer.example", "javascript:alert(1)", "hei"])
def test_of_anything_else_is_refused_in_words(typed):
    with pytest.raises(ValidationError) as refusal:
        FIELD.clean(typed)

    assert refusal.value.messages == ["Skriv en nettadresse, for eksempel https://www.eksempel.no/jobb/123."]


def test_the_page_of_an_account_is_one():
    assert isinstance(AccountForm.base_fields["page_url"], WebAddressField)
