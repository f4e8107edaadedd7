"""Fills the registries of lower apps with what this app has to say. Imported once, by the app config."""

from collections.abc import Sequence

from assessments.cycles import offers
from assessments.cycles.models import Cycle
from core import tones
from core import verbs as core_verbs

from . import relations, verbs  # noqa: F401  (registers who reviews)
from .enums import ItemState, ReviewState, SeatState
from .models import Review
from .queries import holding

core_verbs.register("reviews", verbs.VERBS, verbs.FIELDS)
offers.register_claim(holding.claimed)
tones.register(ReviewState, {ReviewState.PREPARING: "mute", ReviewState.GOING: "warn"})
tones.register(ItemState, {ItemState.OPEN: "mute", ItemState.THIRD: "warn", ItemState.DONE: "ok"})
tones.register(SeatState, {SeatState.OPEN: "mute", SeatState.GIVEN: "ok", SeatState.LEFT: "mute"})


@offers.register_against
def _against(cycle: Cycle, step: offers.Step) -> Sequence[str]:
    """A review that is arranged begins on its own page, and what it began has to be marked. Two
    queries."""
    review = Review.objects.filter(cycle=cycle).first()
    if review is None:
        return []
    if step == "review" and review.state == ReviewState.PREPARING:
        return ["已经安排考核组，请到“考核组”页开始复核"]
    if step == "submit" and (left := holding.unfinished(cycle)):
        return [f"考核组还有 {left} 项没有评齐"]
    return []
