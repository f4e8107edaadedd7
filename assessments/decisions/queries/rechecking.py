"""What lies before whoever checks a result again: what counts now of the indicator, and what facts
its rules take."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assessments.cycles.explaining import Item, Names, Stored, explain
from assessments.cycles.models import Assessed, HandMark, Score
from assessments.schemes.definitions import AWARDS, HAPPENED, VETOES, Leaf, all_given
from core import figures
from core.actor import Actor
from orgs.models import Organization

from ..models import Objection


@dataclass(frozen=True, slots=True)
class Now:
    """What counts now: the score, the indicator as it is explained (None for what is of the whole),
    and per rule the facts, None where several gave them by themselves."""

    score: Score
    leaf: Leaf | None
    item: Item | None
    facts: Sequence[Mapping[str, Any] | None]
    reason: str


def now_of(assessed: Assessed, indicator: str) -> Now | None:
    """What counts of one indicator of one of the assessed; None while nothing does. Three queries."""
    score = (
        Score.objects.filter(assessed=assessed, run=assessed.cycle.run_id)
        .select_related("assessed__version")
        .first()
    )
    if score is None:
        return None
    content = score.assessed.version.content
    leaf = next((one for one in all_given(content) if one.key == indicator), None)
    rules = leaf.node.get("rules", ()) if leaf is not None else ()
    stored = score.facts
    if indicator == AWARDS:
        facts: list[Mapping[str, Any] | None] = [{"awards": stored["awards"]}]
    elif indicator == VETOES:
        facts = [{HAPPENED: stored["happened"]}]
    else:
        rows = stored["facts"].get(indicator) or []
        facts = [
            rows[number] if number < len(rows) and "seats" not in rows[number] else None
            for number in range(len(rules))
        ]
    reasons = HandMark.objects.filter(assessed=assessed, indicator=indicator).exclude(reason="")
    reason = reasons.order_by("seat").values_list("reason", flat=True).first() or ""
    return Now(score, leaf, _item(score, assessed, indicator), facts, reason)


def _item(score: Score, assessed: Assessed, indicator: str) -> Item | None:
    places = {
        int(place)
        for row in score.facts["facts"].get(indicator) or ()
        for place in row.get("counts", ())
        if str(place).isdecimal()
    }
    branches = Organization.objects.in_bulk(list(places))
    names = Names(figures.registered(), {str(pk): str(one) for pk, one in branches.items()})
    stored = Stored(
        score.assessed.version.content, score.facts, score.result, assessed.cycle.period
    )
    return next((one for one in explain(stored, names, None).items if one.key == indicator), None)


def indicators_of(assessed: Assessed) -> list[tuple[str, str]]:
    """What something can be held against: key and name of the indicators, then what is of the whole.
    No query for a row with its version."""
    return [(leaf.key, leaf.name) for leaf in all_given(assessed.version.content)]


def listed(actor: Actor) -> list[Objection]:
    """The objections that the actor sees, those that wait first. One query."""
    rows = (
        Objection.objects.visible_to(actor)
        .select_related("assessed__cycle", "assessed__organization", "correction")
        .order_by("-raised_at", "-pk")[:200]
    )
    return sorted(rows, key=lambda one: not one.is_open)
