"""Results as files: 得分汇总表, 考核情况通报, 考核评分表, and all sheets of a cycle."""

import uuid
from typing import Any, BinaryIO

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from assessments.cycles.access import get_assessed
from assessments.cycles.models import Cycle
from assessments.cycles.views.papers import exported
from core import acts
from core.documents import making
from core.documents.writers import WRITERS
from core.downloads import download, stamp
from core.guards import needs
from core.http import PortalRequest
from orgs.permissions import Permission as P

from .. import packs
from ..access import get_board_cycle
from ..exports import bulletin as bulletins
from ..exports import sheets as score_sheets
from ..exports import summary as summaries
from ..queries.boards import board_of
from ..queries.losses import losses_of
from ..queries.sheets import assessed_in, sheet_of

GET = ("GET",)


def _writes(ending: str, *, is_sheet: bool = True) -> None:
    if ending not in WRITERS and not (is_sheet and ending == packs.SHEET):
        raise Http404


def _entry(cycle: Cycle, ending: str) -> dict[str, Any]:
    return {
        "object_type": Cycle._meta.label_lower,
        "object_id": cycle.pk,
        "organization_id": cycle.organization_id,
        "organization_path": cycle.organization.path,
        "changes": {"format": [None, ending]},
    }


@needs(P.ASSESSMENT_VIEW, methods=GET)
def summary(request: PortalRequest, uid: uuid.UUID, ending: str) -> FileResponse:
    """得分汇总表 as Excel, Word or PDF. Seven queries however many are assessed."""
    _writes(ending)
    cycle = get_board_cycle(request.actor, uid)
    board = board_of(cycle)
    losses = losses_of(board.stored)

    def write(target: BinaryIO) -> None:
        if ending == packs.SHEET:
            summaries.write_summary(target, board, losses, stamp=stamp(request.actor))
        else:
            WRITERS[ending].write(target, summaries.summary_document(board, losses))

    return download(
        request,
        name=summaries.name_of(board),
        ending=ending,
        write=write,
        verb="boards.summary.export",
        entry=lambda written: _entry(cycle, ending),
    )


@needs(P.ASSESSMENT_VIEW, methods=GET)
def bulletin(request: PortalRequest, uid: uuid.UUID, ending: str) -> FileResponse:
    """The draft of 考核情况通报 as Word or PDF."""
    _writes(ending, is_sheet=False)
    cycle = get_board_cycle(request.actor, uid)
    board = board_of(cycle)
    made = bulletins.bulletin_document(board, losses_of(board.stored))
    return download(
        request,
        name=(bulletins.title(board),),
        ending=ending,
        write=lambda target: WRITERS[ending].write(target, made),
        verb="boards.bulletin.export",
        entry=lambda written: _entry(cycle, ending),
    )


@needs(P.ASSESSMENT_VIEW, methods=GET)
def sheet(request: PortalRequest, uid: uuid.UUID, ending: str) -> FileResponse:
    """考核评分表 of one of the assessed, to its own people too: Excel, Word or PDF."""
    _writes(ending)
    assessed = get_assessed(request.actor, uid)
    found = sheet_of(request.actor, assessed)
    if found is None:
        raise Http404

    def write(target: BinaryIO) -> None:
        if ending == packs.SHEET:
            score_sheets.write_score_sheet(target, found, stamp=stamp(request.actor))
        else:
            WRITERS[ending].write(target, score_sheets.sheet_document(found))

    return download(
        request,
        name=score_sheets.name_of(found),
        ending=ending,
        write=write,
        verb="boards.sheet.export",
        entry=lambda written: exported(assessed, ending),
    )


@needs(P.ASSESSMENT_VIEW, methods=("GET", "POST"))
def sheet_pack(request: PortalRequest, uid: uuid.UUID, ending: str) -> HttpResponse:
    """All score sheets of a cycle, Excel, Word or PDF: asked for here, made behind."""
    _writes(ending)
    if request.method == "POST":
        return acts.press(
            request,
            load=lambda: packs.wanted(get_board_cycle(request.actor, uid), ending),
            act=lambda wanted: making.ask(wanted=wanted, by=request.actor),
            done=lambda wanted, row: redirect("core:document-detail", uid=row.uid),
        )
    cycle = get_board_cycle(request.actor, uid)
    context = {
        "title": packs.wanted(cycle, ending).title,
        "count": len(assessed_in(request.actor, cycle)),
        "unit": "份评分表",
        "fields": {},
        "back_url": reverse("boards:board", args=[cycle.uid]),
    }
    return render(request, "core/document_ask.html", context)
