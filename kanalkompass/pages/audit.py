"""The audit log's pages (P16). An administrator reads all; HR and communications read their own acts (table M)."""

from collections.abc import Iterator

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from audit import queries, record
from audit.acts import Act
from foundation import clock, formats, spreadsheets
from kanalkompass.logbook import texts
from kanalkompass.logbook.forms import LAST_NUMBER, LogForm, history_of
from kanalkompass.logbook.things import by_slug, rows_of
from recruitment.doors import ADMINISTRATOR, MemberRequest

PAGE_SIZE = 50
# A file larger than this is rarely opened, and asks the database for everything at once.
MOST_IN_FILE = 10_000
AT_A_TIME = 500


def _own_pseudonym(request: MemberRequest) -> str | None:
    """
    Return whose acts alone this member may see; None for an administrator, who sees all.

    A system administrator who entered with a reason reads as an administrator does, but for the log (table M).
    """
    is_passing = getattr(request.membership, "system_entry", None) is not None
    sees_all = request.membership.role in ADMINISTRATOR and not is_passing
    return None if sees_all else queries.pseudonym_of(request.user.pk)


@require_safe
def log(request: MemberRequest) -> HttpResponse:
    """Show the log, newest first, by period, person, act and kind of object."""
    own = _own_pseudonym(request)
    form = LogForm(request.GET, people=texts.people() if own is None else [])
    context = {"form": form, "sees_all": own is None}
    if not form.is_valid():
        return render(request, "log/log.html", context | {"lines": []}, status=422)
    events, older_than = queries.page(
        selection=form.selection(actor=own), older_than=form.cleaned_data["eldre_enn"], size=PAGE_SIZE
    )
    context |= {
        "lines": texts.lines(events, membership=request.membership),
        "older_than": older_than,
        "query": form.query(),
        "is_first_page": form.cleaned_data["eldre_enn"] is None,
    }
    return render(request, "log/log.html", context)


@require_safe
def log_csv(request: MemberRequest) -> HttpResponse:
    """Return the selected events as a file; the download itself is logged."""
    if _own_pseudonym(request) is not None:
        raise Http404
    form = LogForm(request.GET, people=texts.people())
    selection = form.selection(actor=None) if form.is_valid() else None
    n_rows = selection.events()[: MOST_IN_FILE + 1].count() if selection else 0
    if selection is None or n_rows > MOST_IN_FILE:
        if selection is not None:
            most = formats.number(MOST_IN_FILE)
            form.add_error("fra", _("A file holds at most %(most)s events. Choose a shorter period.") % {"most": most})
        return render(request, "log/log.html", {"form": form, "sees_all": True, "lines": []}, status=422)
    name = f"logg-{request.municipality.file_name}-{clock.today()}.csv"
    rows = list(_file_rows(request, selection))
    response = spreadsheets.download(rows, name=name, municipality_id=request.municipality.pk)
    record(Act.LOG_EXPORTED, detail={"file": name, "rows": n_rows})
    return response


def _file_rows(request: MemberRequest, selection: queries.Selection) -> Iterator[list[spreadsheets.Cell]]:
    yield [
        _("Event number"),
        _("Time in Norway"),
        _("Time in UTC"),
        _("Who"),
        _("What"),
        _("Before and after"),
        _("Reason"),
    ]
    older_than: int | None = None
    while True:
        events, older_than = queries.page(selection=selection, older_than=older_than, size=AT_A_TIME)
        for line in texts.lines(events, membership=request.membership):
            yield [
                line.number,
                f"{line.at.astimezone(clock.OSLO):%d.%m.%Y %H.%M.%S}",
                f"{line.at:%Y-%m-%dT%H:%M:%SZ}",
                line.who,
                line.what,
                "; ".join([*(_in_file(change) for change in line.changes), *line.notes]),
                line.reason,
            ]
        if older_than is None:
            return


def _in_file(change: texts.Change) -> str:
    return f"{change.label}: {' → '.join(part for part in (change.before, change.after) if part)}"


@require_safe
def history(request: MemberRequest, kind: str, object_id: int) -> HttpResponse:
    """
    Show what happened to one object and what belongs to it.

    404 for what does not exist and has left no event that this member may see, and for a page that cannot be.
    """
    thing, own = by_slug(kind), _own_pseudonym(request)
    form = LogForm(request.GET, people=[])
    is_closed = thing is not None and thing.is_of_rights and own is not None
    if thing is None or is_closed or object_id > LAST_NUMBER or not form.is_valid():
        raise Http404
    rows = rows_of(thing.model)
    row = (rows.select_related(*thing.select) if thing.select else rows).filter(pk=object_id).first()
    older = form.cleaned_data["eldre_enn"]
    selection = history_of(thing, row, object_id, actor=own)
    events, older_than = queries.page(selection=selection, older_than=older, size=PAGE_SIZE)
    if row is None and not events:
        raise Http404
    context = {
        "kind": capfirst(str(thing.model._meta.verbose_name)),
        "name": thing.name(row) if row is not None else "",
        "object_url": thing.url(number=request.municipality.number, pk=object_id) if row is not None else "",
        "lines": texts.lines(events, membership=request.membership),
        "older_than": older_than,
        "query": "",
        "is_first_page": older is None,
        "sees_all": own is None,
    }
    return render(request, "log/history.html", context)
