"""Pictures on LinkedIn: ask for an address, send the bytes there, wait until the picture may be used."""

from __future__ import annotations

import time

from channels.connectors.base import NothingSent, Picture
from channels.connectors.linkedin import restli, uploads
from channels.connectors.linkedin.api import Api


def upload(api: Api, picture: Picture, *, owner: str, deadline_s: float) -> str:
    """
    Return the picture's URN once LinkedIn lets it be used. Nothing is published by this.

    :raises NothingSent: it could not be done now, or LinkedIn is not done with the picture in time
    :raises Refused: LinkedIn does not take the picture
    """
    ends_at = time.monotonic() + deadline_s
    address, urn = _register(api, owner=owner, deadline_s=deadline_s)
    uploads.put(address, picture.content, content_type=picture.content_type, what="picture", ends_at=ends_at)
    path = f"/rest/images/{restli.leaf(urn)}"
    uploads.wait_until(
        lambda left_s: uploads.is_available(api.read(path, deadline_s=left_s), what="picture"),
        what="picture",
        ends_at=ends_at,
    )
    return urn


def _register(api: Api, *, owner: str, deadline_s: float) -> tuple[str, str]:
    answer = api.call(
        "POST",
        "/rest/images",
        query="action=initializeUpload",
        json_body={"initializeUploadRequest": {"owner": owner}},
        restli_method="ACTION",
        deadline_s=deadline_s,
    )
    value = answer.json().get("value")
    address, urn = (value.get("uploadUrl"), value.get("image")) if isinstance(value, dict) else (None, None)
    if not isinstance(address, str) or not isinstance(urn, str) or not uploads.is_trusted(address):
        raise NothingSent("unclear_answer", "No usable address to upload to")
    return address, urn
