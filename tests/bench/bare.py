"""
What the machine can do at all: threads that post to the sandbox, and nothing else. Prints posts a second.

Arguments: the sandbox's address, a token, an organisation's URN, how many threads.
"""

import secrets
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import requests

ROUNDS = 12
VERSION = "202608"
EMPTY = ("targetEntities", "thirdPartyDistributionChannels")


def main() -> None:
    """Post so many rounds with every thread."""
    base, token, author, n_threads = sys.argv[1:5]
    headers = {
        "Authorization": f"Bearer {token}",
        "LinkedIn-Version": VERSION,
        "X-Restli-Protocol-Version": "2.0.0",
        "X-RestLi-Method": "CREATE",
    }

    def post(_: int) -> int:
        body = {
            "author": author,
            "commentary": f"Bare {secrets.token_hex(8)}",
            "visibility": "PUBLIC",
            "distribution": {
                "feedDistribution": "MAIN_FEED",
                "targetEntities": [],
                "thirdPartyDistributionChannels": [],
            },
            "lifecycleState": "PUBLISHED",
            "isReshareDisabledByAuthor": False,
        }
        return requests.post(f"{base}/rest/posts", json=body, headers=headers, timeout=30).status_code

    n_posts = int(n_threads) * ROUNDS
    with ThreadPoolExecutor(int(n_threads)) as pool:
        list(pool.map(post, range(int(n_threads))))
        began = time.perf_counter()
        answers = list(pool.map(post, range(n_posts)))
        seconds = time.perf_counter() - began
    if set(answers) != {201}:
        raise SystemExit(f"The sandbox answered {set(answers)}")
    print(n_posts / seconds)


if __name__ == "__main__":
    main()
