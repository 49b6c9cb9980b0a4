"""
Table M as it is written in the design, one line for each route: who reads, who writes.

Written out by hand and apart from the declarations in the product, so that changing one of them makes the matrix fail.
Whoever adds a route adds its line: `r` opens it (GET, HEAD), `w` sends it (POST), `-` meets a 404, or the login.
"""

from __future__ import annotations

# reader, HR, adviser without rights, with `approve`, with `publish`, with `connect`, administrator
ALL_READ = "r r r r r r r"
HR_WRITES = "- rw - - - - -"
ADVISERS_WRITE = "- - rw rw rw rw -"
CONNECT = "- - - - - rw rw"
PUBLISH_ACT = "- - - - w - -"
PUBLISH_PAGE = "- - - - rw - -"
# Stopping everything: whoever may publish, and the administrator
STOP = "- - - - rw - rw"
AT_WORK = "- r r r r r r"
ADMINISTRATOR_READS = "- - - - - - r"

MEMBERS = {
    "overview": ALL_READ,
    "overview_leader": ALL_READ,
    "admin_of_municipality": "- - - - - - r",
    # Users, roles, rights
    "members": "- - - - - - r",
    "member_invite": "- - - - - - rw",
    "member_edit": "- - - - - - rw",
    "member_close": "- - - - - - rw",
    "member_open": "- - - - - - w",
    "invitation_again": "- - - - - - w",
    "invitation_withdraw": "- - - - - - w",
    "entry_seen": "- - - - - - w",
    # Vacancies
    "jobs": ALL_READ,
    "job": ALL_READ,
    "job_new": HR_WRITES,
    "job_edit": HR_WRITES,
    "job_announce": "- w - - - - -",
    "job_exempt": "- w - - - - -",
    "job_link": "- w w w w w -",
    "job_place_link": "- w w w w w -",
    "job_place_retire": "- w w w w w -",
    "job_qr_sheet": ALL_READ,
    "job_campaign_end": "- - w w w w -",
    "survey_preview": AT_WORK,
    "survey_notice": AT_WORK,
    "survey_interview": HR_WRITES,
    "survey_qr": AT_WORK,
    # Outcomes and costs
    "job_outcomes": "r rw r r r r r",
    "job_costs": "r rw rw rw rw rw r",
    "cost_edit": "- rw rw rw rw rw -",
    "cost_remove": "- w w w w w -",
    "costs": "r rw rw rw rw rw r",
    "general_cost_edit": "- rw rw rw rw rw -",
    "general_cost_remove": "- w w w w w -",
    # The list of sources is HR's and the administrator's; what applicants wrote is HR's alone
    "source_list": "- r - - - - r",
    "source_new": "- rw - - - - rw",
    "source_edit": "- rw - - - - rw",
    "source_merge": "- rw - - - - rw",
    "source_unmerge": "- w - - - - w",
    "elsewhere": HR_WRITES,
    "elsewhere_undo": "- w - - - - -",
    "sources": ALL_READ,
    "sources_csv": ALL_READ,
    "source": ALL_READ,
    "sources_funnel": ALL_READ,
    "sources_over_time": ALL_READ,
    "sources_over_time_csv": ALL_READ,
    "sources_over_time_xlsx": ALL_READ,
    "sources_grid": ALL_READ,
    "sources_grid_csv": ALL_READ,
    "sources_grid_xlsx": ALL_READ,
    "development": ALL_READ,
    "development_csv": ALL_READ,
    "development_xlsx": ALL_READ,
    "how_we_count": ALL_READ,
    "shared_figures": "- r - - - - r",
    "sources_xlsx": ALL_READ,
    "sources_behind": ALL_READ,
    # Ads: figures are everybody's, the ad account is chosen by who may connect
    "ads": ALL_READ,
    "ad_link": "- - w w w w -",
    "ads_read": "- - w w w w -",
    "account_ads": CONNECT,
    # The audit log: one's own acts but for the administrator
    "log": AT_WORK,
    "log_csv": "- - - - - - r",
    "history": AT_WORK,
    # Privacy: the administrator's own
    "privacy_home": ADMINISTRATOR_READS,
    "privacy_record": ADMINISTRATOR_READS,
    "privacy_settings": "- - - - - - rw",
    "deletion": "- - - - - - rw",
    "appearance": "- - - - - - rw",
    "deletion_withdraw": "- - - - - - w",
    # Channels
    "accounts": ALL_READ,
    "account": ALL_READ,
    "account_new": ADVISERS_WRITE,
    "account_edit": ADVISERS_WRITE,
    "account_step": "- - w w w w -",
    "account_risk": "- - rw rw rw rw rw",
    "account_again": "- - - - - w w",
    "publishing": AT_WORK,
    "publishing_stop": STOP,
    "publishing_lift": STOP,
    "publishing_two_people": "- - - - - - rw",
    "account_connect": CONNECT,
    "account_confirm": CONNECT,
    "account_disconnect": CONNECT,
    "account_quotas": "- - r r r r r",
    "account_fetches": ALL_READ,
    "page_figures": ALL_READ,
    "fetch_now": "- w w w w w w",
    "link_qr": ALL_READ,
    # Campaigns, posts, deliveries
    "campaigns": ALL_READ,
    "campaign": ALL_READ,
    "campaign_new": ADVISERS_WRITE,
    "post_new": ADVISERS_WRITE,
    "post": "- r rw rw rw rw r",
    "media": "r r rw rw rw rw r",
    "media_file": ALL_READ,
    "post_video": "- - rw rw rw rw -",
    "delivery": ALL_READ,
    "delivery_status": ALL_READ,
    "delivery_figures": ALL_READ,
    "delivery_approve": "- - - w - - -",
    "delivery_back": "- - w w w w -",
    "delivery_cancel": PUBLISH_PAGE,
    "delivery_absent": PUBLISH_ACT,
    "delivery_drop": PUBLISH_ACT,
    "delivery_found": PUBLISH_ACT,
    # What members of the platform wrote
    "delivery_comments": "- - r r r r r",
    "delivery_comments_read": "- - w w w w -",
    "delivery_edit": ADVISERS_WRITE,
    "delivery_edit_approve": "- - - w - - -",
    "delivery_edit_drop": "- - w w w w -",
    "delivery_remove": PUBLISH_PAGE,
    "delivery_copy_remove": PUBLISH_PAGE,
    "clarifications": AT_WORK,
}

# The pages that are nobody's in particular: `public` is open to all, `logged_in` to whoever has logged in,
# `system` to system administrators.
OTHERS = {
    "start": "logged_in r",
    "oauth_return": "logged_in r",
    "own_data": "logged_in r",
    "own_data_file": "logged_in r",
    "health_ready": "public r",
    "security_txt": "public r",
    "choose_language": "public w",
    "choose_scheme": "logged_in w",
    "style": "logged_in r",
    "theme_css": "public r",
    "logo_file": "public r",
    "link_follow": "public r",
    "survey": "public rw",
    "survey_thanks": "public r",
    "survey_withdraw": "public rw",
    "privacy": "public r",
    "invitation": "public rw",
    "system": "system r",
    "platforms": "system r",
    "system_enter": "system rw",
    "system_leave": "system w",
    "system_first": "system rw",
    "system_stop": "system rw",
    "system_lift": "system w",
}

# The login's own pages, most of them allauth's: `guest` is for those who have not logged in (others are led away),
# `person` for those who have.
ACCOUNT = {
    "account_login": "guest rw",
    "account_inactive": "guest r",
    "account_signup": "guest r",
    "account_reset_password": "guest rw",
    "account_reset_password_done": "guest r",
    "account_reset_password_from_key": "guest rw",
    "account_reset_password_from_key_done": "guest r",
    "account_email_verification_sent": "guest r",
    "account_logout": "person rw",
    "account_reauthenticate": "person rw",
    "account_change_password": "person rw",
    "account_set_password": "person rw",
    "account_sessions": "person rw",
    "mfa_index": "person r",
    "mfa_authenticate": "person rw",
    "mfa_reauthenticate": "person rw",
    "mfa_activate_totp": "person rw",
    "mfa_replace_totp": "person rw",
    "mfa_deactivate_totp": "person rw",
    "mfa_view_recovery_codes": "person rw",
    "mfa_generate_recovery_codes": "person rw",
    "mfa_download_recovery_codes": "person r",
}

# What a page answers with when it is not 200.
OPENS_WITH = {
    "admin_of_municipality": {302},
    # A post that is out is shown where it is; what somebody else began is gone for all others.
    "post": {200, 302},
    "account_confirm": {410},
    "start": {200, 302},
    "oauth_return": {400},
    # The workers are away in a test.
    "health_ready": {200, 503},
    "security_txt": {200, 404},
    "link_follow": {302, 404},
    # The towns of the matrix have no logo.
    "logo_file": {404},
    # This municipality has its first administrator already.
    "system_first": {404},
}

# What stands in an address beside ids, where it is not the same everywhere.
PARTS = {
    "account_step": {"kind": "page"},
    "history": {"kind": "stilling"},
}
# The accounts of this world: one is connected, one is about to be.
UNCONNECTED = {"account_confirm", "account_connect", "account_step"}

# A missing thing is answered by 404, but for these: a second click on «remove» leads on, a way back is over.
MISSING = {"cost_remove": 302, "job_place_retire": 302, "account_confirm": 410}

# The administration: which tables are the system administrator's, and which a municipality's administrator reads (r)
# or changes (w) once she has chosen her municipality. A table that stands nowhere here fails.
SYSTEM_TABLES = {
    "recruitment.municipality": "rw",
    "recruitment.county": "rw",
    "recruitment.occupation": "rw",
    "recruitment.channel": "rw",
    "recruitment.user": "rw",
    "kanalkompass.municipalitydeletion": "r",
}
TENANT_TABLES = {
    "recruitment.membership": "r",
    "recruitment.municipalitysettings": "rw",
    "recruitment.workplace": "rw",
    "recruitment.source": "rw",
    "recruitment.jobposting": "r",
    "analytics.cost": "r",
    "analytics.fetchrun": "r",
    "analytics.measurementrow": "r",
    "analytics.restatement": "r",
    "channels.account": "r",
    "channels.riskassessment": "r",
    "channels.connection": "r",
    "channels.campaign": "r",
    "channels.delivery": "r",
    "channels.attempt": "r",
    "channels.trackedlink": "r",
    "channels.adaccount": "r",
    "channels.paidcampaign": "r",
    "channels.freeze": "r",
}
# Pages of the administration that show no table: what they answer to who is inside.
ADMIN_PAGES = {
    "index": {200},
    "login": {404},
    "logout": {302},
    "password_change": {302},
    "jsi18n": {200},
    "app_list": {200},
}
