"""Calls to a platform's fixed host: nowhere else, by no other way (P20)."""

import pytest

from channels.connectors import http
from tests.channels.web import moved, page, web


def ask(url: str) -> http.Answer:
    return http.request("GET", url, deadline_s=5, token="kanari-token")


class TestACallToAPlatform:
    def test_p20_takes_no_proxy_from_the_environment(self, monkeypatch):
        with web(start=page(b"{}")) as platform, web(start=page(b"stolen")) as proxy:
            for name in ("http_proxy", "https_proxy", "all_proxy"):
                monkeypatch.setenv(name, proxy.url("/", host="127.0.0.1"))
                monkeypatch.setenv(name.upper(), proxy.url("/", host="127.0.0.1"))
            monkeypatch.delenv("no_proxy", raising=False)
            monkeypatch.delenv("NO_PROXY", raising=False)

            answer = ask(platform.url("/", host="127.0.0.1"))

            assert answer.body == b"{}"
            assert proxy.requests == []

    def test_p20_goes_through_the_proxy_of_the_settings(self, settings):
        with web(start=page(b"{}")) as proxy:
            settings.CHANNEL_PROXY = proxy.url("", host="127.0.0.1")
            proxy.answers["http://api.platform.example/"] = page(b"{}")

            assert ask("http://api.platform.example/").body == b"{}"

    @pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Again", "308 For good"])
    def test_p20_is_never_led_to_another_host(self, status):
        with web(start=page(b"stolen")) as elsewhere, web() as platform:
            platform.answers["/"] = moved(elsewhere.url("/", host="127.0.0.1"), status)

            answer = ask(platform.url("/", host="127.0.0.1"))

            assert answer.status == int(status[:3])
            assert elsewhere.requests == []
            assert "kanari-token" in platform.requests[0]
