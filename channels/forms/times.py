"""Date and time as the clock on the wall in Norway shows them (P4)."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from channels.actions.posts import Time
from channels.actions.publishing.scheduling import FURTHEST_AHEAD
from foundation import clock
from recruitment.forms import NorwegianDateField


class TimeFields(forms.Form):
    """A date, a time of day, and which of the two in the hour that is repeated in autumn. `now` is UTC."""

    due_date = NorwegianDateField(
        label=gettext_lazy("Date"), required=False, help_text=gettext_lazy("For example 25.11.2026.")
    )
    due_time = forms.TimeField(
        label=gettext_lazy("Time of day"),
        required=False,
        help_text=gettext_lazy("For example 14.30."),
        input_formats=["%H:%M", "%H.%M", "%H%M"],
        widget=forms.TimeInput(format="%H.%M", attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={"invalid": gettext_lazy("Write a time of day, for example 14.30.")},
    )
    is_second = forms.ChoiceField(
        label=gettext_lazy("Which of the two"),
        required=False,
        widget=forms.RadioSelect,
        choices=[
            ("first", gettext_lazy("The first time, before the clock is set back")),
            ("second", gettext_lazy("The second time, after the clock is set back")),
        ],
    )

    now: datetime

    def clean_wall(self, values: dict[str, Any], *, is_needed: bool, of: str = "") -> Time | None:
        """
        Return the time, and put its moment in `values["due_at"]`; None when none is given, or with an error at a field.

        :param is_needed: whether leaving it out is an error
        :param of: what the names of its fields end in, where a form has several times
        """
        day, at = values.get(f"due_date{of}"), values.get(f"due_time{of}")
        if (at or is_needed) and not day and f"due_date{of}" not in self.errors:
            self.add_error(f"due_date{of}", _("Write the day it is to go out."))
        if (day or is_needed) and at is None and f"due_time{of}" not in self.errors:
            self.add_error(f"due_time{of}", _("Write the time of day too."))
        if day is None or at is None:
            return None
        is_second = {"first": False, "second": True}.get(values.get(f"is_second{of}", ""))
        wall = datetime.combine(day, at)
        if not self._is_sensible(wall, of=of):
            return None
        try:
            values[f"due_at{of}"] = clock.from_wall_clock(wall, is_second=is_second)
        except clock.ImpossibleTime:
            self.add_error(
                f"due_time{of}", _("The clock is set ahead that night, so this time does not exist. Choose another.")
            )
        except clock.DoubtfulTime:
            self.add_error(
                f"is_second{of}", _("The clock is set back that night and shows this time twice. Choose which.")
            )
        else:
            return Time(wall, is_second)
        return None

    def _is_sensible(self, wall: datetime, *, of: str) -> bool:
        """Whether the time lies within a year; one that was passed while a draft lay is no error of who saves it."""
        this_minute = self.now.astimezone(clock.OSLO).replace(second=0, microsecond=0, tzinfo=None)
        if wall > this_minute + FURTHEST_AHEAD:
            self.add_error(f"due_date{of}", _("Choose a time within a year from now."))
        elif wall < this_minute - timedelta(hours=1) and {f"due_date{of}", f"due_time{of}"} & set(self.changed_data):
            self.add_error(f"due_time{of}", _("The time has passed. Choose a time from now on."))
        else:
            return True
        return False

    @property
    def asks_which(self) -> bool:
        """Whether to ask which of two: the time falls in the hour repeated in autumn."""
        return bool(self.is_bound and (self.errors.get("is_second") or self.data.get("is_second")))
