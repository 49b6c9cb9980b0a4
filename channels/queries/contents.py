"""What is said, exactly: a post's text with its tracked link in place, and the hash that freezes an approval (P3)."""

import hashlib
import json
import re
import unicodedata

from channels.models import Delivery, MediaItem
from channels.queries import links

# Where the writer wants the link; without it the link comes last.
PLACEHOLDERS = ("{lenke}", "{lenkje}")

ADDRESS = re.compile(r"https?://\S+|\S+/s/\S+")


def text_with_link(text: str, *, address: str) -> str:
    """Return `text` with the address in the place of `{lenke}`, or after the text when it is not mentioned."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not any(placeholder in text for placeholder in PLACEHOLDERS):
        return f"{text}\n\n{address}"
    for placeholder in PLACEHOLDERS:
        text = text.replace(placeholder, address)
    return text


def text_of(delivery: Delivery) -> str:
    """Return the text that this delivery would publish if it were approved now."""
    return text_with_link(delivery.post.text, address=links.address_of(delivery.link))


def content_hash(*, text: str, media: MediaItem | None, account_id: int, link_code: str) -> str:
    """Return a hash of everything that is approved: text, picture, its alternative text, account and link."""
    picture = [media.sha256, media.alt_text] if media else None
    whole = json.dumps([text, picture, account_id, link_code], ensure_ascii=False)
    return hashlib.sha256(whole.encode()).hexdigest()


def current_hash(delivery: Delivery) -> str:
    """Return the hash of what stands in the post now."""
    return content_hash(
        text=text_of(delivery),
        media=delivery.post.media,
        account_id=delivery.account_id,
        link_code=delivery.link.code,
    )


def has_marker(text: str, marker: str) -> bool:
    """Whether the code of our tracked link stands in `text` as a word of its own: then the post is certainly ours."""
    return re.search(rf"(?<![A-Za-z0-9]){re.escape(marker)}(?![A-Za-z0-9])", text) is not None


def likeness(text: str) -> str:
    """Return `text` in the form two texts are compared in: channels rewrite links, spaces and quotation marks."""
    plain = unicodedata.normalize("NFKC", ADDRESS.sub(" ", text)).casefold()
    return " ".join(re.findall(r"\w+", plain))
