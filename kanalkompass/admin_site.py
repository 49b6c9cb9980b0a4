"""
Django admin behind the product's own login, for two kinds of people.

A system administrator (`is_staff`) sees the global tables. A municipality's administrator chooses her municipality
first, and then works inside it like everywhere else: both walls stand. Survey answers and outcome counts are not here.
"""

from typing import Any

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from foundation.acting import acting_as
from foundation.tenancy import acting_user, tenant
from recruitment.doors import MemberRequest
from recruitment.models import Membership

CHOSEN = "admin_municipality"
PACKAGES = {"django", "allauth"}
UNUSED = {"view_on_site", "autocomplete", "password_change_done"}


@require_safe
def choose(request: MemberRequest) -> HttpResponse:
    """Enter the administration of the municipality in the address."""
    request.session[CHOSEN] = request.municipality.pk
    return redirect("admin:index")


def _chosen_membership(request: HttpRequest) -> Membership | None:
    """Return the administrator's membership of the chosen municipality, read anew on each request (P15)."""
    municipality_id = request.session.get(CHOSEN)
    if not (municipality_id and request.user.is_authenticated):
        return None
    with acting_user(request.user.pk):
        return (
            Membership.objects.select_related("municipality")
            .filter(
                user_id=request.user.pk,
                municipality_id=municipality_id,
                role=Membership.Role.ADMINISTRATOR,
                is_active=True,
            )
            .first()
        )


class Site(admin.AdminSite):
    """The admin site, entered municipality by municipality."""

    site_header = "Kanalkompass"
    site_title = "Kanalkompass"
    index_title = _("Administration")
    site_url = "/"

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Take our own tables alone: packages offer theirs too, with one-time secrets and sessions among them (P17)."""
        if admin_class is None or admin_class.__module__.split(".")[0] not in PACKAGES:
            super().register(model_or_iterable, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        """Let in active system administrators and administrators inside their municipality."""
        return request.user.is_active and (request.user.is_staff or getattr(request, "membership", None) is not None)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Use the product's own login, with its limits and its second step."""
        if request.user.is_authenticated:
            raise Http404
        return redirect_to_login(request.get_full_path())

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:  # type: ignore[override]
        """Log out where everybody does."""
        return redirect("account_logout")

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Change a password where everybody does, with its limits and its second step."""
        return redirect("account_change_password")

    def get_urls(self) -> list[Any]:
        """Leave out what nothing here uses and what would find rows by their number in any table."""
        return [route for route in super().get_urls() if getattr(route, "name", "") not in UNUSED]

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Wrap every admin view: 404 for others, the walls around, and the page rendered inside them."""
        inner = super().admin_view(view, cacheable)

        def entered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            membership = _chosen_membership(request)
            if membership is None:
                if request.user.is_authenticated and not request.user.is_staff:
                    raise Http404
                return _rendered(inner(request, *args, **kwargs))
            request.membership, request.municipality = membership, membership.municipality  # type: ignore[attr-defined]
            with acting_as(membership.user_id), tenant(membership.municipality_id):
                return _rendered(inner(request, *args, **kwargs))

        return entered


def _rendered(response: HttpResponse) -> HttpResponse:
    render = getattr(response, "render", None)
    return render() if render and not getattr(response, "is_rendered", True) else response
