"""The demonstration's pages set up, assessed and connected; by an access that works where the sandbox plays them."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from django.conf import settings

from channels.actions.access import fingerprint
from channels.models import Account, Connection, RiskAssessment, SetupStep
from foundation.clock import OSLO
from kanalkompass.demo.pages import LONG_DAYS, PAGES, SCOPES, DemoPage
from recruitment.models import User

# Who reads the page's figures in the sandbox's world, and what stands in for her access where no sandbox runs.
MEMBER = "Sunniva Toside"
INVENTED = "oppdiktet-tilgang"
SET_UP_DAYS_AGO, ASSESSED_DAYS_AGO, REVIEW_IN_DAYS = 210, 205, 160


def connect(account: Account, *, page: DemoPage, user: User, now: datetime) -> None:
    """Let an account be set up, assessed and connected to a page; call it in the town's `tenant()`."""
    today = now.astimezone(OSLO).date()
    account.external_id = page.urn
    account.save(update_fields=["external_id"])
    set_up = today - timedelta(days=SET_UP_DAYS_AGO)
    SetupStep.objects.filter(account=account, kind__in=SetupStep.BY_HAND).update(done_date=set_up)
    SetupStep.objects.filter(account=account, kind=SetupStep.Kind.CONNECT).update(done_date=set_up)
    RiskAssessment.objects.create(
        account=account, status=RiskAssessment.Status.APPROVED,
        assessed_date=today - timedelta(days=ASSESSED_DAYS_AGO), responsible_name=user.full_name,
        next_review_date=today + timedelta(days=REVIEW_IN_DAYS), recorded_by=user,
        recorded_at=now - timedelta(days=ASSESSED_DAYS_AGO),
    )  # fmt: skip
    Connection.objects.create(
        account=account, connected_by=user, member_name=MEMBER, scopes=SCOPES, **_access(page, now)
    )


def renew(*, now: datetime) -> None:
    """Give the entered municipality's pages the access of this start, as long as each has it; others are left alone."""
    pages = {page.urn: page for page in PAGES}
    for account in Account.objects.filter(external_id__in=pages):
        Connection.objects.filter(account=account).update(
            state=Connection.State.OK,
            dead_reason="",
            missing="",
            probe_problem="",
            **_access(pages[account.external_id], now),
        )


def _access(page: DemoPage, now: datetime) -> dict[str, object]:
    """Return the fields of a connection that hang on the moment."""
    known = json.loads(settings.KK_DEMO_ACCESS or "{}")
    token = known.get(page.urn, f"{INVENTED}-{page.number}")
    return {
        "access_token": token,
        "fingerprint": fingerprint(token),
        "connected_at": now - timedelta(days=LONG_DAYS - page.expires_in_days),
        "expires_at": now + timedelta(days=page.expires_in_days),
        "last_used_at": now - timedelta(hours=3),
        "probed_at": now,
    }
