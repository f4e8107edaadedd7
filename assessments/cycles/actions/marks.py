"""What people mark by hand."""

from collections.abc import Mapping
from typing import Any

from assessments.schemes.definitions import leaves
from assessments.scoring import rules
from assessments.scoring.refusals import Refused
from core import clock
from core.actions import action
from core.actor import Actor
from core.errors import Conflict, DomainError
from core.text import clean

from ..enums import CycleState
from ..models import Assessed, HandMark
from . import changes, runs, telling

MOST_SEATS = 3


@action
def give(
    *,
    assessed: Assessed,
    indicator: str,
    facts: Mapping[str, Any],
    by: Actor,
    rule: int = 0,
    seat: int = 1,
    reason: str = "",
) -> HandMark:
    """Gives the fact of a rule, in the words of the rule (`count`, `level`, `points` …), in the place
    of what this seat gave before. Raises NotAllowed, Conflict once the cycle is sealed, DomainError
    for what the rule does not take."""
    cycle = assessed.cycle
    runs.expect_holder(cycle, by)
    if cycle.state == CycleState.SEALED:
        raise Conflict("这期考核已经审定，不能再改评分。", code="state")
    if not 1 <= seat <= MOST_SEATS:
        raise DomainError("评分人最多三位。", field="seat")
    leaf = next((one for one in leaves(assessed.version.content) if one.key == indicator), None)
    known = list(leaf.node.get("rules", ())) if leaf is not None else []
    if leaf is None or not 0 <= rule < len(known):
        raise DomainError("细则里没有这一项。", field="indicator")
    given = {str(key): value for key, value in facts.items()}
    try:
        rules.evaluate(known[rule]["rule"], leaf.node["full"], known[rule]["params"], given)
    except Refused as refusal:
        raise DomainError(refusal.text, field="facts", code=refusal.code) from refusal
    mark, _ = HandMark.objects.update_or_create(
        assessed=assessed,
        indicator=indicator,
        rule=rule,
        seat=seat,
        defaults={
            "facts": given,
            "reason": clean(reason)[:300],
            "by_name": by.name[:100],
            "at": clock.now(),
        },
    )
    told = {"indicator": [None, indicator], "facts": [None, given]}
    telling.note(assessed, "cycles.mark.give", cycle=cycle, by=by, changes=told)
    changes.mark([assessed])
    return mark
