"""How a test speaks to the sandbox behind the platform's back: faults, the truth, the clock."""

import json
from typing import Any

import requests

TIMEOUT = (2, 10)


class LinkedInSandbox:
    """The control plane of one sandbox process."""

    def __init__(self, *, base: str, announced: dict[str, Any]) -> None:
        self.base = base
        self.announced = announced

    @property
    def token(self) -> str:
        """A ready access token of a member who administers a page."""
        return self.announced["tokens"]["linkedin"]

    @property
    def organisations(self) -> list[dict[str, Any]]:
        """The pages that exist on the platform: id, urn, name, vanityName."""
        return self.announced["organisations"]

    def fault(self, endpoint: str, *, kind: str, count: int = 1, **more: Any) -> None:
        """Have the next `count` calls of an endpoint ("POST /rest/posts") go wrong in one way."""
        self._control("POST", "/_fault", {"endpoint": endpoint, "kind": kind, "count": count, **more})

    def clear_faults(self) -> None:
        """Let everything work again."""
        self._control("DELETE", "/_fault")

    def truth(self) -> list[dict[str, Any]]:
        """Return what really was published, oldest first."""
        # Not splitlines(): a post may hold characters that Python takes for the end of a line.
        lines = self._control("GET", "/_truth").content.decode().split("\n")
        return [json.loads(line) for line in lines if line]

    def calls(self) -> list[dict[str, Any]]:
        """Return the calls that the platform has answered: method, path, status, at."""
        return self._control("GET", "/_requests").json()

    def advance(self, seconds: float) -> None:
        """Move the platform's clock ahead."""
        self._control("POST", "/_clock", {"advance_s": seconds})

    def switch(self, **values: Any) -> None:
        """Turn one of the platform's less certain behaviours on or off."""
        self._control("POST", "/_switch", values)

    def mint(self, *, member: str, scope: str = "") -> str:
        """Return a token of a member, made without a browser; with other scopes than the usual ones if told."""
        body = {"member": member} | ({"scope": scope} if scope else {})
        return self._control("POST", "/_token", body).json()["access_token"]

    def revoke(self, *, member: str) -> None:
        """Let every token of a member die."""
        self._control("POST", "/_revoke", {"member": member})

    def figures(self, *, organisation: int, day: str, days: int) -> list[dict[str, Any]]:
        """Return what is true about a page on some days, without LinkedIn's form."""
        path = f"/_figures?organisation={organisation}&day={day}&days={days}"
        return self._control("GET", path).json()

    def restate(self, *, organisation: int, day: str, metric: str, by: int) -> None:
        """Change one figure of one day from now on."""
        body = {"organisation": organisation, "day": day, "metric": metric, "by": by}
        self._control("POST", "/_restate", body)

    def comment(self, *, post: str, text: str) -> str:
        """Let somebody write below a post, or answer when `post` is a comment; return the comment's URN."""
        return self._control("POST", "/_comment", {"post": post, "text": text}).json()["commentUrn"]

    def remove_comment(self, urn: str) -> None:
        """Let somebody take a comment away."""
        self._control("DELETE", "/_comment", {"post": urn})

    def remove(self, post: str) -> None:
        """Let somebody delete a post on the platform itself."""
        self._control("POST", "/_remove", {"id": post})

    def reset(self, seed: int = 1) -> None:
        """Forget everything that was published, every fault and every second the clock was moved."""
        self._control("POST", "/_reset", {"seed": seed})

    def _control(self, method: str, path: str, body: dict[str, Any] | None = None) -> requests.Response:
        response = requests.request(method, self.base + path, json=body, timeout=TIMEOUT)
        response.raise_for_status()
        return response
