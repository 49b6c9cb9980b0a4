"""An applicant's answer when database, Redis, web server or disk fail under it (F10, F11, F18, F20, P9, P27)."""

from __future__ import annotations

import random
import time
from concurrent.futures import ThreadPoolExecutor
from html import unescape

import psycopg2.extensions
import pytest
import requests
from django.db import connections

from tests.analytics.vacancies import code_of, make_job
from tests.faults.house import House, field_in
from tests.faults.workers import until
from tests.fixtures import make_town

THANKS, RECEIPT = "Takk", 'class="kk-receipt"'
# A browser that is shown an error waits a little, and its owner tries again.
TRY_AGAIN_S = 0.7
# The size of PostgreSQL's write-ahead files, which it has anyway.
FULL_BYTES = 16 * 1024 * 1024


pytestmark = pytest.mark.usefixtures("web")


@pytest.fixture(scope="module")
def survey(web: House) -> str:
    """The address of an open survey."""
    town = make_town("9901", "Lyngvær kommune")
    return f"/u/{code_of(town, make_job(town))}/"


@pytest.fixture(autouse=True)
def whole(house: House) -> None:
    """Begin every test with no answers and no counted attempts."""
    connections["default"].close()
    house.broker().flushall()
    cleared = house.as_superuser()
    with cleared.cursor() as cursor:
        cursor.execute("TRUNCATE analytics_surveyanswer CASCADE")
    cleared.close()


class Applicant:
    """Opens the form, and sends it until it is taken."""

    def __init__(self, house: House, survey: str, words: str = "") -> None:
        self.address = house.base + survey
        page = requests.get(self.address, timeout=20)
        assert page.status_code == 200, page.text
        self.form = {
            "token": field_in(page.text, "token"), "first": "linkedin", "also": ["print"], "interests": ["tasks"],
            "own_words": words, "website": "",
        }  # fmt: skip

    def send(self) -> requests.Response:
        """Send the form once."""
        return requests.post(self.address, self.form, timeout=30)

    def insist(self, within_s: float = 30) -> requests.Response:
        """Send the form until it is taken; a broken connection is tried again, as a person would."""
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline:
            try:
                answer = self.send()
            except requests.ConnectionError:
                answer = None
            if answer is not None and answer.status_code == 200:
                return answer
            assert answer is None or answer.status_code in {429, 503}, answer.text
            time.sleep(TRY_AGAIN_S)
        raise AssertionError("The answer was never taken")


def n_answers(house: House) -> int:
    return house.ask("SELECT count(*) FROM analytics_surveyanswer")


def receipt_of(page: requests.Response) -> str:
    assert THANKS in page.text
    return page.text.partition(RECEIPT)[2].partition(">")[2].partition("<")[0]


class TestTheDatabaseIsAway:
    def test_f10_the_answer_is_503_what_was_written_is_kept_and_all_heals_without_a_restart(self, house, survey):
        applicant = Applicant(house, survey, words="Søsteren min æøå <tipset> meg")
        workers = house.web_workers()

        house.crash_database()
        shown, sent = requests.get(applicant.address, timeout=20), applicant.send()
        front = requests.get(house.base + "/", cookies={"session": "k" * 32}, timeout=20)
        house.restart_database()
        page = unescape(sent.text)
        again = {**applicant.form, "token": field_in(page, "token"), "own_words": field_in(page, "own_words")}
        thanks = requests.post(applicant.address, again, timeout=20)

        assert (shown.status_code, sent.status_code, front.status_code) == (503, 503, 503)
        assert shown.headers["Retry-After"] == "30"
        assert "Kanalkompass svarer ikke akkurat nå" in shown.text
        assert "Vi vet ikke om svaret ditt kom fram" in sent.text
        assert THANKS not in sent.text
        assert again == applicant.form
        assert thanks.status_code == 200
        assert receipt_of(thanks)
        assert n_answers(house) == 1
        assert house.web_workers() == workers
        number = shown.text.partition("Hendelsesnummer ")[2][:8]
        assert f"Incident {number}, user unknown: Service Unavailable: {survey}" in house.said()

    def test_f10_p9_sessions_hung_up_and_a_crash_at_random_lose_and_double_no_answer(self, house, survey):
        dice = random.Random(1)
        applicants = [Applicant(house, survey) for _ in range(16)]
        n_ended = 0

        with ThreadPoolExecutor(4) as pool:
            sent = [pool.submit(applicant.insist) for applicant in applicants]
            for _ in range(10):
                time.sleep(dice.uniform(0.01, 0.1))
                n_ended += house.hang_up()
            house.crash_database()
            house.restart_database()
            while not all(each.done() for each in sent):
                time.sleep(dice.uniform(0.1, 0.3))
                n_ended += house.hang_up()
            pages = [each.result() for each in sent]

        receipts = {receipt_of(page) for page in pages}
        assert len(receipts) == len(applicants)
        assert n_answers(house) == len(applicants)
        assert n_ended > 0


def locked_answers(house: House) -> psycopg2.extensions.connection:
    """Hold every answer up before it is stored, until the connection is rolled back."""
    lock = house.as_superuser()
    lock.autocommit = False
    lock.cursor().execute("LOCK TABLE analytics_surveyanswer IN EXCLUSIVE MODE")
    return lock


def wait_until_under_way(house: House) -> None:
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    until(lambda: house.ask(waiting), what="the answer to be under way")


class TestTheWebServerIsKilled:
    def test_f11_before_the_answer_is_stored_shows_no_thanks_and_stores_it_once_when_sent_again(self, house, survey):
        applicant = Applicant(house, survey)
        lock = locked_answers(house)

        with ThreadPoolExecutor(1) as pool:
            sent = pool.submit(applicant.send)
            wait_until_under_way(house)
            house.kill_web_workers()
            with pytest.raises(requests.ConnectionError):
                sent.result(timeout=20)
        lock.rollback()
        lock.close()
        before = n_answers(house)
        thanks = applicant.insist()

        assert before == 0
        assert receipt_of(thanks)
        assert n_answers(house) == 1

    def test_f11_at_random_moments_stores_every_answer_once(self, house, survey):
        dice = random.Random(2)

        for n_so_far in range(1, 6):
            applicant = Applicant(house, survey)
            with ThreadPoolExecutor(1) as pool:
                sent = pool.submit(applicant.send)
                time.sleep(dice.uniform(0, 0.06))
                house.kill_web_workers()
                first = sent.result(timeout=20) if sent.exception(timeout=20) is None else None
            if first is not None:
                # Thanks are shown for what is stored, never before.
                assert n_answers(house) == n_so_far
            thanks = applicant.insist()

            assert first is None or receipt_of(first) == receipt_of(thanks)
            assert n_answers(house) == n_so_far

    def test_f11_a_double_click_and_a_second_tab_make_one_answer_with_one_receipt(self, house, survey):
        applicant = Applicant(house, survey)

        with ThreadPoolExecutor(4) as pool:
            pages = [each.result() for each in [pool.submit(applicant.send) for _ in range(4)]]

        assert [page.status_code for page in pages] == [200] * 4
        assert len({receipt_of(page) for page in pages}) == 1
        assert n_answers(house) == 1

    def test_f20_asked_to_end_it_finishes_the_answer_that_is_under_way(self, house, survey):
        applicant = Applicant(house, survey)
        lock = locked_answers(house)

        with ThreadPoolExecutor(1) as pool:
            sent = pool.submit(applicant.send)
            wait_until_under_way(house)
            house.watched.ask_to_end(house.web)
            time.sleep(0.3)
            lock.rollback()
            lock.close()
            thanks = sent.result(timeout=20)
        house.end_web()
        house.start_web()

        assert receipt_of(thanks)
        assert n_answers(house) == 1


class TestTheDiskIsFull:
    def test_f18_the_answer_is_503_nothing_is_half_stored_and_all_heals(self, house, survey):
        applicant = Applicant(house, survey)
        first = applicant.insist()
        assert receipt_of(first)
        more = Applicant(house, survey, words="ord " * 70)
        _fill_to_the_brim(house)

        house.limit_database_files(FULL_BYTES)
        refused = more.send()
        stored = house.ask("SELECT count(*) FROM analytics_surveyanswer WHERE language <> 'xx'")
        house.limit_database_files(None)
        thanks = more.insist()

        assert refused.status_code == 503
        assert THANKS not in refused.text
        assert stored == 1
        assert receipt_of(thanks)

    def test_f18_a_full_redis_costs_no_answer_and_opens_no_login(self, house, survey):
        applicant = Applicant(house, survey)
        session = requests.Session()
        login = session.get(house.base + "/konto/login/", timeout=20)
        token = {"csrfmiddlewaretoken": field_in(login.text, "csrfmiddlewaretoken")}
        person = {"login": "hr@lyngvaer.example", "password": "wrong-password"}

        house.broker().config_set("maxmemory", "1")
        thanks = applicant.send()
        refused = session.post(house.base + "/konto/login/", {**token, **person}, timeout=20)
        house.broker().config_set("maxmemory", "0")
        answered = session.post(house.base + "/konto/login/", {**token, **person}, timeout=20)

        assert receipt_of(thanks)
        assert n_answers(house) == 1
        assert refused.status_code == 503
        assert answered.status_code != 503


def _fill_to_the_brim(house: House) -> None:
    """Grow the table of answers to the last block below 16 MB: the size that write-ahead files have anyway."""
    connection = house.as_superuser()
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("ALTER TABLE analytics_surveyanswer ADD COLUMN IF NOT EXISTS filler text STORAGE PLAIN")
        cursor.execute(
            "SELECT string_agg(quote_ident(attname), ',') FROM pg_attribute WHERE attrelid = "
            "'analytics_surveyanswer'::regclass AND attnum > 0 AND NOT attisdropped "
            "AND attname NOT IN ('id', 'token_hash', 'receipt_hash', 'language', 'filler')"
        )
        columns = cursor.fetchone()[0]
        cursor.execute(
            f"INSERT INTO analytics_surveyanswer ({columns}, token_hash, receipt_hash, language, filler) "
            f"SELECT {columns}, 'f' || n, 'f' || n, 'xx', repeat('x', 7600) "
            "FROM analytics_surveyanswer, generate_series(1, 2048) AS n"
        )
        # One row to a block, the first beside the answer that lies there: another answer needs a new block.
        cursor.execute("SELECT pg_relation_size('analytics_surveyanswer')")
        assert cursor.fetchone()[0] == FULL_BYTES
    connection.close()
