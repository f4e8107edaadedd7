"""What the assessed say of an indicator, beside what is counted or marked of it."""

from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from typing import Any

from assessments.schemes.definitions import AWARDS, Leaf, scheme_of
from assessments.scoring import rules, schemes
from assessments.scoring.numbers import number
from assessments.scoring.refusals import Refused

from ..enums import Stance
from ..models import SelfItem

_ROOT = "@"  # a key that no indicator has

Sides = dict[tuple[int, str], SelfItem]


def sides_of(assessed: Collection[int], indicators: Collection[str] | None = None) -> Sides:
    """(assessed, indicator) -> what was said of it, by those who have sent: each with its evidence
    and its files (`item.evidence.all()`, `item.attachments.all()`), without further queries. Three
    queries, however many."""
    rows = SelfItem.objects.filter(
        self_assessment__assessed__in=assessed, self_assessment__sent_at__isnull=False
    )
    if indicators is not None:
        rows = rows.filter(indicator__in=indicators)
    rows = rows.select_related("self_assessment").prefetch_related("evidence", "attachments")
    return {(one.self_assessment.assessed_id, one.indicator): one for one in rows}


def questioned(item: SelfItem | None) -> bool:
    """Whether the assessed question what was counted. No query."""
    return item is not None and item.stance == Stance.QUESTIONED


def differs(leaf: Leaf, result: Mapping[str, Any] | None, item: SelfItem | None) -> bool:
    """Whether the points that the assessed give themselves are others than those that stand. `result`
    is that of the indicator in a stored score (`score.result["indicators"][key]`), for `AWARDS` one
    with the bonus as its points; None while nothing stands. What was questioned differs by its mark,
    if one was given. No query."""
    if item is None or result is None or item.stance == Stance.STANDS:
        return False
    own, stands = points_of(leaf, item.facts), result.get("points")
    return own is not None and stands is not None and own != _number(stands)


def points_of(
    leaf: Leaf,
    facts: Mapping[str, Any],
    counted: Sequence[Mapping[str, Any] | None] = (),
) -> Fraction | None:
    """What marks, by the number of their rule, come to at an indicator; `counted` has the facts of
    rules that nobody marks. None while a rule has neither, or takes what it was given for none."""
    known = []
    for place, _ in enumerate(leaf.node.get("rules", ())):
        of_rule = facts.get(str(place)) or (counted[place] if place < len(counted) else None)
        if not isinstance(of_rule, Mapping):
            return None
        known.append(of_rule)
    try:
        if leaf.key == AWARDS:
            params = leaf.node["rules"][0]["params"]
            return rules.evaluate("bonus", None, params, known[0]).points
        full = str(leaf.node.get("full", ""))
        root = {"key": _ROOT, "name": _ROOT, "full": full, "parts": [leaf.node]}
        one = scheme_of({"root": root}).indicators[0]
        return schemes.score_indicator(one, known).points
    except (Refused, IndexError, KeyError):
        return None


def _number(value: Any) -> Fraction:
    """A number as results hold it: `1/3` too, and sums of many shares."""
    return Fraction(value) if isinstance(value, str) else number(value)
