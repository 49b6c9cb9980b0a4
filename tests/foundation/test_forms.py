"""Fields as all our forms have them."""

from django import forms

from foundation.forms import Form


class OneField(Form):
    """A form with a text."""

    name = forms.CharField()


def test_a_character_that_cannot_be_stored_is_told_of_once_at_the_field():
    for text in ("a\0b", "a\ud800b", "a\u202eb"):
        form = OneField({"name": text})

        assert not form.is_valid()
        assert len(form.errors["name"]) == 1
    assert OneField({"name": "Sámi đŧ 😀"}).is_valid()
