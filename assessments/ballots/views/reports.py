"""Secretaries' reports: which there are, one, and its steps."""

import uuid
from collections.abc import Callable
from typing import Any

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from assessments.cycles.access import holds
from assessments.cycles.models import ASSESSED, Assessed
from assessments.cycles.views.papers import send_paper
from assessments.scoring.numbers import rounded
from core import acts, periods, uploads
from core import attachments as files
from core.documents.writers import WRITERS
from core.downloads import download
from core.guards import needs
from core.http import PortalRequest
from orgs.permissions import Permission as P

from ..access import (
    get_asked,
    get_asked_to_write,
    get_cycle,
    get_file,
    get_file_to_remove,
    get_report_to_judge,
    report_of,
    writes,
)
from ..actions import reports
from ..actions.reports import OPEN_IN, PARTS
from ..enums import ReportState
from ..exports.reports import report_paper, summary_paper
from ..forms.reports import SOFT, CommentForm, ReportForm, ReturnForm, initial_of
from ..models import ReportFile, SecretaryReport
from ..queries.reports import Reported, report_ballot, reported, secretary_of
from ..queries.rounds import result_of

READ, POST, FORM = ("GET", "HEAD"), ("POST",), ("GET", "HEAD", "POST")
SEES = (P.ASSESSMENT_VIEW, P.ASSESSMENT_REVIEW)


@needs(*SEES, methods=READ)
def report_list(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """All of whom a report is asked: how far it is, and what their ballot gave. Nine queries."""
    cycle = get_cycle(request.actor, uid)
    ballot = report_ballot(cycle)
    if ballot is None:
        raise Http404
    rows = reported(cycle, ballot, request.actor)
    context = {
        "cycle": cycle,
        "ballot": ballot,
        "rows": [(one, _points(one, ballot)) for one in rows],
        "sent": sum(_is_sent(one) for one in rows),
    }
    return render(request, "ballots/report_list.html", context)


def _is_sent(one: Reported) -> bool:
    return one.report is not None and one.report.state == ReportState.SENT


def _points(one: Reported, ballot: Any) -> Any:
    if one.round is None:
        return None
    result = result_of(one.round, ballot.leaf_of[one.assessed.version_id])
    return None if result is None else rounded(result.points)


def _expect_written(ending: str) -> None:
    if ending not in WRITERS:
        raise Http404


@needs(*SEES, methods=READ)
def report_summary(request: PortalRequest, uid: uuid.UUID, ending: str) -> FileResponse:
    """述职评议情况表 as Word or PDF."""
    _expect_written(ending)
    cycle = get_cycle(request.actor, uid)
    ballot = report_ballot(cycle)
    if ballot is None:
        raise Http404
    made = summary_paper(cycle, ballot, reported(cycle, ballot, request.actor))
    return download(
        request,
        name=(cycle.organization.name, periods.label(cycle.period), "述职评议情况表"),
        ending=ending,
        write=lambda target: WRITERS[ending].write(target, made),
        verb="ballots.report.summary",
        entry=lambda written: {
            "organization_id": cycle.organization_id,
            "organization_path": cycle.organization.path,
            "changes": {"format": [None, ending]},
        },
    )


# --- one report ----------------------------------------------------------------------------------


@needs(*SEES, methods=READ)
def report(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """The report with its files, what was said of it, and what may be done with it."""
    return _page(request, get_asked(request.actor, uid))


def _page(
    request: PortalRequest,
    assessed: Assessed,
    attempt: acts.Attempt[Any, Any] | None = None,
) -> HttpResponse:
    """The report; an act that was refused stands on it as it was typed."""
    found = report_of(request.actor, assessed)
    is_open = assessed.cycle.state in OPEN_IN
    may_write = writes(request.actor, assessed) and is_open
    judges = (
        holds(request.actor, assessed.cycle)
        and is_open
        and not request.actor.keeps_out(P.ASSESSMENT_RUN, assessed.path, (ASSESSED, assessed.pk))
    )
    edits = may_write and (found is None or found.state != ReportState.SENT)
    initial = initial_of(found)
    forms: dict[str, Any] = {
        "return_form": ReturnForm(initial=initial),
        "comment_form": CommentForm(initial=initial),
    }
    status = 200
    if attempt is not None:
        status = attempt.status
        name = "return_form" if isinstance(attempt.form, ReturnForm) else "comment_form"
        forms |= {name: attempt.form, "form": attempt.form, "refusal": attempt.conflict}
        typed = [attempt.form[one].value() for one in attempt.form.fields if one != "revision"]
        forms["kept"] = [one for one in typed if one] if attempt.conflict else []
    context = {
        "assessed": assessed,
        "cycle": assessed.cycle,
        "report": found,
        "parts": [(label, getattr(found, name)) for name, label in PARTS.items()] if found else [],
        "may_edit": edits,
        "may_send": edits and found is not None,
        "may_judge": judges and found is not None and found.state == ReportState.SENT,
        "is_own": request.actor.organization_path == assessed.organization.path,
        "files": _files(found, may_remove=edits),
        "may_add": edits,
        **forms,
    }
    return render(request, "ballots/report.html", context, status=status)


def _files(found: SecretaryReport | None, *, may_remove: bool) -> list[dict[str, object]]:
    if found is None:
        return []
    removes = "ballots:report-file-remove" if may_remove else ""
    rows = found.files.filter(state="ready").order_by("pk")
    return [uploads.listed(row, opens="ballots:report-file-open", removes=removes) for row in rows]


@needs(P.ASSESSMENT_ANSWER, methods=FORM)
def report_edit(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """The report is written in its parts, and saved as far as it is."""

    def form(assessed: Assessed) -> ReportForm:
        found = report_of(request.actor, assessed)
        initial = initial_of(found)
        if found is None:  # known already: not asked once more
            initial["secretary"] = secretary_of(assessed)
        return ReportForm(acts.typed(request), initial=initial)

    def show(attempt: acts.Attempt[Assessed, ReportForm]) -> HttpResponse:
        found = report_of(request.actor, attempt.subject)
        if attempt.conflict and found is not None:
            data: Any = attempt.form.data.copy()  # type: ignore[attr-defined]
            data["revision"] = str(found.revision)
            attempt.form.data = data
        stored = initial_of(found)
        return attempt.page(
            "ballots/report_edit.html",
            assessed=attempt.subject,
            cycle=attempt.subject.cycle,
            report=found,
            conflict=attempt.conflict,
            differing=acts.differences(attempt.form, stored) if attempt.conflict else [],
            soft=SOFT,
        )

    return acts.perform(
        request,
        load=lambda: get_asked_to_write(request.actor, uid),
        form=form,
        act=lambda attempt: reports.save(
            assessed=attempt.subject, by=request.actor, **attempt.given
        ),
        done=lambda attempt, row: acts.said(request, "已保存。", "ballots:report", uid),
        show=show,
    )


@needs(P.ASSESSMENT_ANSWER, methods=POST)
def report_send(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """The report goes to who holds the cycle, after it was said what that means."""

    def revision(assessed: Assessed) -> int:
        found = report_of(request.actor, assessed)
        return found.revision if found is not None else 0

    def ask(assessed: Assessed) -> acts.Question:
        lines = [
            f"{assessed.name}的述职报告报送{assessed.cycle.organization}",
            "考核组和考核委员会可以看到；评议以前要改，请他们退回",
        ]
        return acts.Question("报送述职报告", lines, "报送", mark=str(revision(assessed)))

    return acts.press(
        request,
        load=lambda: get_asked_to_write(request.actor, uid),
        act=lambda assessed: reports.send(
            assessed=assessed, revision=revision(assessed) or 1, by=request.actor
        ),
        done=lambda assessed, row: acts.said(request, "述职报告已报送。", "ballots:report", uid),
        ask=ask,
        back=lambda assessed: reverse("ballots:report", args=[uid]),
    )


def _judge(
    request: PortalRequest,
    uid: uuid.UUID,
    form: Callable[..., Any],
    action: Callable[..., SecretaryReport],
    text: str,
) -> HttpResponse:
    return acts.perform(
        request,
        load=lambda: get_report_to_judge(request.actor, uid),
        form=lambda report: form(request.POST),
        act=lambda attempt: action(report=attempt.subject, by=request.actor, **attempt.given),
        done=lambda attempt, row: acts.said(request, text, "ballots:report", uid),
        show=lambda attempt: _page(request, attempt.subject.assessed, attempt),
    )


@needs(P.ASSESSMENT_RUN, methods=POST)
def report_return(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """Another report is asked for."""
    return _judge(request, uid, ReturnForm, reports.give_back, "已退回，由该单位修改后再报送。")


@needs(P.ASSESSMENT_RUN, methods=POST)
def report_comment(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """What the holder says of it."""
    return _judge(request, uid, CommentForm, reports.comment, "点评已保存。")


@needs(*SEES, methods=READ)
def report_document(request: PortalRequest, uid: uuid.UUID, ending: str) -> FileResponse:
    """The report as Word or PDF."""
    _expect_written(ending)
    assessed = get_asked(request.actor, uid)
    found = report_of(request.actor, assessed)
    if found is None:
        raise Http404
    made = report_paper(found)
    return send_paper(
        request,
        assessed,
        made,
        name=(assessed.name, f"{assessed.cycle.year}年度", "述职报告"),
        ending=ending,
        verb="ballots.report.export",
        about=found,
    )


# --- files ---------------------------------------------------------------------------------------


def _at_files(uid: uuid.UUID) -> HttpResponse:
    return redirect(f"{reverse('ballots:report', args=[uid])}#files")


@needs(P.ASSESSMENT_ANSWER, methods=POST)
def file_add(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """Adds the files chosen, each an act of its own; what is refused is named with its reason."""
    get_asked_to_write(request.actor, uid)

    def add(file: files.Checked) -> object:
        return acts.carry_out(
            lambda: get_asked_to_write(request.actor, uid),
            lambda assessed: file,
            lambda assessed, file: reports.attach(assessed=assessed, file=file, by=request.actor),
        )

    uploads.take(request, add)
    return _at_files(uid)


@needs(*SEES, methods=READ)
def file_open(request: PortalRequest, uid: uuid.UUID) -> FileResponse:
    """The file, if its report is the actor's to read."""
    return files.serve(get_file(request.actor, uid))


def _page_of_file(uid: uuid.UUID) -> str:
    rows = ReportFile.objects.filter(uid=uid)
    found = rows.values_list("report__assessed__uid", flat=True).first()
    return reverse("ballots:report", args=[found]) if found else "/"


@needs(P.ASSESSMENT_ANSWER, methods=POST, page=_page_of_file)
def file_remove(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """Takes a file away."""
    return acts.press(
        request,
        load=lambda: get_file_to_remove(request.actor, uid),
        act=lambda file: reports.detach(file=file, by=request.actor),
        done=lambda file, nothing: _at_files(file.report.assessed.uid),
    )
