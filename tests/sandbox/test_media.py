"""Videos in parts, documents, captions: what is asked for, what is checked, when it may be posted."""

import pytest
import requests

from tests.sandbox.driver import DAY_S, LYNGVAER, STORVIKA, TIMEOUT_S, Platform, encoded, png

MIB = 1024 * 1024
PART = 4 * MIB
# What the first bytes of an MP4 file look like; nothing plays it.
MP4 = b"\0\0\0\x18ftypmp42" + b"\0" * (PART + 100_000 - 12)


def order(platform: Platform, *, size: object = len(MP4), **more: object) -> requests.Response:
    request = {"owner": LYNGVAER, "fileSizeBytes": size, "uploadCaptions": False, "uploadThumbnail": False, **more}
    return platform.call("POST", "/rest/videos?action=initializeUpload", json={"initializeUploadRequest": request})


def sent(value: dict, content: bytes = MP4) -> list[str]:
    """Upload every part and return the ETags."""
    tags = []
    for part in value["uploadInstructions"]:
        piece = content[part["firstByte"] : part["lastByte"] + 1]
        answer = requests.put(part["uploadUrl"], data=piece, timeout=TIMEOUT_S)
        assert answer.status_code == 200, answer.text
        tags.append(answer.headers["ETag"])
    return tags


def finalised(platform: Platform, value: dict, tags: list[str], **changes: object) -> requests.Response:
    request = {"video": value["video"], "uploadToken": value["uploadToken"], "uploadedPartIds": tags, **changes}
    return platform.call("POST", "/rest/videos?action=finalizeUpload", json={"finalizeUploadRequest": request})


def state(platform: Platform, urn: str, resource: str = "videos") -> str:
    return platform.get(f"/rest/{resource}/{encoded(urn)}").json()["status"]


class TestVideos:
    def test_go_up_in_parts_of_four_mebibytes_and_are_posted_when_available(self, platform):
        platform.switch(processing_delay_s=60)
        value = order(platform, uploadCaptions=True, uploadThumbnail=True).json()["value"]
        parts = value["uploadInstructions"]
        content = {"media": {"id": value["video"], "title": "Bli kjent med oss"}}

        assert [(part["firstByte"], part["lastByte"]) for part in parts] == [(0, PART - 1), (PART, len(MP4) - 1)]
        assert len({part["uploadUrl"] for part in parts}) == 2
        assert requests.put(value["captionsUploadUrl"], data=b"1\n", timeout=TIMEOUT_S).headers["ETag"]
        assert requests.put(value["thumbnailUploadUrl"], data=png(), timeout=TIMEOUT_S).status_code == 200
        assert state(platform, value["video"]) == "WAITING_UPLOAD"

        tags = sent(value)
        assert len(set(tags)) == 2
        assert finalised(platform, value, tags[::-1]).status_code == 400
        assert finalised(platform, value, tags[:1]).status_code == 400
        assert finalised(platform, value, tags).status_code == 200
        assert state(platform, value["video"]) == "PROCESSING"
        early = platform.post(content=content)
        platform.advance(61)

        assert (early.status_code, "PROCESSING" in early.text) == (400, True)
        assert state(platform, value["video"]) == "AVAILABLE"
        urn = platform.posted(content=content)
        assert platform.shown(urn)["content"] == content
        assert "Bli kjent med oss" in platform.get(f"/feed/update/{urn}/").text
        assert platform.post(content={"multiImage": {"images": [{"id": value["video"]}] * 2}}).status_code == 400
        batch = platform.get(f"/rest/videos?ids=List({encoded(value['video'])},urn%3Ali%3Avideo%3Ax)").json()
        assert (batch["results"][value["video"]]["status"], batch["statuses"]["urn:li:video:x"]) == ("AVAILABLE", 404)

    def test_are_refused_when_order_or_bytes_do_not_fit(self, platform):
        sizes = [74_999, 500 * MIB + 1, "75000", None, True]
        assert [order(platform, size=size).status_code for size in sizes] == [400] * 5
        assert order(platform, owner=STORVIKA).status_code == 403
        assert order(platform, uploadCaptions="yes").status_code == 400

        value = order(platform, size=80_000).json()["value"]
        address = value["uploadInstructions"][0]["uploadUrl"]
        assert requests.put(address, data=MP4[:79_999], timeout=TIMEOUT_S).status_code == 400
        assert finalised(platform, value, []).status_code == 400
        assert finalised(platform, value, ["x"], video="urn:li:video:x").status_code == 404
        assert finalised(platform, value, "x").status_code == 400
        tags = sent(value)
        assert finalised(platform, value, tags, uploadToken="x").status_code == 400
        platform.advance(DAY_S + 1)
        assert requests.put(address, data=MP4[:80_000], timeout=TIMEOUT_S).status_code == 404

    def test_end_as_failed_with_a_reason_when_they_are_no_video_or_a_switch_says_so(self, platform):
        value = order(platform, size=80_000).json()["value"]
        finalised(platform, value, sent(value, b"x" * 80_000))
        platform.switch(processing_failed=True)
        other = order(platform, size=80_000).json()["value"]
        finalised(platform, other, sent(other))

        shown = [platform.get(f"/rest/videos/{encoded(item['video'])}").json() for item in (value, other)]

        assert [video["status"] for video in shown] == ["PROCESSING_FAILED"] * 2
        assert all(video["processingFailureReason"] for video in shown)


class TestDocuments:
    def test_are_uploaded_at_once_and_posted_with_a_title(self, platform):
        body = {"initializeUploadRequest": {"owner": LYNGVAER}}
        value = platform.call("POST", "/rest/documents?action=initializeUpload", json=body).json()["value"]
        requests.put(value["uploadUrl"], data=b"%PDF-1.7 x", timeout=TIMEOUT_S)
        shown = platform.get(f"/rest/documents/{encoded(value['document'])}").json()

        assert (shown["status"], shown["owner"]) == ("AVAILABLE", LYNGVAER)
        assert requests.get(shown["downloadUrl"], timeout=TIMEOUT_S).content == b"%PDF-1.7 x"
        assert platform.posted(content={"media": {"id": value["document"], "title": "Stillingen"}})

    @pytest.mark.parametrize("resource", ["images", "documents", "videos"])
    def test_are_not_found_under_another_name(self, platform, resource):
        path = f"/rest/{resource}/urn%3Ali%3A{resource[:-1]}%3AC4nothing"

        assert platform.get(path).status_code == 404
        assert platform.get(f"/rest/{resource}").status_code == 400
        if resource != "images":
            assert platform.get(f"/rest/{resource}/{encoded(platform.image())}").status_code == 404
