"""Pages about one's own login: the app, the recovery codes, where one is logged in. The first two dress allauth's."""

from __future__ import annotations

from typing import Any, cast

from allauth.account.adapter import get_adapter
from allauth.mfa.base.views import IndexView
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import ActivateTOTPView
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.generic.edit import FormView

from foundation import clock
from recruitment.actions import second_step as actions
from recruitment.actions import sessions as session_actions
from recruitment.login_forms import KeptForm
from recruitment.models import User
from recruitment.queries import second_step, sessions

OTHERS = "others"


class DemandMixin:
    """Tell the template whether the person's roles and rights demand a second step."""

    request: HttpRequest

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add `is_demanded`."""
        found: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        return {**found, "is_demanded": second_step.is_demanded(cast(User, self.request.user))}


class Index(DemandMixin, IndexView):
    """The person's second step and what can be done with it."""


class SetUpApp(DemandMixin, ActivateTOTPView):
    """The first authenticator app."""


class ChangeApp(DemandMixin, ActivateTOTPView):
    """Another authenticator app in place of the one in use: a new phone."""

    template_name = "mfa/totp/replace_form.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Go past allauth's refusal of a second app; the door has asked who the person is."""
        if not self._in_use().exists():
            return redirect("mfa_activate_totp")
        return FormView.dispatch(self, request, *args, **kwargs)

    @transaction.atomic
    def form_valid(self, form: Any) -> HttpResponse:
        """Let the new app take the old one's place in one step; the recovery codes stay."""
        self._in_use().delete()
        return super().form_valid(form)

    def _in_use(self) -> Any:
        return Authenticator.objects.filter(user_id=self.request.user.pk, type=Authenticator.Type.TOTP)


@never_cache
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Show new recovery codes until they are put away; afterwards only how many are left."""
    user = cast(User, request.user)
    codes = _codes_of(user)
    is_kept = bool(codes.data.get(second_step.KEPT_AT))
    form = KeptForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        actions.put_codes_away(user=user, now=clock.now())
        messages.success(request, _("Two-step login is set up."))
        return redirect("start")
    unused = codes.wrap().get_unused_codes()
    context = {"form": form, "is_kept": is_kept, "n_left": len(unused), "codes": [] if is_kept else unused}
    return render(request, "mfa/recovery_codes/index.html", context, status=422 if form.is_bound else 200)


@never_cache
def recovery_codes_file(request: HttpRequest) -> HttpResponse:
    """Give new recovery codes as a text file, as long as they are shown."""
    codes = _codes_of(cast(User, request.user))
    if codes.data.get(second_step.KEPT_AT):
        raise Http404
    heading = _("Recovery codes for Kanalkompass. Each works once.")
    text = "\r\n".join([heading, "", *codes.wrap().get_unused_codes(), ""])
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="kanalkompass.txt"'
    return response


def _codes_of(user: User) -> Authenticator:
    return get_object_or_404(Authenticator, user_id=user.pk, type=Authenticator.Type.RECOVERY_CODES)


@never_cache
def log_ins(request: HttpRequest) -> HttpResponse:
    """Show where the person is logged in, and end one of the log-ins, or all but this one."""
    user, now = cast(User, request.user), clock.now()
    key = request.session.session_key or ""
    session_actions.note_seen(request=request, now=now)
    listed = sessions.log_ins(user=user, session_key=key, now=now)
    if request.method != "POST":
        return render(request, "account/sessions.html", {"log_ins": listed, "n_others": len(listed) - 1})
    wanted = request.POST.get("end", "")
    if wanted == OTHERS:
        n_ended = session_actions.end_all(user=user, but=key)
        text = ngettext("%(count)s other log-in is ended.", "%(count)s other log-ins are ended.", n_ended)
        messages.success(request, text % {"count": n_ended})
        return redirect("account_sessions")
    chosen = next((each for each in listed if str(each.pk) == wanted), None)
    if chosen is None:
        raise Http404
    if chosen.is_this:
        get_adapter().logout(request)
        return redirect("account_login")
    session_actions.end(user=user, pks=[chosen.pk])
    messages.success(request, _("The log-in on %(device)s is ended.") % {"device": chosen.device})
    return redirect("account_sessions")
