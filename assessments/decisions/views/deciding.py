"""审定: what lies before those who decide, and the decision."""

import uuid
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from assessments.cycles.enums import CycleState
from assessments.cycles.models import Cycle
from assessments.cycles.queries.corrected import corrections_of
from assessments.cycles.queries.placing import Places
from assessments.cycles.words import cause_words
from core import acts, periods
from core.guards import needs
from core.http import PortalRequest
from orgs.permissions import Permission as P
from schedules.rounds.queries.calendar import load

from .. import words
from ..access import get_cycle_to_decide
from ..actions import decisions
from ..forms.decisions import DecideForm
from ..models import Decision
from ..queries.deciding import Group, Paper, least_total, paper_of
from ..queries.windows import window_of

FORM = ("GET", "HEAD", "POST")


@needs(P.ASSESSMENT_DECIDE, methods=FORM)
def decision(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """Grades, places as arithmetic, bonus and vetoes with their documents, what has changed; then
    the meeting and its minutes. Of a cycle that is decided what was decided. Twenty queries."""
    papers: dict[int, Paper] = {}

    def paper(found: Cycle) -> Paper:
        if found.pk not in papers:
            papers[found.pk] = paper_of(found, request.actor)
        return papers[found.pk]

    def form(found: Cycle) -> DecideForm:
        return DecideForm(acts.typed(request), initial={"paper": paper(found).digest})

    def ask(attempt: acts.Attempt[Cycle, DecideForm]) -> acts.Question:
        found, given = attempt.subject, attempt.given
        before = paper(found)
        told = "，".join(f"{grade or '没有等次'} {n} 家" for grade, n in before.counts.items())
        lines = [
            f"{periods.label(found.period)}考核，{before.count} 家单位：{told}",
            f"依据 {given['met_on']:%Y年%-m月%-d日}会议，{given['minutes_number']}",
            "审定以后评分和得分都不能再改，结果带校验码保存；各单位随即收到自己的得分和等次",
            "异议期 5 个工作日。审定不能撤回",
        ]
        return acts.Question("审定考核结果", lines, "审定", before.digest)

    return acts.perform(
        request,
        load=lambda: get_cycle_to_decide(request.actor, uid),
        form=form,
        act=lambda attempt: decisions.decide(
            cycle=attempt.subject,
            revision=attempt.subject.revision,
            by=request.actor,
            **attempt.given,
        ),
        done=lambda attempt, row: acts.said(
            request, "考核结果已审定，各单位已收到反馈。", row.cycle
        ),
        ask=ask,
        show=lambda attempt: _page(
            request,
            attempt,
            paper_of(attempt.subject, request.actor)
            if attempt.conflict
            else paper(attempt.subject),
        ),
    )


def _page(
    request: PortalRequest, attempt: acts.Attempt[Cycle, DecideForm], found: Paper
) -> HttpResponse:
    cycle, form = attempt.subject, attempt.form
    if attempt.conflict:  # what is agreed to next is what the page shows now
        data: Any = form.data.copy()  # type: ignore[attr-defined]
        data["paper"] = found.digest
        form.data = data
    is_sealed = cycle.state == CycleState.SEALED
    of, places = least_total(found.rules, found.groups)
    grade = found.rules.quota_grade
    context = {
        "cycle": cycle,
        "form": form,
        "conflict": attempt.conflict,
        "paper": found,
        "decision": Decision.objects.filter(cycle=cycle).first() if is_sealed else None,
        "is_sealed": is_sealed,
        "is_own": cycle.submitted_by_id in request.actor.persons,
        "grades": [(name, least, found.counts.get(name, 0)) for name, least in found.bands],
        "quota": {
            "grade": grade,
            "word": "不超过" if found.rules.quota_kind == "upper" else "不少于",
            "way": "向下取整" if found.rules.quota_kind == "upper" else "向上取整",
            "share": f"{found.rules.quota_share.numerator}/{found.rules.quota_share.denominator}",
            "of": of,
            "places": places,
            "rows": [
                _place_row(group, group.places, found)
                for group in found.groups
                if group.places is not None
            ],
        }
        if places is not None
        else None,
        "ties": [name for name, _ in found.groups[0].lines[0].ties]
        if found.groups and found.groups[0].lines
        else [],
        "groups": [_group(group) for group in found.groups],
        "awards": [_beside(one) for one in found.awards],
        "vetoes": [_beside(one) for one in found.vetoes],
        "changes": [(one, words.change_words(one)) for one in found.changes],
        "corrections": corrections_of(cycle) if is_sealed else [],
        "window": words.window_words(window_of(cycle, load())) if is_sealed else "",
    }
    return render(request, "decisions/decision.html", context, status=attempt.status)


def _place_row(group: Group, places: Places, paper: Paper) -> dict[str, Any]:
    return {
        "name": group.name,
        "exact": words.exact_words(places.part, paper.rules),
        "part": places.part,
        "remainder": words.two(places.part.remainder),
        "reached": group.reached,
        "have": sum(line.score.grade == paper.rules.quota_grade for line in group.lines),
        "last": words.place_words(group, paper),
    }


def _group(group: Group) -> dict[str, Any]:
    return {
        "name": group.name or "没有分组",
        "told": group.told,
        "rows": [
            {
                "line": line,
                "share": words.share_words(line.share),
                "why": cause_words(line.cause),
                "ties": ["—" if points is None else words.two(points) for _, points in line.ties],
                "url": line.score.assessed.get_absolute_url(),
            }
            for line in group.lines
        ],
    }


def _beside(one: Any) -> dict[str, Any]:
    return {
        "name": one.assessed.short_name,
        "url": one.assessed.get_absolute_url(),
        "said": [words.award_words(each) for each in one.said],
        "documents": one.documents,
        "points": words.points_words(one.points),
    }
