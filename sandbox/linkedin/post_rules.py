"""What LinkedIn demands of a post before it is stored. Each rule raises the error LinkedIn would answer."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from sandbox.linkedin import access, littletext, media
from sandbox.linkedin.errors import LinkedInError
from sandbox.world import World

MAX_VISIBLE_CHARACTERS = 3000
MAX_ALT_TEXT = 4086
MAX_ARTICLE_TITLE = 400
MAX_ARTICLE_DESCRIPTION = 4086
MAX_IMAGES = 20

VISIBILITIES = ("PUBLIC", "CONNECTIONS", "LOGGED_IN")
DISTRIBUTIONS = ("MAIN_FEED", "NONE")
READ_ONLY = ("id", "createdAt", "publishedAt", "lastModifiedAt", "lifecycleStateInfo")
CONTENT_KINDS = ("article", "media", "multiImage")
EDITABLE = ("commentary", "contentCallToActionLabel", "contentLandingPage", "lifecycleState")


def check_create(world: World, body: dict[str, Any]) -> None:
    """
    Check a create body from the outside in: schema, author, state, text, content.

    :raises LinkedInError: 422 for schema faults (all of them in one text), 400 for the rest
    """
    _check_schema(body)
    author = body["author"]
    if not access.ORGANISATION_URN.fullmatch(author) and not access.PERSON_URN.fullmatch(author):
        raise LinkedInError("bad_urn_type", reason="author must be an organization or person URN")
    if body["lifecycleState"] != "PUBLISHED":
        raise LinkedInError("bad_value", reason="lifecycleState must be PUBLISHED on create")
    if is_dark(body) and not isinstance((body.get("adContext") or {}).get("dscAdAccount"), str):
        raise LinkedInError("missing_field", reason="adContext.dscAdAccount is required when feedDistribution is NONE")
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


def check_patch(body: dict[str, Any]) -> dict[str, Any]:
    """Return the fields to set. :raises LinkedInError: 400 for anything that cannot be changed"""
    patch = body.get("patch")
    changes = patch.get("$set") if isinstance(patch, dict) else None
    if not isinstance(patch, dict) or not isinstance(changes, dict) or set(patch) != {"$set"} or not changes:
        raise LinkedInError("bad_parameter", reason="The body must be a patch with $set")
    for name, value in changes.items():
        if name not in EDITABLE:
            raise LinkedInError("bad_parameter", reason=f"Field {name[:60]} cannot be updated")
        if not isinstance(value, str):
            raise LinkedInError("bad_value", reason=f"Field {name} must be a text")
    if changes.get("lifecycleState", "PUBLISHED") != "PUBLISHED":
        raise LinkedInError("bad_value", reason="lifecycleState must be PUBLISHED")
    if "commentary" in changes:
        check_commentary(changes["commentary"])
    return changes


def _check_schema(body: dict[str, Any]) -> None:
    lines = [f"ERROR :: /{name} :: ReadOnly field present in a create request" for name in READ_ONLY if name in body]
    for name in ("author", "commentary", "visibility", "lifecycleState"):
        lines += _text_fault(body, name, path=f"/{name}")
    distribution = body.get("distribution")
    if isinstance(distribution, dict):
        lines += _text_fault(distribution, "feedDistribution", path="/distribution/feedDistribution")
    else:
        lines += _missing_or_wrong(distribution, "/distribution", "record")
    for name in ("content", "reshareContext", "adContext"):
        if body.get(name) is not None and not isinstance(body[name], dict):
            lines += _missing_or_wrong(body[name], f"/{name}", "record")
    if not isinstance(body.get("isReshareDisabledByAuthor", False), bool):
        lines += _missing_or_wrong(body["isReshareDisabledByAuthor"], "/isReshareDisabledByAuthor", "boolean")
    lines += [
        f"ERROR :: /adContext/{name} :: ReadOnly field present in a create request"
        for name in ("dscAdType", "isDsc")
        if isinstance(body.get("adContext"), dict) and name in body["adContext"]
    ]
    if not lines:
        lines += _enum_fault(body["visibility"], VISIBILITIES, path="/visibility")
        lines += _enum_fault(
            body["distribution"]["feedDistribution"], DISTRIBUTIONS, path="/distribution/feedDistribution"
        )
    if lines:
        raise LinkedInError("bad_schema", reason="\n".join(lines))


def _text_fault(record: dict[str, Any], name: str, *, path: str) -> list[str]:
    return [] if isinstance(record.get(name), str) else _missing_or_wrong(record.get(name), path, "string")


def _missing_or_wrong(value: Any, path: str, kind: str) -> list[str]:
    if value is None:
        return [f"ERROR :: {path} :: field is required but not found and has no default value"]
    return [f"ERROR :: {path} :: value cannot be coerced to {kind}"]


def _enum_fault(value: str, allowed: tuple[str, ...], *, path: str) -> list[str]:
    return [] if value in allowed else [f'ERROR :: {path} :: "{value[:40]}" is not an enum symbol']


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
    try:
        parts = urlsplit(article["source"])
        is_web = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        is_web = False
    if not is_web:
        raise LinkedInError("bad_value", reason="content.article.source must be an http or https address")
    if article.get("thumbnail") is not None:
        _check_image(world, {"id": article["thumbnail"]}, author=author)


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
    if world.store.one("SELECT 1 FROM post WHERE urn = ? AND deleted_at IS NULL", parent) is None:
        raise LinkedInError("bad_value", reason=f"The post {parent[:80]} does not exist")
