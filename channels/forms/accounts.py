"""Forms for accounts, their set-up and their risk assessments."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from channels.actions.accounts import AccountDetails, Assessment
from channels.models import Account, RiskAssessment
from foundation.forms import Form, OnceMixin
from foundation.tenancy import current_municipality_id
from recruitment.forms import NorwegianDateField, WebAddressField, one_line
from recruitment.models import Channel, User

# R14: reviewed once a year; a leap year has a day more.
REVIEW_WITHIN_DAYS = 366


def colleagues() -> QuerySet[User]:
    """Return the active members of the municipality that is entered."""
    return User.objects.filter(
        memberships__municipality_id=current_municipality_id(), memberships__is_active=True, is_active=True
    ).order_by("full_name")


class AccountForm(Form):
    """What a person says of an account: who looks after it, and for channels served by hand its name and address."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=150)
    page_url = WebAddressField(
        label=gettext_lazy("Web address"),
        max_length=300,
        required=False,
    )
    responsible = forms.ModelChoiceField(
        label=gettext_lazy("Person responsible"),
        queryset=User.objects.none(),
        required=False,
        empty_label=gettext_lazy("Nobody yet"),
        help_text=gettext_lazy("Posts regularly and answers those who write."),
    )
    deputy = forms.ModelChoiceField(
        label=gettext_lazy("Deputy"),
        queryset=User.objects.none(),
        required=False,
        empty_label=gettext_lazy("Nobody yet"),
        help_text=gettext_lazy("Takes over during holidays and illness."),
    )
    notes = forms.CharField(
        label=gettext_lazy("Notes"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Contact person, prices, what has worked. Not about single people."),
    )

    def __init__(self, *args: Any, channel: Channel, account: Account | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account = account
        for name in ("responsible", "deputy"):
            self.fields[name].queryset = colleagues()  # type: ignore[attr-defined]
        if channel.connector:
            # The page itself tells its address when it is connected, and its name too.
            del self.fields["page_url"]
            self.fields["name"].help_text = _("The page's own name takes its place when the page is connected.")
        if account is not None and account.external_id:
            del self.fields["name"]

    @staticmethod
    def initial_of(account: Account) -> dict[str, Any]:
        """Return what the form shows of a stored account."""
        return {name: getattr(account, name) for name in AccountDetails.__dataclass_fields__}

    def clean_name(self) -> str:
        """Return the name on one line. Whether it is free, the action sees: a double click must not meet itself."""
        return one_line(self.cleaned_data["name"])

    def clean(self) -> dict[str, Any]:
        """Refuse one person in both places: a deputy is somebody else."""
        values = super().clean() or self.cleaned_data
        if values.get("deputy") and values.get("deputy") == values.get("responsible"):
            self.add_error("deputy", _("Choose somebody else than the person responsible."))
        return values

    def details(self) -> AccountDetails:
        """Return the account as the actions take it; call it on a valid form."""
        kept = {name: getattr(self.account, name, "") for name in ("name", "page_url")}
        values: dict[str, Any] = kept | self.cleaned_data
        return AccountDetails(**{name: values[name] for name in AccountDetails.__dataclass_fields__})


class NewAccountForm(OnceMixin, AccountForm):
    """An account that is added; a double click adds it once."""


class StepForm(Form):
    """One click on a step of the checklist, or a choice of who does it."""

    action = forms.ChoiceField(choices=[("done", ""), ("undo", ""), ("owner", "")])
    owner = forms.ModelChoiceField(queryset=User.objects.none(), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = colleagues()  # type: ignore[attr-defined]


class RiskForm(OnceMixin, Form):
    """R14: what is recorded of a risk assessment."""

    status = forms.ChoiceField(
        label=gettext_lazy("Outcome"), choices=RiskAssessment.Status.choices, widget=forms.RadioSelect
    )
    assessed_date = NorwegianDateField(
        label=gettext_lazy("Date of the assessment"), help_text=gettext_lazy("For example 25.11.2026.")
    )
    responsible_name = forms.CharField(
        label=gettext_lazy("Responsible for the assessment"),
        max_length=150,
        help_text=gettext_lazy("The manager who answers for it, for example the municipal director."),
    )
    document_url = WebAddressField(
        label=gettext_lazy("Link to the assessment"),
        max_length=500,
        required=False,
        help_text=gettext_lazy("Where colleagues find the document, for example in the archive."),
    )
    next_review_date = NorwegianDateField(
        label=gettext_lazy("Next review"), help_text=gettext_lazy("At most a year after the assessment.")
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["assessed_date"].initial = today
        self.fields["next_review_date"].initial = a_year_after(today)

    def clean_responsible_name(self) -> str:
        """Return the name on one line."""
        return one_line(self.cleaned_data["responsible_name"])

    def clean_assessed_date(self) -> date:
        """Return the day when it is not ahead of us."""
        day = self.cleaned_data["assessed_date"]
        if day > self.today:
            raise ValidationError(_("This day is still ahead. Record it when it has happened."), "ahead")
        return day

    def clean(self) -> dict[str, Any]:
        """Ask for a review that is after the assessment, within a year, and for an approved one still ahead."""
        values = super().clean() or self.cleaned_data
        assessed, review = values.get("assessed_date"), values.get("next_review_date")
        if assessed and review:
            if review <= assessed:
                self.add_error("next_review_date", _("The review must be later than the assessment."))
            elif review - assessed > timedelta(days=REVIEW_WITHIN_DAYS):
                self.add_error("next_review_date", _("Choose a day within a year of the assessment."))
            elif values.get("status") == RiskAssessment.Status.APPROVED and review < self.today:
                self.add_error("next_review_date", _("This review should have been done. Do it first, then record it."))
        return values

    def assessment(self) -> Assessment:
        """Return the assessment as the actions take it; call it on a valid form."""
        return Assessment(**{name: self.cleaned_data[name] for name in Assessment.__dataclass_fields__})


class ConfirmForm(Form):
    """Which of the pages found is to be connected; a change from another page is said in so many words."""

    page = forms.ChoiceField(
        label=gettext_lazy("Page"),
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choose the page."),
            "invalid_choice": gettext_lazy("Choose one of the pages on the list."),
        },
    )
    is_change_meant = forms.BooleanField(required=False)

    def __init__(self, *args: Any, pages: list[dict[str, str]], account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["page"]
        field.choices = [(page["external_id"], page["name"]) for page in pages]  # type: ignore[attr-defined]
        if len(pages) == 1:
            field.widget = forms.HiddenInput()
            field.initial = pages[0]["external_id"]
        self.is_change_possible = bool(account.external_id) and any(
            page["external_id"] != account.external_id for page in pages
        )
        self.fields["is_change_meant"].label = _("Yes, this account shall change from the page it had to the one above")
        if not self.is_change_possible:
            del self.fields["is_change_meant"]


def a_year_after(day: date) -> date:
    """Return the same day next year; 29 February becomes 28 February."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)
