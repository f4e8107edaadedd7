"""What an item is marked by, and what a mark of it comes to."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from assessments.cycles.models import Score
from assessments.schemes.definitions import Leaf, all_given
from assessments.self_assessments.queries import side

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
    leaf, _ = leaf_of(item)
    if counted is None:
        rules = leaf.node.get("rules", ())
        is_whole = all(str(number) in given for number in range(len(rules)))
        counted = [] if is_whole else counted_of(item)
    return side.points_of(leaf, given, counted)
