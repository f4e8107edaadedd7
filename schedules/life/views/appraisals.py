"""民主评议党员: the ballots of one record, and what the appraisals of a year come to."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render

from core import acts, clock, figures, periods
from core.guards import needs
from core.http import PortalRequest
from core.paging import Pager
from orgs.access import get_window
from orgs.permissions import Permission as P

from ..access import get_appraisal_record, reads_grades
from ..actions import appraisals
from ..enums import HELD, Grade
from ..forms import AppraisalForm, stored_of_appraisal, values_of_ballots
from ..models import Appraisal, AppraisalResult, Meeting
from ..queries import appraisals as reads
from ..queries.appraisals import Appraised
from ..queries.appraised import GRADED, KEYS, rows_of, seen_of
from ..rules import may_be_excellent, year_about


@dataclass
class _Subject:
    """What the form is about: the record, who is appraised, and what is written of them now."""

    record: Meeting
    whole: Appraisal | None
    people: list[Appraised]
    results: dict[int, AppraisalResult]


@needs(P.LIFE_VIEW, methods=("GET", "HEAD"))
def appraisal_detail(request: PortalRequest, uid: UUID) -> HttpResponse:
    """What came of it, as it is printed; member by member for who also sees the members."""
    actor, record = request.actor, get_appraisal_record(request.actor, uid)
    whole = reads.appraisal_of(record.uid)
    rows = reads.results_of(whole) if whole else []
    summary = reads.summary_of(rows)
    writes = record.state in HELD and actor.may_at(P.LIFE_RECORD, record.organization.path)
    context = {
        "record": record,
        "year": year_about(record.held_on),
        "whole": whole,
        "rows": rows if reads_grades(actor, record.organization) else None,
        "summary": summary,
        "grades": [(grade.label, summary.of(grade)) for grade in Grade],
        "most": may_be_excellent(summary.graded),
        "writes": writes,
    }
    return render(request, "life/appraisal_detail.html", context)


@needs(P.LIFE_RECORD, methods=("GET", "HEAD", "POST"))
def appraisal_edit(request: PortalRequest, uid: UUID) -> HttpResponse:
    """The ballots, typed as a grid of whole numbers."""

    def load() -> _Subject:
        record = get_appraisal_record(request.actor, uid, own=True)
        if not reads_grades(request.actor, record.organization):
            raise Http404
        whole = reads.appraisal_of(record.uid)
        rows = {row.member_id: row for row in reads.results_of(whole)} if whole else {}
        return _Subject(record, whole, reads.appraised_at(record, whole), rows)

    def show(attempt: acts.Attempt[_Subject, AppraisalForm]) -> HttpResponse:
        subject, different = attempt.subject, []
        if attempt.conflict:
            form = attempt.form
            stored = stored_of_appraisal(form, subject.whole, subject.results)
            different = acts.differences(form, stored)
            data: Any = request.POST.copy()
            data["version"] = str(subject.whole.version if subject.whole else 0)
            form.data = data
        return attempt.page(
            "life/appraisal_form.html",
            record=subject.record,
            year=year_about(subject.record.held_on),
            conflict=attempt.conflict,
            different=different,
        )

    return acts.perform(
        request,
        load=load,
        form=lambda subject: AppraisalForm(
            acts.typed(request),
            people=subject.people,
            results=subject.results,
            initial=values_of_ballots(subject.whole, _came(subject.record)),
        ),
        act=lambda attempt: appraisals.save(
            record=attempt.subject.record,
            version=attempt.given["version"],
            ballots=attempt.form.ballots(),
            results=attempt.form.results(),
            by=request.actor,
        ),
        done=lambda attempt, whole: acts.said(request, "评议结果已保存。", whole),
        show=show,
    )


def _came(record: Meeting) -> int:
    """How many came: so many ballots were given out as a rule. One query."""
    return sum(unit.present_count + unit.extra_count for unit in record.units.all())


@needs(P.LIFE_VIEW, methods=("GET", "HEAD"))
def appraisal_rows(request: PortalRequest) -> HttpResponse:
    """The rows that a figure counts at a place for a period; the address says which. Those of
    organisations that have left the reader's scope since are counted and not named."""
    actor, key = request.actor, request.GET.get("figure", "")
    if key not in KEYS:
        raise Http404
    figure = figures.registered()[key]
    node, window = get_window(actor, request.GET, P(figure.permission))
    found = rows_of(key, node, window, below=actor.inherits)
    seen = seen_of(found, actor)
    page = Pager(seen, 50).get_page(request.GET.get("page"))
    context = {
        "node": node,
        "label": figure.label_in(window.period),
        "period": periods.label(window.period),
        "day": window.day if window.day < clock.today() else None,
        "known_at": window.known_at,
        "page": page,
        "is_graded": key in GRADED,
        "elsewhere": found.count() - page.paginator.count,
    }
    return render(request, "life/appraisal_rows.html", context)
