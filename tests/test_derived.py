"""What every kind of stored figures keeps, whoever computes it. A new one brings its `Case`."""

import datetime as dt
import random
from collections.abc import Callable
from io import StringIO
from typing import Any, NamedTuple

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from assessments.cycles.actions import marks
from assessments.cycles.models import Assessed, HandMark, Score
from core import derived, effects, health, scheduler, verbs
from core.actor import system
from core.derived import Derivation
from core.models import AuditEntry, Effect
from members.actions import headcounts
from members.models import TotalHeadcount
from orgs.models import Organization
from schedules.rounds.actions import rollups
from schedules.rounds.enums import DutyState
from schedules.rounds.models import Duty, Plan, Rollup

from . import test_headcounts, test_rollups
from .parallel import run_together
from .scheme_world import opened, published
from .test_cycle_runs import of_organizations
from .world import Zone


class Case(NamedTuple):
    """How a test brings one kind of figures into every situation."""

    prepare: Callable[[Zone], object]  # rows to count
    change: Callable[[Zone], object]  # as an action does: rows and mark in one transaction
    spoil: Callable[[Zone], object]  # makes one stored figure wrong
    stored: Callable[[], object]
    counted: Callable[[], object]  # the same, counted one row at a time in Python


def accept_one(zone: Zone) -> None:
    one = Duty.objects.exclude(state=DutyState.WAIVED).filter(returned_count__lt=2)[0]
    with transaction.atomic():
        Duty.objects.filter(pk=one.pk).update(
            returned_count=2, state=DutyState.ACCEPTED, submitted_at=F("late_after")
        )
        rollups.mark(plan_id=one.plan_id, period=one.period, organization_ids=[one.organization_id])


def draw_members(zone: Zone) -> None:
    rng = random.Random(3)
    for place in (zone.branch, zone.branch, zone.branch2, zone.neighbour_branch):
        test_headcounts.draw(place, rng)


def add_member(zone: Zone) -> None:
    with transaction.atomic():
        test_headcounts.draw(zone.branch, random.Random(5))
        headcounts.mark(organization_ids=[zone.branch.pk])


def open_cycle(zone: Zone) -> None:
    """Of organisations alone, whose numbers can be counted by hand."""
    published(zone.root, said=of_organizations())
    opened(zone.root, by=zone.actor("zone"))


def mark_one(zone: Zone) -> None:
    """Each time another mark: the same again would change nothing."""
    before = HandMark.objects.values_list("facts", flat=True).first()
    points = int(before["points"]) - 1 if before else 18
    marks.give(
        assessed=Assessed.objects.get(organization=zone.street),
        indicator="work",
        facts={"points": str(points), "reason": "看过现场"},
        by=zone.actor("zone"),
    )


def points_by_hand() -> dict[int, int]:
    """Nobody has a secretary; 5 for a branch, up to 20; 20 for all branches being branches; and what
    somebody marked."""
    found = {}
    for one in Assessed.objects.all():
        branches = Organization.objects.filter(path__startswith=one.path, kind="branch").count()
        given = HandMark.objects.filter(assessed=one).values_list("facts", flat=True)
        marked = sum(int(facts["points"]) for facts in given)
        found[one.organization_id] = min(20, 5 * branches) + 20 + marked
    return found


CASES = {
    "scores": Case(
        prepare=open_cycle,
        change=mark_one,
        spoil=lambda zone: Score.objects.filter(assessed__organization=zone.street).update(
            points=99
        ),
        stored=lambda: {
            score.assessed.organization_id: int(score.points)
            for score in Score.objects.current().select_related("assessed")
        },
        counted=points_by_hand,
    ),
    "rollups": Case(
        prepare=test_rollups.three_months,
        change=accept_one,
        spoil=lambda zone: Rollup.objects.filter(organization=zone.root, period="2026-05").update(
            late=999
        ),
        stored=lambda: test_rollups.written(Plan.objects.get()),
        counted=lambda: test_rollups.naive(Plan.objects.get()),
    ),
    "headcounts": Case(
        prepare=draw_members,
        change=add_member,
        spoil=lambda zone: TotalHeadcount.objects.filter(path=zone.root.path).update(full=999),
        stored=lambda: {
            row["path"]: row
            for row in TotalHeadcount.objects.values("path", *test_headcounts.reading.FIGURES)
        },
        counted=lambda: {
            path: {"path": path, **test_headcounts.asdict(test_headcounts.naive(path))}
            for path in TotalHeadcount.objects.values_list("path", flat=True)
        },
    ),
}


class Figures(NamedTuple):
    """One kind of figures in a zone with rows to count, all of them written."""

    of: Derivation[Any, Any]
    case: Case
    zone: Zone

    def change(self) -> None:
        self.case.change(self.zone)

    def marks(self) -> int:
        return self.of.marks._default_manager.count()

    def are_right(self) -> bool:
        stored = self.case.stored()
        return bool(stored) and stored == self.case.counted()


@pytest.fixture(params=sorted(CASES))
def figures(request: pytest.FixtureRequest, zone: Zone) -> Figures:
    found = Figures(derived.registered()[request.param], CASES[request.param], zone)
    found.case.prepare(zone)
    found.of.fill(by=system())
    Effect.objects.all().delete()
    assert found.are_right()
    return found


def test_every_kind_of_figures_has_a_case_here() -> None:
    assert set(CASES) == set(derived.registered())


@pytest.mark.parametrize("name", sorted(CASES))
def test_figures_have_their_effect_their_jobs_and_their_words(name: str, db: None) -> None:
    one = derived.registered()[name]
    app = one.kind.partition(".")[0]
    assert effects.handlers()[one.kind].style == "inside"
    assert {f"{app}.refresh_{name}", f"{app}.reconcile_{name}"} <= set(scheduler.jobs())
    assert {f"{one.kind}.fill", f"{one.kind}.repair"} <= set(verbs.registered())
    assert one.label in {told.label for told in health.comparisons()}


def test_names_that_running_installations_have_rows_of_stay() -> None:
    kinds = {one.kind for one in derived.registered().values()}
    assert {"schedules.rollup", "members.headcount"} <= kinds
    assert {
        *("schedules.refresh_rollups", "schedules.reconcile_rollups"),
        *("members.refresh_headcounts", "members.reconcile_headcounts"),
    } <= set(scheduler.jobs())


def test_effect_of_an_earlier_release_is_carried_out(figures: Figures) -> None:
    figures.change()
    group = figures.of.group
    mark: Any = figures.of.marks._default_manager.get()
    Effect.objects.all().delete()
    payload = {group: getattr(mark, f"{group}_id")} if group else {}
    effects.enqueue(figures.of.kind, "as:it:was:named", **payload)
    effects.run_due()
    assert figures.are_right()
    assert Effect.objects.get(key="as:it:was:named").state == Effect.State.DONE


def test_change_is_written_behind_once(figures: Figures) -> None:
    figures.change()
    assert figures.marks() == Effect.objects.filter(kind=figures.of.kind).count() == 1
    assert not figures.are_right()
    assert effects.run_due() == 1
    assert figures.are_right()
    assert figures.marks() == figures.of.refresh_all() == 0


def test_two_changes_are_written_by_whoever_comes_first(figures: Figures) -> None:
    figures.change()
    figures.change()
    assert Effect.objects.filter(kind=figures.of.kind).count() == 2
    effects.run_due(limit=1)
    assert figures.are_right()
    assert effects.run_due() == 1
    assert figures.are_right()


def test_change_that_is_undone_leaves_no_mark(figures: Figures) -> None:
    with transaction.atomic():
        figures.change()
        transaction.set_rollback(True)
    assert figures.marks() == Effect.objects.count() == 0


def test_killed_in_the_middle_keeps_the_old_and_runs_again(
    figures: Figures, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = figures.case.stored()
    figures.change()

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(derived, "remove", die)
        with pytest.raises(KeyboardInterrupt):
            figures.of.refresh_all()
    assert figures.case.stored() == old
    assert figures.marks() == 1
    assert figures.of.refresh_all() >= 1
    assert figures.are_right()
    assert figures.marks() == 0


def test_mark_made_while_counting_outlives_the_run(
    figures: Figures, monkeypatch: pytest.MonkeyPatch
) -> None:
    figures.change()
    remove = derived.remove

    def newer_first(*what: Any) -> None:
        figures.change()
        remove(*what)

    with monkeypatch.context() as patch:
        patch.setattr(derived, "remove", newer_first)
        figures.of.refresh_all()
    assert figures.marks() == 1
    effects.run_due()
    assert figures.are_right()


def test_comparison_repairs_once_and_says_so(figures: Figures) -> None:
    assert figures.of.differences() == figures.of.reconcile(by=system()) == {}
    figures.case.spoil(figures.zone)
    found = figures.of.differences()
    assert sum(found.values()) == 1
    with pytest.raises(CommandError, match="1 figures differ"):
        call_command("recount", figures.of.plural, check=True)
    assert figures.of.reconcile(by=system()) == found
    assert figures.are_right()
    assert figures.of.comparison().repaired == 1
    assert figures.of.reconcile(by=system()) == {}
    assert figures.of.comparison().repaired == 0
    entry = AuditEntry.objects.get(verb=f"{figures.of.kind}.repair")
    assert entry.changes["differences"] == [1, 0]
    call_command("recount", figures.of.plural, check=True, stdout=StringIO())


def test_what_waits_is_written_and_is_no_difference(figures: Figures) -> None:
    figures.change()
    assert figures.of.reconcile(by=system()) == {}
    assert figures.are_right()
    assert figures.marks() == 0
    assert not AuditEntry.objects.filter(verb=f"{figures.of.kind}.repair").exists()


def test_clock_compares_and_sweeps(figures: Figures) -> None:
    """By the jobs' own effects, with the moments that they were planned for."""
    app = figures.of.kind.partition(".")[0]
    figures.case.spoil(figures.zone)
    figures.change()
    Effect.objects.all().delete()
    for name in (f"{app}.refresh_{figures.of.plural}", f"{app}.reconcile_{figures.of.plural}"):
        effects.enqueue(f"job:{name}", name, planned_for=timezone.now().isoformat())
    assert effects.run_due() == 2
    assert set(Effect.objects.values_list("state", flat=True)) == {Effect.State.DONE}
    assert figures.are_right()
    assert figures.of.comparison().at is not None


def test_fill_counts_all_and_forgets_the_marks(figures: Figures) -> None:
    figures.case.spoil(figures.zone)
    figures.change()
    call_command("recount", figures.of.plural, stdout=StringIO())
    assert figures.are_right()
    assert figures.marks() == 0
    assert figures.of.refresh_all() == 0
    assert AuditEntry.objects.filter(verb=f"{figures.of.kind}.fill").count() == 2


@pytest.mark.django_db(transaction=True)
def test_four_runs_at_once_write_once(figures: Figures) -> None:
    figures.change()
    figures.change()
    outcomes = run_together([figures.of.refresh_all] * 4)
    assert [one.error for one in outcomes if one.error] == []
    assert sum(bool(one.value) for one in outcomes) == 1
    assert figures.are_right()
    assert figures.marks() == 0


def test_unknown_figures_are_named() -> None:
    with pytest.raises(CommandError, match=r"no figures named \['weather'\]"):
        call_command("recount", "weather")


def test_moments_only_grow(zone: Zone) -> None:
    plan = test_rollups.three_months(zone)
    rollups.fill(by=system())
    ledger = plan.rollup_ledger
    last = ledger.as_of
    ledger.as_of += dt.timedelta(days=1)  # the clock is set back by a day
    assert last < derived.moment(ledger)
    ledger.refresh_from_db()
    assert ledger.as_of == last + dt.timedelta(days=1, microseconds=1)
