"""Posts and pictures: what is stored, what is refused, what people see."""

import contextlib
import json
import socket
import time

import pytest
import requests

from tests.sandbox.driver import DAY_S, LYNGVAER, STORVIKA, TIMEOUT_S, Platform, encoded, png


def at_once(platform: Platform, commentary: str, *, n: int) -> list[int]:
    """Send the same post `n` times, all but the last byte, then the last bytes; return the status codes."""
    body = json.dumps(platform.body(commentary)).encode()
    lines = [f"{name}: {value}" for name, value in {**platform.headers, "Content-Length": len(body)}.items()]
    request = "\r\n".join(["POST /rest/posts HTTP/1.1", "Host: localhost", *lines, "", ""]).encode() + body
    host, port = platform.base.removeprefix("http://").split(":")
    with contextlib.ExitStack() as stack:
        connections = [stack.enter_context(socket.create_connection((host, int(port)), TIMEOUT_S)) for _ in range(n)]
        for connection in connections:
            connection.sendall(request[:-1])
        for connection in connections:
            connection.sendall(request[-1:])
        return [int(connection.recv(64).split()[1]) for connection in connections]


DARK = {"distribution": {"feedDistribution": "NONE", "targetEntities": [], "thirdPartyDistributionChannels": []}}
POLL = {"question": "Når?", "options": [{"text": "Nå"}, {"text": "Så"}], "settings": {"duration": "THREE_DAYS"}}
MEDIA = {"media": {"id": "urn:li:image:nothing", "altText": "x"}}


class TestCreate:
    def test_answers_with_an_id_and_no_body(self, platform):
        response = platform.post(r"Vi søker sykepleier \(100 %\) http://localhost:8000/s/Ab_1x")

        assert (response.status_code, response.content) == (201, b"")
        assert response.headers["x-restli-id"].startswith("urn:li:share:")
        truth = platform.truth()[0]
        assert truth["id"] == response.headers["x-restli-id"]
        assert truth["text"] == "Vi søker sykepleier (100 %) http://localhost:8000/s/Ab_1x"
        assert (truth["marker"], truth["author"], truth["deleted_at"]) == ("Ab_1x", LYNGVAER, None)

    def test_publishes_a_text_cut_at_the_first_bare_bracket_without_a_word(self, platform):
        urn = platform.posted("Vi søker (100 %) http://localhost:8000/s/abc")

        assert platform.truth()[0]["text"] == "Vi søker "
        assert platform.truth()[0]["marker"] is None
        assert platform.shown(urn)["commentary"] == "Vi søker "

    def test_finds_the_marker_in_a_link_card(self, platform):
        article = {"source": "http://localhost:8000/s/kort9", "title": "Ledig stilling"}
        platform.posted(content={"article": article})

        assert platform.truth()[0]["marker"] == "kort9"

    def test_speaks_of_a_ugc_post_when_switched(self, platform):
        platform.switch(post_urn_kind="ugcPost")

        assert platform.posted().startswith("urn:li:ugcPost:")

    def test_encodes_the_id_when_switched(self, platform):
        platform.switch(encoded_restli_id=True)

        assert platform.posted().startswith("urn%3Ali%3Ashare%3A")

    @pytest.mark.parametrize(
        ("changes", "status", "words"),
        [
            ({"visibility": None}, 422, "/visibility :: field is required"),
            ({"visibility": "ALLE"}, 422, "not an enum symbol"),
            ({"distribution": None}, 422, "/distribution :: field is required"),
            ({"commentary": 7}, 422, "/commentary"),
            ({"id": "urn:li:share:1"}, 422, "ReadOnly"),
            ({"adContext": {"isDsc": True}}, 422, "ReadOnly"),
            ({"lifecycleState": "DRAFT"}, 400, "PUBLISHED"),
            ({"author": "urn:li:share:1"}, 400, "URN"),
            ({"commentary": ""}, 400, "commentary"),
            ({"commentary": "x" * 3001}, 400, "3000"),
            ({"content": {"poll": {}}}, 400, "2 to 4 options"),
            ({"content": {"poll": {**POLL, "question": ""}}}, 400, "question"),
            ({"content": {"poll": {**POLL, "question": "x" * 141}}}, 400, "140"),
            ({"content": {"poll": {**POLL, "settings": {"duration": "A_YEAR"}}}}, 400, "duration"),
            ({"content": {**MEDIA, "article": {}}}, 400, "exactly one"),
            ({"content": MEDIA}, 400, "does not exist"),
            ({"content": {"media": []}}, 400, "record"),
            ({"content": {"multiImage": {"images": [{"id": "x"}]}}}, 400, "2 to 20"),
            ({"content": {"article": {"source": "javascript:alert(1)", "title": "x"}}}, 400, "http"),
            ({"content": {"article": {"source": "https://x.example"}}}, 400, "title"),
            ({"reshareContext": {"parent": "urn:li:share:1"}}, 400, "does not exist"),
            ({"distribution": {"feedDistribution": "NONE"}}, 400, "dscAdAccount"),
            ({"adContext": {"dscAdAccount": "urn:li:sponsoredAccount:9"}}, 400, "feedDistribution is NONE"),
            ({**DARK, "adContext": {"dscAdAccount": "509"}}, 400, "sponsoredAccount"),
            ({"distribution": {"feedDistribution": "MAIN_FEED", "targetEntities": "NO"}}, 422, "targetEntities"),
            ({"scheduledAt": 1}, 422, "/scheduledAt :: unrecognized field"),
            ({"contentCallToActionLabel": "KOM"}, 400, "contentCallToActionLabel"),
            ({"contentLandingPage": "lyngvaer"}, 400, "contentLandingPage"),
        ],
    )
    def test_refuses_what_the_platform_refuses_and_stores_nothing(self, platform, changes, status, words):
        response = platform.post(**changes)

        assert response.status_code == status, response.text
        assert words in response.json()["message"]
        assert platform.truth() == []

    def test_keeps_every_field_that_may_be_sent(self, platform):
        urn = platform.posted(isReshareDisabledByAuthor=True)
        fields = {"contentCallToActionLabel": "APPLY", "contentLandingPage": "https://lyngvaer.example/stilling"}
        distribution = {"feedDistribution": "MAIN_FEED", "targetEntities": [{"geoLocations": ["urn:li:geo:1"]}]}
        article = {"source": "https://lyngvaer.example/", "title": "Sykepleier", "thumbnail": platform.image()}
        shown = platform.shown(platform.posted("to", content={"article": article}, distribution=distribution, **fields))
        dark = platform.posted("tre", **DARK, adContext={"dscAdAccount": "urn:li:sponsoredAccount:9"})
        platform.switch(unknown_fields_refused=False)

        assert shown["content"] == {"article": article}
        assert {name: shown[name] for name in fields} == fields
        assert "targetEntities" not in shown["distribution"]
        assert dark not in platform.listed()
        assert platform.post("fire", reshareContext={"parent": urn}).status_code == 400
        assert platform.post("fem", scheduledAt=1).status_code == 201
        assert platform.shown(platform.posted("syv", content={"poll": POLL}))["content"] == {"poll": POLL}
        assert "Avstemning: Når?" in platform.get("/company/lyngvaer-kommune/").text
        shared = platform.shown(platform.posted("", reshareContext={"parent": platform.posted("seks")}))
        assert shared["reshareContext"]["parent"].startswith("urn:li:share:")

    def test_changes_and_removes_the_few_fields_that_can_be(self, platform):
        urn = platform.posted(contentLandingPage="https://lyngvaer.example/")
        path, headers = f"/rest/posts/{encoded(urn)}", {"X-RestLi-Method": "PARTIAL_UPDATE"}

        def patched(**patch: object) -> int:
            return platform.call("POST", path, json={"patch": patch}, headers=headers).status_code

        assert patched(**{"$set": {"commentary": "Ny"}, "$delete": ["contentLandingPage"]}) == 204
        assert [patched(**{"$delete": ["visibility"]}), patched(**{"$set": {"author": "x"}}), patched()] == [400] * 3
        assert platform.shown(urn)["commentary"] == "Ny"
        assert "contentLandingPage" not in platform.shown(urn)
        assert platform.shown(urn)["lastModifiedAt"] >= platform.shown(urn)["createdAt"]
        assert platform.get(path + "?viewContext=AUTHOR").status_code == 200
        assert platform.get(path + "?viewContext=BOSS").status_code == 400

    def test_tells_the_truth_about_every_act_with_its_moment(self, platform):
        urn = platform.posted("Først")
        path = f"/rest/posts/{encoded(urn)}"
        patch = {"patch": {"$set": {"commentary": "Så"}}}
        platform.call("POST", path, json=patch, headers={"X-RestLi-Method": "PARTIAL_UPDATE"})
        platform.call("DELETE", path)
        platform.call("DELETE", path)

        line = platform.truth()[0]
        events = [json.loads(row) for row in platform.control("GET", "/_events").text.splitlines()]

        assert (line["text"], [edit["text"] for edit in line["edits"]]) == ("Først", ["Så"])
        assert [(row["act"], row["id"]) for row in events] == [("create", urn), ("edit", urn), ("delete", urn)]
        received = [row["received_at"] for row in events]
        assert received == sorted(received)
        assert abs(line["received_at"] - time.time()) < 60

    def test_counts_visible_characters_not_escapes(self, platform):
        assert platform.post("\\(" * 3000).status_code == 201
        assert platform.post("\\(" * 3001).status_code == 400

    @pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"author": "\\ud800"}', b"[" * 100_000, b"\xff"])
    def test_survives_a_body_that_is_no_post(self, platform, body):
        assert platform.call("POST", "/rest/posts", data=body).status_code in (400, 422)


class TestDuplicates:
    def test_are_refused_and_name_the_living_post(self, platform):
        urn = platform.posted()

        response = platform.post()

        assert response.status_code == 422
        assert response.json()["code"] == "DUPLICATE_POST"
        assert response.json()["message"] == f"Content is a duplicate of {urn}"
        assert len(platform.truth()) == 1

    def test_are_free_again_after_the_window_and_after_deletion(self, platform):
        urn = platform.posted()
        platform.advance(DAY_S + 1)
        second = platform.posted()
        platform.call("DELETE", f"/rest/posts/{encoded(second)}")

        assert urn != second
        platform.switch(duplicate_of_deleted=True)
        assert platform.post().json()["message"] == f"Content is a duplicate of {second}"
        platform.switch(duplicate_of_deleted=False)
        assert platform.post().status_code == 201

    def test_do_not_slip_through_side_by_side(self, platform):
        rounds = [at_once(platform, f"Innlegg {number}", n=8) for number in range(10)]

        assert [sorted(statuses) for statuses in rounds] == [[201] + [422] * 7] * 10


class TestReading:
    def test_shows_one_post(self, platform):
        shown = platform.shown(platform.posted(r"Hei \#1"))

        assert (shown["author"], shown["commentary"], shown["lifecycleState"]) == (LYNGVAER, r"Hei \#1", "PUBLISHED")
        assert isinstance(shown["createdAt"], int)
        assert shown["content"] == {}
        assert "targetEntities" not in shown["distribution"]

    def test_pages_through_the_list_until_it_is_empty(self, platform):
        urns = [platform.posted(f"Innlegg {n}") for n in range(5)]

        pages = [platform.listed(f"start={start}&count=2&sortBy=CREATED") for start in (0, 2, 4, 6)]

        assert [len(page) for page in pages] == [2, 2, 1, 0]
        assert sum(pages, []) == urns[::-1]

    def test_puts_an_edited_post_first_unless_told_otherwise(self, platform):
        first, second = platform.posted("en"), platform.posted("to")
        platform.advance(10)
        patch = {"patch": {"$set": {"commentary": "en, rettet"}}}
        headers = {"X-RestLi-Method": "partial_update"}
        response = platform.call("POST", f"/rest/posts/{encoded(first)}", json=patch, headers=headers)

        assert response.status_code == 204
        assert platform.listed("count=10") == [first, second]
        assert platform.listed("count=10&sortBy=CREATED") == [second, first]
        assert platform.shown(first)["lifecycleStateInfo"] == {"isEditedByAuthor": True}

    @pytest.mark.parametrize("query", ["count=101", "start=-1", "count=x", "sortBy=NAME", "count=List(1)"])
    def test_refuses_a_list_that_cannot_be(self, platform, query):
        path = f"/rest/posts?q=author&author={encoded(LYNGVAER)}&{query}"

        assert platform.get(path).status_code == 400

    def test_lists_late_when_switched(self, platform):
        platform.switch(list_lag_s=60)
        urn = platform.posted()

        at_once = platform.listed()
        platform.advance(61)

        assert (at_once, platform.listed()) == ([], [urn])
        assert platform.shown(urn)["id"] == urn

    def test_reads_several_at_once(self, platform):
        urn, gone = platform.posted(), "urn:li:share:1"

        answer = platform.get(f"/rest/posts?ids=List({encoded(urn)},{encoded(gone)})").json()

        assert answer["results"][urn]["id"] == urn
        assert answer["statuses"] == {urn: 200, gone: 404}


class TestChanging:
    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"patch": {}},
            {"patch": {"$set": {}}},
            {"patch": {"$set": {"visibility": "PUBLIC"}}},
            {"patch": {"$set": {"commentary": 7}}},
            {"patch": {"$set": {"lifecycleState": "DRAFT"}}},
            {"patch": {"$delete": ["commentary"]}},
        ],
    )
    def test_refuses_other_patches(self, platform, body):
        path = f"/rest/posts/{encoded(platform.posted())}"

        assert platform.call("POST", path, json=body, headers={"X-RestLi-Method": "PARTIAL_UPDATE"}).status_code == 400

    def test_deletes_twice_without_complaint_and_keeps_the_truth(self, platform):
        urn = platform.posted()
        path = f"/rest/posts/{encoded(urn)}"

        statuses = [platform.call("DELETE", path).status_code for _ in range(2)]

        assert statuses == [204, 204]
        assert platform.get(path).status_code == 404
        assert platform.listed() == []
        assert platform.truth()[0]["deleted_at"] is not None

    def test_does_not_delete_what_never_was(self, platform):
        assert platform.call("DELETE", f"/rest/posts/{encoded('urn:li:share:1')}").status_code == 404


class TestImages:
    def test_travel_from_upload_to_the_timeline_with_their_alternative_text(self, platform):
        image = platform.image()
        platform.posted(content={"media": {"id": image, "altText": 'To "kolleger" & en hund'}})

        shown = platform.get(f"/rest/images/{encoded(image)}").json()
        page = platform.get("/company/lyngvaer-kommune/").text
        picture = requests.get(shown["downloadUrl"], timeout=TIMEOUT_S)

        assert shown["status"] == "AVAILABLE"
        assert 'alt="To &quot;kolleger&quot; &amp; en hund"' in page
        assert (picture.headers["Content-Type"], picture.content) == ("image/png", png())

    def test_are_uploaded_to_the_name_the_client_uses(self, platform):
        order = {"initializeUploadRequest": {"owner": LYNGVAER}}
        path = "/rest/images?action=initializeUpload"
        hosts = {"localhost:1": "http://localhost:1/", "evil.example": platform.base}

        for host, start in hosts.items():
            value = platform.call("POST", path, json=order, headers={"Host": host}).json()["value"]
            assert value["uploadUrl"].startswith(start)

    def test_wait_until_they_are_processed(self, platform):
        platform.switch(processing_delay_s=30)
        image = platform.image()
        content = {"media": {"id": image, "altText": "x"}}

        early = platform.post(content=content)
        status = platform.get(f"/rest/images/{encoded(image)}").json()["status"]
        platform.advance(31)

        assert (early.status_code, status) == (400, "PROCESSING")
        assert platform.post(content=content).status_code == 201

    @pytest.mark.parametrize(
        "content",
        [
            b"<svg xmlns='http://www.w3.org/2000/svg'/>",
            b"<html>",
            b"\x89PNG\r\n\x1a\n",
            png(width=20_000, height=20_000),
        ],
    )
    def test_fail_when_the_bytes_are_no_picture_the_platform_takes(self, platform, content):
        image = platform.image(content)

        assert platform.get(f"/rest/images/{encoded(image)}").json()["status"] == "PROCESSING_FAILED"
        assert platform.post(content={"media": {"id": image}}).status_code == 400

    def test_fail_when_switched(self, platform):
        platform.switch(processing_failed=True)

        assert platform.get(f"/rest/images/{encoded(platform.image())}").json()["status"] == "PROCESSING_FAILED"

    def test_belong_to_one_page(self, platform):
        member = platform.member("Sunniva Toside")
        token = platform.control("POST", "/_token", {"member": member}).json()["access_token"]
        image = platform.image()

        response = platform.post(
            author=STORVIKA, content={"media": {"id": image}}, headers={"Authorization": f"Bearer {token}"}
        )

        assert response.status_code == 400
        assert "not owned" in response.json()["message"]

    @pytest.mark.parametrize("body", [{}, {"initializeUploadRequest": {}}, {"initializeUploadRequest": {"owner": "x"}}])
    def test_need_an_owner(self, platform, body):
        assert platform.call("POST", "/rest/images?action=initializeUpload", json=body).status_code == 400
