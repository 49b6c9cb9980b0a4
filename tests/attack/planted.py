"""
A small site full of holes: the control of `make attack`. What cannot find these holes would find none anywhere.

It listens on loopback while the attack runs, knows nothing of the product, and the product knows nothing of it.
"""

from __future__ import annotations

import html
import secrets
import sqlite3
import threading
import traceback
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

LINKS = """<a href="/hello?name=Ola">Hei</a> <a href="/search?q=lege">Søk</a> <a href="/go?next=/">Videre</a>
<a href="/file?name=about.txt">Fil</a> <a href="/guests">Gjestebok</a> <a href="/profile">Profil</a>
<a href="/fetch">Hent</a> <a href="/where">Hvor</a> <a href="/9901/notes/">Notater</a> <a href="/crash?n=1">Del</a>
<a href="/language?set=nb">Språk</a> <a href="/delete">Slett</a>"""


class Holes(BaseHTTPRequestHandler):
    """One request; the name of each method is the address it answers."""

    protocol_version = "HTTP/1.1"
    about: Path
    guests: list[str]
    staff: set[str]
    jobs: sqlite3.Connection
    lock: threading.Lock

    def do_GET(self) -> None:
        self._answer({})

    def do_POST(self) -> None:
        self._answer(self._parsed(self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()))

    def _parsed(self, text: str) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(text, keep_blank_values=True).items()}

    def _answer(self, sent: dict[str, str]) -> None:
        parts = urlsplit(self.path)
        asked = self._parsed(parts.query)
        view = getattr(self, f"view_{parts.path.strip('/').split('/')[-1] or 'start'}", None)
        # Whoever scans without the cookies of a login sees nothing, here as in the product.
        if "session" not in SimpleCookie(self.headers.get("Cookie", "")) and parts.path != "/login":
            view = self.view_door
        try:
            status, headers, body = view(asked, sent) if view else (404, {}, "Ikke her")
        except Exception:
            status, headers, body = 500, {}, f"<pre>{html.escape(traceback.format_exc())}</pre>"
        lines = [f"HTTP/1.1 {status} X", "Content-Type: text/html; charset=utf-8", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        data = body.encode()
        self.wfile.write(("\r\n".join([*lines, f"Content-Length: {len(data)}"]) + "\r\n\r\n").encode() + data)
        self.close_connection = True

    def view_start(self, asked, sent):
        return 200, {}, f"<html><body>{LINKS}</body></html>"

    def view_door(self, asked, sent):
        return 302, {"Location": "/login"}, ""

    def view_login(self, asked, sent):
        """Keep whatever session the visitor came with."""
        cookie = SimpleCookie(self.headers.get("Cookie", "")).get("session")
        value = cookie.value if cookie else secrets.token_hex(8)
        return 200, {"Set-Cookie": f"session={value}; Path=/"}, "<html><body>Logg inn</body></html>"

    def view_hello(self, asked, sent):
        return 200, {}, f"<html><body>Hei, {asked.get('name', '')}</body></html>"

    def view_search(self, asked, sent):
        with self.lock:
            try:
                rows = self.jobs.execute(f"SELECT title FROM job WHERE title LIKE '%{asked.get('q', '')}%'").fetchall()
            except sqlite3.Error as problem:
                return 200, {}, f"<html><body>sqlite3.OperationalError: {problem}</body></html>"
        return 200, {}, f"<html><body>{''.join(f'<p>{html.escape(str(row[0]))}</p>' for row in rows)}</body></html>"

    def view_go(self, asked, sent):
        return 302, {"Location": asked.get("next", "/")}, ""

    def view_file(self, asked, sent):
        try:
            return 200, {}, (self.about.parent / asked.get("name", "")).read_text()
        except OSError as problem:
            return 200, {}, html.escape(f"Warning: could not read: {problem.strerror}")

    def view_guests(self, asked, sent):
        if "words" in sent:
            self.guests[:] = [*self.guests[-20:], sent["words"]]
            return 302, {"Location": "/guests"}, ""
        form = '<form method="post" action="/guests"><textarea name="words"></textarea><button>Skriv</button></form>'
        return 200, {}, f"<html><body>{form}{''.join(f'<p>{each}</p>' for each in self.guests)}</body></html>"

    def view_profile(self, asked, sent):
        if sent.get("is_staff"):
            self.staff.add("somebody")
        form = '<form method="post" action="/profile"><input name="full_name"><button>Lagre</button></form>'
        return 200, {}, f"<html><body>{form}</body></html>"

    def view_admin(self, asked, sent):
        return (200, {}, "<html><body>Alt</body></html>") if self.staff else (404, {}, "Ikke her")

    def view_fetch(self, asked, sent):
        if sent.get("url", "").startswith("http"):
            with urllib.request.urlopen(sent["url"], timeout=3) as answer:
                return 200, {}, html.escape(answer.read(200).decode(errors="replace"))
        form = '<form method="post" action="/fetch"><input name="url" type="url"><button>Hent</button></form>'
        return 200, {}, f"<html><body>{form}</body></html>"

    def view_where(self, asked, sent):
        return 200, {}, f'<html><body><a href="http://{html.escape(self.headers["Host"])}/">Hjem</a></body></html>'

    def view_notes(self, asked, sent):
        return 200, {}, "<html><body>Notater, uten å spørre hvem som leser</body></html>"

    def view_language(self, asked, sent):
        return 200, {"Content-Language": asked.get("set", "nb")}, "<html><body>Språk</body></html>"

    def view_crash(self, asked, sent):
        return 200, {}, f"<html><body>{1 / int(asked.get('n', '0'))}</body></html>"

    def view_delete(self, asked, sent):
        form = '<form method="post" action="/delete"><input name="what"><button>Slett</button></form>'
        is_done = self.command == "POST" or self.headers.get("X-HTTP-Method-Override") == "POST"
        return (302, {"Location": "/guests"}, "") if is_done else (200, {}, f"<html><body>{form}</body></html>")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """Let the plant answer on a free port of loopback, and yield its address."""
    about = folder / "about.txt"
    about.write_text("Om nettstedet\n")
    jobs = sqlite3.connect(":memory:", check_same_thread=False)
    jobs.execute("CREATE TABLE job (id INTEGER PRIMARY KEY, title TEXT)")
    jobs.executemany("INSERT INTO job (title) VALUES (?)", [("Sykepleier",), ("Lege",), ("Lærer",)])
    state = {"about": about, "guests": [], "staff": set(), "jobs": jobs, "lock": threading.Lock()}
    with ThreadingHTTPServer(("127.0.0.1", 0), type("Planted", (Holes,), state)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_address[1]}"
        server.shutdown()
