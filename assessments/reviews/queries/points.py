"""What an item is marked by, and what a mark of it comes to."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from assessments.cycles.models import Score
from assessments.schemes.definitions import AWARDS, Leaf, all_given, scheme_of
from assessments.scoring import schemes
from assessments.scoring.refusals import Refused

from ..models import ReviewItem
from .exceptions import markable


def leaf_of(item: ReviewItem) -> tuple[Leaf, list[tuple[int, Mapping[str, Any]]]]:
    """The indicator of an item, and the rules that its reviewers mark, by number. No query when it
    comes with the version of its assessed."""
    content = item.assessed.version.content
    leaf = next(one for one in all_given(content) if one.key == item.indicator)
    return leaf, markable(leaf, counted=False) or markable(leaf, counted=True)


def counted_of(item: ReviewItem) -> list[Mapping[str, Any]]:
    """The facts of the item's rules as they are counted now; none where they wait for a mark. One
    query."""
    score = Score.objects.current().filter(assessed=item.assessed_id).only("facts").first()
    return list(score.facts["facts"].get(item.indicator, ())) if score is not None else []


def points_of(
    item: ReviewItem,
    given: Mapping[str, Mapping[str, Any]],
    counted: list[Mapping[str, Any]] | None = None,
) -> Fraction | None:
    """What the item would bring by this mark alone, by rule: {"0": {"points": "18"}}; rules without
    one as they are counted. None where that cannot be told. One query without `counted`."""
    if item.indicator == AWARDS:
        return None
    leaf, _ = leaf_of(item)
    scheme = scheme_of(item.assessed.version.content)
    indicator = next(one for one in scheme.indicators if one.key == item.indicator)
    rules = leaf.node.get("rules", ())
    if counted is None:
        counted = [] if all(str(n) in given for n in range(len(rules))) else counted_of(item)
    facts = []
    for number in range(len(rules)):
        known = given.get(str(number))
        if known is None and number < len(counted):
            known = counted[number]
        if known is None:
            return None
        facts.append(known)
    try:
        return schemes.score_indicator(indicator, facts).points
    except Refused:
        return None
