"""The applicant's form: three questions and some more for those who like, each with its answers in a new order."""

import random
from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from analytics.actions.surveys import LONGEST_PLACE, Given
from analytics.models import SurveyAnswer
from analytics.queries.survey_posts import ShownPost
from foundation.forms import Form, OnceMixin
from recruitment.models import Source

MAX_WORDS = 280
MAX_INTERESTS = 2
NONE_OF_THEM = "none"
# Characters that take no place on the screen: a text of these alone says nothing.
INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\u3164\ufeff"
)
NOT_ON_FORM = _("That answer is not on this form. Choose again.")
TOO_LONG = _("Write at most %(limit_value)d characters; you have %(show_value)d.")


class QuestionForm(Form):
    """What applicants are asked. `seed` decides the order of the answers, so that no source always stands first."""

    is_shuffled = True
    first = forms.ChoiceField(
        label=_("Where did you first see it?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose where you first saw the position."), "invalid_choice": NOT_ON_FORM},
    )
    elsewhere = forms.CharField(
        label=_("Where was that?"),
        help_text=_("If you chose somewhere else. Not the name of a person."),
        required=False,
        max_length=LONGEST_PLACE,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"max_length": TOO_LONG},
    )
    also = forms.MultipleChoiceField(
        label=_("Where else have you seen it?"),
        help_text=_("Choose all that apply. You may skip this."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        error_messages={"invalid_choice": NOT_ON_FORM},
    )
    interests = forms.MultipleChoiceField(
        label=_("What caught your interest?"),
        help_text=_("Choose up to two. You may skip this."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        error_messages={"invalid_choice": NOT_ON_FORM},
    )
    decisive = forms.ChoiceField(
        label=_("Which place mattered most for your applying?"),
        required=False,
        error_messages={"invalid_choice": NOT_ON_FORM},
    )
    remembered = forms.ChoiceField(
        label=_("Which of our posts or films do you remember?"),
        widget=forms.RadioSelect,
        required=False,
        error_messages={"invalid_choice": NOT_ON_FORM},
    )
    followed = forms.ChoiceField(
        label=_("Did you follow us in social media before you saw the position?"),
        choices=SurveyAnswer.Followed.choices,
        widget=forms.RadioSelect,
        required=False,
        error_messages={"invalid_choice": NOT_ON_FORM},
    )

    def __init__(
        self, *args: Any, sources: Iterable[Source], posts: Iterable[ShownPost] = (), seed: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, auto_id="s_%s", **kwargs)
        places = self._in_order([source for source in sources if source.kind == Source.Kind.PLACE], seed)
        elsewhere = [source for source in sources if source.kind == Source.Kind.ELSEWHERE]
        unknown = [source for source in sources if source.kind == Source.Kind.UNKNOWN]
        interests = self._in_order([pair for pair in SurveyAnswer.Interest.choices if pair[0] != "other"], seed)
        named = [(source.slug, source.name) for source in [*places, *elsewhere]]
        blank = [] if self.is_shuffled else [("", _("Choose a place"))]
        self._choices("first").choices = [*blank, *named, *[(source.slug, source.name) for source in unknown]]
        self._choices("also").choices = named
        self._choices("decisive").choices = [("", _("Choose a place, or skip this")), *named]
        self._choices("interests").choices = [*interests, ("other", SurveyAnswer.Interest.OTHER.label)]
        shown = [(post.code, post.label) for post in posts]
        # A value of its own: the empty one would be chosen from the start, like an answer to what nobody asked.
        self._choices("remembered").choices = [*shown, (NONE_OF_THEM, _("None of them"))] if shown else []
        if not shown:
            del self.fields["remembered"]
        for field in self.fields.values():
            field.widget.attrs.setdefault("class", "ds-input")

    def _choices(self, name: str) -> forms.ChoiceField:
        return cast(forms.ChoiceField, self.fields[name])

    def _in_order(self, items: list, seed: str) -> list:
        # The order only has to be even, not secret; the same form drawn again must keep its order.
        if not self.is_shuffled:
            return items
        return random.Random(seed).sample(items, len(items))  # noqa: S311  # nosec B311

    def clean_elsewhere(self) -> str:
        """Return the place on one line, "" when nothing of it can be seen."""
        return seen(" ".join(self.cleaned_data["elsewhere"].split()))

    def clean_interests(self) -> list[str]:
        """Refuse more than two."""
        chosen = self.cleaned_data["interests"]
        if len(chosen) > MAX_INTERESTS:
            raise ValidationError(_("Choose at most two."), "too_many")
        return chosen

    def given(self, *, language: str, mode: str) -> Given:
        """Return the checked answer."""
        data = self.cleaned_data
        return Given(
            first=data["first"],
            elsewhere=data["elsewhere"],
            also=tuple(data["also"]),
            decisive=data["decisive"],
            interests=tuple(data["interests"]),
            remembered=data.get("remembered", "").removeprefix(NONE_OF_THEM),
            followed=data["followed"],
            own_words=data.get("own_words", ""),
            language=language,
            mode=mode,
        )


class SurveyForm(QuestionForm):
    """The questions as applicants meet them, with room for their own words and a field that only robots fill in."""

    own_words = forms.CharField(
        label=_("In your own words, if you like"),
        help_text=_("Do not write names, addresses or anything else about persons. At most 280 characters."),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        max_length=MAX_WORDS,
        error_messages={"max_length": TOO_LONG},
    )
    # Whether the questions that are not among the three were unfolded.
    more = forms.BooleanField(label=_("Answer some more, if you like"), required=False)
    # Off the screen and out of the tab order; a robot that fills in every field fills in this one too.
    website = forms.CharField(
        label=_("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )

    def clean_own_words(self) -> str:
        """Return the words, or "" when nothing of them can be seen."""
        return seen(self.cleaned_data["own_words"].strip())

    def clean_website(self) -> str:
        """Refuse what only a robot fills in. A person whose browser filled it in can see why and empty it."""
        if self.cleaned_data["website"]:
            raise ValidationError(_("This field must be empty. Empty it and send again."), "robot")
        return ""


class InterviewForm(OnceMixin, QuestionForm):
    """
    The questions as HR asks them at an interview, in the list's own order and quick to fill in by keyboard.

    Without free words, in which a name would be written.
    """

    is_shuffled = False
    first = forms.ChoiceField(
        label=_("Where did you first see it?"),
        error_messages={
            "required": _("Choose where the applicant first saw the position."),
            "invalid_choice": NOT_ON_FORM,
        },
    )
    field_order = ["form_key", "first", "elsewhere", "also", "decisive", "interests", "remembered", "followed"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_bound:
            # The next answer can be typed at once; a refused form gives the focus to what must be corrected.
            self.fields["first"].widget.attrs["autofocus"] = True


class WithdrawForm(Form):
    """A receipt code, as the applicant noted it."""

    code = forms.CharField(
        label=_("Receipt code"),
        help_text=_("Sixteen letters and figures, for example K7M2-P4TD-W9QX-B3NF."),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={"required": _("Write the receipt code you were given.")},
    )


def seen(words: str) -> str:
    """Return the words, "" when nothing of them can be seen on a screen."""
    return words if words.strip(INVISIBLE + " \n\t") else ""
