"""What stands below a post's text in the composer: a picture, a video, a link card, or nothing."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from channels.connectors import Card
from channels.models import MediaItem, Post
from recruitment.forms import one_line

TEXT, PICTURE, VIDEO, CARD = "text", "picture", "video", "card"
MAX_CARD_TITLE, MAX_CARD_DESCRIPTION = 200, 300


def kind_of(post: Post) -> str:
    """Return which of the four a stored post is."""
    if post.has_card:
        return CARD
    if post.media is None:
        return TEXT
    return VIDEO if post.media.is_video else PICTURE


class KindFields(forms.Form):
    """Which of the four, with the fields of a video and a link card. The pictures are the form's own."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Together with the text"),
        required=False,
        widget=forms.RadioSelect,
        choices=[
            (PICTURE, gettext_lazy("Picture")),
            (VIDEO, gettext_lazy("Video")),
            (CARD, gettext_lazy("Link card")),
            (TEXT, gettext_lazy("Text alone")),
        ],
    )
    video = forms.ChoiceField(
        label=gettext_lazy("Video"),
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": gettext_lazy("Choose one of the videos shown.")},
    )
    card_title = forms.CharField(
        label=gettext_lazy("Title of the card"),
        max_length=MAX_CARD_TITLE,
        required=False,
        help_text=gettext_lazy("At most 200 characters. The channel does not fetch it from the page: write it here."),
    )
    card_description = forms.CharField(
        label=gettext_lazy("Description in the card"),
        max_length=MAX_CARD_DESCRIPTION,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "class": "ds-input is-short"}),
        help_text=gettext_lazy("At most 300 characters. Many readers see the title only."),
    )

    videos: dict[str, MediaItem]
    address: str

    @property
    def kind_now(self) -> str:
        """Which of the four stands in the form; for a form sent without the choice, what it holds."""
        kind = str(self["kind"].value() or "")
        return kind if kind in {TEXT, PICTURE, VIDEO, CARD} else PICTURE

    @property
    def has_card(self) -> bool:
        """Whether the link stands in a card."""
        return self.kind_now == CARD

    @property
    def chosen_video(self) -> MediaItem | None:
        """The stored video that is chosen in the form as it stands."""
        return self.videos.get(str(self["video"].value() or "")) if self.kind_now == VIDEO else None

    @property
    def card(self) -> Card | None:
        """The link card as it stands in the form, or None."""
        if not self.has_card:
            return None
        title, description = (str(self[name].value() or "").strip() for name in ("card_title", "card_description"))
        return Card(self.address, title, description)

    @property
    def card_words(self) -> str:
        """What is said in the card, for the rules."""
        return f"{self.card.title}\n{self.card.description}".strip() if self.card else ""

    def clean_card_title(self) -> str:
        """Return the title on one line; a card without one is none."""
        if self.kind_now != CARD:
            return ""
        title = self.cleaned_data["card_title"].strip()
        if not title:
            raise forms.ValidationError(_("Give the card a title."), "empty")
        return one_line(title)

    def clean_card_description(self) -> str:
        """Return the description on one line."""
        said = " ".join(self.cleaned_data["card_description"].split())
        return said if self.kind_now == CARD else ""

    def check_video(self, values: dict[str, Any], *, is_needed: bool) -> None:
        """Ask for a video where the post is planned to have one."""
        if self.kind_now == VIDEO and is_needed and not values.get("video") and "video" not in self.errors:
            self.add_error("video", _("Choose a video, or upload one first."))
