"""Posts that are due at a moment, in bulk: municipalities with a connected page each, and what was approved."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

from channels.actions.access import fingerprint
from channels.actions.links import make_delivery_link
from channels.actions.publishing import queue
from channels.models import Account, Campaign, Connection, Delivery, Due, Post, RiskAssessment
from channels.queries import contents
from foundation import clock
from foundation.tenancy import tenant
from kanalkompass.launcher.stand_in import Sandbox
from recruitment.actions.sources import create_default_sources
from recruitment.models import Channel, Municipality, Source, User

TEXT = "Vi søker sykepleier til Solbakken omsorgssenter. Fem fine grunner til å bli kollegaen vår. Nummer"
_number = count(1)


@dataclass
class Town:
    """One municipality with its page on the channel."""

    municipality_id: int
    account: Account
    campaign: Campaign
    source: Source
    user: User


@dataclass
class Towns:
    """Several municipalities, all with the sandbox's ready token: what a post costs does not hang on whose it is."""

    sandbox: Sandbox
    towns: list[Town] = field(default_factory=list)

    def found(self, n: int, *, skip: int = 0) -> None:
        """Give `n` municipalities a page, with access and an approved risk assessment, the first `skip` left out."""
        user, _ = User.objects.get_or_create(email="maaling@kommune.example", defaults={"full_name": "Kari Moen"})
        channel = Channel.objects.get(slug="linkedin")
        for municipality in Municipality.objects.order_by("pk")[skip : skip + n]:
            with tenant(municipality.pk):
                self.towns.append(self._town(municipality.pk, channel=channel, user=user))

    def _town(self, municipality_id: int, *, channel: Channel, user: User) -> Town:
        now, token = clock.now(), self.sandbox.announced["tokens"]["linkedin"]
        organisation = self.sandbox.announced["organisations"][0]
        create_default_sources()
        account = Account.objects.create(channel=channel, name=organisation["name"], external_id=organisation["urn"])
        Connection.objects.create(
            account=account, access_token=token, fingerprint=fingerprint(token), connected_at=now, connected_by=user,
            scopes="r_organization_social w_organization_social", expires_at=now + timedelta(days=59),
        )  # fmt: skip
        RiskAssessment.objects.create(
            account=account, status=RiskAssessment.Status.APPROVED, assessed_date=clock.today(), recorded_by=user,
            responsible_name="Kari Moen", next_review_date=clock.today() + timedelta(days=365),
        )  # fmt: skip
        campaign = Campaign.objects.create(
            name="Sykepleiere", start_date="2026-01-01", end_date="2036-12-31", created_by=user
        )
        return Town(municipality_id, account, campaign, Source.objects.get(slug="linkedin"), user)

    def schedule(self, n: int, *, due_at: datetime) -> dict[str, datetime]:
        """Schedule `n` posts for a moment (UTC), spread over the towns; return their markers with the moment."""
        markers: dict[str, datetime] = {}
        share, rest = divmod(n, len(self.towns))
        for place, town in enumerate(self.towns):
            n_here = share + (place < rest)
            if n_here:
                with tenant(town.municipality_id):
                    markers |= dict.fromkeys(self._schedule(town, n=n_here, due_at=due_at), due_at)
        return markers

    def _schedule(self, town: Town, *, n: int, due_at: datetime) -> list[str]:
        posts = Post.objects.bulk_create(
            Post(campaign=town.campaign, title="Innlegg", text=f"{TEXT} {next(_number)}.", created_by=town.user)
            for _ in range(n)
        )
        deliveries = []
        for post in posts:
            link = make_delivery_link(
                source=town.source, job=None, campaign=town.campaign, target_url="https://soknad.example/1", label="x"
            )
            delivery = Delivery(post=post, account=town.account, link=link, due_at=due_at, next_at=due_at)
            delivery.approved_text = contents.text_of(delivery)
            delivery.approved_hash = contents.current_hash(delivery)
            delivery.state, delivery.approved_by = Delivery.State.SCHEDULED, town.user
            deliveries.append(delivery)
        for delivery in Delivery.objects.bulk_create(deliveries):
            queue.put(delivery.pk, kind=Due.Kind.SEND, at=due_at)
        return [delivery.link.code for delivery in deliveries]
