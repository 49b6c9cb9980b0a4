"""«Annonser»: what paid campaigns gave and cost as the channel tells it, and which campaign of ours each belongs to."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from analytics.actions import paid as actions
from analytics.forms.paid import AdAccountForm, LinkForm
from analytics.queries import paid as queries
from channels.connectors import ConnectorError
from channels.models import Account, AdAccount, Campaign, PaidCampaign
from foundation import clock, formats
from foundation.tenancy import tenant
from recruitment.doors import MemberRequest, is_open_to

ROLE_MISSING = {"access_denied", "role_lost", "scope_lost"}
ACCESS_GONE = {"not_connected", "expired", "token_dead", "token_unopened", "refresh_refused"}


@require_safe
def ads(request: MemberRequest) -> HttpResponse:
    """Show every ad account with its campaigns, or those of one campaign of ours."""
    return _page(request)


def _page(request: MemberRequest, *, refused: tuple[int, LinkForm] | None = None, status: int = 200) -> HttpResponse:
    campaign = _campaign(request.GET.get("kampanje", ""))
    accounts = queries.paid_accounts(campaign_id=campaign.pk if campaign else None)
    may_link = is_open_to(request.membership, "ad_link")
    context = {
        "campaign": campaign,
        "heading": _heading(accounts),
        "accounts": [
            {
                "shown": each,
                "problem": problem_in_words(each.account),
                "rows": [(row, _link_form(row.paid, refused) if may_link else None) for row in each.rows],
            }
            for each in accounts
        ],
        "connectable": _connectable() if is_open_to(request.membership, "account_ads") else None,
        "may_link": may_link,
        "may_read": is_open_to(request.membership, "ads_read"),
    }
    return render(request, "analytics/ads.html", context, status=status)


@require_POST
def ad_link(request: MemberRequest, paid_id: int) -> HttpResponse:
    """Say which campaign of ours a paid one belongs to."""
    paid: PaidCampaign = get_object_or_404(PaidCampaign.objects, pk=paid_id)
    form = LinkForm(request.POST, auto_id=f"p{paid.pk}_%s")
    if not form.is_valid():
        return _page(request, refused=(paid.pk, form), status=422)
    actions.link(paid=paid, campaign=form.cleaned_data["campaign"])
    messages.success(request, _("Stored for «%(name)s».") % {"name": paid.name})
    return redirect("ads", number=request.municipality.number)


@require_POST
def ads_read(request: MemberRequest, ad_account_id: int) -> HttpResponse:
    """Ask the channel now. It speaks with the channel, so no transaction is open around it."""
    try:
        row = actions.read(municipality_id=request.municipality.pk, ad_account_id=ad_account_id, now=clock.now())
    except (AdAccount.DoesNotExist, actions.NoAds):
        raise Http404 from None
    except actions.TooSoon as problem:
        told = _("The figures were fetched a moment ago. You may fetch again %(when)s.")
        messages.info(request, told % {"when": formats.clock(problem.until)})
    else:
        if row.problem:
            messages.warning(request, problem_in_words(row))
        else:
            messages.success(request, _("The figures are fetched."))
    return redirect("ads", number=request.municipality.number)


@require_http_methods(["GET", "HEAD", "POST"])
def account_ads(request: MemberRequest, account_id: int) -> HttpResponse:
    """Ask the channel for the ad accounts that we may read, then choose one. Two steps of one page."""
    with tenant(request.municipality.pk):
        account = get_object_or_404(Account.objects.select_related("channel"), pk=account_id)
        if not actions.reads_ads(account):
            raise Http404
        context = {"account": account, "chosen": list(AdAccount.objects.filter(account=account))}
    if request.method != "POST":
        return _choosing(request, context)
    try:
        offered = actions.offered(account=account, now=clock.now())
    except ConnectorError as problem:
        return _choosing(request, context | {"problem": _why(problem.code, account)}, status=422)
    is_answer = "ad_account" in request.POST or request.POST.get("step") == "choose"
    form = AdAccountForm(request.POST if is_answer else None, offered=offered)
    if not offered or not is_answer or not form.is_valid():
        status = 422 if is_answer else 200
        return _choosing(request, context | {"form": form if offered else None, "is_asked": True}, status=status)
    with tenant(request.municipality.pk):
        actions.choose(
            account=account,
            offered=offered,
            external_id=form.cleaned_data["ad_account"],
            by=request.user,
            now=clock.now(),
        )
    messages.success(
        request, _("The ad account is chosen. Its figures are fetched twice a day; you may fetch them now.")
    )
    return redirect("ads", number=request.municipality.number)


def _choosing(request: MemberRequest, context: dict, *, status: int = 200) -> HttpResponse:
    with tenant(request.municipality.pk):
        return render(request, "analytics/account_ads.html", context, status=status)


def _campaign(asked: str) -> Campaign | None:
    if not asked:
        return None
    if not (asked.isascii() and asked.isdigit() and len(asked) < 19):
        raise Http404
    return get_object_or_404(Campaign.objects, pk=int(asked))


def _link_form(paid: PaidCampaign, refused: tuple[int, LinkForm] | None) -> LinkForm:
    if refused and refused[0] == paid.pk:
        return refused[1]
    return LinkForm(auto_id=f"p{paid.pk}_%s", initial={"campaign": paid.campaign_id})


def _connectable() -> Account | None:
    """Return a connected account whose channel has ad accounts, the first there is."""
    accounts = Account.objects.filter(connection__isnull=False).select_related("channel").order_by("pk")
    return next((account for account in accounts if actions.reads_ads(account)), None)


def _heading(accounts: list[queries.PaidAccount]) -> str:
    n_campaigns = sum(len(each.rows) for each in accounts)
    if not accounts:
        return _("No paid campaigns yet")
    spent = queries.known_sum(*(each.spend_ore for each in accounts if each.is_in_kroner))
    counted = ngettext("One paid campaign", "%(n)s paid campaigns", n_campaigns) % {"n": n_campaigns}
    if spent is None:
        return counted
    return _("%(campaigns)s, kr %(kroner)s spent") % {"campaigns": counted, "kroner": formats.kroner(spent)}


def problem_in_words(row: AdAccount) -> str:
    """Return why the figures could not be read last time, "" when they could."""
    return _why(row.problem, row.account) if row.problem else ""


def _why(code: str, account: Account) -> str:
    channel = {"channel": account.channel}
    if code in ROLE_MISSING:
        return _("%(channel)s does not let us read ad accounts: a role or a permission is missing.") % channel
    if code in ACCESS_GONE:
        return _("Access to the account is gone. It must be connected again under Channels.")
    if code == "version_sunset":
        return _("%(channel)s no longer answers this version. Kanalkompass must be updated.") % channel
    return _("We did not get the figures from %(channel)s. Try again in a while.") % channel
