"""
The pages on LinkedIn that the invented municipalities run already. The sandbox gets them too, so that they answer.

Read by the launcher as well, before there are settings: standard library only.
"""

from dataclasses import dataclass

# How long the access to a page lasts that nobody has to renew, and to one that somebody must renew soon.
LONG_DAYS, SHORT_DAYS = 60, 5


# What the access to them may do: everything that the product asks for.
SCOPES = (
    "openid profile rw_organization_admin r_organization_social w_organization_social r_organization_social_feed "
    "w_organization_social_feed r_ads r_ads_reporting"
)


@dataclass(frozen=True)
class DemoPage:
    """A page: its number, name and address on the platform, the municipality that runs it, how long access lasts."""

    number: int
    town: str
    name: str
    vanity_name: str
    expires_in_days: int

    @property
    def urn(self) -> str:
        """As the platform names it."""
        return f"urn:li:organization:{self.number}"


# The first page of each town is the one that has published; a second one has fallen silent.
PAGES = (
    DemoPage(99_011, "9901", "Jobb i Lyngvær", "jobb-i-lyngvaer", LONG_DAYS),
    DemoPage(99_021, "9902", "Storvika kommune", "jobb-i-storvika", SHORT_DAYS),
    DemoPage(99_022, "9902", "Storvika helsetun", "storvika-helsetun", LONG_DAYS),
)
