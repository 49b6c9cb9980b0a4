"""
The routes of one's own login: those of allauth that we use, and ours. Nobody signs up by herself.

Their names are allauth's own where it has one, because its views and templates look them up. What changes how one logs
in is behind a fresh confirmation.
"""

from allauth.account.urls import urlpatterns as account_routes
from allauth.mfa.base.views import authenticate, reauthenticate
from allauth.mfa.recovery_codes.views import generate_recovery_codes
from allauth.mfa.totp.views import deactivate_totp
from django.urls import include, path

from recruitment import login_views
from recruitment.doors import LOGGED_IN, door

USED = {
    "account_login",
    "account_logout",
    "account_inactive",
    "account_signup",
    "account_reauthenticate",
    "account_change_password",
    "account_set_password",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "account_email_verification_sent",
}

second_step = [
    door("", login_views.Index.as_view(), name="mfa_index", rule=LOGGED_IN),
    path("authenticate/", authenticate, name="mfa_authenticate"),
    path("reauthenticate/", reauthenticate, name="mfa_reauthenticate"),
    door("app/", login_views.SetUpApp.as_view(), name="mfa_activate_totp", rule=LOGGED_IN, fresh=True),
    door("app/bytt/", login_views.ChangeApp.as_view(), name="mfa_replace_totp", rule=LOGGED_IN, fresh=True),
    door("app/fjern/", deactivate_totp, name="mfa_deactivate_totp", rule=LOGGED_IN, fresh=True),
    door("koder/", login_views.recovery_codes, name="mfa_view_recovery_codes", rule=LOGGED_IN, fresh=True),
    door("koder/nye/", generate_recovery_codes, name="mfa_generate_recovery_codes", rule=LOGGED_IN, fresh=True),
    door("koder/fil/", login_views.recovery_codes_file, name="mfa_download_recovery_codes", rule=LOGGED_IN, fresh=True),
]

urlpatterns = [
    *[route for route in account_routes if route.name in USED],
    path("totrinn/", include(second_step)),
    door("okter/", login_views.log_ins, name="account_sessions", rule=LOGGED_IN),
]
