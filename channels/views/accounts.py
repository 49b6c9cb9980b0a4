"""«Channels»: the municipality's accounts, their set-up, who looks after them, and their risk assessments."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from channels.actions import accounts as actions
from channels.forms.accounts import AccountForm, NewAccountForm, RiskForm, StepForm, colleagues
from channels.guidance import guidance_for
from channels.models import Account, SetupStep
from channels.queries import accounts as queries
from foundation import clock
from recruitment import doors
from recruitment.doors import MemberRequest
from recruitment.models import Channel
from recruitment.once import ChangedSinceSubmitted, submit_once


def address(request: MemberRequest, name: str, account: Account) -> str:
    """Return the address of one of an account's pages."""
    return reverse(name, kwargs={"number": request.municipality.number, "account_id": account.pk})


def submitted(request: MemberRequest) -> QueryDict | None:
    """Return what was posted, also when it is nothing at all; None when the form is only looked at."""
    return request.POST if request.method == "POST" else None


@require_safe
def accounts(request: MemberRequest) -> HttpResponse:
    """Show every account with what it needs, and the channels that can be added."""
    states = queries.account_states(now=clock.now())
    context = {
        "states": states,
        "heading": queries.list_headline(states),
        "other_channels": queries.other_channels(),
        "all_channels": Channel.objects.all(),
        "may_add": doors.is_open_to(request.membership, "account_new"),
        "sees_publishing": doors.is_open_to(request.membership, "publishing"),
    }
    return render(request, "channels/accounts.html", context)


@require_safe
def account(request: MemberRequest, account_id: int) -> HttpResponse:
    """Show one account: its needs, set-up, people, risk assessment and connection."""
    return _account_page(request, account_id)


def _account_page(request: MemberRequest, account_id: int, *, status: int = 200) -> HttpResponse:
    try:
        state = queries.account_state(account_id, now=clock.now())
    except Account.DoesNotExist as problem:
        raise Http404 from problem
    may_edit = doors.is_open_to(request.membership, "account_edit")
    context = {
        "state": state,
        "account": state.account,
        "may_edit": may_edit,
        "may_assess": doors.is_open_to(request.membership, "account_risk"),
        "may_connect": doors.is_open_to(request.membership, "account_connect"),
        "open_doors": {name for name in doors.RULES if doors.is_open_to(request.membership, name)},
        "colleagues": colleagues() if may_edit and state.steps else [],
    }
    return render(request, "channels/account.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def account_new(request: MemberRequest, channel: str) -> HttpResponse:
    """Add an account on a channel."""
    kind = get_object_or_404(Channel, slug=channel)
    initial = {"name": request.municipality.name if kind.connector else kind.name}
    form = NewAccountForm(submitted(request), channel=kind, initial=initial)
    if request.method == "POST" and form.is_valid():

        def carry_out() -> str:
            made = actions.create_account(channel=kind, details=form.details(), now=clock.now())
            return address(request, "account", made)

        try:
            return submit_once(form, carry_out, user=request.user)
        except ChangedSinceSubmitted as problem:
            form.add_error(None, str(problem))
        except actions.AccountExists:
            form.add_error("name", _("You already have an account with this name on the channel."))
    return _account_form(request, form, channel=kind)


@require_http_methods(["GET", "HEAD", "POST"])
def account_edit(request: MemberRequest, account_id: int) -> HttpResponse:
    """Change who looks after an account, and its notes."""
    account = get_object_or_404(Account.objects.select_related("channel"), pk=account_id)
    form = AccountForm(
        submitted(request), channel=account.channel, account=account, initial=AccountForm.initial_of(account)
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_account(account=account, details=form.details(), now=clock.now())
        except actions.AccountExists:
            form.add_error("name", _("You already have an account with this name on the channel."))
        else:
            messages.success(request, _("Stored."))
            return redirect(address(request, "account", account))
    return _account_form(request, form, channel=account.channel, account=account)


def _account_form(
    request: MemberRequest, form: AccountForm, *, channel: Channel, account: Account | None = None
) -> HttpResponse:
    context = {"form": form, "channel": channel, "account": account, "guidance": guidance_for(channel.slug)}
    return render(request, "channels/account_form.html", context, status=422 if form.is_bound else 200)


@require_POST
def account_step(request: MemberRequest, account_id: int, kind: str) -> HttpResponse:
    """Tick a step, take the tick away, or say who does it."""
    account = get_object_or_404(Account.objects.select_related("channel"), pk=account_id)
    if kind not in SetupStep.Kind.values or not account.channel.connector:
        raise Http404
    form = StepForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose somebody on the list."))
        return _account_page(request, account_id, status=422)
    action = form.cleaned_data["action"]
    if action == "owner":
        actions.give_step(account=account, kind=kind, owner=form.cleaned_data["owner"])
    else:
        try:
            actions.mark_step(account=account, kind=kind, is_done=action == "done", by=request.user, now=clock.now())
        except actions.NotByHand:
            messages.error(request, _("This step is done when the thing itself is recorded."))
            return _account_page(request, account_id, status=422)
    return HttpResponseRedirect(address(request, "account", account) + f"#step-{kind}")


@require_POST
def account_again(request: MemberRequest, account_id: int) -> HttpResponse:
    """Decide whether a post that is proved not to be out is sent once more by itself (T11)."""
    account = get_object_or_404(Account.objects.select_related("channel"), pk=account_id)
    wanted = {"on": True, "off": False}.get(request.POST.get("again", ""))
    if not account.channel.connector:
        raise Http404
    if wanted is None:
        messages.warning(request, _("Choose whether such a post is sent once more. Nothing is stored yet."))
        return _account_page(request, account_id, status=422)
    actions.decide_sending_again(account=account, is_wanted=wanted)
    messages.success(request, _("Stored."))
    return HttpResponseRedirect(address(request, "account", account) + "#again")


@require_http_methods(["GET", "HEAD", "POST"])
def account_risk(request: MemberRequest, account_id: int) -> HttpResponse:
    """Record a risk assessment (R14) and show the earlier ones."""
    account = get_object_or_404(Account.objects.select_related("channel"), pk=account_id)
    today = clock.today()
    form = RiskForm(submitted(request), today=today)
    if request.method == "POST" and form.is_valid():

        def carry_out() -> str:
            actions.record_assessment(account=account, assessment=form.assessment(), by=request.user, now=clock.now())
            return address(request, "account", account)

        try:
            return submit_once(form, carry_out, user=request.user)
        except ChangedSinceSubmitted as problem:
            form.add_error(None, str(problem))
    context = {"form": form, "account": account, "earlier": queries.assessments(account), "today": today}
    return render(request, "channels/account_risk.html", context, status=422 if form.is_bound else 200)
