"""What came before and after the result of a cycle: how it was reviewed, how far it is put right."""

import uuid
from fractions import Fraction
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from assessments.cycles.enums import CycleState
from assessments.cycles.explaining import fixed
from assessments.cycles.models import Cycle
from core import clock
from core.actor import Actor
from core.guards import needs
from core.http import PortalRequest
from orgs.permissions import Permission as P
from schedules.action_items.queries.boards import this_moment

from .. import words
from ..access import get_board_cycle
from ..queries.boards import Stored, stored_of
from ..queries.losses import losses_of
from ..queries.repairing import repairs_of
from ..queries.reviewing import Pair, Reviewed, is_told, review_of, reviewed_of
from . import board_charts
from .pages import pages_of

READ = ("GET", "HEAD")
SHOWN = 20  # pairs under the chart


@needs(P.ASSESSMENT_VIEW, methods=READ)
def board_follow(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """How a cycle was reviewed, once its marks are all given, and how far its lists of rectification
    are today. Eighteen queries however many are assessed and however long the lists are."""
    cycle = get_board_cycle(request.actor, uid)
    context = {
        "cycle": cycle,
        "title": words.title_of(cycle),
        "pages": pages_of(cycle, "boards:board-follow"),
        "now": clock.now(),
        **_reviewed(request.actor, cycle, request.GET.get("step", "")),
        **_repaired(request.actor, cycle),
    }
    return render(request, "boards/board_follow.html", context)


def _reviewed(actor: Actor, cycle: Cycle, step: str) -> dict[str, Any]:
    review = review_of(cycle)
    if review is None:
        return {"reviewed": None, "not_told": words.NO_REVIEW}
    if not is_told(actor, review):
        return {"reviewed": None, "not_told": words.NOT_TOLD[CycleState(cycle.state)]}
    stored = stored_of(cycle)
    found = reviewed_of(review, stored)
    chosen = int(step) if step in board_charts.steps_of(found) else None
    pairs = _pairs(found, chosen)
    return {
        "reviewed": found,
        "apart": "—" if found.apart is None else f"{fixed(found.apart, 1)}%",
        "limit": fixed(found.limit, 0),
        "spread": board_charts.apart_spread(found, chosen),
        "chosen": None if chosen is None else words.step_of(chosen, board_charts.STEP),
        "pairs": _rows(pairs[:SHOWN], stored),
        "left_off": max(len(pairs) - SHOWN, 0),
        "heads": [(one, f"{fixed(one.apart, 1)}%") for one in found.heads],
    }


def _pairs(found: Reviewed, chosen: int | None) -> list[Pair]:
    """Those of the bar that was chosen; else those that lay far enough apart for a third."""
    if chosen is None:
        return [one for one in found.pairs if one.apart > found.limit]
    low = Fraction(chosen * board_charts.STEP)
    return [one for one in found.pairs if low <= one.apart < low + board_charts.STEP]


def _rows(pairs: list[Pair], stored: Stored) -> list[tuple[Pair, str, int]]:
    """Each with how far apart, and the number of its indicator on the page of the score."""
    if not pairs:
        return []
    numbers = {
        (row.score.pk, key): cell.number
        for row in losses_of(stored).rows
        for key, cell in row.cells.items()
    }
    return [(one, f"{fixed(one.apart, 1)}%", numbers[one.score.pk, one.key]) for one in pairs]


def _repaired(actor: Actor, cycle: Cycle) -> dict[str, Any]:
    if cycle.sealed_at is None:
        return {"repairs": None}
    found = repairs_of(actor, cycle, this_moment())
    return {"repairs": found, "repaired": board_charts.repair_bars(found)}
