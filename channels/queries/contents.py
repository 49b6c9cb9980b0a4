"""What is said, exactly: text and link card with the tracked link, and the hash that freezes an approval (P3)."""

import hashlib
import json
import re
import unicodedata

from channels.connectors import Card, SeenPost
from channels.models import Delivery, MediaItem, Post
from channels.queries import links

# Where the writer wants the link; without it the link comes last.
PLACEHOLDERS = ("{lenke}", "{lenkje}")

ADDRESS = re.compile(r"https?://\S+|\S+/s/\S+")


def text_with_link(text: str, *, address: str, has_card: bool = False) -> str:
    """
    Return `text` with the address in the place of `{lenke}`, or after the text when it is not mentioned.

    :param has_card: the link stands in a card below the text, so it is not put after it as well
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not any(placeholder in text for placeholder in PLACEHOLDERS):
        return text if has_card else f"{text}\n\n{address}"
    for placeholder in PLACEHOLDERS:
        text = text.replace(placeholder, address)
    return text


def text_of(delivery: Delivery) -> str:
    """Return the text that this delivery would publish if it were approved now."""
    post = delivery.post
    return text_with_link(post.text, address=links.address_of(delivery.link), has_card=post.has_card)


def card_of(delivery: Delivery) -> Card | None:
    """Return the link card that this delivery would publish if it were approved now, or None."""
    return _card(delivery.post.card_title, delivery.post.card_description, delivery=delivery)


def approved_card_of(delivery: Delivery) -> Card | None:
    """Return the link card that was approved, or None."""
    return _card(delivery.approved_card_title, delivery.approved_card_description, delivery=delivery)


def _card(title: str, description: str, *, delivery: Delivery) -> Card | None:
    return Card(links.address_of(delivery.link), title, description) if title else None


def frozen_card(post: Post) -> dict[str, str]:
    """Return the fields of a delivery that hold the card that is approved."""
    return {"approved_card_title": post.card_title, "approved_card_description": post.card_description}


def content_hash(
    *, text: str, media: MediaItem | None, account_id: int, link_code: str, card: tuple[str, str] = ("", "")
) -> str:
    """
    Return a hash of everything that is approved: text, picture or video, its alternative text, account and link.

    :param card: title and description of the link card, empty without one
    """
    shown = [media.sha256, media.alt_text] if media else None
    # Left out when there is none, so that what was approved before there were cards keeps its hash.
    whole = json.dumps([text, shown, account_id, link_code, *([list(card)] if card[0] else [])], ensure_ascii=False)
    return hashlib.sha256(whole.encode()).hexdigest()


def current_hash(delivery: Delivery) -> str:
    """Return the hash of what stands in the post now."""
    return content_hash(
        text=text_of(delivery),
        media=delivery.post.media,
        account_id=delivery.account_id,
        link_code=delivery.link.code,
        card=(delivery.post.card_title, delivery.post.card_description),
    )


def hash_with_text(delivery: Delivery, text: str) -> str:
    """Return the hash of what was approved for a delivery, with another text: a correction."""
    return content_hash(
        text=text,
        media=delivery.approved_media,
        account_id=delivery.account_id,
        link_code=delivery.link.code,
        card=(delivery.approved_card_title, delivery.approved_card_description),
    )


def is_marked(post: SeenPost, marker: str) -> bool:
    """Whether our mark stands in a post on the channel, in its text or where its link card leads."""
    return any(has_marker(each, marker) for each in (post.text, *post.links))


def has_marker(text: str, marker: str) -> bool:
    """Whether the code of our tracked link stands in `text` as a word of its own: then the post is certainly ours."""
    return re.search(rf"(?<![A-Za-z0-9]){re.escape(marker)}(?![A-Za-z0-9])", text) is not None


def words_of(post: SeenPost) -> set[str]:
    """Return every word of a post on the channel that may be a mark: `is_marked` holds for those that are one."""
    return {word for each in (post.text, *post.links) for word in re.findall(r"[A-Za-z0-9]+", each)}


def as_read(text: str) -> str:
    """Return `text` as a reader sees it, without addresses and line breaks: channels rewrite those and nothing else."""
    return " ".join(unicodedata.normalize("NFC", ADDRESS.sub(" ", text)).split())


def likeness(text: str) -> str:
    """Return `text` in the form two texts are compared in: channels rewrite links, spaces and quotation marks."""
    plain = unicodedata.normalize("NFKC", ADDRESS.sub(" ", text)).casefold()
    return " ".join(re.findall(r"\w+", plain))
