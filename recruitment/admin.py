"""Administration of reference data (system administrators) and of one municipality's own tables (its administrator)."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet, URLField
from django.http import Http404, HttpRequest

from recruitment import models


class Table(admin.ModelAdmin):
    """What all tables here have in common."""

    # What is typed without a scheme is https.
    formfield_overrides = {URLField: {"assume_scheme": "https"}}

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Take only the filters that the page offers: others in the address would tell of counts and answers (R10)."""
        is_offered = lookup.split("__")[0] in self.list_filter
        return is_offered and "\0" not in str(value) and super().lookup_allowed(lookup, value, request)


class TenantAdmin(Table):
    """Rows of the municipality that is entered; nobody else finds the table at all."""

    def _is_inside(self, request: HttpRequest) -> bool:
        return getattr(request, "membership", None) is not None

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Return the rows inside a municipality; outside there is nothing to find (P13)."""
        if not self._is_inside(request):
            raise Http404
        return super().get_queryset(request)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Show the table inside a municipality only."""
        return self._is_inside(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Show rows inside a municipality only."""
        return self._is_inside(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Change rows inside a municipality only."""
        return self._is_inside(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Add rows inside a municipality only."""
        return self._is_inside(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Delete nothing here: what is referred to stays, and is taken out of use instead."""
        return False


class TenantLog(TenantAdmin):
    """Rows that are looked at, not changed, by an administrator."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Change nothing here."""
        return False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Add nothing here."""
        return False


class GlobalAdmin(Table):
    """A table that is the same for everybody; system administrators only."""

    def _is_system(self, request: HttpRequest) -> bool:
        return bool(request.user.is_active and request.user.is_staff)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Show the table to system administrators only."""
        return self._is_system(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Show rows to system administrators only."""
        return self._is_system(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Change rows as a system administrator only."""
        return self._is_system(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Add rows as a system administrator only."""
        return self._is_system(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Delete nothing here: reference data is referred to everywhere."""
        return False


@admin.register(models.Municipality)
class MunicipalityAdmin(GlobalAdmin):
    """Municipalities and county municipalities."""

    list_display = ["number", "name", "county", "population", "language_form", "is_demo"]
    search_fields = ["number", "name"]
    list_filter = ["county", "language_form"]


@admin.register(models.County)
class CountyAdmin(GlobalAdmin):
    """Counties."""

    list_display = ["number", "name", "population"]


@admin.register(models.Occupation)
class OccupationAdmin(GlobalAdmin):
    """Occupations after STYRK-08."""

    list_display = ["code", "name_nb"]
    search_fields = ["code", "name_nb"]
    raw_id_fields = ["parent"]


@admin.register(models.Channel)
class ChannelAdmin(GlobalAdmin):
    """Kinds of channel."""

    list_display = ["name_nb", "slug", "letters", "reports_views", "reports_clicks", "has_link", "position"]


@admin.register(models.User)
class UserAdmin(GlobalAdmin):
    """People who log in. What they may do stands in their memberships."""

    list_display = ["email", "full_name", "is_active", "is_staff", "last_login"]
    search_fields = ["email", "full_name"]
    fields = ["email", "full_name", "language", "is_active", "is_staff", "last_login", "date_joined"]
    # Whoever could change the address could have a new password sent to another one, and come in as that person.
    readonly_fields = ["email", "last_login", "date_joined"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Add nobody here: people are invited, and come in with a password of their own."""
        return False


@admin.register(models.Membership)
class MembershipAdmin(TenantLog):
    """Who may do what in this municipality. Changed on the page «Brukere», which holds the rules (B52)."""

    list_display = ["user", "role", "may_approve", "may_publish", "may_connect", "is_active"]
    list_filter = ["role", "is_active"]
    fields = ["user", "role", "may_approve", "may_publish", "may_connect", "is_active"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[models.Membership]:
        """Return this municipality's memberships: the wall alone would also show the administrator's own elsewhere."""
        return super().get_queryset(request).filter(municipality_id=request.municipality.pk).select_related("user")  # type: ignore[attr-defined]


@admin.register(models.MunicipalitySettings)
class MunicipalitySettingsAdmin(TenantAdmin):
    """What the municipality decides for itself."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Add none: there is one from the start."""
        return False


@admin.register(models.Workplace)
class WorkplaceAdmin(TenantAdmin):
    """Workplaces."""

    list_display = ["name", "org_number", "is_active"]
    search_fields = ["name"]


@admin.register(models.Source)
class SourceAdmin(TenantAdmin):
    """The locked list of sources."""

    list_display = ["name_nb", "channel", "kind", "is_active", "position"]


@admin.register(models.JobPosting)
class JobPostingAdmin(TenantLog):
    """Vacancies; they are registered on their own pages."""

    list_display = ["reference", "title", "workplace", "deadline_date"]
    search_fields = ["reference", "title"]
