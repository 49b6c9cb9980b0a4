"""The list of sources, for HR and administrators: which places applicants are asked about, and what each is."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from analytics.actions import source_list as actions
from analytics.forms.source_list import MOST_OFFERED, MergeForm, SourceForm
from analytics.queries import source_use
from analytics.queries.surveys import MOST_PLACES
from foundation import clock
from foundation.formats import number
from recruitment.doors import HR, MemberRequest
from recruitment.models import Source
from recruitment.once import ChangedSinceSubmitted, submit_once
from recruitment.queries import sources as queries

LONGEST_SEARCH = 80


@require_safe
def source_list(request: MemberRequest) -> HttpResponse:
    """Show the list, a page at a time, with a search."""
    q = request.GET.get("q", "").replace("\0", "")[:LONGEST_SEARCH].strip()
    listed = queries.source_list(q=q, page_number=request.GET.get("side", "1"))
    n_places = number(listed.n_in_use)
    context = {
        "crumbs": _crumbs(request),
        "listed": listed,
        "most_places": MOST_PLACES,
        "heading": ngettext(
            "Applicants choose from one place", "Applicants choose from %(count)s places", listed.n_in_use
        )
        % {"count": n_places},
        "is_hr": request.membership.role in HR,
    }
    return render(request, "analytics/source_list.html", context)


def source_new(request: MemberRequest) -> HttpResponse:
    """Add a place of the municipality's own."""
    form = SourceForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            return submit_once(form, lambda: _create(request, form), user=request.user)
        except actions.NameTaken:
            form.add_error("name_nb", _taken())
        except ChangedSinceSubmitted as problem:
            form.add_error(None, str(problem))
    context = {"form": form, "crumbs": _crumbs(request, _("New source"))}
    return render(request, "analytics/source_form.html", context, status=422 if form.is_bound else 200)


def source_edit(request: MemberRequest, source_id: int) -> HttpResponse:
    """Correct a source; what it stands for is locked once it has been asked about."""
    source = _source(source_id)
    is_locked = actions.is_locked(source, today=clock.today())
    form = SourceForm(request.POST if request.method == "POST" else None, source=source, is_locked=is_locked)
    if form.is_bound and form.is_valid():
        try:
            actions.change_source(source=source, details=form.details(), today=clock.today())
        except actions.NameTaken:
            form.add_error("name_nb", _taken())
        except actions.MeaningLocked:
            form.add_error(None, _("The source has been asked about meanwhile. Load the page again."))
        else:
            messages.success(request, _("The source is stored."), extra_tags="toast")
            return redirect("source_list", number=request.municipality.number)
    context = {
        "form": form,
        "source": source,
        "is_locked": is_locked,
        "is_place": source.kind == Source.Kind.PLACE,
        "merges": queries.merges_of(source),
        "crumbs": _crumbs(request, source.name),
    }
    return render(request, "analytics/source_form.html", context, status=422 if form.is_bound else 200)


def source_merge(request: MemberRequest, source_id: int) -> HttpResponse:
    """Ask which source takes over, tell what follows, and merge."""
    source = _source(source_id)
    form = MergeForm(request.POST if request.method == "POST" else None, source=source)
    if form.is_bound and form.is_valid():
        into = form.cleaned_data["into"]
        try:
            actions.merge(source=source, into=into, by=request.user, now=clock.now())
        except actions.NotMergeable:
            form.add_error(None, _("These two cannot be merged. One of them may have been merged meanwhile."))
        else:
            values = {"old": source.name, "new": into.name}
            messages.success(request, _("«%(old)s» is told under «%(new)s» from now on.") % values)
            return redirect("source_edit", number=request.municipality.number, source_id=source.pk)
    context = {
        "form": form,
        "source": source,
        "use": source_use.use_of(source, with_answers=request.membership.role in HR),
        "most_offered": MOST_OFFERED,
        "is_mergeable": source.kind == Source.Kind.PLACE and source.merged_into_id is None,
        "crumbs": _crumbs(request, _("Merge"), source=source),
    }
    return render(request, "analytics/source_merge.html", context, status=422 if form.is_bound else 200)


@require_POST
def source_unmerge(request: MemberRequest, source_id: int) -> HttpResponse:
    """Let a merged source stand by itself again."""
    source = _source(source_id)
    if actions.undo_merge(source=source, by=request.user, now=clock.now()):
        text = _(
            "«%(name)s» stands by itself again, with everything that was its own. It is out of use until you change "
            "that."
        )
        messages.success(request, text % {"name": source.name})
    return redirect("source_edit", number=request.municipality.number, source_id=source.pk)


def _create(request: MemberRequest, form: SourceForm) -> str:
    source = actions.create_source(details=form.details())
    messages.success(request, _("«%(name)s» is on the list.") % {"name": source.name}, extra_tags="toast")
    return reverse("source_list", kwargs={"number": request.municipality.number})


def _source(source_id: int) -> Source:
    return get_object_or_404(Source.objects.select_related("channel", "merged_into"), pk=source_id)


def _taken() -> str:
    return _("Another source has this name. Choose another name, or correct the one that is there.")


def _crumbs(request: MemberRequest, here: str = "", *, source: Source | None = None) -> list[tuple[Any, str]]:
    number_of = {"number": request.municipality.number}
    way: list[tuple[Any, str]] = [(_("Sources"), reverse("sources", kwargs=number_of))]
    if not here:
        return [*way, (_("The list of sources"), "")]
    way.append((_("The list of sources"), reverse("source_list", kwargs=number_of)))
    if source is not None:
        way.append((source.name, reverse("source_edit", kwargs=number_of | {"source_id": source.pk})))
    return [*way, (here, "")]
