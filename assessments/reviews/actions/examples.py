"""样题: what every reviewer marks before the real work."""

from typing import Any

from django.db import IntegrityError, transaction

from assessments.cycles.actions import runs
from assessments.schemes.actions import telling
from assessments.schemes.definitions import Leaf, leaves
from assessments.schemes.models import SchemeVersion
from core import clock
from core.actions import action
from core.actor import Actor
from core.errors import Conflict, DomainError, NotAllowed
from core.text import clean

from ..enums import ReviewState, SeatState
from ..facts import Facts, checked
from ..models import ExampleMark, Review, ReviewExample, ReviewSeat
from ..queries.exceptions import markable

MOST_EXAMPLES = 5
MOST_CASE, MOST_REASON = 2000, 300


@action
def save(
    *,
    review: Review,
    version: SchemeVersion,
    indicator: str,
    case: str,
    facts: Facts,
    reason: str,
    by: Actor,
    example: ReviewExample | None = None,
    revision: int = 0,
) -> ReviewExample:
    """Writes an example, or another in the place of one that nobody has marked yet. Raises
    NotAllowed, Stale, Conflict once the review has begun, DomainError."""
    runs.expect_holder(review.cycle, by)
    if Review.objects.select_for_update(of=("self",)).get(pk=review.pk).state != (
        ReviewState.PREPARING
    ):
        raise Conflict("复核已经开始，样题不能再改。", code="state")
    if example is None and review.examples.count() >= MOST_EXAMPLES:
        raise DomainError(f"样题最多 {MOST_EXAMPLES} 道。", code="many")
    text, why = clean(case, multiline=True), clean(reason)
    if not 10 <= len(text) <= MOST_CASE:
        raise DomainError(f"案例写 10 至 {MOST_CASE} 字。", field="case")
    if not 2 <= len(why) <= MOST_REASON:
        raise DomainError(f"写明为什么给这个分，{MOST_REASON} 字以内。", field="reason")
    given = _checked(_leaf(version, indicator), facts)
    values: dict[str, Any] = {
        "version": version,
        "indicator": indicator,
        "case": text,
        "facts": {str(number): one for number, one in given.items()},
        "reason": why,
    }
    if example is None:
        same = {name: values[name] for name in ("version", "indicator", "case")}
        if (there := review.examples.filter(**same).first()) is not None:
            return there  # a second click
        example = ReviewExample.objects.create(review=review, **values)
    else:
        ReviewExample.machine.move(example, "edit", revision=revision, **values)
    telling.note(example, "reviews.example.save", holder=review.cycle.organization, by=by)
    return example


@action
def remove(*, example: ReviewExample, by: Actor) -> None:
    """Takes an example away before the review begins; idempotent. Raises NotAllowed, Conflict."""
    review = example.review
    runs.expect_holder(review.cycle, by)
    if Review.objects.select_for_update(of=("self",)).get(pk=review.pk).state != (
        ReviewState.PREPARING
    ):
        raise Conflict("复核已经开始，样题不能再删。", code="state")
    if not ReviewExample.objects.filter(pk=example.pk).exists():
        return
    telling.note(example, "reviews.example.remove", holder=review.cycle.organization, by=by)
    ReviewExample.objects.filter(pk=example.pk).delete()


@action
def mark(
    *,
    example: ReviewExample,
    facts: Facts,
    reason: str,
    by: Actor,
) -> ExampleMark:
    """What the reviewer gives the example, once; then he is told the reference. The mark that is
    there when there is one. Raises NotAllowed, DomainError."""
    user_id = by.user_id or 0
    seats = ReviewSeat.objects.filter(user_id=user_id, item__assessed__cycle=example.review.cycle)
    if not seats.exclude(state=SeatState.LEFT).exists():
        raise NotAllowed("你不是这一期的考核组成员。")
    given = _checked(_leaf(example.version, example.indicator), facts)
    try:
        with transaction.atomic():
            found = ExampleMark.objects.create(
                example=example,
                user_id=user_id,
                facts={str(number): one for number, one in given.items()},
                reason=clean(reason)[:MOST_REASON],
                given_at=clock.now(),
            )
    except IntegrityError:
        return ExampleMark.objects.get(example=example, user_id=user_id)
    telling.note(example, "reviews.example.mark", holder=example.review.cycle.organization, by=by)
    return found


def _leaf(version: SchemeVersion, indicator: str) -> Leaf:
    leaf = next((one for one in leaves(version.content) if one.key == indicator), None)
    if leaf is None or not markable(leaf, counted=False):
        raise DomainError("请选择由人评分的指标。", field="indicator")
    return leaf


def _checked(leaf: Leaf, facts: Facts) -> dict[int, dict[str, Any]]:
    return checked(leaf, dict(markable(leaf, counted=False)), facts, is_whole=True)
