"""The form that starts a campaign."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from channels.actions.campaigns import Plan
from foundation.formats import day
from foundation.forms import Form, KronerField, OnceMixin
from recruitment.forms import NorwegianDateField, one_line
from recruitment.models import JobPosting

USUAL_DAYS = 30
LONGEST_DAYS = 731


class CampaignForm(OnceMixin, Form):
    """A campaign: its vacancies (or none), period and budget. `plan()` and `jobs_chosen()` give the action's values."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=150,
        help_text=gettext_lazy("For example «Nurses for Solbakken, autumn»."),
    )
    jobs = forms.MultipleChoiceField(
        label=gettext_lazy("Vacancies"),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "ds-input"}),
        help_text=gettext_lazy("Choose none for a campaign that presents the municipality as an employer."),
        error_messages={"invalid_choice": gettext_lazy("Choose among the open vacancies in the list.")},
    )
    start_date = NorwegianDateField(label=gettext_lazy("First day"), help_text=gettext_lazy("For example 25.11.2026."))
    end_date = NorwegianDateField(label=gettext_lazy("Last day"), help_text=gettext_lazy("For example 25.11.2026."))
    budget_ore = KronerField(
        label=gettext_lazy("Budget in kroner"),
        required=False,
        help_text=gettext_lazy("Leave it empty when none is decided. Empty is not the same as 0."),
    )

    def __init__(self, *args: Any, open_jobs: Sequence[JobPosting], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.open_jobs = {str(job.pk): job for job in open_jobs}
        self.fields["jobs"].choices = [(key, _label(job)) for key, job in self.open_jobs.items()]  # type: ignore[attr-defined]
        self.fields["start_date"].initial = today
        self.fields["end_date"].initial = today + timedelta(days=USUAL_DAYS)

    def clean_name(self) -> str:
        """Return the name on one line."""
        return one_line(self.cleaned_data["name"])

    def clean_jobs(self) -> list[JobPosting]:
        """R5: return the chosen vacancies when all of them may be marketed."""
        chosen = [self.open_jobs[key] for key in self.cleaned_data["jobs"]]
        hindered = [job for job in chosen if not job.may_be_marketed]
        if hindered:
            raise ValidationError([not_announced(job) for job in hindered])
        return chosen

    def clean(self) -> dict[str, Any]:
        """Hold the two days against each other."""
        values = super().clean() or self.cleaned_data
        first, last = values.get("start_date"), values.get("end_date")
        if first and last and last < first:
            self.add_error("end_date", _("The last day cannot be before the first."))
        elif first and last and (last - first).days > LONGEST_DAYS:
            self.add_error("end_date", _("A campaign lasts two years at most. Check the year."))
        elif last and last < self.today:
            self.add_error("end_date", _("The last day has passed. Choose today or a later day."))
        return values

    def plan(self) -> Plan:
        """Return the campaign as the action takes it; call it on a valid form."""
        return Plan(**{name: self.cleaned_data[name] for name in Plan.__dataclass_fields__})

    def jobs_chosen(self) -> list[JobPosting]:
        """Return the chosen vacancies; call it on a valid form."""
        return self.cleaned_data["jobs"]


def not_announced(job: JobPosting) -> ValidationError:
    """R5 in words: why a vacancy cannot be marketed yet, and what to do."""
    return ValidationError(
        _(
            "«%(title)s» is not ready to be marketed. A vacancy is announced openly and noticed internally before it "
            "appears in social media. HR records both on the page of the vacancy, or writes why it is exempt."
        ),
        "not_announced",
        params={"title": job.title},
    )


def _label(job: JobPosting) -> str:
    facts = {"title": job.title, "deadline": day(job.deadline_date)}
    if job.may_be_marketed:
        return _("%(title)s, deadline %(deadline)s") % facts
    return _("%(title)s, deadline %(deadline)s (not announced yet)") % facts
