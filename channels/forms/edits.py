"""The form that corrects a published text; the rules are asked as when it was written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from channels.actions.posts import Wording
from channels.models import Delivery
from channels.rules import Finding, Verdict, check_text
from foundation.forms import Form
from foundation.forms import check_text as check_characters


class EditForm(Form):
    """Another text for a published post, with a field for each reason that is missing."""

    text = forms.CharField(
        label=gettext_lazy("The corrected text"),
        widget=forms.Textarea(attrs={"rows": 12, "class": "ds-input"}),
        help_text=gettext_lazy("The tracked link must stand in it; where it is missing, we put it last."),
    )

    def __init__(self, *args: Any, delivery: Delivery, kept: Mapping[Wording, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        job = delivery.post.job
        text = str(self["text"].value() or "")
        self.findings: list[Finding] = (
            check_text(
                text,
                deadline_date=job.deadline_date if job else None,
                language=job.language if job else "nb",
                kept=kept,
            )
            if text.strip()
            else []
        )
        for finding in self.findings:
            if finding.is_open:
                self.fields[f"reason_{finding.key}"] = forms.CharField(
                    label=_("Why «%(phrase)s» is kept") % {"phrase": finding.phrase},
                    max_length=500,
                    required=False,
                    validators=[check_characters],
                )

    @property
    def checks(self) -> list[tuple[Finding, Any]]:
        """The findings, each with the bound field for its reason or None."""
        return [
            (finding, self[f"reason_{finding.key}"] if f"reason_{finding.key}" in self.fields else None)
            for finding in self.findings
        ]

    def clean_text(self) -> str:
        """Return the text with the line breaks that are published."""
        text = self.cleaned_data["text"].replace("\r\n", "\n").replace("\r", "\n").strip()
        refused = [finding for finding in self.findings if finding.verdict == Verdict.REFUSED]
        if refused:
            raise ValidationError([f"{finding.title}. {finding.explanation}" for finding in refused])
        return text

    def clean(self) -> dict[str, Any]:
        """R2: a wording that a rule warns of needs a reason or another wording."""
        values = super().clean() or self.cleaned_data
        for finding in self.findings:
            if finding.is_open and not values.get(f"reason_{finding.key}", "").strip():
                self.add_error(f"reason_{finding.key}", _("Write why it is kept, or choose another wording."))
        return values

    def reasons(self) -> dict[Wording, str]:
        """Return the reasons given, by rule and wording; call it on a valid form."""
        return {
            (finding.rule, finding.phrase): self.cleaned_data[f"reason_{finding.key}"].strip()
            for finding in self.findings
            if finding.is_open
        }
