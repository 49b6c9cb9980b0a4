"""
Comments below a page's own posts. Source: LinkedIn Comments API and Social Metadata API, storage rules of the program.

Members' texts may be kept for 48 hours, their names not at all; so no name is asked for.
"""

from __future__ import annotations

import re
from typing import Any

from channels.connectors.base import NothingSent, Refused
from channels.connectors.comments import Comment
from channels.connectors.linkedin import reading, restli
from channels.connectors.linkedin.api import MAX_PAGES, Api

PER_PAGE = 50
_COMMENT = re.compile(r"urn:li:comment:\(urn:li:(?:activity|share|ugcPost):\d{1,19},\d{1,19}\)")


def below(api: Api, post: str, *, page: str) -> list[Comment]:
    """
    Return the comments below a post and the answers to them, oldest first.

    The counts are read first: they spare the list where there is nothing, and the answers where there are none.

    :param page: the page's own URN, so that its own comments are known
    :raises Refused: LinkedIn no longer has the post
    """
    counts = reading.child(api.read(f"/rest/socialMetadata/{restli.leaf(post)}"), "commentSummary")
    n_all, n_top = (reading.count(counts.get(name)) for name in ("count", "topLevelCount"))
    if n_all == 0:
        return []
    found = {comment.external_id: comment for comment in _listed(api, post, page=page, parent="")}
    if n_all is None or n_top is None or n_all > n_top:
        for parent in list(found):
            found |= {answer.external_id: answer for answer in _listed(api, parent, page=page, parent=parent)}
    return sorted(
        found.values(), key=lambda comment: (comment.written_at is None, comment.written_at, comment.external_id)
    )


def _listed(api: Api, below_what: str, *, page: str, parent: str) -> list[Comment]:
    """Return one level. LinkedIn answers 404 where there is none."""
    found: dict[str, Comment] = {}
    start = 0
    for _ in range(MAX_PAGES):
        query = restli.query(start=start, count=PER_PAGE)
        try:
            elements = api.find(f"/rest/socialActions/{restli.leaf(below_what)}/comments", query=query)
        except Refused as problem:
            if problem.code == "not_found":
                break
            raise
        if not elements:
            break
        start += len(elements)
        # Comments move while we read: each counts once.
        found |= {
            comment.external_id: comment for comment in (_comment(each, page, parent) for each in elements) if comment
        }
    else:
        raise NothingSent("unclear_answer", f"More than {MAX_PAGES} pages of comments")
    return list(found.values())


def _comment(element: dict[str, Any], page: str, parent: str) -> Comment | None:
    urn, text = element.get("commentUrn"), reading.child(element, "message").get("text")
    if not isinstance(urn, str) or not _COMMENT.fullmatch(urn) or not isinstance(text, str):
        return None
    return Comment(
        external_id=urn,
        text=reading.text(text),
        written_at=reading.moment(reading.child(element, "created").get("time")),
        is_ours=element.get("actor") == page,
        parent_id=parent,
    )
