"""The list of one organisation: what it has to put right, how, by whom, and how far it is."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse

from assessments.cycles.access import holds
from core import acts
from core.actor import Actor
from core.guards import needs
from core.http import PortalRequest
from orgs.permissions import Permission as P
from schedules.action_items.actions import lines as item_lines
from schedules.action_items.enums import ActionState
from schedules.action_items.queries.boards import Moment, this_moment
from schedules.action_items.words import line_marks, line_standing

from .. import words
from ..access import get_list
from ..forms.findings import PlanForm
from ..models import Finding, Rectification
from ..queries.lists import Listed, list_of

FORM = ("GET", "HEAD", "POST")


@dataclass
class Shown:
    """A list as the page is about it."""

    row: Rectification
    listed: Listed
    at: Moment
    may_plan: bool
    may_stand_in: bool
    is_own: bool

    @property
    def revision(self) -> int:
        """Of its item: what was typed is of this state of it."""
        return self.row.item.revision if self.row.item is not None else 0


@needs(P.ASSESSMENT_VIEW, methods=FORM)
def rectification_detail(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """A list with its lines; whoever has to put it right writes measures and persons of all of them
    on this page; somebody above it does so in its stead after asking for it (`for=owner`). Eleven
    queries, however many lines."""
    actor = request.actor

    def load() -> Shown:
        row, at = get_list(actor, uid), this_moment()
        item = row.item
        runs = item is not None and item.state in (ActionState.DOING, ActionState.WAITING)
        handles = item is not None and actor.may_at(P.ACTION_HANDLE, item.owner.path)
        if request.method == "POST" and not handles:
            raise Http404
        is_own = item is not None and actor.organization_id == item.owner_id
        as_owner = is_own or request.method == "POST" or request.GET.get("for") == "owner"
        listed = list_of(row, at)
        may = runs and handles and listed.count.open > 0
        return Shown(row, listed, at, may and as_owner, may and not as_owner, is_own)

    def act(attempt: acts.Attempt[Shown, PlanForm]) -> Any:
        item = attempt.subject.row.item
        if item is None:
            raise Http404
        return item_lines.plan_lines(
            item=item, plans=attempt.form.plans, revision=attempt.given["revision"], by=actor
        )

    return acts.perform(
        request,
        load=load,
        form=lambda shown: PlanForm(
            acts.typed(request), item=shown.row.item, findings=shown.listed.findings
        ),
        act=act,
        done=lambda attempt, item: acts.said(request, "措施和责任人已保存。", attempt.subject.row),
        show=lambda attempt: attempt.page(
            "rectifications/rectification.html", **_context(request, attempt)
        ),
    )


@dataclass(frozen=True, slots=True)
class Row:
    """A finding as the page shows it."""

    finding: Finding
    word: str
    tone: str
    marks: Any
    lost: str
    repair: str
    nth: str
    fields: dict[str, Any] | None


def _way(shown: Shown, actor: Actor) -> tuple[str, bool]:
    """What the reader does next on the page of the item, and whether it is up to him."""
    item, count = shown.row.item, shown.listed.count
    if item is None:
        return "", False
    if shown.is_own and item.state == ActionState.ISSUED:
        return "签收", True
    if shown.is_own and item.is_under_way:
        return "去报结", True
    if count.reported and actor.may_at(P.ACTION_VERIFY, item.issuer.path):
        return f"核验 {count.reported} 条", True
    return "看督办", False


def _context(request: PortalRequest, attempt: acts.Attempt[Shown, PlanForm]) -> dict[str, Any]:
    shown, form = attempt.subject, attempt.form
    item = shown.row.item
    rows = []
    for one in shown.listed.findings:
        word, tone, marks = "待下发", "mute", []
        if one.line is not None and item is not None:
            word, tone = line_standing(one.line, item, shown.at)
            marks = line_marks(one.line)
        rows.append(
            Row(
                one,
                word,
                tone,
                marks,
                words.lost_text(one),
                words.repair_text(one),
                words.nth(one.times),
                form.row(one.line_id) if shown.may_plan and one.line_id else None,
            )
        )
    return {
        "row": shown.row,
        "assessed": shown.row.assessed,
        "cycle": shown.row.assessed.cycle,
        "item": item,
        "rows": rows,
        "count": shown.listed.count,
        "standing": words.list_standing(shown.listed),
        "may_plan": shown.may_plan,
        "may_stand_in": shown.may_stand_in,
        "way": _way(shown, request.actor),
        "may_run": holds(request.actor, shown.row.assessed.cycle),
        "conflict": attempt.conflict,
    }
