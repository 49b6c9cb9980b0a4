"""Deliveries for tests: a connected LinkedIn page in a municipality, and posts on their way to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from channels.actions import publishing
from channels.actions.access import fingerprint
from channels.actions.links import make_delivery_link
from channels.models import Account, Attempt, Campaign, Connection, Delivery, DeliveryEvent, Due, Post, RiskAssessment
from foundation import clock
from foundation.tenancy import tenant
from recruitment.models import Channel, Source
from tests.fixtures import Town
from tests.linkedin_sandbox import LinkedInSandbox

TEXT = "Vi søker sykepleier til Solbakken omsorgssenter. Fem fine grunner til å bli kollegaen vår."
State = Delivery.State
_number = count(1)


@dataclass
class Press:
    """A municipality's LinkedIn page, ready to publish to, and what tests ask about its deliveries."""

    town: Town
    account: Account
    sandbox: LinkedInSandbox
    now: datetime = field(default_factory=clock.now)

    def draft(self, *, text: str = TEXT, job: Any = None, media: Any = None) -> Delivery:
        """Make a post with its delivery and tracked link."""
        number = next(_number)
        with tenant(self.town.pk):
            campaign, _ = Campaign.objects.get_or_create(
                name="Sykepleiere",
                defaults={"start_date": "2026-01-01", "end_date": "2036-12-31", "created_by": self.town.adviser},
            )
            post = Post.objects.create(
                campaign=campaign,
                title=f"Innlegg {number}",
                text=f"{text} Nummer {number}.",
                job=job,
                media=media,
                created_by=self.town.adviser,
            )
            source = Source.objects.get(slug="linkedin")
            link = make_delivery_link(
                source=source, job=job, campaign=campaign, target_url="https://soknad.example/1", label="Innlegg"
            )
            return Delivery.objects.create(post=post, account=self.account, link=link)

    def due(self, **content: Any) -> Delivery:
        """Make a delivery that is scheduled for now."""
        delivery = self.draft(**content)
        with tenant(self.town.pk):
            publishing.schedule(delivery=delivery, by=self.town.adviser, now=self.now)
        return delivery

    def publish(self, delivery: Delivery, *, later: timedelta = timedelta(0)) -> str:
        """Send it as a worker would, and return the state it reached."""
        return publishing.publish(municipality_id=self.town.pk, delivery_id=delivery.pk, now=self.now + later)

    def reconcile(self, delivery: Delivery, *, later: timedelta = timedelta(0)) -> str:
        """Ask the channel about it as a worker would, and return the finding."""
        return publishing.reconcile(municipality_id=self.town.pk, delivery_id=delivery.pk, now=self.now + later)

    def fresh(self, delivery: Delivery) -> Delivery:
        """Return the delivery as it is stored now."""
        with tenant(self.town.pk):
            return Delivery.objects.select_related("account", "link").get(pk=delivery.pk)

    def state(self, delivery: Delivery) -> str:
        """Return its state."""
        return self.fresh(delivery).state

    def set(self, delivery: Delivery, **fields: Any) -> None:
        """Put it into a state directly, to test what comes from there."""
        with tenant(self.town.pk):
            Delivery.objects.filter(pk=delivery.pk).update(**fields)

    def events(self, delivery: Delivery) -> list[str]:
        """Return the kinds of its events, in order."""
        with tenant(self.town.pk):
            return list(DeliveryEvent.objects.filter(delivery=delivery).order_by("id").values_list("kind", flat=True))

    def attempts(self, delivery: Delivery) -> list[Attempt]:
        """Return its attempts, in order."""
        with tenant(self.town.pk):
            return list(Attempt.objects.filter(delivery=delivery).order_by("fence"))

    def waits_for(self, delivery: Delivery) -> str:
        """Return what a machine does about it next, "" for nothing."""
        row = Due.objects.filter(delivery_id=delivery.pk).first()
        return row.kind if row else ""

    def copies(self, delivery: Delivery) -> list[dict[str, Any]]:
        """Return what really stands, or stood, on the channel with its marker."""
        with tenant(self.town.pk):
            marker = Delivery.objects.get(pk=delivery.pk).link.code
        return [post for post in self.sandbox.truth() if post["marker"] == marker]

    def n_posted(self) -> int:
        """Return how often the channel was asked to publish something."""
        return sum(call["method"] == "POST" and call["path"] == "/rest/posts" for call in self.sandbox.calls())


def connect(town: Town, sandbox: LinkedInSandbox, *, page: int = 0) -> Press:
    """Give a municipality a connected LinkedIn page, the first or another, with an approved risk assessment."""
    now = clock.now()
    organisation = sandbox.organisations[page]
    token = sandbox.mint(member=sandbox.announced["members"][page]["id"]) if page else sandbox.token
    with tenant(town.pk):
        account = Account.objects.create(
            channel=Channel.objects.get(slug="linkedin"),
            name=organisation["name"],
            external_id=organisation["urn"],
            sends_again_by_itself=True,
        )
        Connection.objects.create(
            account=account,
            access_token=token,
            fingerprint=fingerprint(token),
            scopes="r_organization_social w_organization_social",
            expires_at=now + timedelta(days=59),
            connected_at=now,
            connected_by=town.adviser,
        )
        RiskAssessment.objects.create(
            account=account,
            status=RiskAssessment.Status.APPROVED,
            assessed_date=clock.today(),
            responsible_name="Kari Moen",
            next_review_date=clock.today() + timedelta(days=365),
            recorded_by=town.administrator,
        )
    return Press(town, account, sandbox, now)
