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
from channels.forms.kinds import CARD, PICTURE, TEXT, VIDEO, KindFields, kind_of
from channels.forms.pictures import DescriptionFields, PictureField
from channels.forms.whereto import WhereFields
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


class PostForm(DescriptionFields, KindFields, WhereFields, Form):
    """A post on one channel. What is asked beside the text depends on `do`: "save", "schedule", "submit", "video"."""

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
        deliveries: Sequence[Delivery],
        pictures: Sequence[MediaItem],
        videos: Sequence[MediaItem],
        connector: Connector,
        address: str,
        kept: Mapping[Wording, str],
        now: datetime,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.jobs = {str(job.pk): job for job in jobs}
        self.pictures = {str(item.pk): item for item in pictures}
        self.videos = {str(item.pk): item for item in videos}
        self.now = now
        self.connector, self.address, self.kept = connector, address, kept
        self._choices("job", [(key, job.title) for key, job in self.jobs.items()], _("No particular vacancy"))
        self.offer_outlets(outlets, deliveries)
        is_possible = {CARD: connector.can_show_card, VIDEO: connector.can_show_video}
        self._choices("kind", [each for each in self.fields["kind"].choices if is_possible.get(each[0], True)])  # type: ignore[attr-defined]
        self._choices("video", [(key, item.alt_text) for key, item in self.videos.items()])
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
        words = f"{self.text_now}\n{self.card_words}".strip()
        job = self.jobs.get(str(self["job"].value() or ""))
        findings = check_text(
            words,
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
        if not self.text_now:
            return ""
        return contents.text_with_link(self.text_now, address=self.address, has_card=self.has_card)

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
        """The stored picture that is chosen in the form as it stands, the post's own or its card's."""
        if self.kind_now not in {PICTURE, CARD}:
            return None
        return self.pictures.get(str(self["picture"].value() or ""))

    @property
    def chosen_media(self) -> MediaItem | None:
        """The stored picture or video that is chosen in the form as it stands."""
        return self.chosen_video or self.chosen_picture

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

    def clean_video(self) -> MediaItem | None:
        """Return the chosen stored video."""
        return self.videos.get(self.cleaned_data["video"])

    def clean(self) -> dict[str, Any]:
        """Hold the parts against each other: the link's target, a new picture with its description, date and time."""
        values = super().clean() or self.cleaned_data
        self._clean_target(values)
        if values.get("file"):
            self.check_description()
        elif values.get("alt_text") and "file" not in self.errors and not values.get("picture"):
            self.add_error("file", _("Choose the picture file; a browser does not keep it from one try to the next."))
        is_planned = self.data.get("do") in {"schedule", "submit"}
        self.check_video(values, is_needed=is_planned)
        self.clean_times(values, is_needed=is_planned)
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
        return Content(
            title=values["title"],
            text=values["text"],
            job=values["job"],
            media=media,
            target_url=values.get("target_url") or "",
            card_title=values["card_title"],
            card_description=values["card_description"],
        )

    def beside_text(self, *, uploaded: MediaItem | None) -> MediaItem | None:
        """Return what is published beside the text: the video, or the picture just uploaded or chosen."""
        if self.kind_now == VIDEO:
            return self.cleaned_data.get("video")
        # A file that somebody took the trouble to upload is meant, whatever is marked beside it.
        return uploaded or (None if self.kind_now == TEXT else self.cleaned_data.get("picture"))


class NewPostForm(OnceMixin, PostForm):
    """A new post; a double click writes it once."""


class EditPostForm(PostForm):
    """Another version of a post. It carries the version that was opened, and whether its author knew it was planned."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    is_told = forms.CharField(widget=forms.HiddenInput, required=False)

    @staticmethod
    def initial_of(post: Post, deliveries: Sequence[Delivery], *, is_told: bool) -> dict[str, Any]:
        """Return what the form shows of a stored post: the first page's time, and others' where they differ."""
        walls = {each.account_id: datetime.fromisoformat(each.due_wall) for each in deliveries if each.due_wall}
        wall = next(iter(walls.values()), None)
        kind = kind_of(post)
        own: dict[str, Any] = {}
        for account_id, other in walls.items():
            if other != wall:
                own |= {f"due_date_{account_id}": other.date(), f"due_time_{account_id}": other.time()}
        return own | {
            "title": post.title,
            "text": post.text,
            "job": str(post.job_id or ""),
            "target_url": deliveries[0].link.target_url if deliveries and not post.job_id else "",
            "kind": kind,
            "picture": str(post.media_id or NO_PICTURE) if kind in {PICTURE, CARD} else NO_PICTURE,
            "video": str(post.media_id or "") if kind == VIDEO else "",
            "card_title": post.card_title,
            "card_description": post.card_description,
            "due_date": wall.date() if wall else None,
            "due_time": wall.time() if wall else None,
            "version": post.version,
            "is_told": "1" if is_told else "",
        }
