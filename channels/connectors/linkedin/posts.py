"""Posts on LinkedIn: create, list, read, change the text, delete."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from django.conf import settings

from channels.connectors.base import OutcomeUnknown, PostList, Prepared, Receipt, Refused, SeenPost
from channels.connectors.linkedin import little_text, reading, restli
from channels.connectors.linkedin.api import MAX_PAGES, PAGE_SIZE, Api

POST_URN = re.compile(r"urn:li:(?:share|ugcPost):\d{1,19}")
_PASTED_URN = re.compile(r"urn:li:(?:share|ugcPost|activity):\d{1,19}(?!\d)")
_PASTED_SLUG = re.compile(r"[-/](activity|share|ugcPost)-(\d{1,19})(?!\d)")


def permalink(urn: str) -> str:
    """Return the public address of a post."""
    return f"{settings.LINKEDIN_WEB_BASE}/feed/update/{urn}/"


def urn_in(pasted: str) -> str:
    """Return the post's URN found in a pasted address or code, or ""."""
    text = unquote(pasted)
    if match := _PASTED_URN.search(text):
        return match[0]
    match = _PASTED_SLUG.search(text)
    return f"urn:li:{match[1]}:{match[2]}" if match else ""


def payload(prepared: Prepared, *, author: str) -> dict[str, Any]:
    """Return the body of the one call that publishes."""
    body: dict[str, Any] = {
        "author": author,
        "commentary": little_text.escape(prepared.draft.text),
        "visibility": "PUBLIC",
        "distribution": {"feedDistribution": "MAIN_FEED", "targetEntities": [], "thirdPartyDistributionChannels": []},
        "lifecycleState": "PUBLISHED",
        "isReshareDisabledByAuthor": False,
    }
    content = _content(prepared)
    return body | {"content": content} if content else body


def _content(prepared: Prepared) -> dict[str, Any]:
    """Return what stands below the text: a card, a video, a picture or nothing, and never two of them."""
    draft, media_id = prepared.draft, prepared.media_id
    if draft.card:
        # LinkedIn fetches nothing from where the card leads: what is not said here is not shown.
        card = {"source": draft.card.address, "title": draft.card.title}
        card |= {"description": draft.card.description} if draft.card.description else {}
        return {"article": card | ({"thumbnail": media_id} if media_id else {})}
    if draft.video:
        return {"media": {"id": media_id, "title": draft.video.alt_text}}
    if media_id:
        return {"media": {"id": media_id, "altText": draft.picture.alt_text if draft.picture else ""}}
    return {}


def create(api: Api, prepared: Prepared, *, author: str, deadline_s: float) -> Receipt:
    """
    Publish, once.

    :raises OutcomeUnknown: among others a 2xx that names no post
    """
    answer = api.call(
        "POST",
        "/rest/posts",
        json_body=payload(prepared, author=author),
        restli_method="CREATE",
        deadline_s=deadline_s,
        irreversible=True,
    )
    urn = unquote(answer.headers.get("x-restli-id", ""))
    if not POST_URN.fullmatch(urn):
        raise OutcomeUnknown("unclear_answer", f"HTTP {answer.status} without the id of a post")
    return Receipt(external_id=urn, permalink=permalink(urn))


def recent(api: Api, *, author: str, since: datetime) -> PostList:
    """
    Return the page's posts since `since`, newest first.

    A page of the list may be short while more remain, so only an empty one is its end. A list that is in order, newest
    first, may also be left at the first post from before `since`. Posts may move while we read: each counts once. With
    an element that cannot be read the list is not complete: it may be the post that somebody looks for.
    """
    seen: dict[str, SeenPost] = {}
    start, n_unreadable, is_complete = 0, 0, False
    for _ in range(MAX_PAGES):
        query = restli.query(q="author", author=author, start=start, count=PAGE_SIZE, sortBy="CREATED")
        elements = api.find("/rest/posts", query=query)
        start += len(elements)
        posts = [post for post in map(_seen, elements) if post is not None]
        seen |= {post.external_id: post for post in posts}
        n_unreadable += sum(not _is_readable(element) for element in elements)
        if not elements or _reaches_before(elements, since):
            is_complete = not n_unreadable
            break
    newest_first = sorted(seen.values(), key=lambda post: post.published_at or since, reverse=True)
    return PostList([post for post in newest_first if (post.published_at or since) >= since], is_complete)


def _is_readable(element: dict[str, Any]) -> bool:
    return isinstance(element.get("id"), str) and isinstance(element.get("commentary"), str)


def _reaches_before(elements: list[dict[str, Any]], since: datetime) -> bool:
    moments = [moment for moment in (reading.moment(element.get("createdAt")) for element in elements) if moment]
    is_in_order = len(moments) == len(elements) and moments == sorted(moments, reverse=True)
    return is_in_order and moments[-1] < since


def read(api: Api, urn: str) -> SeenPost | None:
    """Return one post, or None when LinkedIn says it does not exist."""
    try:
        return _seen(api.read(f"/rest/posts/{restli.leaf(urn)}"))
    except Refused as problem:
        if problem.code == "not_found":
            return None
        raise


def edit(api: Api, urn: str, *, text: str) -> None:
    """Put `text` in the place of the post's text. Doing it twice is not an error."""
    api.call(
        "POST",
        f"/rest/posts/{restli.leaf(urn)}",
        json_body={"patch": {"$set": {"commentary": little_text.escape(text)}}},
        restli_method="PARTIAL_UPDATE",
        # It may be repeated, but only a clear answer tells whether it was done.
        irreversible=True,
    )


def delete(api: Api, urn: str) -> None:
    """Remove a post. Removing it again is not an error."""
    try:
        api.call("DELETE", f"/rest/posts/{restli.leaf(urn)}", restli_method="DELETE")
    except Refused as problem:
        if problem.code != "not_found":
            raise


def _seen(element: dict[str, Any]) -> SeenPost | None:
    urn = element.get("id")
    if not isinstance(urn, str) or not POST_URN.fullmatch(urn):
        return None
    text = little_text.plain(reading.text(element.get("commentary")))
    moment = reading.moment(element.get("publishedAt")) or reading.moment(element.get("createdAt"))
    author = reading.text(element.get("author"), most=100)
    return SeenPost(urn, text, permalink(urn), moment, author=author, links=_links(element.get("content")))


def _links(content: Any) -> tuple[str, ...]:
    """Return where a post's link card leads."""
    article = content.get("article") if isinstance(content, dict) else None
    source = article.get("source") if isinstance(article, dict) else None
    return (source,) if isinstance(source, str) and source else ()
