"""Forms about people: inviting, accepting, changing a role, and the system administrator's entry."""

import unicodedata
from typing import Any

from allauth.account.fields import PasswordField, SetPasswordField
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.forms import Form, OnceMixin
from recruitment.actions.members import RIGHTS, ROLES_WITH_RIGHTS, Grant
from recruitment.login_forms import DressedMixin
from recruitment.models import Membership, User

SHORTEST_REASON = 20


def check_one_line(value: str) -> None:
    """
    Refuse what ends a line: a name stands in letters and lists (B57).

    :raises ValidationError: the text has such a character
    """
    if any(unicodedata.category(char) in ("Cc", "Zl", "Zp") for char in value):
        raise ValidationError(_("Write it on one line."), "one_line")


class RoleForm(Form):
    """A role, and the rights that go with it. `grant()` gives the action's value."""

    role = forms.ChoiceField(
        label=gettext_lazy("Role"), choices=Membership.Role.choices, widget=forms.RadioSelect, initial=""
    )
    rights = forms.MultipleChoiceField(
        label=gettext_lazy("Rights"),
        choices=[
            ("approve", gettext_lazy("Approve posts")),
            ("publish", gettext_lazy("Schedule, publish and cancel posts")),
            ("connect", gettext_lazy("Connect and disconnect channels")),
        ],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Only a communications adviser can have these."),
    )

    @staticmethod
    def initial_of(membership: Membership) -> dict[str, Any]:
        """Return what the form shows before it is changed."""
        rights = [right for right in RIGHTS if getattr(membership, f"may_{right}")]
        return {"role": membership.role, "rights": rights}

    def clean(self) -> dict[str, Any]:
        """Check that the rights belong to the role."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("rights") and data.get("role") and data["role"] not in ROLES_WITH_RIGHTS:
            self.add_error("rights", _("Only a communications adviser can have these. Untick them or change the role."))
        return data

    def grant(self) -> Grant:
        """Return the role and the rights that were chosen."""
        return Grant(self.cleaned_data["role"], frozenset(self.cleaned_data["rights"]))


class InvitationForm(OnceMixin, RoleForm):
    """Whom to invite, as what."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"invalid": gettext_lazy("Write one e-mail address, for example kari.hansen@example.no.")},
    )
    field_order = ["email", "role", "rights"]


class FirstAdministratorForm(OnceMixin, Form):
    """The address of the one who will invite the others."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"invalid": gettext_lazy("Write one e-mail address, for example kari.hansen@example.no.")},
    )


class NewAccountForm(DressedMixin, forms.Form):
    """Name and password of somebody who is invited and has no account. The address is the invitation's."""

    full_name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=150,
        strip=True,
        validators=[check_one_line],
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        help_text=gettext_lazy("First name and last name, as colleagues know you."),
    )
    password1 = SetPasswordField(label=gettext_lazy("Password"), autocomplete="new-password")
    password2 = PasswordField(label=gettext_lazy("The password once more"), autocomplete="new-password")

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        self.email = email
        super().__init__(*args, **kwargs)

    def clean_full_name(self) -> str:
        """Return the name without spaces that nobody meant."""
        return " ".join(self.cleaned_data["full_name"].split())

    def clean(self) -> dict[str, Any]:
        """Check the password against the rules and against its repetition."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        password = data.get("password1")
        if password:
            try:
                validate_password(password, User(email=self.email, full_name=data.get("full_name", "")))
            except ValidationError as problem:
                self.add_error("password1", problem)
            if "password2" in data and data["password2"] != password:
                self.add_error("password2", _("The two passwords are not the same."))
        return data


class EntryForm(Form):
    """Why a system administrator must look into a municipality."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        min_length=SHORTEST_REASON,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4, "class": "ds-input is-short"}),
        help_text=gettext_lazy(
            "At least 20 characters. The municipality's administrators read it, and it stays in their log. Write no "
            "names of applicants or employees."
        ),
        error_messages={"min_length": gettext_lazy("Write at least 20 characters, so that others understand why.")},
    )

    def clean_reason(self) -> str:
        """Return the reason; spaces do not count."""
        reason: str = self.cleaned_data["reason"]
        if len("".join(reason.split())) < SHORTEST_REASON * 3 // 4:
            raise ValidationError(_("Write at least 20 characters, so that others understand why."), "min_length")
        return reason
