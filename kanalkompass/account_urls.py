"""
The routes of allauth that we use: log in and out, passwords, the second step. Nobody signs up by herself.

Their names are allauth's own, because its views and templates look them up.
"""

from allauth.account.urls import urlpatterns as account_routes
from django.urls import include, path

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

urlpatterns = [
    *[route for route in account_routes if route.name in USED],
    path("totrinn/", include("allauth.mfa.urls")),
]
