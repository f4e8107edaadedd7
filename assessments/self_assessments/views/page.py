"""A self-assessment: the whole of it, on a page and on paper, and that it is sent."""

import uuid
from typing import Any

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from assessments.cycles.enums import CycleState
from assessments.cycles.models import Assessed
from assessments.cycles.views.papers import send_paper
from core import acts
from core.documents.writers import WRITERS
from core.guards import needs
from core.http import PortalRequest
from core.text import whole_number
from orgs.permissions import Permission as P
from schedules.rounds.evidence import with_addresses
from schedules.rounds.queries.calendar import load as calendar

from .. import words
from ..access import answers, carries_on, get_answered, get_read
from ..actions import sending
from ..exports.paper import name_of, paper
from ..queries.due import due_on
from ..queries.sheet import Row, Sheet, sheet_of

READ = ("GET", "HEAD")


@needs(P.ASSESSMENT_VIEW, methods=READ)
def self_assessment(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """The tree of the version: what was counted in a line each, what is marked by themselves, what is
    missing, and what facts and own marks come to. Twenty-three queries at most."""
    assessed = get_read(request.actor, uid)
    return render(request, "self_assessments/self_assessment.html", context_of(request, assessed))


def context_of(request: PortalRequest, assessed: Assessed) -> dict[str, Any]:
    """What the page shows of it."""
    actor = request.actor
    sheet = sheet_of(assessed, actor)
    writes = answers(actor, assessed)
    cited = [one for row in sheet.rows.values() if row.said for one in row.said.evidence.all()]
    urls = {row.pk: url for row, url in with_addresses(actor, cited)} if cited else {}
    cycle = assessed.cycle
    parts = []
    if sheet.explained is not None:
        for part in sheet.explained.parts:
            rows = [sheet.rows[item.key] for item in (*part.rows, *part.kept)]
            rows.sort(key=lambda row: row.item.number if row.item else 0)
            parts.append(
                {
                    "part": part,
                    "hand_title": f"{part.name}：要人评的",
                    "counted_title": f"{part.name}：自动计分",
                    "counted": [
                        _shown(row, sheet, urls, writes) for row in rows if not row.by_hand
                    ],
                    "hand": [_shown(row, sheet, urls, writes) for row in rows if row.by_hand],
                }
            )
    awards = next((row for row in sheet.rows.values() if row.is_awards), None)
    return {
        "assessed": assessed,
        "cycle": cycle,
        "sheet": sheet,
        "own": sheet.own,
        "writes": writes,
        "is_draft": sheet.is_draft and writes,
        "may_return": carries_on(actor, assessed)
        and sheet.own is not None
        and sheet.own.sent_at is not None
        and cycle.state in (CycleState.FROZEN, CycleState.REVIEWING),
        "state": words.state_words(sheet.own, cycle.state),
        "tone": words.state_tone(sheet.own, cycle.state),
        "sum": words.sum_words(sheet),
        "sum_label": "自评合计" if sheet.explained and sheet.explained.is_whole else "已有合计",
        "parts": parts,
        "awards": _shown(awards, sheet, urls, writes) if awards else None,
        "missing": sheet.missing if sheet.is_draft and writes else [],
        "returned": [_shown(row, sheet, urls, writes) for row in sheet.returned],
        "asked": len(sheet.asked),
        "asked_note": f"共要自评 {len(sheet.asked)} 项",
        "marked": sum(row.is_marked for row in sheet.asked),
        "questioned": len(sheet.questioned),
        "due": due_on(cycle, calendar()) if sheet.is_draft else None,
    }


def _shown(row: Row, sheet: Sheet, urls: dict[int, str], writes: bool) -> dict[str, Any]:
    """One line: its numbers with the addresses of their rows, the own mark, what shows it."""
    item, said = row.item, row.said
    numbers = item.numbers if item is not None and not row.by_hand else []
    return {
        "row": row,
        "item": item,
        "said": said,
        "standard": item.standard if item is not None else "",
        "summary": item.summary if item is not None and not row.by_hand else "",
        "numbers": [
            {"number": one, "url": url}
            for one in numbers
            if (url := sheet.urls.get((one.figure, one.period, one.place), ""))
        ],
        "mark": words.mark_words(row),
        "points": words.points_words(row),
        "evidence": [(one, urls.get(one.pk, "")) for one in said.evidence.all()] if said else [],
        "files": list(said.attachments.all()) if said else [],
        "may_write": writes and sheet.may_write(row),
    }


@needs(P.ASSESSMENT_ANSWER, methods=("POST",))
def self_assessment_send(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """Sends it, after it was asked what that means."""
    revision = whole_number(request.POST.get("revision", "")) or 0

    def ask(assessed: Assessed) -> acts.Question:
        sheet = sheet_of(assessed)
        marked = sum(row.is_marked for row in sheet.asked)
        why_not = len(sheet.asked) - marked
        lines = [f"自评 {marked} 项" + (f"，写明不评的 {why_not} 项" if why_not else "")]
        lines.append(f"有异议 {len(sheet.questioned)} 项，其余自动计分的认可")
        lines.append("报送后不能再改；考核组退回的项可以补充")
        return acts.Question("报送自查自评", lines, "报送")

    return acts.press(
        request,
        load=lambda: get_answered(request.actor, uid),
        act=lambda assessed: sending.send(assessed=assessed, revision=revision, by=request.actor),
        done=lambda assessed, row: acts.said(request, "已报送。考核组复核后反馈结果。", row),
        ask=ask,
        back=lambda assessed: reverse("self_assessments:self-assessment", args=[assessed.uid]),
    )


@needs(P.ASSESSMENT_VIEW, methods=("GET",))
def self_assessment_document(
    request: PortalRequest, uid: uuid.UUID, ending: str
) -> FileResponse | HttpResponse:
    """The score sheet with the own marks, as Word (`docx`) or PDF."""
    if ending not in WRITERS:
        raise Http404
    assessed = get_read(request.actor, uid)
    sheet = sheet_of(assessed)
    if sheet.explained is None:
        return redirect("self_assessments:self-assessment", uid=uid)
    made = paper(sheet)
    return send_paper(
        request,
        assessed,
        made,
        name=name_of(sheet),
        ending=ending,
        verb="self_assessments.self_assessment.export",
    )
