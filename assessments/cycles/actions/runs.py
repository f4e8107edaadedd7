"""A whole cycle is computed: by steps that are rows, so that whoever is killed goes on where they
say, and turned to by one UPDATE at the end."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max

from assessments.schemes.actions import telling
from core import clock, effects, figures
from core.actions import action
from core.actor import Actor
from core.batches import batched
from core.errors import Conflict, NotAllowed
from core.models import AuditHead, Effect
from core.states import MovedOn
from orgs.models import Organization
from orgs.permissions import Permission

from ..enums import RunState
from ..facts import Values
from ..models import (
    Assessed,
    Cycle,
    IndicatorScore,
    Reading,
    Run,
    Score,
    ScoreLedger,
)
from ..queries import computing, laying
from ..queries.computing import Ground
from ..queries.enrolled import enrolled

KIND = "cycles.run"
BATCH = 40  # organisations scored in one transaction
KEPT = 2  # computations of a cycle beside the one that counts

Beat = Callable[[], None]


@action
def order(*, cycle: Cycle, by: Actor) -> Run:
    """Has the whole cycle computed anew behind the page; the computation that is on its way when
    there is one. Raises NotAllowed, or Conflict once it waits for the decision."""
    expect_holder(cycle, by)
    return begin(cycle=cycle, by=by)


@action
def begin(*, cycle: Cycle, by: Actor) -> Run:
    """The same, for acts that have it follow from what they do. Raises Conflict."""
    stored = Cycle.objects.locked().get(pk=cycle.pk)
    if not stored.is_computed:
        raise Conflict(f"这期考核{stored.get_state_display()}，不能再算。", code="state")
    going = stored.runs.going().first()
    if going is not None:
        return going
    last = stored.runs.aggregate(last=Max("number"))["last"] or 0
    run = Run.objects.create(
        cycle=stored, number=last + 1, known_at=stored.known_at, started_at=clock.now()
    )
    effects.enqueue(KIND, f"{KIND}:{run.pk}", run=run.pk)
    telling.note(run, "cycles.run.order", holder=cycle.organization, by=by)
    return run


@effects.handler(KIND, label="计算考核得分", style="long", lease_seconds=300)
def carry_out(effect: Effect) -> None:
    """Carries a run on from where its rows say it is."""
    run = Run.objects.select_related("cycle__organization").filter(pk=effect.payload["run"]).first()
    if run is not None:
        advance(run, beat=lambda: effects.heartbeat(effect))


def advance(run: Run, *, beat: Beat = lambda: None) -> None:
    """Takes a run to its end, step by step, each in a transaction of its own. Safe to be called
    again after it was killed anywhere; who comes second at the same time finds each step taken."""
    if run.state == RunState.PLANNED:
        _plan(run)
    if run.state == RunState.READING:
        _read(run, beat)
        _unless_taken(run, "score")
    if run.state == RunState.SCORING:
        _score(run, beat)
        _finish(run)


def _unless_taken(run: Run, act: str, **changes: Any) -> bool:
    """Moves the run; where somebody else has carried it on, it is as it is stored now. Whether it was
    moved here."""
    try:
        Run.machine.move(run, act, **changes)
    except MovedOn:
        run.refresh_from_db()
        return False
    return True


# --- the plan ------------------------------------------------------------------------------------


def _plan(run: Run) -> None:
    """Who is assessed and what is to be read, as rows."""
    with transaction.atomic():
        # First, for it holds the ledger: of two plans at once the second enrolls nobody again.
        _notice_from_here(run.cycle)
        enroll(run.cycle)
        found = sorted(computing.figures_wanted(run.cycle))
        Reading.objects.bulk_create(
            [Reading(run=run, figure=figure, period=period) for figure, period in found],
            ignore_conflicts=True,
        )
        n_assessed = Assessed.objects.filter(cycle=run.cycle, is_out=False).count()
        _unless_taken(run, "read", n_figures=len(found), n_assessed=n_assessed)


def enroll(cycle: Cycle) -> None:
    """Brings who is assessed into agreement with the tree, the versions in force and the groups. Those
    who are gone stay as rows with their marks, and count no more."""
    found, _ = enrolled(cycle)
    there = {one.organization_id: one for one in Assessed.objects.filter(cycle=cycle)}
    new, changed = [], []
    for row in found:
        one = there.pop(row.organization_id, None)
        values = {
            "path": row.path,
            "name": row.name,
            "organization_class": row.organization_class,
            "version_id": row.version_id,
            "group_id": row.group_id,
            "is_out": False,
        }
        if one is None:
            new.append(Assessed(cycle=cycle, organization_id=row.organization_id, **values))
        elif any(getattr(one, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(one, name, value)
            changed.append(one)
    Assessed.objects.bulk_create(new, batch_size=500)
    Assessed.objects.bulk_update(
        changed,
        ["path", "name", "organization_class", "version", "group", "is_out"],
        batch_size=200,
    )
    Assessed.objects.filter(pk__in=[one.pk for one in there.values()]).update(is_out=True)


def _notice_from_here(cycle: Cycle) -> None:
    """What was changed until now is in what will be read; what comes later will be looked for."""
    ScoreLedger.objects.bulk_create([ScoreLedger(cycle=cycle)], ignore_conflicts=True)
    last = AuditHead.objects.values_list("sequence", flat=True).first() or 0
    ScoreLedger.objects.filter(cycle=cycle).update(noticed=last)


def _read(run: Run, beat: Beat) -> None:
    """Reads what has not been read; figures that one statement computes are one step."""
    cycle = run.cycle
    left = list(
        Reading.objects.filter(run=run, read_at=None)
        .order_by("figure")
        .values_list("figure", "period")
    )
    if not left:
        return
    everybody = Assessed.objects.filter(cycle=cycle, is_out=False).only("organization_id", "path")
    places = computing.places_of(cycle, everybody, computing.contents_of(cycle).values())
    for period in sorted({period for _, period in left}):
        keys = [figure for figure, its in left if its == period]
        window = computing.window_of(cycle, period, run.known_at)
        for some in figures.together(keys):
            beat()
            found = figures.values(some, places, window)
            rows = Reading.objects.filter(run=run, period=period, figure__in=some)
            with transaction.atomic():
                read = list(rows.select_for_update(of=("self",)))
                for row in read:
                    row.values = {str(pk): value for pk, value in found[row.figure].items()}
                    row.read_at = clock.now()
                Reading.objects.bulk_update(read, ["values", "read_at"])
    # A figure that this release does not know any more can be told of nobody.
    unknown = Reading.objects.filter(run=run, read_at=None)
    unknown.update(values={}, read_at=clock.now())


def _score(run: Run, beat: Beat) -> None:
    """Scores those who have no score in this run yet, some at a time."""
    cycle = run.cycle
    done = Score.objects.filter(run=run).values("assessed_id")
    left = list(
        Assessed.objects.filter(cycle=cycle, is_out=False).exclude(pk__in=done).order_by("path")
    )
    if not left:
        return
    ground = computing.ground_of(cycle, computing.readings_of(run))
    for some in batched(left, BATCH):
        beat()
        with transaction.atomic():
            # What the end locks, too: of two who carry the run on one waits for the other.
            Cycle.objects.locked().get(pk=cycle.pk)
            if not Run.objects.filter(pk=run.pk, state=RunState.SCORING).exists():
                return  # somebody else has come to its end
            write_scores(run, ground, some)


def write_scores(run: Run, ground: Ground, some: Sequence[Assessed]) -> int:
    """Stores the scores of some of the assessed in a run, in the place of those that it has. Four
    queries."""
    now = clock.now()
    scores, parts = [], []
    for one in some:
        found = computing.computed(ground, one)
        score = Score(run=run, assessed=one, computed_at=now, **laying.values_of(found))
        scores.append(score)
        parts += laying.parts_of(score, found)
    Score.objects.filter(run=run, assessed__in=some).delete()
    Score.objects.bulk_create(scores, batch_size=100)
    IndicatorScore.objects.bulk_create(parts, batch_size=500)
    return len(scores)


def keep_readings(
    run: Run, readings: Mapping[tuple[str, str], Values], places: Sequence[Organization]
) -> None:
    """Stores what was read anew of some places. Three queries."""
    there = {(row.figure, row.period): row for row in Reading.objects.filter(run=run)}
    now = clock.now()
    old: list[Reading] = []
    new: list[Reading] = []
    for (figure, period), values in readings.items():
        row = there.get((figure, period)) or Reading(run=run, figure=figure, period=period)
        whole = (row.values or {}) | {str(one.pk): values.get(one.pk) for one in places}
        if row.read_at is not None and whole == row.values:
            continue
        row.values, row.read_at = whole, now
        (old if row.pk else new).append(row)
    Reading.objects.bulk_update(old, ["values", "read_at"])
    Reading.objects.bulk_create(new)


# --- the end -------------------------------------------------------------------------------------


def _finish(run: Run) -> None:
    """Lays the scores beside each other and turns the cycle to the run: all of it or nothing."""
    cycle = run.cycle
    with transaction.atomic():
        Cycle.objects.locked().get(pk=cycle.pk)
        run.summary = lay_side_by_side(run)
        if not _unless_taken(run, "finish", finished_at=clock.now(), summary=run.summary):
            return
        Cycle.machine.move(cycle, "point", run=run)
        # What changed while it was being computed has its marks and is written again.
        old = cycle.runs.ended().exclude(pk=run.pk)
        pks = old.order_by("-number").values_list("pk", flat=True)[KEPT:]
        Run.objects.filter(pk__in=list(pks)).delete()


def lay_side_by_side(run: Run) -> dict[str, object]:
    """Writes rank, grade and standing of all scores of a run; returns what the whole gives."""
    scores, found, summary = laying.stands_of(run)
    moved = [score for score in scores if laying.stood(score, found.get(score.pk))]
    Score.objects.bulk_update(moved, list(laying.STANDING), batch_size=200)
    return summary


def expect_holder(cycle: Cycle, by: Actor) -> None:
    """Raises NotAllowed for whoever does not hold the cycle."""
    if not by.may_at(Permission.ASSESSMENT_RUN, cycle.organization.path):
        raise NotAllowed("只有组织这期考核的党委可以做这一步。")
