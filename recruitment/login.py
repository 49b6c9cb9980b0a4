"""How people log in: by e-mail address and password, then a one-time code. Nobody signs up by herself."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest
from django.utils import translation

from foundation import clock
from foundation.sealed import seal, unseal
from recruitment import login_sessions


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by an administrator."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse every sign-up."""
        return False

    def is_reauthentication_required(self, *, app: str, **_: Any) -> bool:
        """Ask once more before changes of the login itself, unless the person has just confirmed who she is."""
        return not login_sessions.is_fresh(request=self.request, now=clock.now())

    def format_email_subject(self, subject: str) -> str:
        """Return the subject as it is; the sender's name says who writes."""
        return subject

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write to the user in the language she has chosen, whatever the language of the page that asked."""
        language = getattr(context.get("user"), "language", "") or translation.get_language()
        with translation.override(language):
            super().send_mail(template_prefix, email, context)


class MFAAdapter(DefaultMFAAdapter):
    """One-time secrets and recovery codes are sealed in the database (P17)."""

    def encrypt(self, text: str) -> str:
        """Seal a secret."""
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Open a sealed secret."""
        return unseal(encrypted_text)

    def get_public_key_credential_rp_entity(self) -> dict[str, Any]:
        """Name the product in the dialogs of authenticators."""
        return {**super().get_public_key_credential_rp_entity(), "name": "Kanalkompass"}
