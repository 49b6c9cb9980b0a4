"""allauth's forms, drawn as ours."""

from typing import Any

from allauth.account import forms as account
from allauth.account.fields import PasswordField, SetPasswordField
from allauth.core import context
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts
from django.utils.translation import gettext_lazy as _

from foundation.forms import DesignMixin, Form
from recruitment import login_limits


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


class LimitedCodeMixin:
    """Count each code that is tried: six digits are soon guessed (P25)."""

    user: Any

    def clean_code(self) -> str:
        """Return the code when it is right."""
        attempt = login_limits.count_code(user_id=self.user.pk)
        code: str = super().clean_code()  # type: ignore[misc]
        attempt.give_back()
        return code


class LoginForm(DressedMixin, account.LoginForm):
    """E-mail address and password."""


class ChangePasswordForm(DressedMixin, account.ChangePasswordForm):
    """The old password and the new one, twice."""

    def clean_oldpassword(self) -> str:
        """Check the old password within the limits of the login: here too somebody could guess."""
        attempt = login_limits.count_password(request=context.request, email=self.user.email)
        password: str = super().clean_oldpassword()
        attempt.give_back()
        return password


class SetPasswordForm(DressedMixin, account.SetPasswordForm):
    """A first password, twice."""


class ResetPasswordForm(DressedMixin, account.ResetPasswordForm):
    """The address to send a link to."""

    def clean_email(self) -> str:
        """Count before anything is looked up, so that the answer tells nothing about the address."""
        login_limits.count_reset(request=context.request, email=self.cleaned_data["email"])
        email: str = super().clean_email()
        return email


class ResetPasswordKeyForm(DressedMixin, account.ResetPasswordKeyForm):
    """A new password after a link, twice."""


class ReauthenticatePasswordForm(DressedMixin, account.ReauthenticateForm):
    """The password once more."""


class AuthenticateForm(LimitedCodeMixin, DressedMixin, mfa.AuthenticateForm):
    """The six digits, or a recovery code."""


class ReauthenticateForm(LimitedCodeMixin, DressedMixin, mfa.ReauthenticateForm):
    """The six digits once more."""


class ActivateTOTPForm(LimitedCodeMixin, DressedMixin, totp.ActivateTOTPForm):
    """The first six digits of a new authenticator app."""


class DeactivateTOTPForm(DressedMixin, totp.DeactivateTOTPForm):
    """Nothing to fill in: a confirmation."""


class KeptForm(Form):
    """The person says that her recovery codes are where she will find them."""

    is_kept = forms.BooleanField(
        label=_("I have put the codes where only I can find them"),
        error_messages={"required": _("Put the codes away first: they are not shown again.")},
    )
