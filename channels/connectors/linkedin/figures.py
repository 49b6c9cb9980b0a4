"""
Figures of the page's own posts, since each was published. Organic only: paid ones are reported elsewhere.

Views, unique views, clicks and shares come from share statistics; reactions and comments from social metadata, or from
share statistics when the grant may not read social metadata. One figure never mixes the two within one reading.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from channels.connectors.base import AccessDead, NothingSent, PostFigures, Refused
from channels.connectors.linkedin import reading, restli
from channels.connectors.linkedin.api import Api
from channels.connectors.linkedin.posts import POST_URN

POSTS_PER_CALL = 100
ASKED_PER_POST = restli.endpoint("GET", "/rest/socialMetadata/urn%3Ali%3Ashare%3A1")
# A post that share statistics leave out has had no activity, by contract.
IMPLIED_ZERO = PostFigures(0, 0, 0, 0, 0, 0, is_implied_zero=True)


def of_posts(api: Api, urns: Iterable[str], *, organisation: str) -> dict[str, PostFigures]:
    """
    Return the figures by URN. A post that LinkedIn no longer has is left out, and so is an id that is no post.

    :raises NothingSent: share statistics could not be read now
    """
    wanted = [urn for urn in dict.fromkeys(urns) if POST_URN.fullmatch(urn)]
    figures = _share_statistics(api, wanted, organisation=organisation)
    try:
        return _with_social(api, figures)
    except AccessDead as problem:
        if problem.code == "token_dead":
            raise
        return figures


def _share_statistics(api: Api, urns: list[str], *, organisation: str) -> dict[str, PostFigures]:
    found: dict[str, PostFigures] = {}
    for parameter, key, kind in (("shares", "share", "urn:li:share:"), ("ugcPosts", "ugcPost", "urn:li:ugcPost:")):
        of_kind = [urn for urn in urns if urn.startswith(kind)]
        start = restli.query(q="organizationalEntity", organizationalEntity=organisation) + f"&{parameter}="
        for portion in restli.portions(of_kind, start=f"{start}List()", max_count=POSTS_PER_CALL):
            path = "/rest/organizationalEntityShareStatistics"
            elements = api.find(path, query=start + restli.list_of(portion))
            told = {
                reading.urn(each.get(key), "share", "ugcPost"): each.get("totalShareStatistics") for each in elements
            }
            # With a row that does not say whose it is, nobody can be said to be left out.
            left_out = {} if "" in told else dict.fromkeys(portion, IMPLIED_ZERO)
            found |= left_out | {urn: _figures(told[urn]) for urn in portion if urn in told}
    return found


def _figures(counts: Any) -> PostFigures:
    counts = counts if isinstance(counts, dict) else {}
    return PostFigures(
        impressions=reading.count(counts.get("impressionCount")),
        unique_impressions=reading.count(counts.get("uniqueImpressionsCount")),
        clicks=reading.count(counts.get("clickCount")),
        reactions=reading.count(counts.get("likeCount")),
        comments=reading.count(counts.get("commentCount")),
        shares=reading.count(counts.get("shareCount")),
    )


def _with_social(api: Api, figures: dict[str, PostFigures]) -> dict[str, PostFigures]:
    """
    Return the figures with reactions and comments from social metadata; a post that is gone is left out.

    :raises AccessDead: the grant may not read social metadata
    """
    found: dict[str, PostFigures] = {}
    is_open = True
    for urn, known in figures.items():
        reactions, comments = None, None
        if is_open:
            try:
                reactions, comments = _social(api, urn)
            except Refused as problem:
                if problem.code == "not_found":
                    continue
            except NothingSent as problem:
                is_open = problem.code != "throttled"
        found[urn] = replace(known, reactions=reactions, comments=comments)
    return found


def _social(api: Api, urn: str) -> tuple[int | None, int | None]:
    """Return reactions and comments of one post; kinds of reaction nobody gave are left out by LinkedIn."""
    payload = api.read(f"/rest/socialMetadata/{restli.leaf(urn)}")
    kinds, comments = payload.get("reactionSummaries"), payload.get("commentSummary")
    return _sum_of_kinds(kinds), reading.count(comments.get("count")) if isinstance(comments, dict) else None


def _sum_of_kinds(kinds: Any) -> int | None:
    """Return all reactions together, or None when any kind's count cannot be read."""
    if not isinstance(kinds, dict):
        return None
    counts = [reading.count(kind.get("count")) if isinstance(kind, dict) else None for kind in kinds.values()]
    return None if None in counts else sum(count for count in counts if count is not None)
