"""allauth's forms, drawn as ours."""

from typing import Any

from allauth.account import forms as account
from allauth.account.fields import PasswordField, SetPasswordField
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from django.contrib.auth.password_validation import password_validators_help_texts

from foundation.forms import DesignMixin


class DressedMixin(DesignMixin):
    """Take off allauth's placeholders, which repeat the label, and dress the widgets."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
            # A list or a link does not fit in the line under a label; the page itself has the link.
            if isinstance(field, SetPasswordField):
                field.help_text = " ".join(password_validators_help_texts())
            elif isinstance(field, PasswordField):
                field.help_text = ""
        self.dress()


class LoginForm(DressedMixin, account.LoginForm):
    """E-mail address and password."""


class ChangePasswordForm(DressedMixin, account.ChangePasswordForm):
    """The old password and the new one, twice."""


class SetPasswordForm(DressedMixin, account.SetPasswordForm):
    """A first password, twice."""


class ResetPasswordForm(DressedMixin, account.ResetPasswordForm):
    """The address to send a link to."""


class ResetPasswordKeyForm(DressedMixin, account.ResetPasswordKeyForm):
    """A new password after a link, twice."""


class ReauthenticatePasswordForm(DressedMixin, account.ReauthenticateForm):
    """The password once more."""


class AuthenticateForm(DressedMixin, mfa.AuthenticateForm):
    """The six digits, or a recovery code."""


class ReauthenticateForm(DressedMixin, mfa.ReauthenticateForm):
    """The six digits once more."""


class ActivateTOTPForm(DressedMixin, totp.ActivateTOTPForm):
    """The first six digits of a new authenticator app."""


class DeactivateTOTPForm(DressedMixin, totp.DeactivateTOTPForm):
    """Nothing to fill in: a confirmation."""
