"""Asking the installation whether it is ready, the way any monitoring would."""

import json
import urllib.error
import urllib.request


def missing_parts(*, web_port: int) -> list[str]:
    """Return the parts that are not alive: the web itself when it does not answer, else what /health/ready names."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{web_port}/health/ready", timeout=5) as answer:  # nosec B310
            body = json.load(answer)
    except urllib.error.HTTPError as refusal:
        try:
            body = json.load(refusal)
        except ValueError:
            return [f"web (svarer {refusal.code})"]
    except (OSError, ValueError):
        return ["web"]
    return [name for name, check in body["checks"].items() if not check["ok"]]
