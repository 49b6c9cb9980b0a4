"""The connect flow (P18): what will be asked for, back from the channel, the page confirmed by name, disconnected."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from channels import connectors, tasks
from channels.actions import connecting
from channels.forms.accounts import ConfirmForm
from channels.guidance import permissions_for
from channels.models import Account, Connection
from channels.queries import accounts as queries
from channels.views.accounts import address, submitted
from foundation import clock
from foundation.tenancy import acting_user
from recruitment import doors
from recruitment.doors import MemberRequest
from recruitment.models import Membership


def _connectable(account_id: int) -> Account:
    account = get_object_or_404(Account.objects.select_related("channel"), pk=account_id)
    if connectors.by_slug(account.channel.connector) is None:
        raise Http404
    return account


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def account_connect(request: MemberRequest, account_id: int) -> HttpResponse:
    """
    Say what will be asked for and why; then show the way to the channel.

    The way is a link on a page of ours: under form-action 'self' a form may not answer with a redirect elsewhere.
    """
    account = _connectable(account_id)
    connector = connectors.REGISTRY[account.channel.connector]
    context = {
        "account": account,
        "connection": Connection.objects.filter(account=account).defer("access_token", "refresh_token").first(),
        "permissions": permissions_for(list(connector.scopes())),
        "label": connector.label,
    }
    if request.method == "POST":
        if not request.session.session_key:
            request.session.create()
        context["way"] = connecting.begin(
            account=account, user=request.user, session_key=request.session.session_key or "", now=clock.now()
        )
    return _private(render(request, "channels/account_connect.html", context))


@never_cache
@require_safe
@sensitive_variables()
def oauth_return(request: MemberRequest, connector: str) -> HttpResponse:
    """Take a person back from the channel: check the state, exchange the code, lead on to the confirmation."""
    now = clock.now()
    user, session_key = request.user, request.session.session_key or ""
    state, code, error = (request.GET.get(name, "") for name in ("state", "code", "error"))
    # What the channel sent is read once; no page from here on repeats it, not even to lead back after a change of
    # language (P17).
    request.META["QUERY_STRING"] = ""
    try:
        started = connecting.take_state(
            connector_slug=connector, state=state, user=user, session_key=session_key, now=now
        )
    except connecting.StateRefused:
        return _stopped(request, "state", status=400)
    membership = _enter(request, municipality_id=started.municipality_id)
    label = started.connector.label
    try:
        pending_id = connecting.finish(started=started, code=code, error=error, user=user, now=now)
    except Account.DoesNotExist as problem:
        raise Http404 from problem
    except connecting.Denied as problem:
        return _stopped(request, problem.code, status=403, label=label, account_id=started.account_id)
    except connecting.NoPages:
        return _stopped(request, "no_pages", status=422, label=label, account_id=started.account_id)
    except (connectors.Refused, connectors.AccessDead) as problem:
        return _stopped(request, problem.code, status=422, label=label, account_id=started.account_id)
    except connectors.ConnectorError:
        return _stopped(request, "no_answer", status=503, label=label, account_id=started.account_id)
    number = membership.municipality.number
    return _private(redirect("account_confirm", number=number, account_id=started.account_id, pending_id=pending_id))


def _enter(request: MemberRequest, *, municipality_id: int) -> Membership:
    """Check that the user still may connect there (B29), and give the page that municipality's frame and language."""
    with acting_user(request.user.pk):
        membership = (
            Membership.objects.select_related("municipality")
            .filter(user_id=request.user.pk, municipality_id=municipality_id, is_active=True)
            .first()
        )
    if membership is None or not doors.is_open_to(membership, "account_connect"):
        raise Http404
    membership.user = request.user
    request.membership, request.municipality = membership, membership.municipality
    if not request.user.language:
        translation.activate(membership.municipality.language)
    return membership


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def account_confirm(request: MemberRequest, account_id: int, pending_id: int) -> HttpResponse:
    """Show which page was found, and store the access when the person confirms it by name."""
    account = _connectable(account_id)
    label = connectors.REGISTRY[account.channel.connector].label
    now = clock.now()
    try:
        pending = connecting.pending_of(account=account, pending_id=pending_id, user=request.user, now=now)
    except connecting.PendingGone:
        return _stopped(request, "pending_gone", status=410, label=label, account_id=account.pk)
    form = ConfirmForm(submitted(request), pages=pending.pages, account=account)
    if request.method == "POST" and form.is_valid():
        try:
            connecting.confirm(
                account=account,
                pending_id=pending_id,
                external_id=form.cleaned_data["page"],
                user=request.user,
                is_change_meant=form.cleaned_data.get("is_change_meant", False),
                now=now,
            )
        except connecting.HeldElsewhere:
            form.add_error(None, _("This page is already connected, to another account or by another municipality."))
        except connecting.OtherPage:
            form.add_error("is_change_meant", _("This is another page than the account had. Tick if that is meant."))
        except connecting.PendingGone:
            return _stopped(request, "pending_gone", status=410, label=label, account_id=account.pk)
        else:
            ids: dict[str, Any] = {"municipality_id": account.municipality_id, "account_id": account.pk}
            # Only a look: if nobody hears the bell, the daily one comes anyway.
            transaction.on_commit(lambda: tasks.ring_probe(**ids), robust=True)
            messages.success(request, _("The page is connected."))
            return redirect(address(request, "account", account))
    context = {"account": account, "pending": pending, "form": form, "label": label}
    return _private(render(request, "channels/account_confirm.html", context, status=422 if form.is_bound else 200))


@require_http_methods(["GET", "HEAD", "POST"])
def account_disconnect(request: MemberRequest, account_id: int) -> HttpResponse:
    """Say what disconnecting does, and do it when confirmed."""
    account = _connectable(account_id)
    if request.method == "POST":
        connecting.disconnect(account=account, now=clock.now())
        messages.success(request, _("The page is disconnected, and the access we held is deleted."))
        return redirect(address(request, "account", account))
    context = {
        "account": account,
        "label": connectors.REGISTRY[account.channel.connector].label,
        "n_scheduled": queries.n_scheduled(account),
    }
    return render(request, "channels/account_disconnect.html", context)


def _stopped(
    request: HttpRequest, code: str, *, status: int, label: str = "", account_id: int | None = None
) -> HttpResponse:
    """Say why the connecting stopped and what to do next. Nothing the channel wrote is shown."""
    heading, text = _reason(code, label)
    context = {"heading": heading, "text": text, "account_id": account_id, "label": label}
    return _private(render(request, "channels/connect_stopped.html", context, status=status))


def _reason(code: str, label: str) -> tuple[str, str]:
    reasons = {
        "state": (
            _("This way back is not valid"),
            _(
                "The link has been used, is older than ten minutes, or was opened in another browser than the one you "
                "started in. Nothing is stored. Start again from Channels."
            ),
        ),
        "cancelled": (
            _("The page is not connected"),
            _("You said no at %(channel)s, and nothing is stored. You can start again whenever you like."),
        ),
        "scopes_not_allowed": (
            _("%(channel)s does not let us ask for this yet"),
            _(
                "Kanalkompass must be approved by %(channel)s for what is asked for. Tell the system administrator. "
                "Until then you can publish by hand."
            ),
        ),
        "scopes_missing": (
            _("%(channel)s gave less access than we need"),
            _("Nothing is stored. Start again and leave every box ticked, or ask the page's administrator to do it."),
        ),
        "no_pages": (
            _("You do not administer any page at %(channel)s"),
            _(
                "Ask somebody who administers the municipality's page to make you an administrator there, or to "
                "connect it. Then start again."
            ),
        ),
        "pending_gone": (
            _("The confirmation came too late"),
            _("The access is kept for ten minutes until you confirm the page. Nothing is stored. Start again."),
        ),
        "client_refused": (
            _("%(channel)s does not recognise Kanalkompass"),
            _("The installation's key at %(channel)s is missing or wrong. Tell the system administrator."),
        ),
        "no_answer": (
            _("We got no answer from %(channel)s"),
            _("Nothing is stored. Wait some minutes and start again."),
        ),
    }
    other = (
        _("The page is not connected"),
        _("%(channel)s did not accept the request. Nothing is stored. Start again."),
    )
    heading, text = reasons.get(code, other)
    return heading % {"channel": label}, text % {"channel": label}


def _private(response: HttpResponse) -> HttpResponse:
    """Tell no other site the address. Not "no-referrer": then a browser would hide the origin of our own forms too."""
    response.headers["Referrer-Policy"] = "same-origin"
    return response
