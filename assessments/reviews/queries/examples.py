"""Examples of a review, and who has marked them."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from assessments.cycles.models import Assessed, Cycle
from assessments.schemes.definitions import Leaf

from ..models import ExampleMark, ReviewExample, ReviewItem
from .points import leaf_of, points_of


def examples_left(cycle: Cycle, user_id: int) -> int:
    """How many examples the person has still to mark before the real work. One query."""
    done = ExampleMark.objects.filter(user=user_id).values("example_id")
    return ReviewExample.objects.filter(review__cycle=cycle).exclude(pk__in=done).count()


def examples_of(cycle: Cycle, user_id: int) -> list[tuple[ReviewExample, ExampleMark | None]]:
    """The examples of a cycle with the person's own mark of each. Two queries."""
    rows = list(
        ReviewExample.objects.filter(review__cycle=cycle).select_related("version", "review__cycle")
    )
    marks = {
        mark.example_id: mark
        for mark in ExampleMark.objects.filter(example__in=[one.pk for one in rows], user=user_id)
    }
    return [(one, marks.get(one.pk)) for one in rows]


def _as_item(example: ReviewExample) -> ReviewItem:
    return ReviewItem(assessed=Assessed(version=example.version), indicator=example.indicator)


def leaf_of_example(example: ReviewExample) -> Leaf:
    """The indicator that the example is of. No query when it comes with its version."""
    return leaf_of(_as_item(example))[0]


def points_of_example(example: ReviewExample, given: Mapping[str, Any]) -> Fraction | None:
    """What a mark of the example comes to. No query when it comes with its version."""
    return points_of(_as_item(example), given, [])
