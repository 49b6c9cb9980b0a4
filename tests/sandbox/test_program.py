"""The program itself: ready line, control plane, timeline, state that survives, an end that comes at once."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from tests.sandbox.driver import DAY_S, ROOT, TIMEOUT_S, Platform, encoded, start, stop


class TestReadyLine:
    def test_says_where_and_with_what(self, platform):
        announced = platform.announced

        assert announced["base"]["linkedin"].startswith("http://127.0.0.1:")
        assert announced["organisations"][0] == {
            "id": 1001,
            "urn": "urn:li:organization:1001",
            "name": "Lyngvær kommune",
            "vanityName": "lyngvaer-kommune",
        }
        assert [row["id"] for row in announced["organisations"]] == [1001, 1002, 1003]
        assert set(announced["client"]["linkedin"]) == {"client_id", "client_secret"}
        assert platform.get("/rest/organizations/1001").status_code == 200

    def test_is_the_same_for_the_same_seed(self):
        lines = []
        for seed in ("5", "5", "6"):
            process, announced = start("--seed", seed)
            stop(process)
            lines.append({key: value for key, value in announced.items() if key != "base"})

        assert lines[0] == lines[1] != lines[2]

    def test_keeps_app_and_token_after_a_reset_with_another_seed(self, platform):
        token, client = platform.token, platform.client
        platform.reset("another")

        assert (platform.announced["tokens"]["linkedin"], platform.announced["client"]["linkedin"]) == (token, client)
        assert platform.get("/rest/organizations/1001").status_code == 200


class TestProcess:
    def test_ends_at_once_on_sigterm(self):
        process, _ = start()
        started = time.monotonic()

        assert stop(process) == 0
        assert time.monotonic() - started < 2

    def test_takes_the_port_from_the_environment_and_says_when_it_is_taken(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = str(taken.getsockname()[1])
            env = {"PATH": "/usr/bin:/bin", "SANDBOX_PORT": port}
            command = [sys.executable, "-m", "sandbox"]
            done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=10, check=False)

        assert done.returncode == 1
        assert f"Port {port} kan ikke brukes" in done.stderr
        assert done.stdout == ""

    def test_ends_when_the_process_that_started_it_is_killed(self):
        code = (
            "import subprocess, sys, time\n"
            "child = subprocess.Popen([sys.executable, '-m', 'sandbox', '--die-with-parent'], stdout=subprocess.PIPE)\n"
            "child.stdout.readline()\n"
            "print(child.pid, flush=True)\n"
            "time.sleep(60)\n"
        )
        parent = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        child = int(parent.stdout.readline())
        parent.send_signal(signal.SIGKILL)
        parent.wait()
        parent.stdout.close()

        is_gone = _is_gone(child)
        if not is_gone:
            os.kill(child, signal.SIGKILL)  # a failing test leaves no process behind either
        assert is_gone

    def test_is_reachable_on_loopback_only(self, platform):
        port = int(platform.base.rpartition(":")[2])
        with socket.socket() as other, pytest.raises(OSError, match="refused"):
            other.connect(("127.0.0.2", port))


def _is_gone(pid: int) -> bool:
    for _ in range(60):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        with open(f"/proc/{pid}/stat") as stat:
            if stat.read().rpartition(")")[2].split()[0] == "Z":
                return True
        time.sleep(0.05)
    return False


class TestState:
    def test_survives_a_restart_and_even_a_kill(self, tmp_path):
        file = str(tmp_path / "state.sqlite3")
        process, announced = start("--data", file)
        first = Platform(announced)
        urn = first.posted(content={"media": {"id": first.image(), "altText": "Fjell"}})
        first.advance(3 * DAY_S)
        figures = first.totals(f"&shares=List({encoded(urn)})")
        process.kill()
        process.wait()
        process.stdout.close()

        process, announced = start("--data", file)
        second = Platform(announced)
        try:
            assert second.token == first.token
            assert [line["id"] for line in second.truth()] == [urn]
            assert second.totals(f"&shares=List({encoded(urn)})") == figures
            assert "Fjell" in second.get(f"/feed/update/{urn}/").text
            assert second.get("/rest/organizations/1001").status_code == 200
        finally:
            stop(process)

    def test_in_a_file_that_is_something_else_is_said_plainly(self, tmp_path):
        file = tmp_path / "noe.txt"
        file.write_text("dette er ikke sandkassens fil, men noe ganske annet\n" * 40)
        command = [sys.executable, "-m", "sandbox", "--data", str(file)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=10, check=False)

        assert done.returncode == 1
        assert "kan ikke brukes" in done.stderr
        assert "Traceback" not in done.stderr


class TestControl:
    def test_is_closed_to_web_pages_elsewhere(self, platform):
        for headers in ({"Origin": "https://evil.example"}, {"Host": "evil.example"}):
            response = requests.get(platform.base + "/_truth", headers=headers, timeout=TIMEOUT_S)
            assert response.status_code == 403

    def test_moves_the_clock_forward_only(self, platform):
        before = platform.now_ms()
        platform.advance(3600)

        assert 3_600_000 <= platform.now_ms() - before < 3_700_000
        for step in (-1, "x", None, 1e300):
            response = requests.post(platform.base + "/_clock", json={"advance_s": step}, timeout=TIMEOUT_S)
            assert response.status_code == 400

    def test_logs_calls_with_what_was_answered(self, platform):
        platform.fault("POST /rest/posts", "stored_500")
        platform.post()
        platform.listed()

        log = [(row["method"], row["path"], row["status"], row["fault"]) for row in _requests(platform)]

        assert log == [("POST", "/rest/posts", 500, "stored_500"), ("GET", "/rest/posts", 200, None)]

    def test_forgets_everything_on_reset(self, platform):
        platform.posted()
        platform.advance(100)
        platform.switch(list_lag_s=5)
        platform.fault("POST /rest/posts", "plain_500")
        platform.reset()

        assert platform.truth() == []
        assert platform.control("GET", "/_clock").json()["offset_s"] == 0
        assert platform.control("GET", "/_switch").json()["list_lag_s"] == 0
        assert platform.control("GET", "/_fault").json() == {"faults": []}
        assert _requests(platform) == []

    def test_counts_no_call_from_before_a_reset_that_is_answered_after_it(self, platform):
        platform.fault("POST /rest/posts", "late_before", delay_s=0.4)
        with ThreadPoolExecutor(1) as pool:
            slow = pool.submit(platform.post)
            while platform.control("GET", "/_fault").json()["faults"]:
                time.sleep(0.01)
            platform.reset()
            slow.result()
        platform.get("/rest/organizations/1001")

        assert [call["method"] for call in _requests(platform)] == ["GET"]

    def test_lets_somebody_remove_a_post_on_the_platform_itself(self, platform):
        urn = platform.posted()
        platform.control("POST", "/_remove", {"id": urn})

        assert platform.get(f"/rest/posts/{encoded(urn)}").status_code == 404

    @pytest.mark.parametrize(
        ("path", "body"),
        [
            ("/_switch", {"nonsense": 1}),
            ("/_switch", {"list_lag_s": "5"}),
            ("/_switch", {"refresh_tokens": 1}),
            ("/_reset", {"seed": []}),
            ("/_role", {"member": "x"}),
            ("/_token", {"member": "x"}),
            ("/_remove", {"id": ["x"]}),
        ],
    )
    def test_refuses_what_it_does_not_understand(self, platform, path, body):
        assert requests.post(platform.base + path, json=body, timeout=TIMEOUT_S).status_code == 400

    def test_refuses_a_body_that_is_no_json_and_a_call_it_does_not_have(self, platform):
        assert requests.post(platform.base + "/_clock", data=b"{", timeout=TIMEOUT_S).status_code == 400
        assert requests.get(platform.base + "/_nothing", timeout=TIMEOUT_S).status_code == 404
        assert requests.delete(platform.base + "/_clock", timeout=TIMEOUT_S).status_code == 405


def _requests(platform: Platform) -> list[dict]:
    return json.loads(platform.control("GET", "/_requests").text)


class TestTimeline:
    def test_shows_posts_newest_first_with_links(self, platform):
        platform.posted(r"Eldst \<b\>")
        platform.posted("Nyest https://x.example/s/abc.")

        page = platform.get("/company/lyngvaer-kommune/").text

        assert page.index("Nyest") < page.index("Eldst &lt;b&gt;")
        assert 'href="https://x.example/s/abc"' in page
        assert "Sandkasse – ikke LinkedIn" in page

    def test_needs_neither_script_nor_inline_style(self, platform):
        platform.posted()
        for path in ("/", "/company/lyngvaer-kommune/"):
            page = platform.get(path)
            assert "<script" not in page.text
            assert "style=" not in page.text
            assert "default-src 'none'" in page.headers["Content-Security-Policy"]

    def test_shows_one_post_under_any_of_its_names(self, platform):
        urn = platform.posted("Alene")
        platform.advance(DAY_S)
        activity = platform.get(f"/rest/socialMetadata/{encoded(urn)}").json()["entity"]

        for name in (urn, encoded(urn), activity):
            assert "Alene" in platform.get(f"/feed/update/{name}/").text

    def test_says_when_a_page_or_post_is_not_there(self, platform):
        urn = platform.posted()
        platform.call("DELETE", f"/rest/posts/{encoded(urn)}")

        for path in (f"/feed/update/{urn}/", "/company/none/", "/feed/update/x/"):
            page = platform.get(path)
            assert page.status_code == 404
            assert "Fant ikke" in page.text
