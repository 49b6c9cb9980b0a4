"""
Every route of the product and where it leads in a world that has been built.

A route that stands in none of these lists fails the walk: whoever adds a page adds it here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from kanalkompass.checks import routes, rule_of
from recruitment import context, doors
from tests.journeys.world import World

VISITOR = "visitor"
# The menus' own pages, and a leader's front page; every other page of a municipality leads back to one of them.
IN_MENUS = {item for menus in (context.MENUS, context.SETTINGS_MENUS) for menu in menus.values() for item in menu}
IN_MENUS |= {"overview_leader"}
PUBLIC = {"published", "removed"}
# Routes that show no page to whoever opens them with GET. "act" takes POST alone; "file" and "fragment" are parts of
# pages; "way" leads on; "talk" is for machines.
NO_PAGE = {
    "health_ready": "talk",
    "security_txt": "talk",
    "choose_language": "act",
    "choose_scheme": "act",
    "theme_css": "file",
    "logo_file": "file",
    "job_announce": "act",
    "job_exempt": "act",
    "job_link": "act",
    "job_place_link": "act",
    "job_place_retire": "act",
    "job_campaign_end": "act",
    "delivery_approve": "act",
    "delivery_back": "act",
    "delivery_edit_approve": "act",
    "delivery_edit_drop": "act",
    "delivery_absent": "act",
    "delivery_drop": "act",
    "delivery_found": "act",
    "delivery_comments_read": "act",
    "ad_link": "act",
    "ads_read": "act",
    "cost_remove": "act",
    "source_unmerge": "act",
    "elsewhere_undo": "act",
    "general_cost_remove": "act",
    "account_step": "act",
    "account_again": "act",
    "system_lift": "act",
    "fetch_now": "act",
    "delivery_status": "fragment",
    "link_qr": "file",
    "survey_qr": "file",
    "media_file": "file",
    "sources_csv": "file",
    "sources_xlsx": "file",
    "sources_over_time_csv": "file",
    "sources_over_time_xlsx": "file",
    "sources_grid_csv": "file",
    "sources_grid_xlsx": "file",
    "development_csv": "file",
    "development_xlsx": "file",
    "own_data_file": "file",
    "deletion_withdraw": "act",
    "mfa_download_recovery_codes": "file",
    "admin_of_municipality": "way",
    "log_csv": "file",
    "member_open": "act",
    "invitation_again": "act",
    "invitation_withdraw": "act",
    "entry_seen": "act",
    "system_leave": "act",
}


@dataclass(frozen=True)
class Place:
    """
    A page to open: its route, as whom, with what, and the status it answers with.

    A personal one is there for the role alone that began what it goes on with, whoever else may come in. Roles in
    `hidden_from` may come in, but not see this one: to a reader a draft does not exist.
    """

    route: str
    role: str
    kwargs: dict[str, Any] = field(default_factory=dict)
    query: str = ""
    status: int = 200
    is_personal: bool = False
    hidden_from: frozenset[str] = frozenset()

    @property
    def has_way_back(self) -> bool:
        """Whether the page has crumbs: it is a member's, and stands in no menu."""
        rule = doors.RULES.get(self.route)
        return rule is not None and rule.kind == "member" and self.route not in IN_MENUS

    @property
    def address(self) -> str:
        """The path with its query."""
        return reverse(self.route, kwargs=self.kwargs) + self.query

    def __str__(self) -> str:
        return f"{self.address} as {self.role}"


def product_routes() -> dict[str, doors.Rule | None]:
    """Return every named route with its rule, without Django's administration, which is a product of its own."""
    return {name: rule_of(name, pattern) for name, _, pattern in routes() if not name.startswith("admin:")}


def of_members(world: World) -> list[Place]:
    """Return the pages below a municipality's number, each with the role that sees most of it."""
    rooms = (_of_municipality, _of_vacancies, _of_sources, _of_accounts, _of_posts)
    return [place for room in rooms for place in room(world)]


def _of_municipality(world: World) -> list[Place]:
    """Return the pages about the municipality as a whole: front pages, people, privacy, publishing, log."""
    number = {"number": world.town.number}
    return [
        *[Place("overview", role, number) for role in ("adviser", "hr", "reader", "administrator")],
        Place("overview_leader", "hr", number),
        Place("publishing", "administrator", number),
        Place("publishing_stop", "adviser", number),
        Place("publishing_lift", "adviser", number),
        Place("publishing_two_people", "administrator", number),
        Place("clarifications", "adviser", number),
        Place("privacy_home", "administrator", number),
        Place("privacy_record", "administrator", number),
        Place("privacy_settings", "administrator", number),
        Place("deletion", "administrator", number),
        Place("appearance", "administrator", number),
        Place("appearance", "administrator", number, query="?farge=ffff00", status=422),
        Place("members", "administrator", number),
        Place("member_invite", "administrator", number),
        Place("member_edit", "administrator", number | {"membership_id": world.membership_id}),
        Place("member_close", "administrator", number | {"membership_id": world.membership_id}),
        Place("log", "administrator", number),
        Place("log", "adviser", number),
        Place("log", "administrator", number, query="?fra=2026-13-45&hvem=x", status=422),
        Place("history", "administrator", number | {"kind": "stilling", "object_id": world.job_id}),
        Place("history", "hr", number | {"kind": "stilling", "object_id": world.job_id}),
    ]


def _of_vacancies(world: World) -> list[Place]:
    """Return the pages about vacancies, their surveys, outcomes and costs."""
    number = {"number": world.town.number}
    job = {"number": world.town.number, "job_id": world.job_id}
    bare = {"number": world.town.number, "job_id": world.bare_job_id}
    return [
        Place("jobs", "hr", number),
        Place("job_new", "hr", number),
        Place("job", "hr", job),
        Place("job", "reader", job),
        Place("job", "hr", bare),
        Place("job", "adviser", job),
        Place("job_qr_sheet", "reader", job),
        Place("job_qr_sheet", "hr", job, query=f"?lenke={world.link_id}"),
        Place("job_edit", "hr", job),
        Place("survey_preview", "hr", job),
        Place("survey_notice", "adviser", job),
        Place("survey_interview", "hr", job),
        Place("job_outcomes", "hr", job),
        Place("job_outcomes", "adviser", job),
        Place("job_costs", "hr", job),
        Place("job_costs", "adviser", bare),
        Place("cost_edit", "hr", job | {"cost_id": world.cost_id}),
        Place("costs", "hr", number),
        Place("general_cost_edit", "adviser", number | {"general_cost_id": world.general_cost_id}),
    ]


def _of_sources(world: World) -> list[Place]:
    """Return the pages about sources and what is compared."""
    number = {"number": world.town.number}
    return [
        Place("source_list", "administrator", number),
        Place("source_new", "hr", number),
        Place("source_edit", "hr", number | {"source_id": world.source_id}),
        Place("source_merge", "hr", number | {"source_id": world.source_id}),
        Place("elsewhere", "hr", number),
        Place("sources", "hr", number),
        Place("sources", "reader", number),
        Place("how_we_count", "reader", number),
        Place("shared_figures", "hr", number),
        Place("shared_figures", "administrator", number, query="?tall=alt", status=422),
        Place("sources", "hr", number, query="?fra=2026-13-45&til=x", status=422),
        Place("sources_behind", "hr", number),
        Place("source", "hr", number | {"source_id": world.source_id}),
        Place("sources_funnel", "hr", number),
        Place("sources_over_time", "hr", number),
        Place("sources_over_time", "reader", number, query="?tall=sagt&per=uke"),
        Place("sources_grid", "hr", number),
        Place("development", "hr", number),
        Place("sources_behind", "reader", number),
    ]


def _of_accounts(world: World) -> list[Place]:
    """Return the pages about channels and their figures."""
    number = {"number": world.town.number}
    account = {"number": world.town.number, "account_id": world.account_id}
    unconnected = {"number": world.town.number, "account_id": world.unconnected_id}
    return [
        Place("accounts", "adviser", number),
        Place("account_new", "adviser", number | {"channel": "linkedin"}),
        Place("account_new", "adviser", number | {"channel": "facebook"}),
        Place("account", "adviser", account),
        Place("account", "adviser", unconnected),
        Place("account", "reader", number | {"account_id": world.manual_id}),
        Place("account_fetches", "adviser", account),
        Place("page_figures", "reader", account),
        Place("account_edit", "adviser", account),
        Place("account_ads", "adviser", account),
        Place("ads", "adviser", number),
        Place("account_risk", "adviser", unconnected),
        Place("account_connect", "adviser", unconnected),
        Place("account_confirm", "adviser", unconnected | {"pending_id": world.pending_id}, is_personal=True),
        Place("account_disconnect", "adviser", account),
        Place("account_quotas", "administrator", account),
        Place("account_quotas", "adviser", unconnected),
    ]


def _of_posts(world: World) -> list[Place]:
    """Return the pages about campaigns, posts and deliveries."""
    number = {"number": world.town.number}
    campaign = {"number": world.town.number, "campaign_id": world.campaign_id}
    delivery = {state: {"number": world.town.number, "delivery_id": pk} for state, pk in world.deliveries.items()}
    return [
        Place("delivery_figures", "adviser", delivery["published"]),
        Place("campaigns", "adviser", number),
        Place("campaign_new", "adviser", number, query=f"?stilling={world.job_id}"),
        Place("campaign", "adviser", campaign),
        Place("campaign", "adviser", number | {"campaign_id": world.empty_campaign_id}),
        Place("post_new", "adviser", campaign),
        Place("post", "adviser", number | {"post_id": world.posts["draft"]}),
        Place("post", "adviser", number | {"post_id": world.posts["scheduled"]}),
        Place("post_video", "adviser", number | {"post_id": world.posts["draft"]}),
        Place("media", "adviser", number | {"media_id": world.media_id}),
        *[
            Place("delivery", "adviser", kwargs, hidden_from=frozenset() if state in PUBLIC else frozenset({"reader"}))
            for state, kwargs in delivery.items()
        ],
        Place("delivery", "reader", delivery["published"]),
        Place("delivery_comments", "adviser", delivery["published"]),
        Place("delivery_cancel", "adviser", delivery["scheduled"]),
        Place("delivery_edit", "adviser", delivery["published"]),
        Place("delivery_remove", "adviser", delivery["published"]),
        Place("delivery_copy_remove", "adviser", delivery["published"] | {"sighting_id": world.sighting_id}),
    ]


def of_everybody(world: World, language: str) -> list[Place]:
    """Return the pages outside a municipality: public ones, the login, one's own account."""
    spoken = f"?sprak={language}"
    return [
        Place("start", "guest"),
        Place("style", "guest"),
        Place("own_data", "hr"),
        Place("own_data", "guest"),
        Place("start", "roamer"),
        Place("survey", VISITOR, {"code": world.survey_code}, query=spoken),
        Place("survey", VISITOR, {"code": world.closed_code}, query=spoken, status=410),
        Place("survey", VISITOR, {"code": "finnesikke"}, query=spoken, status=404),
        Place("survey_thanks", VISITOR, {"code": world.survey_code}, query=spoken),
        Place("survey_withdraw", VISITOR, query=spoken),
        Place("privacy", VISITOR, {"number": world.town.number}, query=spoken),
        Place("link_follow", VISITOR, {"code": "finnesikke"}, status=404),
        Place("oauth_return", "adviser", {"connector": "linkedin"}, status=400),
        Place("invitation", VISITOR, {"number": world.town.number, "token": world.invitation_token}),
        Place("invitation", "hr", {"number": world.town.number, "token": world.invitation_token}),
        Place("invitation", VISITOR, {"number": world.town.number, "token": "gammel"}, status=410),
        Place("system", "operator"),
        Place("system_stop", "operator"),
        Place("platforms", "operator"),
        Place("system", "operator", query="?q=Troms"),
        Place("system_enter", "operator", {"number": "9902"}),
        Place("system_first", "operator", {"number": "5501"}),
        # What a system administrator sees who has entered with a reason.
        Place("overview", "operator", {"number": world.town.number}),
        Place("members", "operator", {"number": world.town.number}),
        Place("account_login", VISITOR),
        Place("account_inactive", VISITOR),
        Place("account_signup", VISITOR),
        Place("account_reset_password", VISITOR),
        Place("account_reset_password_done", VISITOR),
        Place("account_reset_password_from_key", VISITOR, {"uidb36": "1", "key": "brukt"}),
        Place("account_reset_password_from_key_done", VISITOR),
        Place("account_email_verification_sent", VISITOR),
        Place("account_logout", "hr"),
        Place("account_change_password", "hr"),
        Place("account_set_password", "guest"),
        Place("account_reauthenticate", "hr"),
        Place("mfa_index", "hr"),
        Place("mfa_index", "guest"),
        Place("mfa_reauthenticate", "hr"),
        Place("mfa_activate_totp", "novice"),
        Place("mfa_replace_totp", "hr"),
        Place("mfa_deactivate_totp", "hr"),
        Place("mfa_view_recovery_codes", "hr"),
        Place("mfa_view_recovery_codes", "roamer"),
        Place("account_sessions", "hr"),
        Place("mfa_generate_recovery_codes", "hr"),
    ]


# Reached only in the middle of logging in; the walk logs in to see it.
ON_THE_WAY = {"mfa_authenticate"}
