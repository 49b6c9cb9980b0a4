"""People and municipalities that tests share: two that must never see each other, with users of every role."""

import time
from dataclasses import dataclass
from typing import Any

import pytest


@dataclass
class Town:
    """A municipality with one user of each role; `hr`, `adviser`, `reader`, `administrator` log in by `client_of`."""

    municipality: Any
    people: dict[str, Any]

    @property
    def number(self) -> str:
        """The municipality's number, as it stands in addresses."""
        return self.municipality.number

    @property
    def pk(self) -> int:
        """The municipality's key, for tenant()."""
        return self.municipality.pk

    def __getattr__(self, role: str) -> Any:
        """Return the user of a role."""
        try:
            return self.people[role]
        except KeyError:
            raise AttributeError(role) from None


# Of each town: the person's name, her role, and whether she has every right.
PEOPLE = {
    "reader": ("reader", False),
    "hr": ("hr", False),
    "adviser": ("adviser", True),
    "novice": ("adviser", False),
    "administrator": ("administrator", False),
}


def give_app(user: Any) -> str:
    """Give a user a new authenticator app, as HR's work and every right demands, and return its secret."""
    from allauth.mfa.totp.internal import auth as totp

    user.authenticator_set.filter(type="totp").delete()
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(user, secret)
    return secret


def _give_apps(users: list[Any]) -> None:
    """Give new users an authenticator app each, in one statement."""
    from allauth.mfa.adapter import get_adapter
    from allauth.mfa.models import Authenticator
    from allauth.mfa.totp.internal import auth as totp

    Authenticator.objects.bulk_create(
        Authenticator(
            user=user, type=Authenticator.Type.TOTP, data={"secret": get_adapter().encrypt(totp.generate_totp_secret())}
        )
        for user in users
    )


def code_of(secret: str) -> str:
    """Return the app's present code; in the last second of its half minute, the next one, which has time to be used."""
    from allauth.mfa.totp.internal import auth as totp

    left_s = 30 - time.time() % 30
    if left_s < 1.5:
        time.sleep(left_s + 0.05)
    return totp.format_hotp_value(totp.hotp_value(secret, int(time.time() // 30)))


def make_town(number: str, name: str, language_form: str = "nb") -> Town:
    """Make a municipality with workplaces, sources and one user of each role; `novice` is an adviser without rights."""
    from foundation import clock
    from foundation.tenancy import tenant
    from recruitment.actions.reference import load_reference
    from recruitment.actions.sources import create_default_sources
    from recruitment.models import Channel, Membership, Municipality, MunicipalitySettings, User, Workplace

    if not Channel.objects.exists():
        load_reference()
    municipality = Municipality.objects.create(
        number=number,
        name=name,
        name_official=name,
        language_form=language_form,
        is_demo=True,
        in_use_since=clock.now(),
    )
    host = name.lower().split()[0].replace("æ", "ae")
    people = {person: User(email=f"{person}@{host}.example", full_name=f"{person.title()} Hansen") for person in PEOPLE}
    for user in people.values():
        user.set_unusable_password()
    User.objects.bulk_create(people.values())
    with tenant(municipality.pk):
        MunicipalitySettings.objects.create(link_hosts=["lyngvaer.example", "storvika.example", "soknad.example"])
        Workplace.objects.create(name="Solbakken omsorgssenter")
        create_default_sources()
        Membership.objects.bulk_create(
            Membership(
                municipality=municipality,
                user=people[person],
                role=role,
                may_approve=rights,
                may_publish=rights,
                may_connect=rights,
            )
            for person, (role, rights) in PEOPLE.items()
        )
    _give_apps(
        [people[person] for person, (role, rights) in PEOPLE.items() if rights or role in ("hr", "administrator")]
    )
    return Town(municipality, people)


@pytest.fixture
def lyngvaer(db: None) -> Town:
    """Lyngvær kommune, invented, bokmål."""
    return make_town("9901", "Lyngvær kommune")


@pytest.fixture
def storvika(db: None) -> Town:
    """Storvika kommune, invented, nynorsk: the neighbour who must see nothing."""
    return make_town("9902", "Storvika kommune", "nn")


@pytest.fixture
def operator(db: None) -> Any:
    """A system administrator without a role in any municipality, with the second step that this demands."""
    from recruitment.models import User

    user = User.objects.create_superuser("drift@kanalkompass.example", None, full_name="Drifta Drift")
    give_app(user)
    return user


@pytest.fixture
def client_of(db: None) -> Any:
    """Return a function that gives a Django test client logged in as a user."""
    from django.test import Client

    def log_in(user: Any) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return log_in


@pytest.fixture
def make_job(db: None) -> Any:
    """Return a function that makes an announced vacancy in the municipality that is entered."""

    def make(**fields: Any) -> Any:
        import datetime

        from foundation import clock
        from recruitment.models import JobPosting, Occupation, Workplace

        if "workplace" not in fields and "workplace_id" not in fields:
            fields["workplace"] = Workplace.objects.first()
        today = clock.today()
        return JobPosting.objects.create(
            **{
                "reference": f"ST-{today.year}-{JobPosting.objects.count() + 1:04d}",
                "title": "Sykepleier, Solbakken omsorgssenter",
                "occupation": Occupation.objects.get(code="2223"),
                "deadline_date": today + datetime.timedelta(days=14),
                "apply_url": "https://soknad.example/1",
                "announced_date": today,
                "announced_where": "Kommunens nettsted og NAV",
                "internal_notice_date": today,
                **fields,
            }
        )

    return make
