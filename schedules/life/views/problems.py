"""问题清单 of a 组织生活会 or 民主评议党员; it begins with what the year before has left."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from core import acts
from core.actor import Actor
from core.guards import needs
from core.http import PortalRequest
from orgs.permissions import Permission as P

from ..access import get_listed_record, get_own_listed_record, get_problem
from ..actions import problems
from ..enums import HELD, MeetingKind, ProblemState
from ..forms import ProblemsForm
from ..models import Meeting, Problem, ProblemList
from ..queries import problems as reads
from ..queries.appraisals import appraisal_of, summaries
from ..queries.rolls import OnRoll
from ..rules import LISTED_KINDS, year_about


@dataclass
class _Subject:
    """What the form is about: the record, and its list as it is now."""

    record: Meeting
    whole: ProblemList | None
    known: list[Problem]

    @property
    def revision(self) -> int:
        return self.whole.revision if self.whole else 0


@needs(P.LIFE_VIEW, methods=("GET", "HEAD"))
def problem_list(request: PortalRequest, uid: UUID) -> HttpResponse:
    """The record's list, as it is printed; above it the list of the year before, a button a line."""
    actor, record = request.actor, get_listed_record(request.actor, uid)
    whole = reads.list_of(record.uid)
    context = {
        "record": record,
        "year": year_about(record.held_on),
        "whole": whole,
        "lines": reads.lines_of(whole, actor) if whole else [],
        "hidden": reads.hidden_count(whole, actor) if whole else 0,
        "left": reads.left_from_before(record.organization_id, year_about(record.held_on), actor),
        "writes": _writes(request, record),
    }
    return render(request, "life/problem_list.html", context)


def left_before(actor: Actor, organization: int, kind: MeetingKind, day: dt.date) -> list[Problem]:
    """What the form of a new record shows of the years before: the lines still open. One query for
    kinds that have a list, none for others."""
    if kind not in LISTED_KINDS:
        return []
    lines = reads.left_from_before(organization, year_about(day), actor)
    return [line for line in lines if line.state == ProblemState.OPEN]


def results_of(actor: Actor, record: Meeting) -> dict[str, Any] | None:
    """What the page of a record says of what came of it: its list of problems, and the appraisal.
    Up to five queries for kinds that have a list, none for others."""
    if record.kind not in LISTED_KINDS:
        return None
    whole = reads.list_of(record.uid)
    appraisal = appraisal_of(record.uid) if record.kind == MeetingKind.APPRAISAL else None
    left = left_before(actor, record.organization_id, MeetingKind(record.kind), record.held_on)
    return {
        "problems": whole.problems.current().count() if whole else 0,
        "left": len(left),
        "is_appraisal": record.kind == MeetingKind.APPRAISAL,
        "summary": summaries([appraisal.pk]).get(appraisal.pk) if appraisal else None,
    }


@needs(P.LIFE_RECORD, methods=("GET", "HEAD", "POST"))
def problem_edit(request: PortalRequest, uid: UUID) -> HttpResponse:
    """The lines as a form: new ones, changed ones, those without a problem are taken out."""

    def load() -> _Subject:
        record = get_own_listed_record(request.actor, uid)
        whole = reads.list_of(record.uid)
        return _Subject(record, whole, reads.lines_of(whole, request.actor) if whole else [])

    return acts.perform(
        request,
        load=load,
        form=lambda subject: ProblemsForm(
            acts.typed(request),
            people=_nameable(request.actor, subject.record),
            known=subject.known,
            initial={"revision": subject.revision},
        ),
        act=lambda attempt: problems.save(
            record=attempt.subject.record,
            revision=attempt.given["revision"],
            lines=attempt.form.given_lines(),
            by=request.actor,
        ),
        done=lambda attempt, whole: acts.said(request, "问题清单已保存。", whole),
        show=lambda attempt: attempt.page(
            "life/problem_form.html",
            record=attempt.subject.record,
            year=year_about(attempt.subject.record.held_on),
            conflict=attempt.conflict,
            lines_now=attempt.subject.known if attempt.conflict else [],
        ),
    )


@needs(P.LIFE_RECORD, methods=("POST",))
def problem_done(request: PortalRequest, uid: UUID, problem: UUID) -> HttpResponse:
    """已改, in one tap."""
    return _tapped(
        request,
        uid,
        problem,
        lambda record, line: problems.settle(problem=line, record=record, by=request.actor),
        "已记为已改。",
    )


@needs(P.LIFE_RECORD, methods=("POST",))
def problem_carry(request: PortalRequest, uid: UUID, problem: UUID) -> HttpResponse:
    """还在改: into the list of this record, in one tap."""
    return _tapped(
        request,
        uid,
        problem,
        lambda record, line: problems.carry_over(problem=line, into=record, by=request.actor),
        "已转入这份清单。",
    )


# --- private -----------------------------------------------------------------------------------


def _tapped(
    request: PortalRequest,
    uid: UUID,
    problem: UUID,
    act: Callable[[Meeting, Problem], Any],
    words: str,
) -> HttpResponse:
    def load() -> tuple[Meeting, Problem]:
        record = get_own_listed_record(request.actor, uid)
        return record, get_problem(request.actor, record, problem)

    return acts.press(
        request,
        load=load,
        act=lambda pair: act(*pair),
        done=lambda pair, result: acts.said(request, words, "life:problem-list", pair[0].uid),
    )


def _nameable(actor: Actor, record: Meeting) -> list[OnRoll]:
    """Whom the actor may write lines about: nobody where he could not read them."""
    is_near = reads.reads_members_lines(actor, record.organization)
    return reads.people_of(record) if is_near else []


def _writes(request: PortalRequest, record: Meeting) -> bool:
    return record.state in HELD and request.actor.may_at(P.LIFE_RECORD, record.organization.path)
