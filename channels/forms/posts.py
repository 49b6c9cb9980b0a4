"""The composer's form: what a post says, its picture, and when it is to go out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from channels.actions.posts import Content, Wording
from channels.connectors import Connector
from channels.forms.pictures import DescriptionFields, PictureField
from channels.forms.times import TimeFields
from channels.models import Delivery, MediaItem, Post
from channels.queries import contents, previews
from channels.queries.posts import Outlet
from channels.rules import Finding, Verdict, check_text
from foundation.forms import Form, OnceMixin
from foundation.forms import check_text as check_characters
from recruitment.forms import WebAddressField, one_line
from recruitment.models import JobPosting
from recruitment.queries import hosts

NO_PICTURE = "none"
MAX_REASON = 500


class PostForm(DescriptionFields, TimeFields, Form):
    """A post on one channel. What is asked beside the text depends on `do`: "save", "schedule", "submit"."""

    title = forms.CharField(
        label=gettext_lazy("Working title"),
        max_length=120,
        help_text=gettext_lazy("Only you and your colleagues see it."),
    )
    job = forms.ChoiceField(label=gettext_lazy("Vacancy"), required=False)
    target_url = WebAddressField(
        label=gettext_lazy("Where the link leads"),
        max_length=500,
        required=False,
        help_text=gettext_lazy("A page of the municipality's own."),
    )
    account = forms.ChoiceField(label=gettext_lazy("Page"), required=False)
    text = forms.CharField(label=gettext_lazy("Text"), widget=forms.Textarea(attrs={"rows": 10}))
    picture = forms.ChoiceField(
        label=gettext_lazy("Picture"),
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": gettext_lazy("Choose one of the pictures shown.")},
    )
    file = PictureField(
        label=gettext_lazy("Picture file"),
        required=False,
        help_text=gettext_lazy("JPEG, PNG, WebP or GIF, at most 20 MB. Place and camera data are removed."),
    )
    # Seconds until its author may send a file again; 0 for now.
    wait_s = 0

    def __init__(
        self,
        *args: Any,
        jobs: Sequence[JobPosting],
        outlets: Sequence[Outlet],
        pictures: Sequence[MediaItem],
        connector: Connector,
        address: str,
        kept: Mapping[Wording, str],
        now: datetime,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.jobs = {str(job.pk): job for job in jobs}
        self.outlets = {str(outlet.account.pk): outlet for outlet in outlets}
        self.pictures = {str(item.pk): item for item in pictures}
        self.now = now
        self.connector, self.address, self.kept = connector, address, kept
        self._choices("job", [(key, job.title) for key, job in self.jobs.items()], _("No particular vacancy"))
        self._choices("account", [(key, outlet.account.name) for key, outlet in self.outlets.items()])
        self._choices("picture", [(key, item.alt_text) for key, item in self.pictures.items()])
        self.fields["picture"].choices = [(NO_PICTURE, _("No picture")), *self.fields["picture"].choices]  # type: ignore[attr-defined]
        self.fields["text"].label = _("Text for %(channel)s") % {"channel": connector.label}
        self.fields["text"].help_text = _("The tracked link comes last. Write %(place)s where you want it instead.") % {
            "place": contents.PLACEHOLDERS[0]
        }
        self._dress_text()
        self.findings = self._check()

    def _choices(self, name: str, choices: list[tuple[str, str]], empty: str = "") -> None:
        self.fields[name].choices = [("", empty), *choices] if empty else choices  # type: ignore[attr-defined]

    def _dress_text(self) -> None:
        """Give the script that counts while one types the channel's rule; the server counts again."""
        rules = self.connector.text_rules
        self.fields["text"].widget.attrs |= {
            "data-count-to": "counter",
            "data-count-max": rules.max_length,
            "data-count-link": len(self.address),
            "data-count-places": ",".join(contents.PLACEHOLDERS),
            "aria-describedby": f"{self['text'].auto_id}_helptext counter",
        }

    def _check(self) -> list[Finding]:
        """Ask the rules about the text as it stands in the form, and make a field for each reason that is missing."""
        if not self.text_now:
            return []
        job = self.jobs.get(str(self["job"].value() or ""))
        findings = check_text(
            self.text_now,
            deadline_date=job.deadline_date if job else None,
            language=job.language if job else "nb",
            kept=self.kept,
        )
        for finding in findings:
            if finding.is_open:
                self.fields[f"reason_{finding.key}"] = forms.CharField(
                    label=_("Why «%(phrase)s» is kept") % {"phrase": finding.phrase},
                    max_length=MAX_REASON,
                    required=False,
                    validators=[check_characters],
                    widget=forms.TextInput(attrs={"class": "ds-input"}),
                )
        return findings

    @property
    def text_now(self) -> str:
        """The text as it stands in the form, whether or not it is valid, with the line breaks that are published."""
        return str(self["text"].value() or "").replace("\r\n", "\n").replace("\r", "\n").strip()

    @property
    def published_text(self) -> str:
        """The text with its link, as it would be published."""
        return contents.text_with_link(self.text_now, address=self.address) if self.text_now else ""

    @property
    def counted(self) -> previews.Counted:
        """How the channel counts it."""
        return previews.counted(text=self.published_text, connector=self.connector)

    @property
    def checks(self) -> list[tuple[Finding, Any]]:
        """The findings, each with the bound field for its reason or None."""
        return [
            (finding, self[f"reason_{finding.key}"] if f"reason_{finding.key}" in self.fields else None)
            for finding in self.findings
        ]

    @property
    def chosen_picture(self) -> MediaItem | None:
        """The stored picture that is chosen in the form as it stands."""
        return self.pictures.get(str(self["picture"].value() or ""))

    def offer(self, item: MediaItem) -> None:
        """Put a picture that was just stored among those one can choose."""
        if str(item.pk) not in self.pictures:
            self.pictures = {str(item.pk): item, **self.pictures}
            self._choices("picture", [*self.fields["picture"].choices, (str(item.pk), item.alt_text)])  # type: ignore[attr-defined]

    def clean_title(self) -> str:
        """Return the title on one line."""
        return one_line(self.cleaned_data["title"])

    def clean_text(self) -> str:
        """B39: return the text when the channel can take it, counted as the channel counts."""
        text = self.text_now
        if not any(char.isalnum() for char in text):
            raise ValidationError(_("Write at least one letter."), "empty")
        if self.counted.n_over:
            raise ValidationError(
                _("The text with its link is %(over)s characters too long for %(channel)s, which takes %(max)s."),
                "long",
                params={
                    "over": self.counted.n_over,
                    "channel": self.connector.label,
                    "max": self.counted.max_length,
                },
            )
        refused = [finding for finding in self.findings if finding.verdict == Verdict.REFUSED]
        if refused:
            raise ValidationError([f"{finding.title}. {finding.explanation}" for finding in refused])
        return text

    def clean_job(self) -> JobPosting | None:
        """Return the chosen vacancy of the campaign."""
        return self.jobs.get(self.cleaned_data["job"])

    def clean_picture(self) -> MediaItem | None:
        """Return the chosen stored picture."""
        return self.pictures.get(self.cleaned_data["picture"])

    def clean(self) -> dict[str, Any]:
        """Hold the parts against each other: the link's target, a new picture with its description, date and time."""
        values = super().clean() or self.cleaned_data
        self._clean_target(values)
        if values.get("file"):
            self.check_description()
        elif values.get("alt_text") and "file" not in self.errors and not values.get("picture"):
            self.add_error("file", _("Choose the picture file; a browser does not keep it from one try to the next."))
        values["time"] = self.clean_wall(values, is_needed=self.data.get("do") in {"schedule", "submit"})
        return values

    def _clean_target(self, values: dict[str, Any]) -> None:
        """P21: a post without a vacancy leads to an address that the municipality's links may lead to."""
        if values.get("job") or "job" in self.errors:
            values["target_url"] = ""
            self.errors.pop("target_url", None)
        elif not values.get("target_url") and "target_url" not in self.errors:
            self.add_error("target_url", _("Write where the link leads, or choose a vacancy."))
        elif values.get("target_url"):
            allowed = hosts.link_hosts()
            if not hosts.is_allowed_target(values["target_url"], hosts=allowed):
                problem = _("Links may not lead to this address. Hosts on the municipality's list: %(hosts)s.")
                self.add_error("target_url", problem % {"hosts": ", ".join(allowed) or _("none yet")})

    def reasons(self) -> dict[Wording, str]:
        """Return the reasons given, by rule and wording; call it on a valid form."""
        given = {}
        for finding in self.findings:
            reason = self.cleaned_data.get(f"reason_{finding.key}", "").strip()
            if finding.is_open and reason:
                given[finding.rule, finding.phrase] = reason
        return given

    def content(self, *, media: MediaItem | None) -> Content:
        """Return the post as the actions take it; call it on a valid form."""
        values = self.cleaned_data
        return Content(values["title"], values["text"], values["job"], media, values.get("target_url") or "")

    def outlet(self) -> Outlet | None:
        """Return the account it is for: the chosen one, or the first."""
        chosen = self.outlets.get(self.cleaned_data.get("account") or "")
        return chosen or next(iter(self.outlets.values()), None)


class NewPostForm(OnceMixin, PostForm):
    """A new post; a double click writes it once."""


class EditPostForm(PostForm):
    """Another version of a post. It carries the version that was opened, and whether its author knew it was planned."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    is_told = forms.CharField(widget=forms.HiddenInput, required=False)

    @staticmethod
    def initial_of(post: Post, delivery: Delivery | None, *, is_told: bool) -> dict[str, Any]:
        """Return what the form shows of a stored post."""
        wall = datetime.fromisoformat(delivery.due_wall) if delivery and delivery.due_wall else None
        return {
            "title": post.title,
            "text": post.text,
            "job": str(post.job_id or ""),
            "target_url": delivery.link.target_url if delivery and not post.job_id else "",
            "picture": str(post.media_id or NO_PICTURE),
            "account": str(delivery.account_id) if delivery else "",
            "due_date": wall.date() if wall else None,
            "due_time": wall.time() if wall else None,
            "version": post.version,
            "is_told": "1" if is_told else "",
        }
