"""
Attacks that scanners do not see. Each takes a site and yields what it found, one line each.

Every one of them is run on the plant (planted.py) too and must find something there, or the run is void.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.attack.web import Form, Site, Visitor, shape_of

EVIL = "ond.example"
SCRIPT = "<img src=x onerror=kk"
ASKED_WITH = ["next", "url", "til", "fra", "side", "sprak", "q", "name", "set", "last", "state", "code", "error"]
# What a forged form is answered with before any view has looked at it.
REFUSED = {403, 404, 405, 429}


def stored_script(site: Site) -> Iterator[str]:
    """P23: script that is written in any field is shown as text, whoever looks and wherever it is shown."""
    place, n_taken = {}, 0
    for number, (visitor, form) in enumerate(list(site.forms())):
        if form.method != "post":
            continue
        words = [each.name for each in form.fields if each.takes_words and each.kind not in ("password", "email")]
        place[number] = f"{shape_of(form.action)} as {visitor.name}"
        answers = [_write(visitor, form, words, number)]
        for name, value in form.buttons[1:]:
            answers.append(_write(visitor, form, words, number, **{name: value}))
        if not any(answer.is_redirect for answer in answers) and len(words) > 1:
            answers += [_write(visitor, form, [word], number) for word in words[:6]]
        n_taken += any(answer.is_redirect for answer in answers)
        yield from (f"script written at {place[number]} is run at once" for each in answers if SCRIPT in _html(each))
    site.look()
    n_shown = 0
    for name, crawl in site.crawls.items():
        for address, text in crawl.pages.items():
            n_shown += "onerror=kk" in text
            for number in set(re.findall(f"{SCRIPT}(\\d+)", text)):
                where = place.get(int(number), "a form")
                yield f"script written at {where} is run at {shape_of(address)} for {name}"
    site.say(f"{n_taken} of {len(place)} forms took what was written; {n_shown} pages show it as text")
    if not n_shown:
        yield "nothing that was written is shown anywhere: the attack reached nothing"


def _write(visitor: Visitor, form: Form, words: list[str], number: int, **pressed: str):
    payload = f"Navn'\">{SCRIPT}{number}>"
    fresh = _fresh(visitor, form)
    return visitor.submit(fresh, fresh.filled(**dict.fromkeys(words, payload)) | pressed)


def _fresh(visitor: Visitor, form: Form) -> Form:
    """Return the form as it is now: with keys that have not been used."""
    from tests.attack.web import _Page

    page = _Page(form.page)
    page.feed(visitor.ask("GET", form.page).text)
    return next((one for one in page.forms if one.shape == form.shape), form)


def _html(answer) -> str:
    return answer.text if answer.headers.get("Content-Type", "").startswith(("text/html", "image/svg")) else ""


def reflected_script(site: Site) -> Iterator[str]:
    """P23: what stands in an address is shown as text."""
    for visitor, address in _pages(site):
        answer = visitor.ask("GET", address, params=dict.fromkeys(ASKED_WITH, f"'\"><svg>{SCRIPT}1>"))
        if SCRIPT in _html(answer):
            yield f"{shape_of(address)} runs what stands in its address, for {visitor.name}"


def open_redirect(site: Site) -> Iterator[str]:
    """P21, B36: nobody is led to an address that a request names."""
    for visitor, address in _pages(site):
        for target in (f"https://{EVIL}/", f"//{EVIL}", f"\\\\{EVIL}", f"https:{EVIL}"):
            answer = visitor.ask("GET", address, params=dict.fromkeys(ASKED_WITH, target))
            if EVIL in _leads_to(answer):
                yield f"{shape_of(address)} leads to {target} for {visitor.name}"
    for visitor, form in site.forms():
        fresh = _fresh(visitor, form)
        data = fresh.filled() | {"next": f"https://{EVIL}/"}
        if EVIL in _leads_to(visitor.submit(fresh, data)):
            yield f"the form at {shape_of(form.action)} leads to another site for {visitor.name}"


def _leads_to(answer) -> str:
    """Return the host of the redirect; a query that repeats what was asked leads nowhere."""
    return re.sub(r"[?#].*", "", answer.headers.get("Location", ""))


def path_traversal(site: Site) -> Iterator[str]:
    """P22: no address reads a file of the machine."""
    climbs = ["../" * 12 + "etc/passwd", "..%2f" * 12 + "etc%2fpasswd", "%2e%2e/" * 12 + "etc/passwd", "/etc/passwd"]
    own = site.own.removeprefix(site.base)
    for visitor in site.visitors.values():
        for climb in climbs:
            for folder in ("/static/", "/media/", "/", f"{own}media/", f"{own}kilder/"):
                if "root:" in visitor.ask_raw(folder + climb):
                    yield f"{folder}{climb} reads /etc/passwd"
    for visitor, address in _pages(site):
        if "root:" in visitor.ask("GET", address, params=dict.fromkeys([*ASKED_WITH, "file"], climbs[0])).text:
            yield f"{shape_of(address)} reads /etc/passwd"


def forged_form(site: Site) -> Iterator[str]:
    """P23: a form that another site sends with our cookie is refused."""
    for visitor, form in site.forms():
        if form.method != "post":
            continue
        # The survey has no session to misuse; a signed token of its own takes the cookie's place.
        if any(each.name == "token" for each in form.fields) or "/u/" in form.action:
            continue
        # Another site can guess or fetch every field but this one.
        data = {name: value for name, value in form.filled().items() if name != "csrfmiddlewaretoken"}
        answer = visitor.submit(form, data, headers={"Referer": f"https://{EVIL}/", "Origin": f"https://{EVIL}"})
        if answer.status_code not in REFUSED:
            yield f"{shape_of(form.action)} takes a forged form from {visitor.name}: {answer.status_code}"


def forged_host(site: Site) -> Iterator[str]:
    """P18, B30: no page and no redirect is built from what the request calls us."""
    for visitor, address in [*_pages(site)][:60]:
        for headers in (
            {"Host": EVIL},
            {"X-Forwarded-Host": EVIL},
            {"X-Forwarded-Server": EVIL, "Forwarded": f"host={EVIL}"},
        ):
            # requests gives no cookies to a host that it does not know.
            answer = visitor.ask("GET", address, headers=headers | {"Cookie": visitor.cookies})
            if EVIL in answer.text + answer.headers.get("Location", ""):
                yield f"{shape_of(address)} takes {next(iter(headers))} for our name"


def method_override(site: Site) -> Iterator[str]:
    """B55: a GET stays a GET, whatever it calls itself."""
    for visitor, form in site.forms():
        plain = visitor.ask("GET", form.action, params=form.filled())
        for method in ("POST", "DELETE"):
            headers = {"X-HTTP-Method-Override": method, "X-Method-Override": method, "X-HTTP-Method": method}
            odd = visitor.ask("GET", form.action, params=form.filled() | {"_method": method}, headers=headers)
            if (odd.status_code, _leads_to(odd)) != (plain.status_code, _leads_to(plain)) and odd.status_code < 400:
                yield f"{shape_of(form.action)} takes a GET that calls itself {method}"


def mass_assignment(site: Site) -> Iterator[str]:
    """P13, B52: fields that a form does not show change nothing. Nobody can open more than before."""
    # An administrator reaches the administration through the municipality; so that is asked for first.
    doors = [f"{site.own}administrasjon/", "/admin/", site.own, site.foreign]
    names = [f"{site.own}{each}" for each in ("stillinger/ny/", "kampanjer/ny/", "kanaler/ny/linkedin/", "medlemmer/")]
    before = {name: _opened(visitor, [*doors, *names]) for name, visitor in site.visitors.items()}
    more = {"is_staff": "1", "is_superuser": "1", "role": "administrator", "municipality": "1", "municipality_id": "1"}
    more |= {"may_publish": "on", "may_approve": "on", "may_connect": "on", "is_active": "on", "state": "published"}
    for visitor, form in site.forms():
        # Where a form shows a role, an administrator grants it on purpose; ours is elsewhere.
        hidden = {name: value for name, value in more.items() if name not in {each.name for each in form.fields}}
        if form.method == "post" and len(hidden) == len(more):
            fresh = _fresh(visitor, form)
            visitor.submit(fresh, fresh.filled() | hidden)
    for name, visitor in site.visitors.items():
        for address in _opened(visitor, [*doors, *names]) - before[name]:
            yield f"{name} can open {address} after sending fields that no form shows"


def _opened(visitor: Visitor, addresses: list[str]) -> set[str]:
    return {address for address in addresses if visitor.ask("GET", address, allow_redirects=True).status_code == 200}


def other_town(site: Site) -> Iterator[str]:
    """P13: what lies below another municipality's number is not there."""
    for visitor, address in _pages(site):
        if address.startswith(site.own):
            answer = visitor.ask("GET", site.foreign + address.removeprefix(site.own))
            if answer.status_code != 404 and not (answer.is_redirect and "login" in answer.headers["Location"]):
                yield f"{visitor.name} gets {answer.status_code} from {shape_of(address)} of the neighbour"


def split_answer(site: Site) -> Iterator[str]:
    """P23: no line break from an address reaches the headers."""
    for visitor, address in _pages(site):
        answer = visitor.ask("GET", address, params=dict.fromkeys(ASKED_WITH, "nb\r\nX-Injected: 1"))
        if "X-Injected" in answer.headers:
            yield f"{shape_of(address)} lets a header in"


def framed(site: Site) -> Iterator[str]:
    """P23: no page may be shown inside another site's."""
    for visitor, address in _pages(site):
        headers = visitor.ask("GET", address).headers
        policy = headers.get("Content-Security-Policy", "")
        if "frame-ancestors 'none'" not in policy and headers.get("X-Frame-Options", "").upper() != "DENY":
            yield f"{shape_of(address)} may be framed"


def open_cookie(site: Site) -> Iterator[str]:
    """P23: no script and no other site's form gets the cookies."""
    for visitor in site.visitors.values():
        for cookie in visitor.session.cookies:
            odd = {name.lower() for name in cookie._rest}
            if "httponly" not in odd or "samesite" not in odd:
                yield f"the cookie {cookie.name} is open to scripts or other sites"


def fixed_session(site: Site) -> Iterator[str]:
    """P23: logging in makes a new session; the one that somebody else has put in the browser is worth nothing."""
    for visitor in site.visitors.values():
        if visitor.chosen_session in [cookie.value for cookie in visitor.session.cookies if cookie.name == "session"]:
            yield f"{visitor.name} is logged in with a session that somebody else chose"


def own_network(site: Site) -> Iterator[str]:
    """P20: no address that somebody writes makes the server ask a machine of its own network."""
    heard: list[str] = []

    class Ear(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append(self.path)
            self.send_response(200)
            self.end_headers()

        do_HEAD = do_POST = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Ear) as ear:
        threading.Thread(target=ear.serve_forever, daemon=True).start()
        port = ear.server_address[1]
        for number, (visitor, form) in enumerate(site.forms()):
            for host in ("127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "2130706433"):
                fresh = _fresh(visitor, form)
                named = [each.name for each in fresh.fields if re.search("url|address|link|host", each.name, re.I)]
                if form.method == "post" and named:
                    visitor.submit(fresh, fresh.filled(**dict.fromkeys(named, f"http://{host}:{port}/{number}")))
        ear.shutdown()
    yield from (f"the server asked {path} of its own network" for path in sorted(set(heard)))


def faults(site: Site) -> Iterator[str]:
    """P27: nothing that was sent is answered with a fault of ours, or with how the program looks inside."""
    for visitor in site.visitors.values():
        yield from sorted(visitor.faults)
    for visitor, address in [*_pages(site)][:40]:
        for odd in ("\0", "%", "9" * 400, "[]", "\u202e"):
            text = visitor.ask("GET", address, params=dict.fromkeys(ASKED_WITH, odd)).text
            if "Traceback (most recent call last)" in text or "DEBUG = True" in text:
                yield f"{shape_of(address)} shows how the program looks inside"


def _pages(site: Site) -> Iterator[tuple[Visitor, str]]:
    """Yield one page, or way on, of each shape for each visitor, without its query."""
    for name, visitor in site.visitors.items():
        seen = set()
        for address in [*site.crawls[name].pages, *site.crawls[name].ways]:
            bare = address.partition("?")[0]
            if shape_of(bare) not in seen:
                seen.add(shape_of(bare))
                yield visitor, bare


ATTACKS: list[Callable[[Site], Iterator[str]]] = [
    reflected_script, open_redirect, path_traversal, forged_host, split_answer, framed, open_cookie, fixed_session,
    other_town, method_override, forged_form, own_network, mass_assignment, stored_script, faults,
]  # fmt: skip
