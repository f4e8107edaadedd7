"""Fills the registries of lower apps with what this app has to say. Imported once, by the app config."""

from collections.abc import Sequence

from django.urls import reverse

from assessments.cycles import demo as demo_of_cycles
from assessments.cycles import offers
from assessments.cycles.enums import CycleState
from assessments.cycles.models import Cycle
from core import menu, tones
from core import verbs as core_verbs
from core import worklist as work
from core.actor import Actor
from orgs.permissions import Permission

from . import relations, verbs, worklist  # noqa: F401  (registers who reviews)
from .access import ARRANGED
from .demo import reviews, streets
from .enums import ItemState, ReviewState, SeatState
from .models import Review
from .queries import holding

core_verbs.register("reviews", verbs.VERBS, verbs.FIELDS)
offers.register_claim(holding.claimed)
demo_of_cycles.register_between(reviews.between)
demo_of_cycles.register_between(streets.between)
work.register(worklist.provide)
menu.register_parts(
    "schemes:scheme-list",
    menu.Part(
        "我的复核",
        "reviews:desk",
        6,
        permission=Permission.ASSESSMENT_REVIEW,
        marks=("reviews:",),
    ),
)
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


@offers.register_links
def _links(actor: Actor, cycle: Cycle) -> Sequence[offers.Link]:
    """The teams for who carries the cycle on; how they mark for who decides and marks nothing in it.
    Three queries at most."""
    path, found = cycle.organization.path, []
    runs = actor.may_at(Permission.ASSESSMENT_RUN, path)
    decides = actor.may_at(Permission.ASSESSMENT_DECIDE, path)
    if not (runs or decides) or cycle.state == CycleState.RUNNING:
        return []
    review = Review.objects.filter(cycle=cycle).first()
    if runs and review is None and cycle.state in ARRANGED:
        url = reverse("reviews:arrange", args=[cycle.uid])
        found.append(offers.Link("考核组", url, "还没有安排"))
    if review is None:
        return found
    is_going = review.state == ReviewState.GOING
    if runs:
        note = "还没有开始"
        if is_going:
            done, items = holding.progress(cycle)
            note = f"已评齐 {done} / {items} 项"
        found.append(offers.Link("考核组", reverse("reviews:review", args=[cycle.uid]), note))
    if decides and is_going and not holding.marks_in(actor, review):
        url = reverse("reviews:calibration", args=[cycle.uid])
        found.append(offers.Link("评分尺度", url, "只给审定的人看"))
    return found
