"""What comes over the wire: headers of the real web server, odd requests, slow ones (F21, P22, P23, B59)."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
import requests

from kanalkompass.launcher import ports
from tests.kanalkompass.header_grades import TELLING

N_SLOW = 60
# A page that is answered at all is answered well within this; nobody waits for one that is not.
PATIENCE_S = 4
PUBLIC = "/u/trekk/"

pytestmark = pytest.mark.usefixtures("web")


def is_answered(port: int) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}{PUBLIC}", timeout=PATIENCE_S).status_code == 200
    except requests.Timeout:
        return False


@contextmanager
def slow_visitors(port: int) -> Iterator[None]:
    """Hold sixty connections open that have sent half of their headers and never send the rest."""
    with ExitStack() as held:
        for _ in range(N_SLOW):
            connection = held.enter_context(socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S))
            connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
        time.sleep(0.5)
        yield


@contextmanager
def buffering_proxy(behind: int) -> Iterator[int]:
    """Give the port of what stands before gunicorn in production: it calls when a request's headers are complete."""
    port, loop, is_up = ports.free_port(), asyncio.new_event_loop(), threading.Event()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), timeout=10)
            there, out = await asyncio.open_connection("127.0.0.1", behind)
            out.write(head.replace(b"keep-alive", b"close"))
            writer.write(await there.read())
            out.close()
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError, TimeoutError):
            pass
        finally:
            writer.close()

    async def serve() -> None:
        server = await asyncio.start_server(answer, "127.0.0.1", port)
        is_up.set()
        async with server:
            await asyncio.sleep(3600)

    def run() -> None:
        asyncio.set_event_loop(loop)
        task = loop.create_task(serve())
        over.append(task)
        try:
            loop.run_until_complete(task)
        except asyncio.CancelledError:
            rest = asyncio.all_tasks(loop)
            for each in rest:
                each.cancel()
            loop.run_until_complete(asyncio.gather(*rest, return_exceptions=True))
        finally:
            loop.close()

    over: list[asyncio.Task] = []
    thread = threading.Thread(target=run)
    thread.start()
    assert is_up.wait(PATIENCE_S)
    try:
        yield port
    finally:
        loop.call_soon_threadsafe(over[0].cancel)
        thread.join(PATIENCE_S)


class TestHeaders:
    def test_p23_the_server_tells_nothing_of_what_it_runs_on(self, house):
        for path in (PUBLIC, "/nowhere", "/static/css/app.css", "/health/ready"):
            answer = requests.get(house.base + path, timeout=20)

            assert answer.headers.get("Server") == "Kanalkompass", path
            assert not {name for name in TELLING if name != "Server"} & set(answer.headers), path
            assert "gunicorn" not in str(answer.headers).lower(), path
            assert answer.headers["Content-Security-Policy"], path


class TestOddRequests:
    @pytest.mark.parametrize(
        "headers",
        [
            {"Cookie": "a=" + "x" * 8192},
            {"Cookie": "; ".join(f"c{n}={n}" for n in range(300))},
            {"Cookie": "session=" + "\u00e6" * 40},
            {"Accept-Language": "nb;q=zebra,,;*" * 90},
            {"Accept-Language": "xx-" + "y" * 3000},
            {"X-Forwarded-For": "1.2.3.4, " * 200},
        ],
        ids=["8 kB cookie", "300 cookies", "cookie in latin-1", "odd language", "long language", "many addresses"],
    )
    def test_b59_get_the_page(self, house, headers):
        raw = {name: value.encode("latin-1") for name, value in headers.items()}

        assert requests.get(house.base + PUBLIC, headers=raw, timeout=20).status_code == 200

    def test_b59_two_hundred_parameters_get_the_page(self, house):
        questions = "&".join(f"p{n}=%00%FF" for n in range(200))

        assert requests.get(f"{house.base}{PUBLIC}?{questions}", timeout=20).status_code == 200

    def test_b59_what_the_web_server_cannot_read_gets_our_page_in_norwegian_with_our_headers(self, house):
        long, endless = (requests.get(f"{house.base}{PUBLIC}?q={'x' * n}", timeout=20) for n in (8_000, 9_000))
        with socket.create_connection(("127.0.0.1", house.web_port), timeout=PATIENCE_S) as odd:
            odd.sendall(b"\x16\x03\x01 what is this\r\n\r\n")
            answer = b"".join(iter(lambda: odd.recv(65_536), b"")).decode()

        assert long.status_code == 200
        assert (endless.status_code, endless.headers["Server"]) == (414, "Kanalkompass")
        assert "Adressen er for lang" in endless.text
        assert "Hendelsesnummer" in endless.text
        assert endless.headers["Content-Security-Policy"]
        assert answer.startswith("HTTP/1.1 400 ")
        assert '<html lang="nb"' in answer
        assert "Invalid" not in answer

    def test_b59_an_endless_cookie_is_refused_and_the_next_visitor_answered(self, house):
        refused = requests.get(house.base + PUBLIC, headers={"Cookie": "a=" + "x" * 40_000}, timeout=20)

        assert 400 <= refused.status_code < 500
        assert house.status(PUBLIC) == 200

    def test_p22_too_large_an_upload_gets_our_page_over_the_wire(self, house):
        answer = requests.post(house.base + PUBLIC, files={"file": b"x" * 23_000_000}, timeout=30)

        assert answer.status_code == 413
        assert "Det du sendte, er for stort" in answer.text


class TestSlowVisitors:
    def test_f21_behind_a_proxy_that_waits_for_whole_headers_hold_up_nobody(self, house):
        with buffering_proxy(house.web_port) as port, slow_visitors(port):
            assert is_answered(port)

    def test_f21_without_it_they_do_so_production_needs_one(self, house):
        """The control: and when they have gone, everybody is answered again without a restart."""
        with slow_visitors(house.web_port):
            assert not is_answered(house.web_port)

        house.wait_for_web()
        assert is_answered(house.web_port)
