"""A problem that many have: who has it, and the item that it is raised to."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse

from assessments.cycles.access import holds
from assessments.cycles.models import Cycle
from core import acts, clock, kept
from core.guards import needs
from core.http import PortalRequest
from orgs.permissions import Permission as P
from schedules.action_items.queries.boards import Moment, this_moment
from schedules.action_items.words import line_standing, standing
from schedules.rounds.queries.calendar import load as load_calendar

from .. import words
from ..access import get_sealed_cycle
from ..actions import causes
from ..forms.findings import CauseForm
from ..queries.lists import Common, commons_of
from ..rules import TERM_WORKING_DAYS

FORM = ("GET", "HEAD", "POST")


@dataclass
class Shown:
    """A common problem as the page is about it."""

    cycle: Cycle
    common: Common
    at: Moment
    may_run: bool


@needs(P.ASSESSMENT_VIEW, methods=FORM)
def cause_detail(request: PortalRequest, uid: uuid.UUID, key: str) -> HttpResponse:
    """Who has the problem and how far each is; who holds the cycle raises it to himself. Ten
    queries, however many have it."""
    actor = request.actor

    def load() -> Shown:
        cycle = get_sealed_cycle(actor, uid)
        may_run = holds(actor, cycle)
        if request.method == "POST" and not may_run:
            raise Http404
        found = commons_of(cycle, indicator=key)
        if not found:
            raise Http404
        return Shown(cycle, found[0], this_moment(), may_run)

    def form(shown: Shown) -> CauseForm:
        due_on = load_calendar().add_working_days(clock.today(), TERM_WORKING_DAYS)
        initial = {"title": f"解决共性问题：{shown.common.name}"[:100], "due_on": due_on}
        return CauseForm(acts.typed(request), initial=initial)

    return acts.perform(
        request,
        load=load,
        form=form,
        act=lambda attempt: causes.raise_cause(
            cycle=attempt.subject.cycle, indicator=key, by=actor, **attempt.given
        ),
        done=lambda attempt, cause: acts.said(
            request, f"已列为督办{cause.item.number}，各单位的问题列在下面。", cause
        ),
        show=lambda attempt: attempt.page(
            "rectifications/cause.html",
            **_context(attempt),
            unsaved=kept.of(request).texts if attempt.conflict else (),
        ),
    )


def _context(attempt: acts.Attempt[Shown, CauseForm]) -> dict[str, Any]:
    shown = attempt.subject
    common = shown.common
    rows = []
    for one in common.findings:
        item = one.rectification.item
        if one.line is None or item is None:
            continue
        word, tone = line_standing(one.line, item, shown.at)
        rows.append((one, word, tone, words.nth(one.times)))
    item = common.cause.item if common.cause is not None else None
    return {
        "cycle": shown.cycle,
        "common": common,
        "said": words.common_words(common),
        "rows": rows,
        "item": item,
        "standing": standing(item, shown.at) if item is not None else None,
        "may_raise": shown.may_run and item is None,
        "conflict": attempt.conflict,
    }
