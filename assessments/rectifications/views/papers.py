"""整改通知书 and 整改台账 as files, and all notices of a cycle."""

import uuid

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from assessments.cycles.models import Cycle
from core import acts, periods
from core.documents import Document, making
from core.documents.writers import WRITERS
from core.downloads import download, stamp
from core.guards import needs
from core.http import PortalRequest
from orgs.permissions import Permission as P
from schedules.action_items.queries.boards import this_moment

from .. import packs
from ..access import get_issued_list, get_sealed_cycle
from ..exports.ledger import ledger, write_ledger
from ..exports.notice import notice
from ..queries.lists import Listed, count_issued, issued_in, list_of

READ = ("GET",)
VERB = "rectifications.list.export"


@needs(P.ASSESSMENT_VIEW, methods=READ)
def rectification_notice(request: PortalRequest, uid: uuid.UUID, ending: str) -> FileResponse:
    """The 整改通知书 of one organisation as Word (`docx`) or PDF."""
    if ending not in WRITERS:
        raise Http404
    row = get_issued_list(request.actor, uid)
    listed = list_of(row, this_moment())
    name = (row.assessed.name, periods.label(row.assessed.cycle.period), "整改通知书")
    return _document(request, row.assessed.cycle, name, ending, notice(listed))


@needs(P.ASSESSMENT_VIEW, methods=READ)
def rectification_ledger(request: PortalRequest, uid: uuid.UUID, ending: str) -> FileResponse:
    """The 整改台账 of one organisation as Excel (`xlsx`), Word or PDF."""
    row = get_issued_list(request.actor, uid)
    return _ledger(request, row.assessed.cycle, [list_of(row, this_moment())], ending)


@needs(P.ASSESSMENT_VIEW, methods=READ)
def cycle_ledger(request: PortalRequest, uid: uuid.UUID, ending: str) -> FileResponse:
    """The same of all organisations of a cycle."""
    cycle = get_sealed_cycle(request.actor, uid)
    lists = issued_in(request.actor, cycle, this_moment())
    if not lists:
        raise Http404
    return _ledger(request, cycle, lists, ending, is_all=True)


@needs(P.ASSESSMENT_VIEW, methods=("GET", "POST"))
def notice_pack(request: PortalRequest, uid: uuid.UUID, ending: str) -> HttpResponse:
    """All 整改通知书 of a cycle, Word or PDF: asked for here, made behind."""
    if ending not in WRITERS:
        raise Http404
    if request.method == "POST":
        return acts.press(
            request,
            load=lambda: packs.wanted(get_sealed_cycle(request.actor, uid), ending),
            act=lambda wanted: making.ask(wanted=wanted, by=request.actor),
            done=lambda wanted, row: redirect("core:document-detail", uid=row.uid),
        )
    cycle = get_sealed_cycle(request.actor, uid)
    count = count_issued(request.actor, cycle)
    if not count:
        raise Http404
    context = {
        "title": packs.wanted(cycle, ending).title,
        "count": count,
        "unit": "份整改通知书",
        "fields": {},
        "back_url": reverse("rectifications:cycle", args=[cycle.uid]),
    }
    return render(request, "core/document_ask.html", context)


def _ledger(
    request: PortalRequest, cycle: Cycle, lists: list[Listed], ending: str, *, is_all: bool = False
) -> FileResponse:
    place = cycle.organization.name if is_all else lists[0].row.assessed.name
    name = (place, periods.label(cycle.period), "整改台账")
    if ending in WRITERS:
        return _document(request, cycle, name, ending, ledger(lists, is_all=is_all))
    if ending != "xlsx":
        raise Http404
    return download(
        request,
        name=name,
        ending=ending,
        write=lambda target: write_ledger(target, lists, is_all=is_all, stamp=stamp(request.actor)),
        verb=VERB,
        entry=lambda written: _entry(cycle, ending),
    )


def _document(
    request: PortalRequest, cycle: Cycle, name: tuple[str, ...], ending: str, made: Document
) -> FileResponse:
    return download(
        request,
        name=name,
        ending=ending,
        write=lambda target: WRITERS[ending].write(target, made),
        verb=VERB,
        entry=lambda written: _entry(cycle, ending),
    )


def _entry(cycle: Cycle, ending: str) -> dict[str, object]:
    return {
        "organization_id": cycle.organization_id,
        "organization_path": cycle.organization.path,
        "changes": {"format": [None, ending]},
    }
