"""Forms as Designsystemet draws them, with a key that makes one rendering of a form count once."""

import hashlib
import json
import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from django.forms.renderers import TemplatesSetting
from django.utils.translation import gettext_lazy as _


class Renderer(TemplatesSetting):
    """Draw each field as a ds-field with label, help and message."""

    field_template_name = "forms/field.html"


def check_text(value: str) -> None:
    """
    Refuse characters that no person types and that break storage or display.

    :raises ValidationError: NUL, a lone surrogate, or a character that turns the direction of the text
    """
    if any(
        char == "\0" or 0xD800 <= ord(char) <= 0xDFFF or char in "\u202a\u202b\u202d\u202e\u2066\u2067\u2068"
        for char in value
    ):
        raise ValidationError(
            _("The text has characters that cannot be used. Write it again without them."), "characters"
        )


class DesignMixin:
    """Give every widget its Designsystemet class, and every text field the check of its characters."""

    fields: dict[str, forms.Field]

    def dress(self) -> None:
        """Set the classes of the widgets; called once the fields exist."""
        for field in self.fields.values():
            if not isinstance(field.widget, forms.HiddenInput):
                field.widget.attrs.setdefault("class", "ds-input")
            if isinstance(field, forms.CharField):
                # Ours tells of a NUL too, and one message is enough.
                others = [each for each in field.validators if not isinstance(each, ProhibitNullCharactersValidator)]
                field.validators = [*others, check_text]


class Form(DesignMixin, forms.Form):
    """A form of ours."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dress()


class ModelForm(DesignMixin, forms.ModelForm):
    """A form over a model's fields; the action saves, not the form."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dress()


class OnceMixin(forms.Form):
    """A form that makes something new: its key lets a repeated request be recognised. See recruitment.once."""

    form_key = forms.CharField(widget=forms.HiddenInput, required=True, max_length=40, initial=lambda: uuid.uuid4().hex)

    def content_hash(self) -> str:
        """Return a hash of what was submitted, without the key and the CSRF token."""
        skipped = {"form_key", "csrfmiddlewaretoken"}
        data: Any = self.data
        files: Any = self.files
        content = sorted((name, data.getlist(name)) for name in data if name not in skipped)
        uploads = sorted((name, upload.name, upload.size) for name, upload in files.items())
        return hashlib.sha256(json.dumps([content, uploads]).encode()).hexdigest()


class KronerField(forms.CharField):
    """An amount as Norwegians write it («1 234,50», «1.234,50», «kr 500»); its value is whole øre."""

    default_error_messages = {
        "invalid": _("Write an amount in kroner, for example 4 500 or 4 500,50."),
        "negative": _("The amount cannot be negative."),
        "too_large": _("The amount is larger than we accept here."),
    }

    def __init__(self, *, max_kroner: int = 10_000_000, **kwargs: Any) -> None:
        self.max_ore = max_kroner * 100
        super().__init__(max_length=30, **kwargs)
        self.widget.attrs.update({"inputmode": "decimal", "autocomplete": "off"})

    def clean(self, value: Any) -> Any:
        """Return øre, or None for an empty field that is not required."""
        text = super().clean(value)
        if not text:
            return None
        ore = ore_of(text)
        if ore is None:
            raise ValidationError(self.error_messages["invalid"], "invalid")
        if ore < 0:
            raise ValidationError(self.error_messages["negative"], "negative")
        if ore > self.max_ore:
            raise ValidationError(self.error_messages["too_large"], "too_large")
        return ore


def ore_of(text: str) -> int | None:
    """Return the øre of a Norwegian amount, or None when it is not one. A point before three digits is a thousand's."""
    plain = text.lower().removeprefix("kr").removesuffix("kr").replace("\N{MINUS SIGN}", "-").removesuffix(",-")
    plain = "".join(char for char in plain if not char.isspace())
    sign, plain = (-1, plain[1:]) if plain.startswith("-") else (1, plain)
    whole, comma, cents = plain.partition(",")
    groups = whole.split(".")
    grouped = len(groups) > 1
    if grouped and not (all(len(group) == 3 for group in groups[1:]) and 1 <= len(groups[0]) <= 3):
        if comma or len(groups) > 2 or len(groups[1]) > 2:
            return None
        whole, cents, comma = groups[0], groups[1], ","
    else:
        whole = "".join(groups)
    if not (whole.isascii() and whole.isdigit()) or (
        comma and not (cents.isascii() and cents.isdigit() and len(cents) <= 2)
    ):
        return None
    return sign * (int(whole) * 100 + int((cents or "0").ljust(2, "0")))
