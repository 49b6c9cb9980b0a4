"""Forms on a delivery's page: what a person settles when the channel gave no clear answer."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from channels.actions.posts import Time
from channels.forms.times import TimeFields
from foundation.forms import Form


class FoundForm(Form):
    """The post is out: its address on the channel."""

    address = forms.CharField(
        label=gettext_lazy("The address of the post"),
        max_length=400,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
        help_text=gettext_lazy("Open the post on the channel, copy its address and paste it here."),
    )


class AbsentForm(TimeFields, Form):
    """The post is not out: the new time, confirmed by a person before anything is sent."""

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now

    def clean(self) -> dict[str, Any]:
        """Hold date and time against each other."""
        values = super().clean() or self.cleaned_data
        values["time"] = self.clean_wall(values, is_needed=True)
        return values

    @property
    def time(self) -> Time:
        """The confirmed time; call it on a valid form."""
        return self.cleaned_data["time"]
