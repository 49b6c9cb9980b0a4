"""The towns whose pages on LinkedIn are connected: what they have published, what waits, and what the channel tells."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from channels.actions import accounts as account_actions
from channels.actions.accounts import AccountDetails
from channels.models import Account, Campaign
from foundation.clock import OSLO
from kanalkompass.demo import access, busy, page, particulars, posts, published, states
from kanalkompass.demo.pages import DemoPage
from kanalkompass.demo.people import Town
from kanalkompass.demo.vacancies import Announced
from recruitment.models import Source, User

# A town that keeps no file of its page's figures has asked about its posts for nearly as long as they may be kept.
ASKED_DAYS_WITHOUT_FILE = 350
# So long ago the campaign began that carries what waits today.
BUSY_DAYS = 14


def live(
    announced: list[Announced], *, town: Town, account: Account, users: dict[str, User], asked_days: int, now: datetime
) -> None:
    """
    Connect the pages and let months pass; call it in the town's `tenant()`.

    :param account: the town's own page, connected or not
    :param asked_days: for so long each post's figures have been asked for
    """
    today = now.astimezone(OSLO).date()
    author = users["adviser"]
    pages, unconnected = _pages(town, own=account, users=users, now=now)
    job = busy.the_busy_one(announced, today=today)
    jobs = [each.job for each in announced if each.job.deadline_date >= today and each.job.may_be_marketed]
    jobs = [job, *[other for other in jobs if other != job]][:2]
    began = today - timedelta(days=BUSY_DAYS)
    campaign = posts.make_posts(jobs, town=town, accounts=pages, users=users, now=now, since=began)
    weekly = _weekly_campaign(town, since=today - timedelta(days=asked_days), user=author)
    source = Source.objects.get(slug="linkedin")
    desk = published.Desk(town, author=users["deputy"], approver=author, campaign=campaign, source=source)
    weekly_desk = replace(desk, campaign=weekly)
    out = published.publish_since(weekly_desk, announced, account=pages[0], asked_days=asked_days, now=now)
    states.wait(desk, job, account=pages[0], unconnected=unconnected, now=now)
    for silent in pages[1:]:
        states.fall_silent(weekly_desk, account=silent, now=now)
    busy.carry_everything(desk, job, account=pages[0], users=users, announced=announced, now=now)
    desk.store_trails()
    states.comment(out[-1], town=town, now=now)
    particulars.remember_posts(out)
    page.tell_of_the_page(pages[0], first=now.date() - timedelta(days=page.PAGE_DAYS), now=now)
    page.ask_each_night(pages[0], n_posts=len(out), now=now)
    page.advertise(pages[0], announced, town=town, campaign=weekly, user=author, now=now)


def _weekly_campaign(town: Town, *, since: date, user: User) -> Campaign:
    """Return a campaign that goes on, with a post for every second vacancy."""
    name = town.says("Ukas stilling", "Stillinga i veka")
    return Campaign.objects.create(name=name, start_date=since, end_date=since + timedelta(days=730), created_by=user)


def _pages(town: Town, *, own: Account, users: dict[str, User], now: datetime) -> tuple[list[Account], Account]:
    """Return the accounts of the connected pages, in their order, and one that nobody has connected."""
    connected = [own if each.name == own.name else _account(each.name, own, users, now) for each in town.pages]
    for account, each in zip(connected, town.pages, strict=True):
        access.connect(account, page=each, user=users["adviser"], now=now)
    if own not in connected:
        return connected, own
    return connected, _account(town.workplaces[4], own, users, now)


def _account(name: str, beside: Account, users: dict[str, User], now: datetime) -> Account:
    details = AccountDetails(name=name, page_url="", responsible=users["adviser"], deputy=users["deputy"], notes="")
    return account_actions.create_account(channel=beside.channel, details=details, now=now)


def go_on(town: Town, *, now: datetime) -> None:
    """
    Let the nights since the last start have asked, and renew the access; call it in the town's `tenant()`.

    What a person has disconnected stays so.
    """
    access.renew(now=now)
    first: DemoPage = town.pages[0]
    account = Account.objects.filter(external_id=first.urn, connection__isnull=False).first()
    if account is not None:
        page.go_on(account, town=town, now=now)
