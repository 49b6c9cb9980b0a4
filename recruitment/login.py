"""How people log in: by e-mail address and password, then a one-time code. Nobody signs up by herself."""

from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from audit.acts import Act
from foundation import clock
from foundation.sealed import seal, unseal
from recruitment import login_limits, login_log, login_sessions
from recruitment.actions import mail, sessions
from recruitment.queries import second_step

# allauth's letters that we send, and our templates for them.
LETTERS = {"account/email/password_reset_key": "new_password", "account/email/unknown_account": "unknown_account"}


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by an administrator."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse every sign-up."""
        return False

    def is_reauthentication_required(self, *, app: str, **_: Any) -> bool:
        """Ask once more before changes of the login itself, unless the person has just confirmed who she is."""
        return not login_sessions.is_fresh(request=self.request, now=clock.now())

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        """Check a password, within the limits."""
        attempt = login_limits.count_password(request=request, email=credentials.get("email", ""))
        user = super().authenticate(request, **credentials)
        if user is not None:
            attempt.give_back()
        return user

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Write down that a password was refused: at the login, or where a person is asked once more."""
        act = Act.REAUTHENTICATION_REFUSED if request.user.is_authenticated else Act.LOGIN_REFUSED
        login_log.note_refused(request=request, email=credentials.get("email", ""), act=act)

    def get_client_ip(self, request: HttpRequest) -> str:
        """Tell nobody the network address: it is not stored with a session, and our own limits keep a hash alone."""
        return "0.0.0.0"  # noqa: S104 (the unspecified address, not one to listen on)  # nosec B104

    def logout(self, request: HttpRequest) -> None:
        """Log out, and go on in the language that was chosen."""
        if request.user.is_authenticated:
            login_log.note(user=request.user, act=Act.LOGGED_OUT)
        sessions.end_this(request)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """
        Put a letter in the outbox, in the language the user has chosen, whatever the language of the page that asked.

        The link in it leads to our own configured address, never to the host that the request named (B30).
        """
        language = getattr(context.get("user"), "language", "") or translation.get_language() or "nb"
        words = {"email": email}
        if "password_reset_url" in context:
            words["path"] = urlsplit(context["password_reset_url"]).path
        mail.post(to=email, template=LETTERS[template_prefix], context=words, language=language)


class MFAAdapter(DefaultMFAAdapter):
    """One-time secrets and recovery codes: sealed in the database (P17), kept while a right demands them (P26)."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "cannot_delete_authenticator": _(
            "Your role demands two-step login, so the app cannot be removed. You can change to another app."
        ),
    }

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Refuse to remove the app while a role or a right of its owner demands it."""
        return not second_step.is_demanded(authenticator.user)

    def encrypt(self, text: str) -> str:
        """Seal a secret."""
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Open a sealed secret."""
        return unseal(encrypted_text)

    def get_public_key_credential_rp_entity(self) -> dict[str, Any]:
        """Name the product in the dialogs of authenticators."""
        return {**super().get_public_key_credential_rp_entity(), "name": "Kanalkompass"}
