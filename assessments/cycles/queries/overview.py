"""How far a cycle is: who is assessed by what, what is missing, and how its computation goes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from assessments.schemes.definitions import Leaf, beside, leaves
from assessments.schemes.models import AssessmentGroup
from core.actor import Actor
from orgs.access import in_scope, not_recused
from orgs.permissions import Permission

from ..enums import RunState
from ..models import (
    Assessed,
    Cycle,
    HandMark,
    IndicatorScore,
    Reading,
    Run,
    Score,
    ScoreMark,
)
from . import computing
from .enrolled import Unmeasured, enrolled

WEAKEST = 5


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a computation is, in its rows."""

    run: Run
    read: int
    figures: int
    scored: int
    assessed: int


def progress_of(cycle: Cycle) -> Progress | None:
    """The computation that is on its way; None when there is none. One query, three with one."""
    run = cycle.runs.going().first()
    if run is None:
        return None
    read = Reading.objects.filter(run=run).exclude(read_at=None).count()
    scored = Score.objects.filter(run=run).count()
    return Progress(run, read, run.n_figures, scored, run.n_assessed)


@dataclass(frozen=True, slots=True)
class Missing:
    """An indicator without which somebody has no total: of whom (`names`), whether people mark it,
    or a figure could not be told. `kinds`: why, of each."""

    key: str
    name: str
    full: str
    by_hand: bool
    names: Sequence[str]


@dataclass(frozen=True, slots=True)
class Enrolment:
    """One of the assessed with what is still missing of it: indicators, never points."""

    assessed: Assessed
    waiting: Sequence[str]


@dataclass(frozen=True, slots=True)
class Overview:
    """All that the page of a cycle says whatever its state."""

    rows: Sequence[Enrolment]
    missing: Sequence[Missing]
    hand: Sequence[tuple[str, str, int]]  # key, name, of how many: what people mark
    beside: Sequence[tuple[str, str, int]]  # key, name, for how many: awards, vetoes
    unmeasured: Sequence[Unmeasured]
    is_late: bool  # changes wait to be written
    failure: str

    @property
    def waiting(self) -> int:
        """How many have no total yet."""
        return sum(bool(row.waiting) for row in self.rows)


def overview_of(cycle: Cycle, actor: Actor) -> Overview:
    """Without those from which the actor is kept away. Thirteen queries, however many are assessed."""
    waiting = dict(
        Score.objects.filter(run=cycle.run_id).values_list("assessed_id", "waiting")
        if cycle.run_id
        else ()
    )
    assessed = list(
        Assessed.objects.filter(
            not_recused(actor, Permission.ASSESSMENT_VIEW), cycle=cycle, is_out=False
        )
        .select_related("group", "organization", "version__scheme")
        .defer("version__content")
        .order_by(F("group__order").asc(nulls_last=True), "group_id", "path")
    )
    rows = [Enrolment(one, waiting.get(one.pk, ())) for one in assessed]
    contents = computing.contents_of(cycle)
    by_version = {
        pk: {leaf.key: leaf for leaf in leaves(content)} for pk, content in contents.items()
    }
    last = cycle.runs.ended().order_by("-number").first()
    is_failed = last is not None and last.state == RunState.FAILED and last.pk != cycle.run_id
    return Overview(
        rows,
        _missing(rows, by_version),
        _hand(rows, by_version),
        _beside(rows, contents.values()),
        enrolled(cycle)[1] if not cycle.sealed_at else [],
        ScoreMark.objects.filter(cycle=cycle).exists(),
        last.failure if last is not None and is_failed else "",
    )


def _missing(
    rows: Sequence[Enrolment], by_version: Mapping[int, Mapping[str, Leaf]]
) -> list[Missing]:
    found: dict[tuple[str, bool], tuple[Leaf, list[str]]] = {}
    for row in rows:
        known = by_version.get(row.assessed.version_id, {})
        for key in row.waiting:
            if (leaf := known.get(key)) is not None:
                entry = found.setdefault((key, not leaf.is_counted), (leaf, []))
                entry[1].append(row.assessed.short_name)
    order = {key: place for place, key in enumerate(_keys(by_version))}
    listed = sorted(found.items(), key=lambda pair: (not pair[0][1], order[pair[0][0]]))
    return [
        Missing(key, leaf.name, str(leaf.node["full"]), by_hand, names)
        for (key, by_hand), (leaf, names) in listed
    ]


def _hand(
    rows: Sequence[Enrolment], by_version: Mapping[int, Mapping[str, Leaf]]
) -> list[tuple[str, str, int]]:
    names: dict[str, str] = {}
    counts: dict[str, int] = {}
    for row in rows:
        for key, leaf in by_version.get(row.assessed.version_id, {}).items():
            if not leaf.is_counted:
                names.setdefault(key, leaf.name)
                counts[key] = counts.get(key, 0) + 1
    return [(key, names[key], counts[key]) for key in _keys(by_version) if key in names]


def _beside(
    rows: Sequence[Enrolment], contents: Iterable[Mapping[str, Any]]
) -> list[tuple[str, str, int]]:
    names = {leaf.key: leaf.name for content in contents for leaf in beside(content)}
    given = HandMark.objects.filter(
        assessed__in=[row.assessed.pk for row in rows], indicator__in=names
    )
    counts = dict(
        given.order_by().values_list("indicator").annotate(n=Count("assessed", distinct=True))
    )
    return [(key, name, counts.get(key, 0)) for key, name in names.items()]


def _keys(by_version: Mapping[int, Mapping[str, Leaf]]) -> list[str]:
    """All indicators, in the order of the versions."""
    return list(dict.fromkeys(key for known in by_version.values() for key in known))


# --- what a frozen cycle gives ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class GroupResult:
    """A group with its scores, by place in the tree; None for those who are in none. `told`: what
    the computation says of it (`standings`)."""

    group: AssessmentGroup | None
    told: Mapping[str, Any]
    scores: Sequence[Score]


@dataclass(frozen=True, slots=True)
class Weak:
    """An indicator with the share of full marks that was lost at it by all, and by how many."""

    key: str
    name: str
    lost: float
    count: int
    of: int


def results_of(cycle: Cycle, actor: Actor) -> list[GroupResult]:
    """The scores of a cycle by group, those that the actor may open: none while it runs. One query."""
    scores = (
        Score.objects.visible_to(actor)
        .filter(run=cycle.run_id, assessed__is_out=False)
        .select_related("assessed__group", "assessed__organization")
        .defer("facts", "result")
        .order_by(
            F("assessed__group__order").asc(nulls_last=True), "assessed__group_id", "assessed__path"
        )
    )
    by_group: dict[int | None, list[Score]] = {}
    for score in scores:
        by_group.setdefault(score.assessed.group_id, []).append(score)
    told = cycle.run.summary.get("groups", {}) if cycle.run is not None else {}
    return [
        GroupResult(found[0].assessed.group, told.get(str(pk), {}), found)
        for pk, found in by_group.items()
    ]


def weakest_of(cycle: Cycle, actor: Actor) -> list[Weak]:
    """The indicators at which most of the full marks was lost, by those whom the actor may open. Two
    queries."""
    names: dict[str, str] = {}
    for known in names_of(cycle).values():
        names = known | names
    rows = (
        IndicatorScore.objects.filter(
            score__in=Score.objects.visible_to(actor).filter(run=cycle.run_id),
            score__assessed__is_out=False,
            points__isnull=False,
        )
        .values("key")
        .annotate(
            sum_full=Sum("full"),
            sum_points=Sum("points"),
            n_lost=Count("pk", filter=Q(points__lt=F("full"))),
            n_all=Count("pk"),
        )
    )
    found = [
        Weak(
            row["key"],
            names.get(row["key"], row["key"]),
            float((row["sum_full"] - row["sum_points"]) / row["sum_full"] * 100),
            row["n_lost"],
            row["n_all"],
        )
        for row in rows
        if row["sum_full"] and row["sum_points"] < row["sum_full"]
    ]
    found.sort(key=lambda one: (-one.lost, one.key))
    return found[:WEAKEST]


def names_of(cycle: Cycle) -> dict[int, dict[str, str]]:
    """Version -> indicator -> what it is called there. One query."""
    return {
        pk: {leaf.key: leaf.name for leaf in leaves(content)}
        for pk, content in computing.contents_of(cycle).items()
    }


# --- lists ---------------------------------------------------------------------------------------


def cycles_over(actor: Actor, permission: str = Permission.ASSESSMENT_VIEW) -> QuerySet[Cycle]:
    """Cycles that organisations of the actor hold, newest first, with how many are assessed
    (`n_assessed`), how many of them have no total yet (`n_waiting`), and whether one is being
    computed (`is_computing`)."""
    some = Assessed.objects.filter(cycle=OuterRef("pk"), is_out=False).order_by()
    open_ones = Score.objects.filter(
        run=OuterRef("run"), assessed__is_out=False, total=None
    ).order_by()
    return (
        Cycle.objects.filter(in_scope(actor, permission))
        .select_related("organization")
        .annotate(
            n_assessed=Coalesce(
                Subquery(some.values("cycle").annotate(n=Count("pk")).values("n")), 0
            ),
            n_waiting=Coalesce(
                Subquery(open_ones.values("run").annotate(n=Count("pk")).values("n")), 0
            ),
            is_computing=Exists(Run.objects.going().filter(cycle=OuterRef("pk"))),
        )
        .order_by("-period", "organization__path", "level")
    )


def own_scores(actor: Actor) -> list[tuple[Assessed, Score | None]]:
    """The actor's own organisation in each cycle, newest first, with its score; without one while it
    is reviewed and decided on. Two queries."""
    rows = (
        Assessed.objects.own(actor)
        .select_related("cycle__organization")
        .order_by("-cycle__period", "-pk")[:20]
    )
    found = list(rows)
    scores = {
        score.assessed_id: score
        for score in Score.objects.current()
        .filter(assessed__in=[one.pk for one in found if not one.is_closed])
        .defer("facts", "result")
    }
    return [(one, scores.get(one.pk)) for one in found]
