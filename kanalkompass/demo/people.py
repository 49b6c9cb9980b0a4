"""The invented municipalities and the people who work there. Their numbers lie outside the real series."""

from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth.hashers import check_password, make_password

from foundation.tenancy import tenant
from kanalkompass.demo.pages import PAGES, DemoPage
from recruitment.actions.members import prepare_municipality
from recruitment.models import Membership, Municipality, MunicipalitySettings, User, Workplace

Role = Membership.Role
ALL_RIGHTS = ("approve", "publish", "connect")


@dataclass(frozen=True)
class Person:
    """
    One user. `also_reads` names another invented municipality where she is a reader; who `is_new` has no second step
    yet, and meets the demand for it.
    """

    name: str
    role: str
    rights: tuple[str, ...] = ()
    also_reads: str = ""
    is_new: bool = False


@dataclass(frozen=True)
class Town:
    """
    An invented municipality: how big it is, how it writes, and what it is like as an employer.

    One that is on paper announces in the newspaper alone. One without vacancies has just begun. One that is on
    LinkedIn runs its own page there; `pages` are all that it runs, its own or another.
    """

    number: str
    name: str
    slug: str
    language_form: str
    population: int
    jobs_per_year: int
    is_on_linkedin: bool
    workplaces: tuple[str, ...]
    people: tuple[Person, ...]
    is_on_paper: bool = False
    counts_until_last_year: bool = False
    has_statement: bool = True

    @property
    def pages(self) -> tuple[DemoPage, ...]:
        """The pages on LinkedIn that it has connected."""
        return tuple(page for page in PAGES if page.town == self.number)

    def says(self, bokmal: str, nynorsk: str) -> str:
        """Return the words in the language the municipality writes."""
        return nynorsk if self.language_form == "nn" else bokmal

    @property
    def host(self) -> str:
        """The municipality's own host; .example is never a real one."""
        return f"{self.slug}.example"


TOWNS = (
    Town(
        number="9901",
        name="Lyngvær kommune",
        slug="lyngvaer",
        language_form="nb",
        population=8_240,
        jobs_per_year=54,
        is_on_linkedin=False,
        workplaces=(
            "Solbakken omsorgssenter",
            "Hjemmetjenesten nord",
            "Lyngvær legevakt",
            "Fjordgløtt barnehage",
            "Lyngvær ungdomsskole",
            "Teknisk drift",
            "Rådhuset",
            "Tjenesten for barn og familie",
        ),
        people=(
            Person("Kari Moen", Role.HR),
            Person("Ola Berge", Role.ADVISER, ALL_RIGHTS),
            Person("Ida Sund", Role.ADVISER),
            Person("Per Haugen", Role.READER),
            Person("Nils Vold", Role.HR, is_new=True),
            Person("Marit Lie", Role.ADMINISTRATOR),
        ),
    ),
    Town(
        number="9902",
        name="Storvika kommune",
        slug="storvika",
        language_form="nn",
        population=14_110,
        jobs_per_year=62,
        is_on_linkedin=True,
        workplaces=(
            "Storvika helsetun",
            "Heimetenesta",
            "Storvika legevakt",
            "Breidablikk barnehage",
            "Storvika skule",
            "Teknisk eining",
            "Kommunehuset",
            "Barnevern og familie",
        ),
        people=(
            Person("Torunn Aase", Role.HR),
            Person("Sigurd Vik", Role.ADVISER, ALL_RIGHTS),
            Person("Liv Nes", Role.ADVISER),
            Person("Arne Hove", Role.READER),
            Person("Gro Myklebust", Role.ADMINISTRATOR),
        ),
    ),
    Town(
        number="9903",
        name="Nordheia kommune",
        slug="nordheia",
        language_form="nb",
        population=3_060,
        jobs_per_year=18,
        is_on_linkedin=False,
        workplaces=(
            "Nordheia omsorgssenter",
            "Hjemmetjenesten",
            "Nordheia legekontor",
            "Tyttebærtua barnehage",
            "Nordheia skole",
            "Drift og vedlikehold",
            "Kommunehuset",
            "NAV Nordheia",
        ),
        people=(
            Person("Anne Dahl", Role.HR),
            Person("Jonas Rud", Role.ADVISER, ALL_RIGHTS, also_reads="9902"),
            Person("Eva Lund", Role.ADVISER),
            Person("Bjørn Strand", Role.READER),
            Person("Tone Bakke", Role.ADMINISTRATOR),
        ),
        is_on_paper=True,
        counts_until_last_year=True,
        has_statement=False,
    ),
    Town(
        number="9904",
        name="Fjellro kommune",
        slug="fjellro",
        language_form="nb",
        population=1_870,
        jobs_per_year=0,
        is_on_linkedin=False,
        workplaces=(),
        people=(
            Person("Inger Holt", Role.HR),
            Person("Terje Moe", Role.ADVISER, ALL_RIGHTS),
            Person("Sissel Rønning", Role.READER),
            Person("Geir Lien", Role.ADMINISTRATOR),
        ),
    ),
)


class RealMunicipality(RuntimeError):
    """A municipality of this number exists and is not an invented one; demonstration data stays away from it."""


def make_municipality(town: Town) -> Municipality:
    """
    Make the municipality with settings, sources and workplaces; call it outside `tenant()`.

    :raises RealMunicipality: see there
    """
    municipality, _ = Municipality.objects.get_or_create(
        number=town.number,
        defaults={
            "name": town.name,
            "name_official": town.name,
            "population": town.population,
            "language_form": town.language_form,
            "website": f"https://www.{town.host}",
            "is_demo": True,
        },
    )
    if not municipality.is_demo:
        raise RealMunicipality(town.number)
    prepare_municipality(municipality)
    return municipality


def furnish(town: Town) -> None:
    """Add what the municipality has decided, and its workplaces; call it in its `tenant()`."""
    MunicipalitySettings.objects.update(
        link_hosts=[town.host, f"soknad-{town.slug}.example"],
        accessibility_url=f"https://www.{town.host}/tilgjengelighet" if town.has_statement else "",
        privacy_url=f"https://www.{town.host}/personvern",
    )
    Workplace.objects.bulk_create([Workplace(name=name) for name in town.workplaces])


def make_people(password: str) -> None:
    """Make all users with their roles and one-time codes; call it when all municipalities exist."""
    encoded = _encoded(password)
    municipalities = {each.number: each for each in Municipality.objects.filter(number__in=[t.number for t in TOWNS])}
    for town in TOWNS:
        for person in town.people:
            user = make_user(person, town, encoded)
            _give_role(user, municipalities[town.number], person.role, person.rights)
            if person.also_reads:
                _give_role(user, municipalities[person.also_reads], Role.READER, ())


def make_user(person: Person, town: Town, encoded: str) -> User:
    """Return the person's user with this installation's password and, unless new, an app for one-time codes."""
    email = f"{'.'.join(person.name.lower().replace('ø', 'o').split())}@{town.host}"
    user = User.objects.filter(email=email).first() or User(email=email, full_name=person.name)
    if user.password != encoded:
        user.password = encoded
        user.save()
    if not person.is_new and not Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists():
        TOTP.activate(user, generate_totp_secret())
    return user


def _encoded(password: str) -> str:
    """Return the hash that the users have, or a new one when it is of another password. Hashing is slow by design."""
    first = User.objects.filter(email__endswith=f"@{TOWNS[0].host}").order_by("pk").first()
    is_same = first is not None and check_password(password, first.password)
    return first.password if first is not None and is_same else make_password(password)


def _give_role(user: User, municipality: Municipality, role: str, rights: tuple[str, ...]) -> None:
    with tenant(municipality.pk):
        Membership.objects.get_or_create(
            municipality=municipality,
            user=user,
            defaults={"role": role, **{f"may_{right}": True for right in rights}},
        )
