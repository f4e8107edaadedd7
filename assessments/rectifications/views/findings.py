"""The lists of a cycle: how far they are, and findings proposed, written over and issued."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from assessments.cycles.access import holds
from assessments.cycles.models import Cycle
from core import acts, kept, periods
from core.errors import Conflict
from core.guards import needs
from core.http import PortalRequest
from core.paging import Pager
from orgs.permissions import Permission as P
from schedules.action_items import words as items
from schedules.action_items.queries.boards import this_moment

from .. import words
from ..access import get_held_cycle, get_sealed_cycle
from ..actions import proposing
from ..enums import Stage
from ..forms.findings import FindingsForm
from ..models import Finding, Rectification
from ..queries.lists import Issued, commons_of, drafts_of, lists_of
from ..rules import common_from

READ = ("GET", "HEAD")
FORM = ("GET", "HEAD", "POST")
ACT = ("POST",)
PAGE = 20  # lists on one page of drafting: all of the zone's


@needs(P.ASSESSMENT_VIEW, methods=READ)
def cycle(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """All lists of a cycle with how far they are, and what many have in common. Fourteen queries,
    however many lists and lines."""
    found = get_sealed_cycle(request.actor, uid)
    lists = lists_of(request.actor, found, this_moment())
    issued = Issued([one for one in lists if one.row.stage == Stage.ISSUED])
    commons = commons_of(found)
    context = {
        "cycle": found,
        "issued": [(one, words.list_standing(one)) for one in issued.lists],
        "drafts": [one for one in lists if one.row.stage == Stage.PROPOSED],
        "total": issued.total,
        "lasting": issued.lasting,
        "repeats": issued.repeats,
        "closed": issued.closed,
        "commons": commons,
        "least": common_from(commons[0].of) if commons else 0,
        "may_run": holds(request.actor, found),
        "may_propose": len(lists) < found.assessed.filter(is_out=False).count(),
    }
    return render(request, "rectifications/cycle.html", context)


@needs(P.ASSESSMENT_RUN, methods=ACT)
def finding_propose(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """Findings are proposed from the sealed result."""

    def done(found: Cycle, count: int) -> HttpResponse:
        text = f"已从审定结果提出 {count} 条问题，核对后下发。" if count else "没有新的问题。"
        if not drafts_of(found):
            return acts.said(request, text, "rectifications:cycle", uid=uid)
        return acts.said(request, text, "rectifications:finding-edit", uid=uid)

    return acts.press(
        request,
        load=lambda: get_held_cycle(request.actor, uid),
        act=lambda found: proposing.propose(cycle=found, by=request.actor),
        done=done,
    )


@dataclass
class Drafting:
    """What the page is about: drafts of a cycle, so many on one page."""

    cycle: Cycle
    page: Any
    lists: list[Rectification]


@needs(P.ASSESSMENT_RUN, methods=FORM)
def finding_edit(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """Findings of all organisations on one page: ticked, written over, given a day; saved, or given
    out as well. Seven queries."""
    is_issue = request.method == "POST" and request.POST.get("issue") == "1"

    def load() -> Drafting:
        found = get_held_cycle(request.actor, uid)
        page = Pager(drafts_of(found), PAGE).get_page(request.GET.get("page"))
        return Drafting(found, page, list(page.object_list))

    def act(attempt: acts.Attempt[Drafting, FindingsForm]) -> Any:
        subject, form = attempt.subject, attempt.form
        if form.gone:
            raise Conflict("有清单已由另一人下发。")
        given: Any = {"cycle": subject.cycle, "sheets": form.sheets, "by": request.actor}
        # Of many the question before it was ticked.
        return proposing.issue(**given, seen=True) if is_issue else proposing.save(**given)

    def done(attempt: acts.Attempt[Drafting, FindingsForm], result: Any) -> HttpResponse:
        if is_issue:
            text = f"已下发 {len(result)} 份整改清单，各单位会收到通知。"
            return acts.said(request, text, "rectifications:cycle", uid=uid)
        text = f"已保存，改动 {result} 份清单。" if result else "没有变化。"
        return acts.said(request, text, "rectifications:finding-edit", uid=uid)

    def ask(attempt: acts.Attempt[Drafting, FindingsForm]) -> acts.Question:
        if not is_issue:
            return acts.Question("", [], "")
        sheets = [one for one in attempt.form.sheets if any(x.is_chosen for x in one.lines)]
        count = sum(x.is_chosen for one in sheets for x in one.lines)
        lines = [
            f"{periods.label(attempt.subject.cycle.period)}考核，{len(sheets)} 家单位，{count} 条问题",
            "每家单位一份整改清单，作为一件督办下发，签收和办理的钟开始走",
            "下发后问题不能再改，只能整件作废",
        ]
        owners = {one.pk: one.assessed.organization for one in attempt.subject.lists}
        days = [x.due_on for one in sheets for x in one.lines if x.is_chosen and x.due_on]
        weighed, tick = items.weighed(
            min(days, default=None), [owners[one.rectification] for one in sheets]
        )
        return acts.Question(
            *("下发整改清单", lines, "下发"),
            part="action_items/weighing.html",
            shown={"weighed": weighed},
            tick=tick,
        )

    def show(attempt: acts.Attempt[Drafting, FindingsForm]) -> HttpResponse:
        if not attempt.subject.lists and not kept.of(request).texts:
            return acts.turned_back(attempt, "rectifications:cycle", uid=uid)
        return attempt.page("rectifications/findings.html", **_context(request, attempt))

    return acts.perform(
        request,
        load=load,
        form=lambda subject: FindingsForm(acts.typed(request), lists=subject.lists),
        act=act,
        done=done,
        ask=ask,
        show=show,
    )


@dataclass(frozen=True, slots=True)
class Row:
    """A finding with its fields."""

    finding: Finding
    fields: dict[str, Any]
    lost: str
    repair: str


def _context(
    request: PortalRequest, attempt: acts.Attempt[Drafting, FindingsForm]
) -> dict[str, Any]:
    subject, form = attempt.subject, attempt.form
    if attempt.conflict:
        # What is typed stays, and is now of the lists as they are.
        data: Any = form.data.copy()  # type: ignore[attr-defined]
        for row in subject.lists:
            data[f"r{row.pk}-revision"] = str(row.revision)
        form = attempt.form = FindingsForm(data, lists=subject.lists)
    sheets = [
        (
            row,
            [
                Row(one, form.row(one), words.lost_text(one), words.repair_text(one))
                for one in row.findings.all()
            ],
        )
        for row in subject.lists
    ]
    return {
        "cycle": subject.cycle,
        "sheets": sheets,
        "page": subject.page,
        "form": form,
        "conflict": attempt.conflict,
        "unsaved": kept.of(request).texts if attempt.conflict and form.gone else (),
    }
