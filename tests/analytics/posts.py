"""Posts to hang figures on, made with the models alone; call these inside tenant()."""

from itertools import count

from channels.models import Account, Campaign, Delivery, Post, TrackedLink
from foundation.tenancy import tenant
from recruitment.models import Channel, Municipality, Source, User

_number = count(1)


def make_municipality(*, number: str, name: str) -> Municipality:
    """Make an invented municipality without people or sources."""
    return Municipality.objects.create(number=number, name=name, name_official=name, is_demo=True)


def make_channel(slug: str) -> Channel:
    """Return the channel kind with this slug, made when it is missing."""
    names = {"name_nb": slug, "name_nn": slug, "name_en": slug, "letters": slug[:2]}
    return Channel.objects.get_or_create(slug=slug, defaults=names)[0]


def make_account(channel: Channel) -> Account:
    """Make a page of the entered municipality."""
    return Account.objects.create(channel=channel, name=f"Side {next(_number)}")


def make_deliveries(account: Account, *, n: int) -> list[Delivery]:
    """Make `n` posts of the entered municipality, each with its delivery to the account."""
    author, _ = User.objects.get_or_create(email="forfatter@lyngvaer.example", defaults={"full_name": "Forfatter"})
    campaign = Campaign.objects.create(name="Vinter", start_date="2026-01-01", end_date="2026-12-31", created_by=author)
    source, _ = Source.objects.get_or_create(
        slug="side", defaults={"channel": account.channel, "name_nb": "Side", "name_nn": "Side", "name_en": "Page"}
    )
    posts = Post.objects.bulk_create(
        Post(campaign=campaign, title=f"Innlegg {i}", text="Bli med", created_by=author) for i in range(n)
    )
    links = TrackedLink.objects.bulk_create(
        TrackedLink(code=f"t{next(_number)}", source=source, target_url="https://lyngvaer.example/", label="Innlegg")
        for _ in range(n)
    )
    return Delivery.objects.bulk_create(
        Delivery(post=post, account=account, link=link) for post, link in zip(posts, links, strict=True)
    )


def make_world(
    *, number: str, name: str, slugs: tuple[str, ...] = ("linkedin",)
) -> tuple[Municipality, list[Delivery]]:
    """Make a municipality with one page and one post on each channel."""
    municipality = make_municipality(number=number, name=name)
    with tenant(municipality.pk):
        deliveries = [make_deliveries(make_account(make_channel(slug)), n=1)[0] for slug in slugs]
    return municipality, deliveries
