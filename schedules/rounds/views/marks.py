"""What a committee makes of one thing that a report says: 列入调度, its answer."""

from typing import Any

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse

from core import acts
from core.errors import Conflict
from core.guards import needs
from core.http import PortalRequest
from core.text import whole_number
from orgs.permissions import Permission as P

from .. import mark_outcomes
from ..access import get_item_to_mark
from ..actions import marks
from ..forms import AnswerForm, MarkForm
from ..models import ReportItem
from ..queries.readings import Reading, ReadRow, readings
from .timelines import timeline_of_mark


def _row_of(request: PortalRequest) -> int:
    given = request.POST if request.method == "POST" else request.GET
    return whole_number(given.get("row") or "0", digits=3) or 0


def _back_of(request: PortalRequest) -> str:
    """The reading page that the person came from: its parameters, nothing else."""
    given = request.POST if request.method == "POST" else request.GET
    return QueryDict(str(given.get("back", ""))[:600]).urlencode()


def _back_url(request: PortalRequest, item: ReportItem) -> str:
    query = _back_of(request)
    if not query:
        return f"{reverse('schedules:mark-edit', args=[item.pk])}?row={_row_of(request)}"
    return f"{reverse('schedules:reading')}?{query}#item-{item.pk}"


def _page(
    request: PortalRequest, item: ReportItem, *, status: int = 200, **forms: Any
) -> HttpResponse:
    found: Reading = readings(request.actor, [item])[0]
    row = _row_of(request)
    line = next((one for one in found.rows if one.number == row), None)
    if line is None:
        if status == 200:
            raise Http404
        line = ReadRow(row, "")  # gone meanwhile: the refusal says so, with what was typed
    mark, back = line.mark, _back_of(request)
    if status == Conflict.status and mark is not None and "answering" in forms:
        # What was typed is now about the mark as it is.
        data = forms["answering"].data.copy()
        data["revision"] = str(mark.revision)
        forms["answering"].data = data
    initial = {"row": row, "back": back}
    context = {
        "reading": found,
        "item": item,
        "report": item.report,
        "line": line,
        "row_name": str(line.number),
        "mark": mark,
        "back": back,
        "back_url": _back_url(request, item) if back else reverse("schedules:reading"),
        "steps": timeline_of_mark(mark.steps.all()) if mark else [],
        "outcomes": mark_outcomes.of(request.actor, [mark.pk]).get(mark.pk, []) if mark else [],
        "marking": MarkForm(initial={**initial, "note": mark.note if mark else ""}),
        "answering": AnswerForm(
            initial={
                **initial,
                "revision": mark.revision if mark else 0,
                "text": mark.answer if mark else "",
            }
        ),
        **forms,
    }
    return render(request, "schedules/mark_edit.html", context, status=status)


@needs(P.REPORT_MARK, methods=("GET", "HEAD", "POST"))
def mark_edit(request: PortalRequest, pk: int) -> HttpResponse:
    """One thing that a report says; on POST it is put before the committee's next meeting."""
    if request.method != "POST":
        return _page(request, get_item_to_mark(request.actor, pk))
    return acts.perform(
        request,
        load=lambda: get_item_to_mark(request.actor, pk),
        form=lambda item: MarkForm(request.POST),
        act=lambda attempt: marks.mark(
            item=attempt.subject,
            row=attempt.given["row"] or 0,
            note=attempt.given["note"],
            by=request.actor,
        ),
        done=lambda attempt, mark: acts.said(
            request, "已列入调度。", _back_url(request, attempt.subject)
        ),
        show=lambda attempt: _page(
            request, attempt.subject, status=attempt.status, marking=attempt.form
        ),
    )


@needs(P.REPORT_MARK, methods=("POST",))
def mark_remove(request: PortalRequest, pk: int) -> HttpResponse:
    """Takes it off what waits for the meeting."""
    return acts.press(
        request,
        load=lambda: get_item_to_mark(request.actor, pk),
        act=lambda item: marks.unmark(item=item, row=_row_of(request), by=request.actor),
        done=lambda item, mark: acts.said(request, "不再列入调度。", _back_url(request, item)),
    )


@needs(P.REPORT_MARK, methods=("POST",))
def mark_answer(request: PortalRequest, pk: int) -> HttpResponse:
    """Answers the branch."""
    return acts.perform(
        request,
        load=lambda: get_item_to_mark(request.actor, pk),
        form=lambda item: AnswerForm(request.POST),
        act=lambda attempt: marks.answer(
            item=attempt.subject,
            row=attempt.given["row"] or 0,
            text=attempt.given["text"],
            revision=attempt.given["revision"],
            by=request.actor,
        ),
        done=lambda attempt, mark: acts.said(
            request,
            f"已答复{attempt.subject.report.organization}。",
            _back_url(request, attempt.subject),
        ),
        show=lambda attempt: _page(
            request, attempt.subject, status=attempt.status, answering=attempt.form
        ),
    )
