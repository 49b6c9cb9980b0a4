"""
The control of the fault run: a worker that does what looks reasonable, and publishes twice.

It claims a row with a lease, sends it, tries again on any error, and takes a row whose lease has run out as one that
was not sent. A program of its own: `python -m tests.faults.naive`, with KK_NAIVE_DATABASE, KK_NAIVE_BASE.
"""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from dataclasses import dataclass
from typing import Any

import psycopg2
import requests

from kanalkompass.launcher import servers
from tests.faults.house import House
from tests.linkedin_sandbox import LinkedInSandbox

TABLE = "naive_delivery"
LEASE_S, DEADLINE_S, WAIT_S, MOST_TRIES = 3, 1.0, 0.5, 5
TEXT = "Vi søker sykepleier. Les mer: http://localhost/s/{marker} Nummer {number}."

TAKE = f"""
    UPDATE {TABLE}
    SET state = 'sending', n_tries = n_tries + 1, lease_until = clock_timestamp() + interval '{LEASE_S} s'
    WHERE id = (
        SELECT id FROM {TABLE}
        WHERE n_tries < {MOST_TRIES} AND due_at <= clock_timestamp()
          AND (state = 'scheduled' OR (state = 'sending' AND lease_until < clock_timestamp()))
        ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED
    ) RETURNING id, author, token, text
"""


@dataclass
class Naive:
    """The control's deliveries, in a table of their own."""

    house: House
    sandbox: LinkedInSandbox

    def schedule(self, *, n: int, seed: int, first_s: float, within_s: float) -> None:
        """Make deliveries that are due at moments drawn from the seed, seconds from now."""
        dice = random.Random(f"naive {seed}")
        author = self.sandbox.organisations[0]["urn"]
        connection = self.house.as_superuser()
        with connection.cursor() as cursor:
            cursor.execute(
                f"DROP TABLE IF EXISTS {TABLE}; CREATE TABLE {TABLE} (id serial PRIMARY KEY, author text, token text, "
                "text text, due_at timestamptz, state text DEFAULT 'scheduled', n_tries int DEFAULT 0, "
                f"lease_until timestamptz); GRANT SELECT, UPDATE ON {TABLE} TO {servers.RUNTIME}"
            )
            for number in range(n):
                text = TEXT.format(marker=f"naiv{seed}x{number}", number=number)
                cursor.execute(
                    f"INSERT INTO {TABLE} (author, token, text, due_at) "
                    "VALUES (%s, %s, %s, clock_timestamp() + %s * interval '1 s')",
                    [author, self.sandbox.token, text, first_s + dice.uniform(0, within_s)],
                )
        connection.close()

    def n_open(self) -> int:
        """Return how many are still to be sent."""
        return self.house.ask(
            f"SELECT count(*) FROM {TABLE} WHERE state <> 'published' AND n_tries < {MOST_TRIES} "
            "OR state = 'sending' AND lease_until > clock_timestamp()"
        )

    def n_duplicated(self) -> int:
        """Return how many stand on the channel more than once."""
        copies = Counter(post["marker"] for post in self.sandbox.truth())
        return sum(n > 1 for n in copies.values())


def send_next(connection: Any, base: str) -> bool:
    """Send one delivery; return whether there was one."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE)
        row = cursor.fetchone()
        if row is None:
            return False
        key, author, token, text = row
        version = os.environ["LINKEDIN_VERSION"]
        is_out = is_sent(base, author=author, token=token, text=text, version=version)
        state = "published" if is_out else "scheduled"
        cursor.execute(
            f"UPDATE {TABLE} SET state = %s, due_at = clock_timestamp() + interval '{WAIT_S} s' WHERE id = %s",
            [state, key],
        )
    return True


def is_sent(base: str, *, author: str, token: str, text: str, version: str) -> bool:
    """Publish, and believe whatever the answer seems to say."""
    body = {
        "author": author,
        "commentary": text,
        "visibility": "PUBLIC",
        "distribution": {"feedDistribution": "MAIN_FEED", "targetEntities": [], "thirdPartyDistributionChannels": []},
        "lifecycleState": "PUBLISHED",
        "isReshareDisabledByAuthor": False,
    }
    headers = {
        "Authorization": f"Bearer {token}",
        "LinkedIn-Version": version,
        "X-Restli-Protocol-Version": "2.0.0",
    }
    try:
        answer = requests.post(f"{base}/rest/posts", json=body, headers=headers, timeout=DEADLINE_S)
    except requests.RequestException:
        return False
    return answer.status_code == 201 and "x-restli-id" in answer.headers


def work() -> None:
    """Send what is due, for ever; a lost database is asked again."""
    while True:
        try:
            connection = psycopg2.connect(os.environ["KK_NAIVE_DATABASE"], connect_timeout=3)
            connection.autocommit = True
            while True:
                if not send_next(connection, os.environ["KK_NAIVE_BASE"]):
                    time.sleep(0.1)
        except psycopg2.Error:
            time.sleep(0.1)


if __name__ == "__main__":
    work()
