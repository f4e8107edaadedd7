"""What is told of results beyond the pages: groups and scores, to whom they may be told."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import F, QuerySet
from django.db.models.fields.json import KT

from assessments.schemes.models import LEAST, AssessmentGroup
from assessments.scoring.numbers import number, rounded
from core.actor import Actor

from ..enums import CycleState
from ..models import Assessed, Cycle, Score


@dataclass(frozen=True, slots=True)
class ToldGroup:
    """A group as it is told: mean and spread are withheld where too few would give others away."""

    name: str
    count: int
    minimum: int
    is_ranked: bool
    mean: str | None
    lowest: str | None
    highest: str | None
    places: int | None


def groups_told(cycle: Cycle, actor: Actor, is_over: bool) -> list[ToldGroup]:
    """Of a cycle whose facts are frozen: all groups to who stands with its holder, to the assessed
    his own. While it runs nobody else's points are told, and so no mean of them. Two queries."""
    if cycle.state == CycleState.RUNNING or cycle.run is None:
        return []
    told: Mapping[str, Mapping[str, Any]] = cycle.run.summary.get("groups", {})
    wanted = {int(pk) for pk in told}
    if not is_over:
        mine = Assessed.objects.visible_to(actor).filter(cycle=cycle, is_out=False)
        wanted &= set(mine.values_list("group_id", flat=True))
    groups = AssessmentGroup.objects.filter(pk__in=wanted).order_by("order", "pk")
    return [_told(name, told[str(pk)], is_over) for pk, name in groups.values_list("pk", "name")]


def _told(name: str, one: Mapping[str, Any], is_over: bool) -> ToldGroup:
    """To the assessed no mean of few, as on the page of a score, and never the lowest and highest:
    those are other units' own."""
    shows = is_over or one["count"] >= max(one["minimum"], LEAST)
    ends = [
        f"{rounded(number(one[key])):f}" if is_over and one[key] is not None else None
        for key in ("lowest", "highest")
    ]
    return ToldGroup(
        name,
        one["count"],
        one["minimum"],
        bool(one["is_ranked"]),
        one["mean"] if shows else None,
        ends[0],
        ends[1],
        one["places"],
    )


def scores_told(cycle: Cycle, actor: Actor) -> QuerySet[Score]:
    """Those of the scores that count which the actor may open, with their indicators; `told_total`
    as the scheme rounds it, `told_bonus` as it is in that (None where there is none), `happened`
    the vetoes."""
    return (
        Score.objects.visible_to(actor)
        .filter(run=cycle.run_id, assessed__cycle=cycle, assessed__is_out=False)
        .select_related("assessed__group")
        .prefetch_related("indicators")
        .annotate(
            told_total=KT("result__total"),
            told_bonus=KT("result__bonus"),
            happened=F("facts__happened"),
        )
        .defer("facts", "result")
        .order_by("assessed__path", "pk")
    )


def without_others(score: Score, cycle: Cycle) -> None:
    """Takes from a score, as it is told to who is only assessed, what compares it with others: the
    rank always, grade and standing until they are sealed. Stores nothing."""
    score.rank = None
    if cycle.state != CycleState.SEALED:
        score.grade = score.band = ""
        score.standing = None
