"""Comments, reactions, notifications and webhooks: what is listed is what is counted."""

import hmac
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.sandbox.driver import DAY_S, LYNGVAER, STORVIKA, Platform, encoded

STANDING = "organizationalEntityNotifications?q=criteria&organizationalEntity="


def comments_of(platform: Platform, urn: str, query: str = "start=0&count=100", **more: object):
    return platform.get(f"/rest/socialActions/{encoded(urn)}/comments?{query}", **more)


def said(platform: Platform, urn: str, text: str = "Fristen er 1.12.", *, actor: str = LYNGVAER, **more: object):
    body = {"actor": actor, "message": {"text": text}, **more}
    return platform.call("POST", f"/rest/socialActions/{encoded(urn)}/comments", json=body)


def counted(platform: Platform, urn: str) -> dict:
    return platform.get(f"/rest/socialMetadata/{encoded(urn)}").json()


def figures(platform: Platform, urn: str) -> tuple[int, int]:
    """Return (comments, reactions) as the share statistics tell them."""
    rows = platform.totals(f"&shares=List({encoded(urn)})")
    return (rows[0]["commentCount"], rows[0]["likeCount"]) if rows else (0, 0)


def reactions_of(platform: Platform, urn: str, query: str = "") -> dict:
    path = f"/rest/reactions/(entity:{encoded(urn)})?q=entity&sort=(value:REVERSE_CHRONOLOGICAL)&count=100{query}"
    return platform.get(path).json()


class TestComments:
    def test_are_made_answered_changed_and_removed_by_the_page(self, platform):
        urn = platform.posted()
        activity = counted(platform, urn)["entity"]

        made = said(platform, urn, object=activity)
        number, whole = made.headers["x-restli-id"], made.json()
        answer = said(platform, whole["commentUrn"], "Til midnatt.").json()
        by_parent = said(platform, urn, "Og så?", parentComment=whole["commentUrn"]).json()
        path = f"/rest/socialActions/{encoded(activity)}/comments/{number}"
        patch = {"patch": {"message": {"$set": {"text": "Fristen er 2.12."}}}}
        changed = platform.call("POST", path, json=patch, headers={"X-RestLi-Method": "PARTIAL_UPDATE"})

        assert (made.status_code, number) == (201, whole["id"])
        assert whole["commentUrn"] == f"urn:li:comment:({activity},{number})"
        assert whole["agent"].startswith("urn:li:person:")
        assert (whole["actor"], whole["object"], whole["parentComment"]) == (LYNGVAER, activity, None)
        assert answer["parentComment"] == by_parent["parentComment"] == whole["commentUrn"]
        assert changed.status_code == 204
        assert platform.get(path).json()["message"]["text"] == "Fristen er 2.12."
        assert counted(platform, urn)["commentSummary"] == {"count": 3, "topLevelCount": 1}
        assert comments_of(platform, urn).json()["paging"]["total"] == 1
        assert len(comments_of(platform, whole["commentUrn"]).json()["elements"]) == 2
        assert said(platform, answer["commentUrn"]).status_code == 400
        assert [line["kind"] for line in platform.truth()] == ["post", "comment", "comment", "comment"]

        assert platform.call("DELETE", f"{path}?actor={encoded(LYNGVAER)}").status_code == 204
        assert platform.call("DELETE", path).status_code == 404
        assert counted(platform, urn)["commentSummary"]["count"] == 0

    def test_are_a_404_where_there_are_none_unless_switched(self, platform):
        urn = platform.posted()
        without = comments_of(platform, urn).status_code
        platform.switch(empty_comments_status=200)

        assert without == 404
        assert comments_of(platform, urn).json()["elements"] == []

    def test_agree_with_every_figure_also_when_members_write_and_take_away(self, platform):
        urn = platform.posted()
        platform.advance(6 * DAY_S)
        before = figures(platform, urn)
        planted = platform.control("POST", "/_comment", {"post": urn, "text": "Når er fristen?"}).json()
        platform.control("POST", "/_comment", {"post": planted["commentUrn"], "text": "Lurer også"})
        platform.control("POST", "/_reaction", {"post": urn, "type": "PRAISE", "n": 3})
        platform.advance(1)

        top = comments_of(platform, urn).json()["elements"]
        summary, likes = counted(platform, urn), reactions_of(platform, urn)
        n_likes = sum(row["count"] for row in summary["reactionSummaries"].values())

        assert figures(platform, urn) == (before[0] + 2, before[1] + 3)
        assert (summary["commentSummary"]["count"], n_likes) == figures(platform, urn)
        assert summary["commentSummary"]["topLevelCount"] == len(top)
        assert len(likes["elements"]) == likes["paging"]["total"] == n_likes
        assert [row["created"]["time"] for row in top] == sorted(row["created"]["time"] for row in top)
        assert top[-1]["message"]["text"] == "Når er fristen?"
        days = platform.totals(f"&timeIntervals=(timeRange:(start:{platform.now_ms() - 30 * 86_400_000}))")
        assert sum(day["commentCount"] for day in days[-8:]) >= 2

        victim = encoded(top[0]["commentUrn"])
        platform.control("DELETE", "/_comment", {"post": top[0]["commentUrn"]})
        assert figures(platform, urn)[0] == counted(platform, urn)["commentSummary"]["count"]
        assert platform.get(f"/rest/socialActions/{victim}/comments").status_code == 404

    @pytest.mark.parametrize(
        ("changes", "status"),
        [
            ({"actor": None}, 400),
            ({"actor": "urn:li:share:1"}, 400),
            ({"actor": STORVIKA}, 403),
            ({"message": {}}, 400),
            ({"message": {"text": " "}}, 400),
            ({"object": "urn:li:activity:1"}, 404),
            ({"object": "x"}, 400),
            ({"parentComment": "urn:li:comment:(urn:li:activity:1,2)"}, 404),
            ({"parentComment": 7}, 400),
        ],
    )
    def test_are_refused_when_something_is_wrong(self, platform, changes, status):
        urn = platform.posted()
        body = {"actor": LYNGVAER, "message": {"text": "Hei"}, **changes}
        answer = platform.call("POST", f"/rest/socialActions/{encoded(urn)}/comments", json=body)

        assert answer.status_code == status, answer.text
        assert len(platform.truth()) == 1

    def test_are_throttled_and_closed_to_apps_without_the_product_or_scope(self, platform):
        urn = platform.posted()
        platform.switch(comments_per_minute=1)
        statuses = [said(platform, urn, text).status_code for text in ("en", "to")]
        platform.advance(61)
        statuses.append(said(platform, urn, "tre").status_code)
        platform.switch(products=["advertising", "sign_in"])

        assert statuses == [201, 429, 201]
        assert comments_of(platform, urn).status_code == 403
        platform.switch(products=["community_management"])
        scope = {"member": platform.member("Ingrid Lyngstad"), "scope": "rw_organization_admin"}
        token = platform.control("POST", "/_token", scope).json()["access_token"]
        assert comments_of(platform, urn, headers={"Authorization": f"Bearer {token}"}).status_code == 403
        assert comments_of(platform, "urn:li:person:x").status_code == 400
        assert comments_of(platform, "urn:li:share:1").status_code == 404


class TestReactions:
    def test_are_given_listed_and_taken_back_one_per_actor(self, platform):
        urn = platform.posted()
        activity = counted(platform, urn)["entity"]
        path = f"/rest/reactions?actor={encoded(LYNGVAER)}"
        key = f"/rest/reactions/(entity:{encoded(activity)},actor:{encoded(LYNGVAER)})"

        made = platform.call("POST", path, json={"root": urn, "reactionType": "LIKE"})
        again = platform.call("POST", path, json={"root": activity, "reactionType": "EMPATHY"})
        wrong = [platform.call("POST", path, json={"root": urn, "reactionType": kind}) for kind in ("MAYBE", "X", None)]

        assert (made.status_code, again.status_code) == (201, 201)
        assert [answer.status_code for answer in wrong] == [400] * 3
        assert counted(platform, urn)["reactionSummaries"] == {"EMPATHY": {"reactionType": "EMPATHY", "count": 1}}
        assert reactions_of(platform, urn)["elements"][0]["root"] == activity
        assert platform.get(key).json()["reactionType"] == "EMPATHY"
        assert platform.call("DELETE", key).status_code == 204
        assert [platform.get(key).status_code, platform.call("DELETE", key).status_code] == [404, 404]
        assert platform.get(f"/rest/reactions/{encoded(urn)}?q=entity").status_code == 400
        assert figures(platform, urn)[1] == 0

    def test_taken_back_on_order_leave_the_list_too(self, platform):
        urn = platform.posted()
        platform.advance(5 * DAY_S)
        before = len(reactions_of(platform, urn)["elements"])
        platform.switch(withdrawn_reactions=2)
        platform.advance(1)

        assert len(reactions_of(platform, urn)["elements"]) == figures(platform, urn)[1] == before - 2


class TestNotifications:
    def test_tell_sixty_days_by_action_time_and_post(self, platform):
        began = platform.now_ms()  # the page's earlier year has its own notifications
        first, second = platform.posted("en"), platform.posted("to")
        activity = counted(platform, first)["entity"]
        platform.control("POST", "/_comment", {"post": first, "text": "Hei"})
        platform.control("POST", "/_reaction", {"post": second})
        number = said(platform, first).headers["x-restli-id"]
        platform.call("DELETE", f"/rest/socialActions/{encoded(first)}/comments/{number}")
        now = platform.now_ms()

        def found(extra: str = "", *, since: str = f"&timeRange=(start:{began})") -> list[str]:
            extra += since
            answer = platform.get(f"/rest/{STANDING}{encoded(LYNGVAER)}&count=100{extra}")
            assert answer.status_code == 200, answer.text
            return sorted(row["action"] for row in answer.json()["elements"])

        assert found() == ["ADMIN_COMMENT", "COMMENT", "COMMENT_DELETE", "LIKE"]
        assert found("&actions=List(COMMENT,SHARE_MENTION)") == ["COMMENT"]
        assert found(f"&sourcePost={encoded(activity)}&actions=List(LIKE)") == []
        assert found(since=f"&timeRange=(start:{now + 1000},end:{now + 2000})") == []
        row = platform.get(
            f"/rest/{STANDING}{encoded(LYNGVAER)}&actions=List(COMMENT)&sourcePost={encoded(first)}"
        ).json()["elements"][0]
        assert isinstance(row["notificationId"], int)
        assert (row["sourcePost"], row["organizationalEntity"]) == (activity, LYNGVAER)
        platform.advance(61 * DAY_S)
        token = platform.control("POST", "/_token", {"member": platform.member("Ingrid Lyngstad")}).json()
        headers = {"Authorization": f"Bearer {token['access_token']}"}
        late = platform.get(f"/rest/{STANDING}{encoded(LYNGVAER)}&actions=List(COMMENT_DELETE)", headers=headers)
        assert late.json()["elements"] == []
        assert platform.get(f"/rest/{STANDING}{encoded(STORVIKA)}", headers=headers).status_code == 403
        wrong = platform.get(f"/rest/{STANDING}{encoded(LYNGVAER)}&actions=List(SHOUT)", headers=headers)
        assert wrong.status_code == 400


class Hook(BaseHTTPRequestHandler):
    """A webhook that knows the secret, and remembers what it was told."""

    secret = b""
    told: list[tuple[str, bytes]] = []

    def do_GET(self) -> None:
        code = parse_qs(urlsplit(self.path).query)["challengeCode"][0]
        body = {"challengeCode": code, "challengeResponse": hmac.digest(self.secret, code.encode(), "sha256").hex()}
        self._answer(json.dumps(body).encode())

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        self.told.append((self.headers["X-LI-Signature"], raw))
        self._answer(b"{}")

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet."""


class TestWebhooks:
    def test_are_challenged_told_with_a_signature_and_forgotten_with_the_role(self, platform):
        urn = platform.posted()
        Hook.secret, Hook.told = platform.client["client_secret"].encode(), []
        server = HTTPServer(("127.0.0.1", 0), Hook)
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        hook = {"webhook": f"http://127.0.0.1:{server.server_port}/krok"}
        member = platform.member("Ingrid Lyngstad")
        key = (
            f"/rest/eventSubscriptions/(developerApplication:urn%3Ali%3AdeveloperApplication%3A1,"
            f"user:{encoded('urn:li:person:' + member)},entity:{encoded(LYNGVAER)},"
            "eventType:ORGANIZATION_SOCIAL_ACTION_NOTIFICATIONS)"
        )
        try:
            made = platform.call("PUT", key, json=hook).status_code
            platform.advance(1)
            platform.control("POST", "/_reaction", {"post": urn, "n": 12})
            platform.advance(1)
            pushed = platform.control("POST", "/_push", {"organisation": 1001}).json()["pushed"]
            again = platform.control("POST", "/_push", {"organisation": 1001}).json()["pushed"]
            Hook.secret = b"annen"
            refused = platform.call("PUT", key, json=hook).status_code
        finally:
            server.shutdown()
            server.server_close()

        assert (made, refused) == (204, 400)
        assert ([row["notifications"] for row in pushed], [row["notifications"] for row in again]) == ([12], [0])
        assert pushed[0]["statuses"] == [200, 200]
        secret = platform.client["client_secret"].encode()
        for signature, raw in Hook.told:
            assert signature == hmac.digest(secret, b"hmacsha256=" + raw, "sha256").hex()
        batch = json.loads(Hook.told[0][1])
        assert (batch["type"], len(batch["notifications"])) == ("ORGANIZATION_SOCIAL_ACTION_NOTIFICATIONS", 10)
        assert batch["notifications"][0]["share"] == urn
        assert platform.get(key).json()["webhook"] == hook["webhook"]
        finder = "/rest/eventSubscriptions?q=subscriberAndEventType&eventType=ORGANIZATION_SOCIAL_ACTION_NOTIFICATIONS"
        assert len(platform.get(finder).json()["elements"]) == 1
        elsewhere = platform.call("PUT", key, json={"webhook": "https://elsewhere.example/krok"})
        assert (elsewhere.status_code, "this machine only" in elsewhere.text) == (400, True)
        platform.control("POST", "/_role", {"member": member, "organisation": 1001, "role": None})
        assert platform.control("POST", "/_push", {"organisation": 1001}).json()["pushed"] == []
        assert platform.get(key).status_code == 403
        platform.control("POST", "/_role", {"member": member, "organisation": 1001, "role": "ADMINISTRATOR"})
        assert [platform.call("DELETE", key).status_code, platform.get(key).status_code] == [204, 404]
        platform.switch(development_tier=True)
        assert platform.call("PUT", key, json=hook).status_code == 403
