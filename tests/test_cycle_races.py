"""Cycles acted on by several at the same moment, and a computation whose worker is killed."""

from collections.abc import Callable
from typing import Any

import pytest
import time_machine

from assessments.cycles.actions import cycles, marks, runs
from assessments.cycles.enums import RunState
from assessments.cycles.models import Assessed, Cycle, HandMark, Reading, Run, Score
from core import clock, derived, effects
from core.errors import Conflict
from core.models import AuditEntry, Effect
from core.states import MovedOn, Stale
from tests import servers
from tests.parallel import run_together
from tests.scheme_world import computed, opened, published
from tests.test_cycle_pages import NOW, frozen, of_organizations
from tests.waiting import wait
from tests.world import Zone, build_zone, make_organizations


def begun() -> tuple[Zone, Cycle]:
    """Two streets with all marks given, facts still changing."""
    zone = build_zone()
    published(zone.root, said=of_organizations())
    cycle = opened(zone.root, by=zone.actor("zone"))
    give(cycle, zone, "18")
    derived.registered()["scores"].refresh_all()
    return zone, Cycle.objects.get(pk=cycle.pk)


def give(cycle: Cycle, zone: Zone, points: str, seen: str | None = None) -> int:
    given = [
        marks.Given(one.pk, {"points": points, "reason": "看过"}, seen=seen)
        for one in Assessed.objects.filter(cycle=cycle)
    ]
    return marks.give_many(cycle=cycle, indicator="work", given=given, by=zone.actor("zone"))


def fresh(cycle: Cycle) -> Cycle:
    return Cycle.objects.select_related("organization").get(pk=cycle.pk)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_carry_on_one_run_end_it_once() -> None:
    """One that stops just before the end, as a worker beside it has come to it, ends nothing twice."""
    with time_machine.travel(NOW, tick=True):
        zone, cycle = begun()
        run = runs.order(cycle=cycle, by=zone.actor("zone"))

        def advance() -> None:
            runs.advance(Run.objects.select_related("cycle").get(pk=run.pk))

        outcomes = run_together([advance] * 3)
        assert [one.error for one in outcomes] == [None] * 3
        late = Run.objects.select_related("cycle").get(pk=run.pk)
        late.state = RunState.SCORING  # as it was when the slower one read it
        runs.advance(late)
        assert fresh(cycle).run_id == run.pk
        assert Score.objects.filter(run=run).count() == 2


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_freezing_while_it_is_computed_leaves_one_that_counts() -> None:
    with time_machine.travel(NOW, tick=True):
        zone, cycle = begun()
        run = runs.order(cycle=cycle, by=zone.actor("zone"))
        cycle = fresh(cycle)
        outcomes = run_together(
            [
                lambda: cycles.freeze(
                    cycle=fresh(cycle), revision=cycle.revision, by=zone.actor("zone")
                ),
                lambda: runs.advance(Run.objects.select_related("cycle").get(pk=run.pk)),
                lambda: runs.order(cycle=fresh(cycle), by=zone.actor("zone")),
            ]
        )
        # Whoever comes too late is told so; nobody waits for ever and nothing is half done.
        assert all(isinstance(one.error, Conflict | None) for one in outcomes), outcomes
        stored = fresh(cycle)
        if stored.state == "running":
            cycles.freeze(cycle=stored, revision=stored.revision, by=zone.actor("zone"))
        stored = computed(stored)
        assert stored.state == "frozen"
        assert stored.run is not None
        assert stored.run.known_at == stored.known_at
        assert Score.objects.filter(run=stored.run).count() == 2
        assert not stored.runs.exclude(state__in=["done", "failed"]).exists()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_who_submit_one_does_and_marks_are_in_or_refused() -> None:
    with time_machine.travel(NOW, tick=True):
        zone, cycle = begun()
        cycle = fresh(frozen(cycle, zone))

        def submit() -> Any:
            return cycles.submit(cycle=fresh(cycle), revision=cycle.revision, by=zone.actor("zone"))

        outcomes = run_together([submit, submit, lambda: give(fresh(cycle), zone, "11")])
        stored = fresh(cycle)
        refused = [one.error for one in outcomes if one.error is not None]
        assert all(isinstance(error, Conflict | MovedOn | Stale) for error in refused), refused
        assert AuditEntry.objects.filter(verb="cycles.cycle.submit").count() <= 1
        derived.registered()["scores"].refresh_all()
        given = {one["points"] for one in HandMark.objects.values_list("facts", flat=True)}
        scored = {
            one["work"][0]["points"]
            for one in Score.objects.filter(run=stored.run_id).values_list(
                "facts__facts", flat=True
            )
        }
        # Submitted with the old marks and the new refused, or not submitted and the new counted.
        assert given == scored
        assert (given == {"18"}) == (stored.state == "submitted")
        if stored.state != "submitted":
            cycles.submit(cycle=stored, revision=stored.revision, by=zone.actor("zone"))
        stored = fresh(cycle)

        def seal() -> Any:
            return cycles.seal(
                cycle=fresh(cycle), revision=stored.revision, by=zone.actor("committee")
            )

        outcomes = run_together([seal, seal])
        assert sum(one.error is None for one in outcomes) == 1, outcomes
        assert AuditEntry.objects.filter(verb="cycles.cycle.seal").count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_who_mark_the_same_one_wins() -> None:
    with time_machine.travel(NOW, tick=True):
        zone = build_zone()
        published(zone.root, said=of_organizations())
        cycle = opened(zone.root, by=zone.actor("zone"))
        outcomes = run_together(
            [
                lambda: give(fresh(cycle), zone, "10", seen=""),
                lambda: give(fresh(cycle), zone, "11", seen=""),
            ]
        )
        assert sorted(type(one.error).__name__ for one in outcomes) == ["Conflict", "NoneType"]
        assert HandMark.objects.count() == 2
        assert len({one["points"] for one in HandMark.objects.values_list("facts", flat=True)}) == 1


MANY = 400  # so many that a worker is found in the middle


@pytest.mark.worker
@pytest.mark.django_db(transaction=True)
def test_a_killed_worker_computes_on_from_where_it_was(
    start_worker: Callable[..., servers.Server],
) -> None:
    zone = build_zone()
    street = {"kind": "direct_committee", "organization_class": "street"}
    make_organizations(zone.root, [{"name": f"街道{n}", **street} for n in range(MANY)])
    year, half = clock.today().year, 1 if clock.today().month < 7 else 2
    published(zone.root, year=year, half=half, said=of_organizations())
    cycle = cycles.open_cycle(
        organization=zone.root, level="direct", period=f"{year}-H{half}", by=zone.actor("zone")
    )
    run = Run.objects.get(cycle=cycle)

    def scored() -> int:
        return Score.objects.filter(run=run).count()

    worker = start_worker(concurrency=1, beat=True)
    wait(lambda: scored() > 0, seconds=90)
    worker.kill()
    kept = dict(Score.objects.filter(run=run).values_list("assessed_id", "computed_at"))
    assert 0 < len(kept) < MANY + 2
    assert Cycle.objects.get().run_id is None  # nobody sees half of it

    effects.release_leases()
    start_worker(concurrency=1, beat=True)
    wait(lambda: Cycle.objects.get().run_id == run.pk, seconds=90)
    assert scored() == MANY + 2
    now = dict(Score.objects.filter(run=run).values_list("assessed_id", "computed_at"))
    assert {pk: now[pk] for pk in kept} == kept  # what was done is not done again
    assert not Reading.objects.filter(run=run, read_at=None).exists()
    wait(lambda: Effect.objects.get(kind=runs.KIND).state == "done", seconds=30)
