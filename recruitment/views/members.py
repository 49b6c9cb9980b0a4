"""The administrator's pages about people: who may what, who is invited, who has looked in."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from foundation import clock, limits
from foundation.formats import in_words
from recruitment.actions import entries, invitations
from recruitment.actions import members as actions
from recruitment.doors import MemberRequest
from recruitment.models import Invitation, Membership, SystemEntry
from recruitment.once import ChangedSinceSubmitted, submit_once
from recruitment.people_forms import InvitationForm, RoleForm
from recruitment.queries import people

INVALID = 422
ENTRIES_SHOWN = 20
# Letters that one administrator may send to addresses of her choice.
LETTERS = {"limit": 60, "window_s": 3600}


@require_safe
def members(request: MemberRequest) -> HttpResponse:
    """Show everybody who has a role here, the open invitations, and the system administrators' entries."""
    now = clock.now()
    rows = list(people.memberships())
    entered = [(entry, entry.is_open(now)) for entry in people.entries()[:ENTRIES_SHOWN]]
    context = {
        "active": [row for row in rows if row.is_active],
        "closed": [row for row in rows if not row.is_active],
        "invited": [(each, each.is_open(now)) for each in people.pending_invitations()],
        "entries": entered,
        "heading": _heading([row for row in rows if row.is_active]),
    }
    return render(request, "recruitment/members.html", context)


def member_invite(request: MemberRequest) -> HttpResponse:
    """Invite an address. What is answered never tells whether it has an account."""
    form = InvitationForm(request.POST if request.method == "POST" else None)
    if not form.is_bound or not form.is_valid():
        return _invite_page(request, form)
    try:
        return submit_once(form, lambda: _invite(request, form), user=request.user)
    except invitations.AlreadyMember:
        form.add_error("email", _("This person has a role here already. Change it in the list."))
    except invitations.AlreadyInvited:
        form.add_error("email", _("This address is invited already. You can send the invitation again from the list."))
    except actions.NotAdministrator:
        raise Http404 from None
    except ChangedSinceSubmitted as problem:
        form.add_error(None, str(problem))
    return _invite_page(request, form)


def member_edit(request: MemberRequest, membership_id: int) -> HttpResponse:
    """Change somebody's role and rights; nobody changes her own."""
    member = _other_or_404(request, membership_id)
    form = RoleForm(request.POST if request.method == "POST" else None, initial=RoleForm.initial_of(member))
    if form.is_bound and form.is_valid():
        try:
            actions.change_member(membership_id=membership_id, by=request.user, grant=form.grant())
        except actions.LastAdministrator:
            form.add_error("role", _("Nobody else is left to administer the municipality."))
        except (actions.OwnMembership, actions.NotAdministrator, Membership.DoesNotExist):
            raise Http404 from None
        else:
            messages.success(request, _("The role and the rights are stored. They count from now on."))
            return redirect("members", number=request.municipality.number)
    context = {"form": form, "member": member}
    return render(request, "recruitment/member_edit.html", context, status=INVALID if form.is_bound else 200)


def member_close(request: MemberRequest, membership_id: int) -> HttpResponse:
    """Ask whether to shut somebody out, and do it."""
    member = _other_or_404(request, membership_id)
    if request.method == "POST":
        try:
            actions.deactivate(membership_id=membership_id, by=request.user)
        except actions.LastAdministrator:
            messages.error(request, _("Nobody else is left to administer the municipality."))
        except (actions.OwnMembership, actions.NotAdministrator, Membership.DoesNotExist):
            raise Http404 from None
        else:
            messages.success(request, _("%(name)s has no access any more.") % {"name": member.user})
        return redirect("members", number=request.municipality.number)
    return render(request, "recruitment/member_close.html", {"member": member})


@require_POST
def member_open(request: MemberRequest, membership_id: int) -> HttpResponse:
    """Let somebody in again, with the role and the rights she had."""
    member = _other_or_404(request, membership_id)
    try:
        actions.reactivate(membership_id=membership_id, by=request.user)
    except (actions.OwnMembership, actions.NotAdministrator, Membership.DoesNotExist):
        raise Http404 from None
    messages.success(request, _("%(name)s has access again.") % {"name": member.user})
    return redirect("members", number=request.municipality.number)


@require_POST
def invitation_again(request: MemberRequest, invitation_id: int) -> HttpResponse:
    """Send an invitation again, with a new link and a new week."""
    limits.count("invitation", str(request.user.pk), **LETTERS)
    try:
        invitation = invitations.send_again(invitation_id=invitation_id, by=request.user, now=clock.now())
    except Invitation.DoesNotExist:
        raise Http404 from None
    except invitations.NotOpen:
        messages.error(request, _("The invitation was used or withdrawn meanwhile."))
    else:
        messages.success(
            request,
            _("The invitation to %(email)s is on its way again. The old link no longer works.")
            % {"email": invitation.email},
        )
    return redirect("members", number=request.municipality.number)


@require_POST
def invitation_withdraw(request: MemberRequest, invitation_id: int) -> HttpResponse:
    """Let an invitation's link stop working."""
    try:
        invitation = invitations.withdraw(invitation_id=invitation_id, now=clock.now())
    except Invitation.DoesNotExist:
        raise Http404 from None
    except invitations.NotOpen:
        messages.error(request, _("The invitation was used or withdrawn meanwhile."))
    else:
        messages.success(request, _("The invitation to %(email)s is withdrawn.") % {"email": invitation.email})
    return redirect("members", number=request.municipality.number)


@require_POST
def entry_seen(request: MemberRequest, entry_id: int) -> HttpResponse:
    """Note that the municipality has seen a system administrator's entry."""
    try:
        entries.mark_seen(entry_id=entry_id, by=request.user, now=clock.now())
    except SystemEntry.DoesNotExist:
        raise Http404 from None
    return redirect("members", number=request.municipality.number)


def _invite(request: MemberRequest, form: InvitationForm) -> str:
    limits.count("invitation", str(request.user.pk), **LETTERS)
    email = form.cleaned_data["email"]
    invitations.invite(email=email, grant=form.grant(), by=request.user, now=clock.now())
    messages.success(request, _("The invitation to %(email)s is on its way.") % {"email": email.lower()})
    return reverse("members", kwargs={"number": request.municipality.number})


def _invite_page(request: MemberRequest, form: InvitationForm) -> HttpResponse:
    return render(request, "recruitment/member_invite.html", {"form": form}, status=INVALID if form.is_bound else 200)


def _other_or_404(request: MemberRequest, membership_id: int) -> Any:
    member = people.memberships().filter(pk=membership_id).exclude(user=request.user).first()
    if member is None:
        raise Http404
    return member


def _heading(active: list[Any]) -> str:
    n_without = sum(not row.has_second_step for row in active)
    n_members = len(active)
    people_here = ngettext("One person has access", "%(count)s people have access", n_members) % {
        "count": in_words(n_members).capitalize()
    }
    if not n_without:
        return people_here
    without = ngettext("one without two-step login", "%(count)s without two-step login", n_without)
    return f"{people_here}, {without % {'count': in_words(n_without)}}"
