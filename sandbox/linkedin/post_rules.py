"""What LinkedIn demands of a post before it is stored. Each rule raises the error LinkedIn would answer."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urlsplit

from sandbox.linkedin import access, littletext, media, post_schema
from sandbox.linkedin.errors import LinkedInError
from sandbox.world import World

MAX_VISIBLE_CHARACTERS = 3000
MAX_ALT_TEXT = 4086
MAX_ARTICLE_TITLE = 400
MAX_ARTICLE_DESCRIPTION = 4086
MAX_IMAGES = 20
MAX_QUESTION, MAX_OPTION, MAX_OPTIONS = 140, 30, 4
POLL_DURATIONS = ("ONE_DAY", "THREE_DAYS", "SEVEN_DAYS", "FOURTEEN_DAYS")

CONTENT_KINDS = ("article", "media", "multiImage", "poll")
AD_ACCOUNT_URN = re.compile(r"urn:li:sponsoredAccount:[0-9]{1,18}")
CALLS_TO_ACTION = (
    "APPLY",
    "ATTEND",
    "BUY_NOW",
    "DOWNLOAD",
    "JOIN",
    "LEARN_MORE",
    "REGISTER",
    "REQUEST_DEMO",
    "SEE_MORE",
    "SHOP_NOW",
    "SIGN_UP",
    "SUBSCRIBE",
    "VIEW_QUOTE",
)
REMOVABLE = ("contentCallToActionLabel", "contentLandingPage")
EDITABLE = ("commentary", "contentCallToActionLabel", "contentLandingPage", "lifecycleState")


def check_create(world: World, body: dict[str, Any]) -> None:
    """
    Check a create body from the outside in: schema, author, state, text, content.

    :raises LinkedInError: 422 for schema faults (all of them in one text), 400 for the rest
    """
    post_schema.check(body, is_strict=world.switches["unknown_fields_refused"])
    author = body["author"]
    if not access.ORGANISATION_URN.fullmatch(author) and not access.PERSON_URN.fullmatch(author):
        raise LinkedInError("bad_urn_type", reason="author must be an organization or person URN")
    if body["lifecycleState"] != "PUBLISHED":
        raise LinkedInError("bad_value", reason="lifecycleState must be PUBLISHED on create")
    _check_ad_context(body)
    _check_call_to_action(body)
    check_commentary(body["commentary"])
    content = body.get("content") or {}
    if not body["commentary"].strip() and not content and not body.get("reshareContext"):
        raise LinkedInError("missing_field", reason="commentary is required on a post without content")
    _check_content(world, content, author=author)
    _check_parent(world, body.get("reshareContext"))


def check_commentary(commentary: str) -> None:
    if littletext.visible_length(commentary) > MAX_VISIBLE_CHARACTERS:
        raise LinkedInError("too_long", reason=f"commentary exceeds {MAX_VISIBLE_CHARACTERS} characters")


def is_dark(body: dict[str, Any]) -> bool:
    """Whether the post is for advertising only and stands on no timeline."""
    return body["distribution"]["feedDistribution"] == "NONE"


def _check_ad_context(body: dict[str, Any]) -> None:
    """A dark post belongs to an ad account; any other post must not claim to."""
    context = body.get("adContext")
    account = (context or {}).get("dscAdAccount")
    if is_dark(body) and not isinstance(account, str):
        raise LinkedInError("missing_field", reason="adContext.dscAdAccount is required when feedDistribution is NONE")
    if context and not is_dark(body):
        raise LinkedInError("bad_value", reason="adContext is only allowed when feedDistribution is NONE")
    if context and not AD_ACCOUNT_URN.fullmatch(str(account)):
        raise LinkedInError("bad_urn_type", reason="adContext.dscAdAccount must be a sponsoredAccount URN")


def _check_call_to_action(fields: dict[str, Any]) -> None:
    label, address = fields.get("contentCallToActionLabel"), fields.get("contentLandingPage")
    if label is not None and label not in CALLS_TO_ACTION:
        raise LinkedInError("bad_value", reason=f"contentCallToActionLabel must be one of {', '.join(CALLS_TO_ACTION)}")
    if address is not None and not (isinstance(address, str) and _is_web(address)):
        raise LinkedInError("bad_value", reason="contentLandingPage must be an http or https address")


def check_patch(body: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Return (fields to set, fields to remove). :raises LinkedInError: 400 for anything that cannot be changed"""
    patch = body.get("patch")
    if not isinstance(patch, dict) or not patch or not set(patch) <= {"$set", "$delete"}:
        raise LinkedInError("bad_parameter", reason="The body must be a patch with $set or $delete")
    changes, removed = patch.get("$set", {}), patch.get("$delete", [])
    if not isinstance(changes, dict) or not isinstance(removed, list) or not (changes or removed):
        raise LinkedInError("bad_parameter", reason="$set must be a record, $delete a list")
    if not set(map(str, removed)) <= set(REMOVABLE):
        raise LinkedInError("bad_parameter", reason=f"Only {', '.join(REMOVABLE)} can be deleted")
    for name, value in changes.items():
        if name not in EDITABLE:
            raise LinkedInError("bad_parameter", reason=f"Field {name[:60]} cannot be updated")
        if not isinstance(value, str):
            raise LinkedInError("bad_value", reason=f"Field {name} must be a text")
    if changes.get("lifecycleState", "PUBLISHED") != "PUBLISHED":
        raise LinkedInError("bad_value", reason="lifecycleState must be PUBLISHED")
    if "commentary" in changes:
        check_commentary(changes["commentary"])
    _check_call_to_action(changes)
    return changes, [str(name) for name in removed]


# --- content ---------------------------------------------------------------------------------------------------------


def _check_content(world: World, content: dict[str, Any], *, author: str) -> None:
    if not content:
        return
    if len(content) != 1 or next(iter(content)) not in CONTENT_KINDS:
        raise LinkedInError("bad_value", reason=f"content must hold exactly one of {', '.join(CONTENT_KINDS)}")
    kind, value = next(iter(content.items()))
    if not isinstance(value, dict):
        raise LinkedInError("bad_value", reason=f"content.{kind} must be a record")
    if kind == "article":
        _check_article(world, value, author=author)
    elif kind == "media":
        _check_media(world, value, author=author, kinds=("image", "video", "document"))
    elif kind == "poll":
        _check_poll(value)
    else:
        images = value.get("images")
        if not isinstance(images, list) or not 2 <= len(images) <= MAX_IMAGES:
            raise LinkedInError("bad_value", reason=f"content.multiImage.images must hold 2 to {MAX_IMAGES} images")
        for image in images:
            _check_image(world, image, author=author)


def _check_article(world: World, article: dict[str, Any], *, author: str) -> None:
    limits = {"source": 2000, "title": MAX_ARTICLE_TITLE, "description": MAX_ARTICLE_DESCRIPTION}
    for name, limit in limits.items():
        value = article.get(name, "")
        if not isinstance(value, str) or (name != "description" and not value.strip()):
            raise LinkedInError("missing_field", reason=f"content.article.{name} is required")
        if len(value) > limit:
            raise LinkedInError("too_long", reason=f"content.article.{name} exceeds {limit} characters")
    if not _is_web(article["source"]):
        raise LinkedInError("bad_value", reason="content.article.source must be an http or https address")
    if article.get("thumbnail") is not None:
        _check_image(world, {"id": article["thumbnail"]}, author=author)


def _check_poll(poll: dict[str, Any]) -> None:
    """A question, two to four options, a duration; who voted is shown to the author or not."""
    options, settings = poll.get("options"), poll.get("settings")
    if not isinstance(options, list) or not 2 <= len(options) <= MAX_OPTIONS:
        raise LinkedInError("bad_value", reason=f"content.poll.options must hold 2 to {MAX_OPTIONS} options")
    texts = [option.get("text") if isinstance(option, dict) else None for option in options]
    for text, limit in ((poll.get("question"), MAX_QUESTION), *((text, MAX_OPTION) for text in texts)):
        if not isinstance(text, str) or not text.strip():
            raise LinkedInError("missing_field", reason="content.poll needs a question and a text for each option")
        if len(text) > limit:
            raise LinkedInError("too_long", reason=f"A text of content.poll exceeds {limit} characters")
    if not isinstance(settings, dict) or settings.get("duration") not in POLL_DURATIONS:
        raise LinkedInError("bad_value", reason=f"settings.duration must be one of {', '.join(POLL_DURATIONS)}")


def _is_web(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False


def _check_image(world: World, image: Any, *, author: str) -> None:
    _check_media(world, image, author=author, kinds=("image",))


def _check_media(world: World, item: Any, *, author: str, kinds: tuple[str, ...]) -> None:
    urn = item.get("id") if isinstance(item, dict) else None
    if not isinstance(urn, str):
        raise LinkedInError("missing_field", reason="The id of the media is required")
    for name, limit in (("altText", MAX_ALT_TEXT), ("title", MAX_ARTICLE_TITLE)):
        text = item.get(name, "")
        if not isinstance(text, str):
            raise LinkedInError("bad_value", reason=f"{name} must be a text")
        if len(text) > limit:
            raise LinkedInError("too_long", reason=f"{name} exceeds {limit} characters")
    row = media.find(world, urn)
    if row is None:
        raise LinkedInError("bad_value", reason=f"Media {urn[:80]} does not exist")
    if row["kind"] not in kinds:
        raise LinkedInError("bad_urn_type", reason=f"{urn} must be one of {', '.join(kinds)}")
    if row["owner"] != author:
        raise LinkedInError("bad_value", reason=f"Media {urn} is not owned by the author")
    state = media.status(world, row)
    if state != "AVAILABLE":
        raise LinkedInError("bad_value", reason=f"Media {urn} is not available: {state}")


def _check_parent(world: World, context: Any) -> None:
    if not context:
        return
    parent = context.get("parent")
    if not isinstance(parent, str):
        raise LinkedInError("missing_field", reason="reshareContext.parent is required")
    row = world.store.one("SELECT body FROM post WHERE urn = ? AND deleted_at IS NULL", parent)
    if row is None:
        raise LinkedInError("bad_value", reason=f"The post {parent[:80]} does not exist")
    if json.loads(row["body"]).get("isReshareDisabledByAuthor"):
        raise LinkedInError("bad_value", reason=f"The author of {parent} has disabled resharing")
