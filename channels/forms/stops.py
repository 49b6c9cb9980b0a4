"""The form that stops all publishing."""

from django import forms
from django.utils.translation import gettext_lazy

from foundation.forms import Form


class StopForm(Form):
    """Why everything is stopped; everybody who publishes reads it."""

    reason = forms.CharField(
        label=gettext_lazy("Why is publishing stopped?"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("Everybody who works with posts reads it. Write nothing about individuals."),
        error_messages={"required": gettext_lazy("Write why, so that the others know what they are waiting for.")},
    )
