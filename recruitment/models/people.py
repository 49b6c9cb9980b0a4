"""The people who use Kanalkompass and what they may do. Applicants and hires are never stored."""

from typing import TYPE_CHECKING, Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils.translation import gettext_lazy as _

from foundation import clock, tenancy
from foundation.formats import lowered

if TYPE_CHECKING:
    from recruitment.models.access import SystemEntry


class UserManager(BaseUserManager["User"]):
    """Make users by e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Return a new user; without a password the account cannot log in with one."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Return a new system administrator."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        """Return the user with this e-mail address, whatever its capitals."""
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person who logs in. What she may do stands in her memberships."""

    class Scheme(models.TextChoices):
        """Light or dark pages, or as the person's machine is set."""

        AUTO = "auto", _("As the machine")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    email = models.EmailField(_("e-mail address"), unique=True)
    full_name = models.CharField(_("name"), max_length=150)
    language = models.CharField(_("language"), max_length=2, blank=True)
    color_scheme = models.CharField(
        _("light or dark"), max_length=5, choices=Scheme, default=Scheme.AUTO, db_default=Scheme.AUTO
    )
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("system administrator"), default=False)
    date_joined = models.DateTimeField(_("created"), default=clock.now, editable=False)

    objects = UserManager()

    EMAIL_FIELD = USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ["email"]

    def __str__(self) -> str:
        return self.full_name or self.email

    @property
    def initials(self) -> str:
        """Up to two letters for the round mark in the top bar."""
        parts = self.full_name.split()
        return "".join(part[0] for part in (parts[:1] + parts[-1:] if len(parts) > 1 else parts)).upper()


class Membership(models.Model):
    """What one user may do in one municipality. Read by the user's own policy before a municipality is entered."""

    class Role(models.TextChoices):
        READER = "reader", _("Reader")
        HR = "hr", _("HR adviser")
        ADVISER = "adviser", _("Communications adviser")
        ADMINISTRATOR = "administrator", _("Administrator")

        @property
        def in_sentence(self) -> str:
            """Return the role as it stands within a sentence; «HR» keeps its capitals."""
            return lowered(str(self.label))

    municipality = models.ForeignKey(
        "recruitment.Municipality", models.PROTECT, related_name="memberships", verbose_name=_("municipality")
    )
    user = models.ForeignKey(User, models.PROTECT, related_name="memberships", verbose_name=_("user"))
    role = models.CharField(_("role"), max_length=13, choices=Role)
    may_approve = models.BooleanField(_("may approve posts"), default=False)
    may_publish = models.BooleanField(_("may schedule and publish"), default=False)
    may_connect = models.BooleanField(_("may connect channels"), default=False)
    is_active = models.BooleanField(_("active"), default=True)

    # Set on the passing role that a system administrator reads as; such a membership is never stored.
    system_entry: "SystemEntry | None" = None

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ["user__full_name"]
        constraints = [
            models.UniqueConstraint(fields=["municipality", "user"], name="one_membership_per_municipality"),
            models.UniqueConstraint(fields=["municipality", "id"], name="membership_tenant_key"),
            tenancy.MembershipPolicy(name="membership_policy"),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.get_role_display()}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store the row; a system administrator's passing role is refused."""
        if self.system_entry is not None:
            raise ValueError("A system administrator's passing role is not a membership")
        super().save(*args, **kwargs)
