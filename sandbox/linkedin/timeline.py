"""What a person sees of the platform: the list of pages, a page's timeline, one post."""

from __future__ import annotations

import json
import re
import sqlite3
from html import escape
from typing import Any
from urllib.parse import unquote

from sandbox.clock import iso
from sandbox.http import Answer, Request
from sandbox.linkedin import figures, media, pages, posts
from sandbox.world import World

LINK = re.compile(r"(https?://[^\s<>\"]*[^\s<>\".,;:!?)\]}'])")
MAX_POSTS = 200
_KINDS = {"video": "Video", "document": "Dokument"}
COUNT_WORDS = (
    ("impressionCount", "visning", "visninger"),
    ("likeCount", "reaksjon", "reaksjoner"),
    ("commentCount", "kommentar", "kommentarer"),
    ("shareCount", "deling", "delinger"),
)


def answer(world: World, request: Request) -> Answer | None:
    """Return the page for a path, None when the path is none of ours."""
    path = unquote(request.path)
    if path == "/":
        return _index(world)
    if path == "/sandbox-static/sandbox.css":
        return pages.stylesheet()
    if match := re.fullmatch(r"/company/([^/]+)(?:/posts)?/?", path):
        return _company(world, match[1])
    if match := re.fullmatch(r"/feed/update/([^/]+)/?", path):
        return _single(world, match[1])
    return None


def _index(world: World) -> Answer:
    rows = world.store.all("SELECT * FROM organisation ORDER BY id")
    items = "\n".join(f'<li><a href="{_company_href(row)}">{escape(row["name"])}</a></li>' for row in rows)
    text = "Her ser du innleggene slik de ville stått på kanalen."
    main = f"<h1>Sidene i sandkassen</h1>\n<p>{text}</p>\n<ul>\n{items}\n</ul>"
    return pages.document(status=200, title="Sidene i sandkassen", main=main)


def _company_href(row: sqlite3.Row) -> str:
    return f"/company/{escape(row['vanity_name'])}/"


def _company(world: World, name: str) -> Answer:
    row = world.store.one("SELECT * FROM organisation WHERE vanity_name = ? OR id = ?", name, name)
    if row is None:
        return pages.message(world, status=404, title="Fant ikke siden", text="Ingen side har denne adressen.")
    shown = world.store.all(
        "SELECT * FROM post WHERE author = ? AND deleted_at IS NULL AND is_dark = 0 AND number > 0 "
        "ORDER BY created_at DESC, number DESC LIMIT ?",
        f"urn:li:organization:{row['id']}",
        MAX_POSTS,
    )
    n_posts = f"{len(shown)} innlegg" if shown else "ingen innlegg ennå"
    total = figures.followers(world, row, now_ms=world.clock.now_ms())
    articles = "\n".join(_article(world, post) for post in shown)
    main = pages.fill(
        "company.html", name=escape(row["name"]), followers=pages.grouped(total), n_posts=n_posts, posts=articles
    )
    return pages.document(status=200, title=row["name"], main=main)


def _single(world: World, urn: str) -> Answer:
    post = posts.find(world, urn)
    if post is None:
        return pages.message(
            world, status=404, title="Fant ikke innlegget", text="Innlegget finnes ikke, eller det er slettet."
        )
    name, _ = _author(world, post)
    main = f"<h1>Innlegg fra {escape(name)}</h1>\n{_article(world, post)}"
    return pages.document(status=200, title=f"Innlegg fra {name}", main=main)


def _author(world: World, post: sqlite3.Row) -> tuple[str, str]:
    """Return (name, address of the page) of a post's author."""
    row = world.store.one("SELECT * FROM organisation WHERE 'urn:li:organization:' || id = ?", post["author"])
    if row is not None:
        return row["name"], _company_href(row)
    member = world.store.one("SELECT name FROM member WHERE 'urn:li:person:' || id = ?", post["author"])
    return (member["name"] if member else "LinkedIn-medlem"), "/"


def _article(world: World, post: sqlite3.Row) -> str:
    name, company_href = _author(world, post)
    return pages.fill(
        "post.html",
        number=post["number"],
        author=escape(name),
        company_href=company_href,
        href=f"/feed/update/{escape(post['urn'])}/",
        iso=iso(post["created_at"]),
        when=pages.norwegian_time(post["created_at"]),
        edited=" · redigert" if post["is_edited"] else "",
        text=_linked(post["text"]),
        content=_content(world, json.loads(post["body"]).get("content") or {}),
        counts=_counts(world, post),
    )


def _linked(text: str) -> str:
    """Escape a text and turn its web addresses into links."""
    parts = LINK.split(text)
    return "".join(
        f'<a href="{escape(part)}" rel="nofollow noreferrer">{escape(part)}</a>' if index % 2 else escape(part)
        for index, part in enumerate(parts)
    )


def _content(world: World, content: dict[str, Any]) -> str:
    if "media" in content:
        return _figure(world, content["media"])
    if "multiImage" in content:
        return "\n".join(_figure(world, image) for image in content["multiImage"]["images"])
    if "poll" in content:
        options = "".join(f"<li>{escape(option['text'])}</li>" for option in content["poll"]["options"])
        return f"<p>Avstemning: {escape(content['poll']['question'])}</p><ul>{options}</ul>"
    if "article" in content:
        return _link_card(world, content["article"])
    return ""


def _figure(world: World, image: dict[str, Any]) -> str:
    row = media.find(world, image["id"])
    if row is None or media.status(world, row) != "AVAILABLE":
        return ""
    if row["kind"] != "image":
        title = image.get("title") or "uten tittel"
        return f"<figure><figcaption>{_KINDS[row['kind']]}: {escape(title)}</figcaption></figure>"
    alt_text = image.get("altText", "")
    caption = f"Alternativ tekst: {alt_text}" if alt_text else "Bildet har ingen alternativ tekst."
    source = escape(media.download_path(image["id"]))
    return f'<figure><img src="{source}" alt="{escape(alt_text)}"><figcaption>{escape(caption)}</figcaption></figure>'


def _link_card(world: World, article: dict[str, Any]) -> str:
    picture = _figure(world, {"id": article["thumbnail"]}) if article.get("thumbnail") else ""
    href, title = escape(article["source"]), escape(article["title"])
    description = f"<p>{escape(article['description'])}</p>" if article.get("description") else ""
    link = f'<a href="{href}" rel="nofollow noreferrer">{title}</a>'
    return f'<div class="link-card">{picture}<strong>{link}</strong>{description}</div>'


def _counts(world: World, post: sqlite3.Row) -> str:
    counts = figures.post_counts(world, post, at_ms=world.clock.now_ms())
    shown = [(counts[name], one if counts[name] == 1 else many) for name, one, many in COUNT_WORDS]
    return " · ".join(f"{pages.grouped(n)}\N{NO-BREAK SPACE}{word}" for n, word in shown)
