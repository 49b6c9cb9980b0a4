"""Forms for vacancies: turning what HR types into clean values, with messages that say how to put it right."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, URLValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.forms import Form, OnceMixin
from recruitment.actions.jobs import Announcement, JobDetails, fingerprint
from recruitment.models import JobPosting, Workplace
from recruitment.queries import hosts, occupations

# A deadline later than this is nearly always a slip of the year.
LATEST_DEADLINE_DAYS = 550


class DatalistInput(forms.TextInput):
    """A text field that offers `options` while one types; any other text is accepted too, and no script is needed."""

    template_name = "forms/datalist.html"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.options: list[Any] = []

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Add the options, and tie them to the field."""
        context = super().get_context(name, value, attrs)
        context["widget"]["attrs"]["list"] = f"{name}-options"
        context["widget"]["attrs"]["autocomplete"] = "off"
        return context | {"options": self.options, "list_id": f"{name}-options"}


class NorwegianDateField(forms.DateField):
    """A day typed as 25.11.2026. A browser's own date field sends 2026-11-25, which is accepted too."""

    widget = forms.DateInput(format="%d.%m.%Y", attrs={"inputmode": "numeric", "autocomplete": "off"})
    default_error_messages = {"invalid": gettext_lazy("Write a date that exists, for example 25.11.2026.")}


class WebAddressField(forms.URLField):
    """An address of a web page; https is taken for granted where nothing is said, and only http is taken beside it."""

    widget = forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"})
    default_validators = [URLValidator(schemes=["https", "http"])]
    default_error_messages = {
        "invalid": gettext_lazy("Write a web address, for example https://www.example.no/jobs/123.")
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"assume_scheme": "https"} | kwargs)


class JobForm(Form):
    """What a vacancy says. `details()` gives the action's value."""

    title = forms.CharField(
        label=gettext_lazy("Title"),
        max_length=150,
        help_text=gettext_lazy("As applicants read it, for example «Nurse, Solbakken care centre»."),
    )
    occupation = forms.CharField(
        label=gettext_lazy("Occupation"),
        max_length=200,
        widget=DatalistInput(),
        help_text=gettext_lazy("Start typing and choose, or write the four digits of the STYRK-08 code."),
    )
    workplace = forms.CharField(
        label=gettext_lazy("Workplace"),
        max_length=150,
        widget=DatalistInput(),
        help_text=gettext_lazy("Choose one, or write a new name."),
    )
    kind = forms.ChoiceField(label=gettext_lazy("Type of employment"), choices=JobPosting.Kind.choices)
    percentage = forms.IntegerField(
        label=gettext_lazy("Percentage of full time"),
        initial=100,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        error_messages={"invalid": gettext_lazy("Write a whole number from 1 to 100.")},
    )
    positions = forms.IntegerField(
        label=gettext_lazy("Number of positions"),
        initial=1,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        validators=[MinValueValidator(1), MaxValueValidator(500)],
        error_messages={"invalid": gettext_lazy("Write a whole number, at least 1.")},
    )
    deadline_date = NorwegianDateField(
        label=gettext_lazy("Application deadline"), help_text=gettext_lazy("For example 25.11.2026.")
    )
    apply_url = WebAddressField(
        label=gettext_lazy("Link to the application form"),
        max_length=500,
        help_text=gettext_lazy("All tracked links of the vacancy lead here."),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the announcement"), choices=JobPosting.Language.choices
    )
    requirements = forms.CharField(
        label=gettext_lazy("Requirements"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("What the announcement demands. It binds the assessment of the applicants."),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["occupation"].widget.options = occupations.suggestions()
        names = Workplace.objects.filter(is_active=True).values_list("name", flat=True)
        self.fields["workplace"].widget.options = list(names)

    def clean_title(self) -> str:
        """Return the title on one line."""
        return one_line(self.cleaned_data["title"])

    def clean_workplace(self) -> str:
        """Return the workplace's name on one line."""
        return one_line(self.cleaned_data["workplace"])

    def clean_occupation(self) -> Any:
        """Return the occupation that the text names."""
        found = occupations.matching_occupations(self.cleaned_data["occupation"])
        if not found:
            raise ValidationError(
                _("We do not find this occupation. Choose from the list, or write the four digits of the code."),
                "unknown",
            )
        if len(found) > 1:
            codes = ", ".join(str(each) for each in found)
            raise ValidationError(
                _("Several occupations have this name. Write the code of the right one: %(codes)s."),
                "several",
                params={"codes": codes},
            )
        return found[0]

    def clean_deadline_date(self) -> date:
        """Return the deadline when it is plausible. A changed vacancy may keep a deadline that has passed."""
        deadline = self.cleaned_data["deadline_date"]
        is_changed = "deadline_date" in self.changed_data
        if deadline < self.today and is_changed:
            raise ValidationError(_("The deadline has passed. Choose today or a later day."), "passed")
        if is_changed and (deadline - self.today).days > LATEST_DEADLINE_DAYS:
            raise ValidationError(_("The deadline is more than a year and a half ahead. Check the year."), "far")
        return deadline

    def clean_apply_url(self) -> str:
        """P21: return the address when the municipality's links may lead there."""
        url = self.cleaned_data["apply_url"]
        if not hosts.is_allowed_target(url, hosts=hosts.link_hosts()):
            raise ValidationError(
                _(
                    "Tracked links may not lead to this address yet. Ask an administrator in the municipality to "
                    "add the host to the list of hosts that links may lead to. Now on the list: %(hosts)s."
                ),
                "host",
                params={"hosts": ", ".join(hosts.link_hosts()) or _("none yet")},
            )
        return url

    def details(self) -> JobDetails:
        """Return the vacancy as the actions take it; call it on a valid form."""
        names = JobDetails.__dataclass_fields__
        return JobDetails(**{name: self.cleaned_data[name] for name in names})


class NewJobForm(OnceMixin, JobForm):
    """A vacancy that is registered; a double click registers it once."""


class EditJobForm(JobForm):
    """A vacancy that is changed. It carries the version it was opened with, so that nobody's change is lost."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=16)

    @staticmethod
    def initial_of(job: JobPosting) -> dict[str, Any]:
        """Return what the form shows of a stored vacancy."""
        plain = ["title", "kind", "percentage", "positions", "deadline_date", "apply_url", "language", "requirements"]
        return {
            **{name: getattr(job, name) for name in plain},
            "occupation": occupations.title_of(job.occupation),
            "workplace": job.workplace.name,
            "seen": fingerprint(job),
        }


class AnnouncementForm(Form):
    """R5: the open announcement and the internal notice, each ticked with its day."""

    is_announced = forms.BooleanField(label=gettext_lazy("The vacancy is publicly announced"), required=False)
    announced_date = NorwegianDateField(label=gettext_lazy("Announced on"), required=False)
    announced_where = forms.CharField(
        label=gettext_lazy("Where"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("For example NAV and our website."),
    )
    is_noticed = forms.BooleanField(label=gettext_lazy("Internal notice is given"), required=False)
    internal_notice_date = NorwegianDateField(label=gettext_lazy("Notice given on"), required=False)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        for name in ("announced_date", "internal_notice_date"):
            self.fields[name].initial = today

    @staticmethod
    def initial_of(job: JobPosting, today: date) -> dict[str, Any]:
        """Return what the form shows of a stored vacancy; a day not recorded yet is offered as today."""
        return {
            "is_announced": job.announced_date is not None,
            "announced_date": job.announced_date or today,
            "announced_where": job.announced_where,
            "is_noticed": job.internal_notice_date is not None,
            "internal_notice_date": job.internal_notice_date or today,
        }

    def clean(self) -> dict[str, Any]:
        """Ask for what a tick needs; without its tick a date says nothing."""
        values = super().clean() or self.cleaned_data
        for tick, day in (("is_announced", "announced_date"), ("is_noticed", "internal_notice_date")):
            if not values.get(tick):
                self.errors.pop(day, None)
                values[day] = None
            elif day in values and values[day] is None:
                values[day] = self.today
            elif values.get(day) and values[day] > self.today:
                self.add_error(day, _("This day is still ahead. Record it when it has happened."))
        if not values.get("is_announced"):
            values["announced_where"] = ""
        elif not values.get("announced_where") and "announced_where" not in self.errors:
            self.add_error("announced_where", _("Write where it is announced, so that others can find it."))
        return values

    def announcement(self) -> Announcement:
        """Return the announcement as the actions take it; call it on a valid form."""
        names = Announcement.__dataclass_fields__
        return Announcement(**{name: self.cleaned_data[name] for name in names})


class ExemptionForm(Form):
    """R5: why this position need not be announced; the person who writes it stands behind it."""

    exemption_reason = forms.CharField(
        label=gettext_lazy("Why the position is exempt from announcement"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Your name and the reason are shown on the vacancy."),
    )


def one_line(text: str) -> str:
    """
    Return `text` with single blanks and no line breaks.

    :raises ValidationError: it holds no letter and no figure
    """
    line = " ".join(text.split())
    if not any(char.isalnum() for char in line):
        raise ValidationError(_("Write at least one letter."), "empty")
    return line
