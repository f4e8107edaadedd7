"""Examples of a review, and who has marked them."""

from assessments.cycles.models import Cycle

from ..models import ExampleMark, ReviewExample


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
