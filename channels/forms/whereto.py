"""Where a post goes: the municipality's pages, one time for all of them or one of its own for each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from channels.actions.posts import Time
from channels.forms.times import TimeFields
from channels.models import Account, Delivery
from channels.queries.posts import Outlet


class WhereFields(TimeFields):
    """Pages to choose from, and beside the common time one of its own for each page."""

    accounts = forms.MultipleChoiceField(
        label=gettext_lazy("Pages"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Each page gets a tracked link of its own."),
    )

    outlets: dict[str, Outlet]
    taken: dict[str, Delivery]

    def offer_outlets(self, outlets: Sequence[Outlet], deliveries: Sequence[Delivery]) -> None:
        """Take the pages one can publish to, and the deliveries that the post has already."""
        self.outlets = {str(outlet.account.pk): outlet for outlet in outlets}
        self.taken = {str(delivery.account_id): delivery for delivery in deliveries}
        free = [(key, outlet.account.name) for key, outlet in self.outlets.items() if key not in self.taken]
        self.fields["accounts"].choices = free  # type: ignore[attr-defined]
        if len(self.outlets) < 2:
            return
        for key in self.outlets:
            for name in ("due_date", "due_time", "is_second"):
                field = type(self).base_fields[name]
                copied = field.__deepcopy__({})
                copied.label, copied.help_text = f"{field.label}, {self.outlets[key].account.name}", ""
                if name != "is_second":
                    copied.widget.attrs |= {"class": "ds-input"}
                self.fields[f"{name}_{key}"] = copied

    @property
    def chooses_accounts(self) -> bool:
        """Whether there is a choice of pages to make."""
        return bool(self.fields["accounts"].choices) and len(self.outlets) > 1  # type: ignore[attr-defined]

    @property
    def taken_names(self) -> str:
        """The names of the pages that the post goes to already."""
        return ", ".join(delivery.account.name for delivery in self.taken.values())

    @property
    def own_times(self) -> list[tuple[Outlet, BoundField, BoundField, BoundField | None]]:
        """Each page with the fields of its own time; the last is there when the hour is the doubled one."""
        if len(self.outlets) < 2:
            return []
        return [
            (
                outlet,
                self[f"due_date_{key}"],
                self[f"due_time_{key}"],
                self[f"is_second_{key}"] if self.is_bound and self.errors.get(f"is_second_{key}") else None,
            )
            for key, outlet in self.outlets.items()
        ]

    @property
    def has_own_times(self) -> bool:
        """Whether a time of its own is written for any page."""
        return any(day.value() or at.value() or day.errors or at.errors for _each, day, at, _second in self.own_times)

    def clean_accounts(self) -> list[Account]:
        """Return the chosen pages; where there is but one to choose, that one."""
        chosen = [self.outlets[key].account for key in self.cleaned_data["accounts"] if key in self.outlets]
        if chosen or self.taken or not self.outlets:
            return chosen
        if len(self.outlets) > 1:
            raise forms.ValidationError(_("Choose at least one page."), "none")
        return [next(iter(self.outlets.values())).account]

    def clean_times(self, values: dict[str, Any], *, is_needed: bool) -> None:
        """Put the common time in `values["time"]` and each page's own in `values["own_time"]`, by account key."""
        concerned = {str(account.pk) for account in values.get("accounts") or []} | self.taken.keys()
        values["own_time"] = {}
        for key in self.outlets if len(self.outlets) > 1 else ():
            own = self.clean_wall(values, is_needed=False, of=f"_{key}")
            if own:
                values["own_time"][int(key)] = own, values[f"due_at_{key}"]
        all_have_own = bool(concerned) and all(int(key) in values["own_time"] for key in concerned)
        values["time"] = self.clean_wall(values, is_needed=is_needed and not all_have_own)

    def time_of(self, account_id: int) -> tuple[Time | None, Any]:
        """Return a page's time and its moment (UTC): its own, else the common one; call it on a valid form."""
        own = self.cleaned_data["own_time"].get(account_id)
        return own or (self.cleaned_data["time"], self.cleaned_data.get("due_at"))

    def time_field_of(self, account_id: int) -> str:
        """Return the name of the field where a page's time of day was written."""
        return f"due_time_{account_id}" if account_id in self.cleaned_data.get("own_time", {}) else "due_time"
