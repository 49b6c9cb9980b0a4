"""
What an app may do at all: products bring scopes and open routes.

An app without a product can neither ask for its scopes nor use what it opens; a token that was given before keeps its
text, but no longer its power.
"""

from __future__ import annotations

SIGN_IN = "sign_in"
SHARE = "share_on_linkedin"
COMMUNITY = "community_management"
ADVERTISING = "advertising"
PORTABILITY = "pages_data_portability"

SCOPES = {
    SIGN_IN: ("openid", "profile", "email"),
    SHARE: ("w_member_social",),
    COMMUNITY: (
        "w_organization_social",
        "r_organization_social",
        "w_organization_social_feed",
        "r_organization_social_feed",
        "rw_organization_admin",
    ),
    ADVERTISING: (
        "w_organization_social",
        "r_organization_social",
        "rw_organization_admin",
        "r_organization_admin",
        "r_basicprofile",
        "r_ads",
        "rw_ads",
        "r_ads_reporting",
    ),
    PORTABILITY: ("r_dma_admin_pages_content",),
}
ALL = tuple(SCOPES)

# Which products open a route. Several = any of them.
ANY = frozenset(ALL)
PAGES = frozenset({COMMUNITY, ADVERTISING})
POSTING = frozenset({COMMUNITY, ADVERTISING, SHARE})
SOCIAL = frozenset({COMMUNITY})
ADS = frozenset({ADVERTISING})


def scopes_of(products: list[str]) -> frozenset[str]:
    return frozenset(scope for product in products for scope in SCOPES.get(product, ()))
