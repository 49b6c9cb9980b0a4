"""wapiti and sqlmap, with a deadline each, and what they say in one line for each finding."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from kanalkompass.launcher import place
from tests.attack.web import Crawl, Form, Site, Visitor

TOOLS = place.ROOT / ".venv-attack" / "bin"
MODULES = "xss,permanentxss,sql,redirect,file"
DIGIT = r"\d"
# What the plant must be caught at, by the names that the scanners give it.
SERVER_ERROR = "Internal Server Error"
WAPITI_MUST_FIND = {
    "Reflected Cross Site Scripting": "reflected script",
    "SQL Injection": "SQL injection",
    "Open Redirect": "open redirect",
    "Path Traversal": "path traversal",
    SERVER_ERROR: "server error",
}


@dataclass
class Scan:
    """What a scanner found and how many requests it sent."""

    findings: list[str]
    kinds: set[str]
    n_requests: int
    n_cut: int = 0  # how many kinds of attack (wapiti), or addresses (sqlmap), there was no time left for


def wapiti(site: Site, visitor: Visitor, *, never: list[str], folder: Path, seconds: int, starts: list[str]) -> Scan:
    """Let wapiti crawl and attack as one visitor."""
    report = folder / f"wapiti-{visitor.name}.json"
    each_s = max(3, seconds // (2 * len(MODULES.split(","))))
    command = [str(TOOLS / "wapiti"), "-u", site.base + visitor.home, "--scope", "domain", "-m", MODULES]
    command += ["-f", "json", "-o", str(report), "--flush-session", "--no-bugreport", "-v", "2", "-d", "1"]
    command += ["--store-session", str(folder / f"w-{visitor.name}"), "--max-scan-time", str(seconds // 2)]
    command += ["--max-attack-time", str(each_s), "--max-links-per-page", "6", "--max-parameters", "12"]
    command += ["--tasks", "4", "-t", "10", "--skip", "csrfmiddlewaretoken"]
    command += ["-C", visitor.cookies] if visitor.cookies else []
    for word in never:
        command += ["-x", f"{site.base}/*{word.replace(DIGIT, '*')}*"]
    for start in starts:
        command += ["-s", start]
    said = _run(command, folder=folder, seconds=seconds + 20, log=folder / f"wapiti-{visitor.name}.log")
    n_requests = len(re.findall(r"^\[¨\]|^\[\+\]|^\[¨\] (GET|POST)", said, re.MULTILINE))
    n_cut = said.count("Max attack time was reached")
    if not report.exists():
        return Scan([], set(), n_requests, n_cut)
    said_at_end = json.loads(report.read_text())
    told = said_at_end["vulnerabilities"] | {SERVER_ERROR: said_at_end["anomalies"].get(SERVER_ERROR, [])}
    findings = [
        f"wapiti: {kind} at {each['method']} {each['path']} ({each['parameter']}) as {visitor.name}"
        for kind, all_of_kind in told.items()
        for each in all_of_kind
    ]
    return Scan(findings, {kind for kind, each in told.items() if each}, n_requests, n_cut)


def sqlmap(site: Site, *, folder: Path, seconds: int, name: str) -> Scan:
    """Let sqlmap try the parameters of every address and form that the visitors saw."""
    log = folder / f"requests-{name}.log"
    log.write_text("".join(_as_burp(site)))
    output = folder / f"sqlmap-{name}"
    traffic = folder / f"traffic-{name}.txt"
    command = [str(TOOLS / "sqlmap"), "-l", str(log), "--batch", "--smart", "--level", "1", "--risk", "1"]
    command += ["--technique", "BEU", "--threads", "2", "--timeout", "10", "--retries", "0", "--disable-coloring"]
    command += ["--param-exclude", "csrfmiddlewaretoken|form_key|token", "--output-dir", str(output)]
    command += ["-t", str(traffic)]
    command += ["--ignore-code", "*", "--drop-set-cookie"]
    said = _run(command, folder=folder, seconds=seconds, log=folder / f"sqlmap-{name}.log")
    n_requests = (
        len(re.findall(r"^HTTP request \[", traffic.read_text(errors="replace"), re.M)) if traffic.exists() else 0
    )
    findings = sorted(set(_found_by_sqlmap(output)))
    n_left = log.read_text().count(" HTTP/1.1\n") - said.count("do you want to test this URL?")
    return Scan(findings, {"SQL injection"} if findings else set(), n_requests, n_left)


def _found_by_sqlmap(output: Path) -> Iterator[str]:
    for results in output.glob("results-*.csv"):
        with results.open(newline="") as file:
            for row in csv.DictReader(file):
                # sqlmap tries what it finds once more, and says so when it was an answer that varies by itself.
                if row.get("Parameter") and "false positive" not in row.get("Note(s)", ""):
                    yield f"sqlmap: SQL injection at {row['Place']} {row['Target URL']} ({row['Parameter']})"
    for log in output.glob("*/log"):
        for parameter in re.findall(r"^Parameter: (.+)$", log.read_text(errors="replace"), re.MULTILINE):
            yield f"sqlmap: SQL injection in {parameter}"


def _as_burp(site: Site) -> Iterator[str]:
    """Yield every address with a question, and every form, as a proxy would have logged them."""
    seen: set[object] = set()
    for visitor, form in site.forms():
        yield _entry(site, visitor, form)
    for name, crawl in site.crawls.items():
        for address in _asked(crawl):
            shape = (urlsplit(address).path, tuple(sorted(re.findall(r"([^=&?]+)=", urlsplit(address).query))))
            if shape not in seen:
                seen.add(shape)
                visitor = site.visitors[name]
                yield _entry(site, visitor, Form(address, address, "get", ()))


def _asked(crawl: Crawl) -> Iterator[str]:
    yield from (address for address in crawl.pages if "?" in address)


def _entry(site: Site, visitor: Visitor, form: Form) -> str:
    # Of fields that repeat for each row, the first is enough.
    first = {re.sub(r"_\d+$", "", name): name for name in reversed(form.filled())}
    data = urlencode({name: value for name, value in form.filled().items() if name in first.values()})
    parts = urlsplit(form.action)
    query = "&".join(filter(None, [parts.query, data if form.method == "get" else ""]))
    target = parts.path + (f"?{query}" if query else "")
    cookies = visitor.cookies
    lines = [f"{form.method.upper()} {target} HTTP/1.1", f"Host: {parts.netloc}", f"Referer: {form.page}"]
    lines += [f"Cookie: {cookies}"] if cookies else []
    body = ""
    if form.method == "post":
        lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(data)}"]
        body = data
    ruler = "=" * 54
    return f"{ruler}\n12:00:00  {site.base}  [127.0.0.1]\n{ruler}\n" + "\n".join([*lines, "", body]) + f"\n{ruler}\n\n"


def _run(command: list[str], *, folder: Path, seconds: int, log: Path) -> str:
    """Run a scanner with a home of its own; at the deadline it is ended, and what it has said counts."""
    environ = {"PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8", "NO_PROXY": "*", "TERM": "dumb"}
    with (
        log.open("w") as output,
        subprocess.Popen(
            command, cwd=folder, env=environ, stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL
        ) as scanner,
    ):
        try:
            scanner.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            scanner.terminate()
            try:
                scanner.wait(timeout=10)
            except subprocess.TimeoutExpired:
                scanner.kill()
    return log.read_text(errors="replace")
