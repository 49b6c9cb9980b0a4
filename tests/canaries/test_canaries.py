"""
The whole way with canaries: tokens, one-time secrets, passwords, session keys, one-time links and a survey answer.

Afterwards they are looked for in logs, Redis, error pages, exports, every page, mail, files and the database: zero hits
outside the few places that are named here with their reason (P16, P17, P24, P27, B51).
"""

from __future__ import annotations

import os
import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.core import mail
from django.test import Client
from django.urls import NoReverseMatch, reverse

from analytics.actions import pulling
from analytics.tasks import run_fetch
from channels import tasks
from channels.actions.access import access_for
from channels.models import Account, Connection, PendingConnection
from foundation import clock
from foundation.tenancy import tenant
from recruitment.actions import invitations
from recruitment.actions.members import Grant
from recruitment.models import OutgoingMail
from tests.analytics.answering import opened
from tests.canaries import search
from tests.canaries.watching import Watch, bare_log
from tests.channels.connecting import SUNNIVA, granted, way_to_the_channel
from tests.faults.workers import until, workers
from tests.fixtures import Town, code_of, give_app, make_town
from tests.journeys import places
from tests.journeys.world import World, build

PASSWORD = "Kanarifuglen-synger-17-ganger"
WRONG_PASSWORD = "Kanarifuglen-tier-still-i-dag"
ANSWER = "Kanari-svaret Qv7x2Lr9 om vaktene"
BEFORE = {"waiting", "running"}
TOKEN_CALL = "POST /oauth/v2/accessToken"

# Where a secret is by its nature. Everything else is a hit.
IN_ITS_PLACE = {
    # The session store itself, and the list of one's own sessions made from it.
    ("session", "django_session.session_key"),
    ("session", "usersessions_usersession.session_key"),
    # What the applicant wrote, until it is deleted.
    ("answer", "analytics_surveyanswer.free_text"),
}


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.mark.django_db(transaction=True)
def test_p17_no_canary_is_found_after_the_whole_way(linkedin_sandbox: Any, watch: Watch, tmp_path: Path) -> None:
    canaries: dict[str, str] = {}
    with bare_log() as log:
        town, neighbour = make_town("9901", "Lyngvær kommune"), make_town("9902", "Storvika kommune", "nn")
        world = build(town, linkedin_sandbox)
        canaries["token"] = linkedin_sandbox.token
        adviser = log_in(watch, town, canaries)
        set_up_an_app(watch, town, canaries)
        connect(adviser, world, linkedin_sandbox, canaries)
        fail_while_connecting(adviser, world, linkedin_sandbox, canaries)
        renew(world, linkedin_sandbox, canaries)
        write_letters(watch, town, canaries)
        answer_the_survey(watch, world, canaries)
        work = Work(world, linkedin_sandbox)
        work.ring()
        in_the_queue = search.in_redis(canaries, settings.REDIS_URL)
        with workers(tmp_path) as start:
            worker = start(LOG_LEVEL="DEBUG").wait_until_ready()
            work.ring()
            until(work.is_done, what=f"the worker, {worker.log}", within_s=60, every_s=0.5)
            in_redis = search.in_redis(canaries, settings.REDIS_URL)
        open_every_page(watch, world, town, neighbour)

    hits = in_the_queue + in_redis
    hits += search.in_text(canaries, log.getvalue(), "log of the web process, without its net")
    hits += search.in_files(canaries, [tmp_path, Path(os.environ["MEDIA_ROOT"])])
    # The servers' own logs; the sandbox's is the platform's, and announces the tokens it plays with.
    logs = [path for path in Path(os.environ["KK_TEST_HOME"]).glob("*.log") if not path.name.startswith("sandbox")]
    hits += [hit for path in logs for hit in search.in_text(canaries, path.read_text(errors="replace"), path.name)]
    hits += [hit for hit in search.in_database(canaries) if (hit.name.split()[0], hit.place) not in IN_ITS_PLACE]
    hits += in_pages(canaries, watch, world)
    hits += in_mail(canaries)

    assert len(canaries) >= 14
    assert len(watch.seen) > 150
    assert {"500", "422", "404"} <= {str(each.status) for each in watch.seen}
    assert "RuntimeError: planted" in log.getvalue(), "the stack trace is in the log"
    assert len(log.getvalue()) > 10_000
    assert not hits, "\n".join(f"{hit.name}: {hit.place}" for hit in hits)


def log_in(watch: Watch, town: Town, canaries: dict[str, str]) -> Client:
    """Log the adviser in as people do, once with a wrong password before."""
    town.adviser.set_password(PASSWORD)
    town.adviser.save()
    canaries["app secret"] = secret = give_app(town.adviser)
    browser = watch.client("adviser at the login")
    browser.post("/konto/login/", {"login": town.adviser.email, "password": WRONG_PASSWORD})
    browser.post("/konto/login/", {"login": town.adviser.email, "password": PASSWORD})
    code = code_of(secret)
    answer = browser.post("/konto/totrinn/authenticate/", {"code": code})
    assert answer.status_code == 302, answer.content
    assert browser.get(f"/{town.number}/").status_code == 200
    canaries |= {"password": PASSWORD, "wrong password": WRONG_PASSWORD, "session": browser.session.session_key}
    return browser


def set_up_an_app(watch: Watch, town: Town, canaries: dict[str, str]) -> None:
    """Begin to set up an app, as somebody without one; the secret then waits in the session."""
    browser = watch.client("novice sets up an app", town.novice)
    browser.get(reverse("mfa_activate_totp"))
    canaries["app secret in the session"] = browser.session["mfa.totp.secret"]
    canaries["session of the novice"] = browser.session.session_key


def connect(adviser: Client, world: World, sandbox: Any, canaries: dict[str, str]) -> None:
    """Connect a page by the whole flow."""
    account = unconnected(world)
    way = way_to_the_channel(adviser, world.town, account)
    back = granted(sandbox, way, member=SUNNIVA)
    query = parse_qs(urlsplit(back).query)
    canaries |= {"state": query["state"][0], "code": query["code"][0]}
    confirm = adviser.get(back)
    assert confirm.status_code == 302, confirm.content.decode()
    page = adviser.get(confirm.url)
    assert page.status_code == 200
    with tenant(world.town.pk):
        [pending] = PendingConnection.objects.filter(account=account)
        external_id = pending.pages[1]["external_id"]
    assert adviser.post(confirm.url, {"page": external_id}).status_code == 302
    note_tokens(world, canaries, "connected")


def fail_while_connecting(adviser: Client, world: World, sandbox: Any, canaries: dict[str, str]) -> None:
    """Meet a fault of ours with the tokens in hand, a refusal and an unclear answer."""
    account = unconnected(world)
    back = granted(sandbox, way_to_the_channel(adviser, world.town, account), member=SUNNIVA)
    canaries["code of the fault"] = parse_qs(urlsplit(back).query)["code"][0]
    with pytest.MonkeyPatch.context() as patch:
        taken: list[Any] = []

        def fail(account: Any, *, grant: Any, **_: Any) -> None:
            taken.append(grant)
            raise RuntimeError("planted") from ValueError("planted behind it")

        patch.setattr("channels.actions.connecting._keep_pending", fail)
        assert adviser.get(back).status_code == 500
    canaries |= {"token of the fault": taken[0].access_token, "refresh token of the fault": taken[0].refresh_token}
    assert adviser.get(back).status_code == 400
    for kind in ("garbage", "plain_500", "answer_lost"):
        sandbox.fault(TOKEN_CALL, kind=kind)
        adviser.get(granted(sandbox, way_to_the_channel(adviser, world.town, account), member=SUNNIVA))


def renew(world: World, sandbox: Any, canaries: dict[str, str]) -> None:
    """Renew the access, with a fault before."""
    account = unconnected(world)
    with tenant(world.town.pk):
        soon = Connection.objects.get(account=account).expires_at - timedelta(days=3)
    sandbox.fault(TOKEN_CALL, kind="answer_lost")
    access_for(account, now=soon)
    access_for(account, now=soon)
    note_tokens(world, canaries, "renewed")
    for kind in ("plain_500", "garbage"):
        sandbox.fault("GET /rest/posts", kind=kind)


def write_letters(watch: Watch, town: Town, canaries: dict[str, str]) -> None:
    """Invite somebody, and let somebody ask for a new password: both links are secrets."""
    with tenant(town.pk):
        invitations.invite(email="ny@lyngvaer.example", grant=Grant("reader"), by=town.administrator, now=clock.now())
    letter = OutgoingMail.objects.latest("pk")
    canaries["invitation"] = re.search(r"/invitasjon/\d+/([^/\s]+)/", letter.body)[1]
    visitor = watch.client("visitor")
    visitor.post("/konto/password/reset/", {"email": town.adviser.email})
    bodies = [each.body for each in mail.outbox] + [each.body for each in OutgoingMail.objects.all()]
    key = next(found[1] for body in bodies if (found := re.search(r"/reset/key/([^/\s]+)/", body)))
    canaries["reset key"] = key
    visitor.get(f"/konto/password/reset/key/{key}/")
    visitor.get(f"/invitasjon/{town.number}/{canaries['invitation']}/")


def answer_the_survey(watch: Watch, world: World, canaries: dict[str, str]) -> None:
    """Answer it, after a try with something missing."""
    canaries["answer"] = ANSWER
    applicant = watch.client("applicant")
    applicant.get(f"/u/{world.survey_code}/")
    given = opened(world.survey_code) | {"own_words": ANSWER}
    assert applicant.post(f"/u/{world.survey_code}/", {**given, "first": ""}).status_code == 422
    assert applicant.post(f"/u/{world.survey_code}/", given).status_code in (200, 302)


class Work:
    """What a worker has to do: a post that goes out, one whose answer is lost, figures to fetch."""

    def __init__(self, world: World, sandbox: Any) -> None:
        self.world, self.press = world, world.press
        sandbox.fault("POST /rest/posts", kind="answer_lost", count=1)
        self.deliveries = [self.press.due(), self.press.due()]
        with tenant(world.town.pk):
            account = Account.objects.get(pk=world.account_id)
            self.run = pulling.request_fetch(
                account=account, trigger="on_demand", now=clock.now(), user=world.town.adviser
            )

    def ring(self) -> None:
        """Put all of it on the queue, as views and beat do."""
        town = self.world.town
        for delivery in self.deliveries:
            tasks.publish_delivery.delay(municipality_id=town.pk, delivery_id=delivery.pk)
        run_fetch.apply_async(kwargs={"municipality_id": town.pk, "run_id": self.run.pk}, queue="publish")
        tasks.reconcile.delay()

    def is_done(self) -> bool:
        """Whether the worker has had all of it in hand."""
        with tenant(self.world.town.pk):
            self.run.refresh_from_db()
        states = {self.press.state(delivery) for delivery in self.deliveries}
        return "published" in states and not states & {"scheduled", "sending"} and self.run.state not in BEFORE


def open_every_page(watch: Watch, world: World, town: Town, neighbour: Town) -> None:
    """Open everything there is as everybody who may, exports and the administration with its searches included."""
    people = {role: watch.client(role, user) for role, user in town.people.items()}
    stranger = watch.client("stranger", neighbour.adviser)
    for place in places.of_members(world) + places.of_everybody(world, "nb"):
        browser = people.get(place.role) or watch.client(place.role)
        browser.get(place.address)
        if place.role != "visitor":
            stranger.get(place.address)
    number = {"number": town.number}
    for route in ("sources_csv", "log_csv", "own_data_file"):
        for browser in people.values():
            for kwargs in (number, {}):
                try:
                    browser.get(reverse(route, kwargs=kwargs))
                except NoReverseMatch:
                    continue
    open_the_administration(watch, world, people["administrator"])


def open_the_administration(watch: Watch, world: World, administrator: Client) -> None:
    administrator.get(reverse("admin_of_municipality", kwargs={"number": world.town.number}))
    system_user = world.town.reader.__class__.objects.create_user("system@drift.example", None, full_name="Drift")
    system_user.is_staff = True
    system_user.save()
    give_app(system_user)
    n_opened = 0
    for browser in (administrator, watch.client("system", system_user)):
        for model in apps.get_models():
            if not admin.site.is_registered(model):
                continue
            base = f"admin:{model._meta.app_label}_{model._meta.model_name}"
            answer = browser.get(reverse(f"{base}_changelist"), {"q": "AQX"})
            with tenant(world.town.pk):
                row = model._default_manager.order_by("-pk").first()
            if answer.status_code == 200 and row is not None:
                for page in ("change", "history", "delete"):
                    browser.get(reverse(f"{base}_{page}", args=[row.pk]))
                    n_opened += 1
    assert n_opened > 10


def in_pages(canaries: dict[str, str], watch: Watch, world: World) -> list[search.Hit]:
    """Return the secrets on any page to anybody, but for those that the page is there to show to their owner."""
    hits = []
    for each in watch.seen:
        shown = dict(canaries)
        if each.who == "novice sets up an app":
            shown.pop("app secret in the session")
        if each.who == "applicant" or each.who == "hr":
            shown.pop("answer")
        if each.address.startswith("POST /9901/kanaler/") and each.who.startswith("adviser"):
            # The link to the channel carries the state, by OAuth's nature.
            shown.pop("state")
        if each.who == "visitor" and "/invitasjon/" in each.address:
            shown.pop("invitation")
        hits += search.in_text(shown, each.text, f"{each.address} ({each.status}) to {each.who}")
    return hits


def in_mail(canaries: dict[str, str]) -> list[search.Hit]:
    """Return the secrets in letters, but for the one-time links that they bring."""
    brought = {name: secret for name, secret in canaries.items() if name not in ("invitation", "reset key")}
    text = "\n".join(f"{each.subject}\n{each.body}\n{each.extra_headers}" for each in mail.outbox)
    text += "\n".join(each.body for each in OutgoingMail.objects.all())
    return search.in_text(brought, text, "mail")


def unconnected(world: World) -> Account:
    with tenant(world.town.pk):
        return Account.objects.select_related("channel").get(pk=world.unconnected_id)


def note_tokens(world: World, canaries: dict[str, str], when: str) -> None:
    with tenant(world.town.pk):
        connection = Connection.objects.get(account_id=world.unconnected_id)
    canaries |= {f"token, {when}": connection.access_token, f"refresh token, {when}": connection.refresh_token}
