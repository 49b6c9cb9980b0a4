"""Pages are compressed for who takes it, and nothing else is touched."""

import gzip

from django.test import Client

TAKES = {"Accept-Encoding": "gzip, deflate, br"}


class TestCompressedPages:
    def test_a_page_is_the_same_page_and_never_of_the_same_length(self, lyngvaer, client_of):
        client = client_of(lyngvaer.hr)
        plain = client.get("/9901/stillinger/")
        packed = [client.get("/9901/stillinger/", headers=TAKES) for _ in range(6)]

        assert "Content-Encoding" not in plain.headers
        assert {each.headers["Content-Encoding"] for each in packed} == {"gzip"}
        assert b"Ingen stillinger" in gzip.decompress(packed[0].content)
        assert len(packed[0].content) < len(plain.content) / 2
        assert len({len(each.content) for each in packed}) > 1
        assert int(packed[0].headers["Content-Length"]) == len(packed[0].content)

    def test_the_stylesheet_of_a_look_is_too_and_answers_of_programs_are_not(self, db):
        style, health = Client().get("/tema/1-12606e.css", headers=TAKES), Client().get("/health/ready", headers=TAKES)

        assert style.headers["Content-Encoding"] == "gzip"
        assert "Content-Encoding" not in health.headers
