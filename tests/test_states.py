"""Moves from state to state: what holds for every machine, and that nobody goes around them."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection, models
from django.test.utils import CaptureQueriesContext

from core import clock
from core.actor import system
from core.states import GIVEN, SAME, Machine, MovedOn, Stale, machines
from members.enums import MembershipState
from members.models import Member
from orgs.models import OfficeHolding, Organization
from schedules.rounds.actions import opening
from schedules.rounds.enums import StepKind
from schedules.rounds.models import Report, ReportStep

from .guards import open_house
from .parallel import run_together
from .state_writes import columns, texts, writes
from .world import Zone, make_member

ROOT = Path(__file__).resolve().parent.parent
HOUSE = open_house(ROOT)


def python_files() -> Iterator[Path]:
    """Every Python file of ours."""
    return (module.path for module in HOUSE.modules)


DAY = dt.date(2026, 7, 1)
MACHINES = [
    pytest.param(model, machine, id=f"{model._meta.label} {machine.state or machine.revision}")
    for model, own in machines().items()
    for machine in own
]
# Values that no move leads to, and how rows come by them.
ENTERED = {
    "members.Member": {"suspended": "a fact among others, edited as sheets bring it"},
}


# --- every machine -----------------------------------------------------------------------------


def test_machines_are_found_in_all_apps() -> None:
    found = {model._meta.app_label for model in machines()}
    assert found >= {"core", "orgs", "members", "schedules"}


@pytest.mark.parametrize(("model", "machine"), MACHINES)
def test_columns_and_states_of_a_machine_exist(model: type[models.Model], machine: Machine) -> None:
    assert machine.columns, "a state, a revision or both"
    fields = {field.name: field for field in model._meta.get_fields()}
    assert machine.columns | ({machine.touched} - {""}) <= set(fields)
    if not machine.state:
        assert not [act for act, move in machine.moves.items() if move.from_ or move.to is not SAME]
        return
    field = fields[machine.state]
    named = {state for move in machine.moves.values() for state in move.from_}
    led_to = {move.to for move in machine.moves.values() if not isinstance(move.to, type(SAME))}
    if isinstance(field, models.CharField):
        values = set(dict(field.flatchoices))
        assert named | led_to <= values
        entered = ENTERED.get(model._meta.label, {})
        assert led_to | {field.default} | set(entered) == values, "a state that nothing leads to"
    elif isinstance(field, models.BooleanField):
        assert named | led_to <= {True, False}
    else:
        assert field.null, "a row is open while its end is empty"
        assert named <= {None}
        assert not led_to


@pytest.mark.parametrize(("model", "machine"), MACHINES)
def test_whoever_comes_too_late_is_told_why(model: type[models.Model], machine: Machine) -> None:
    has_labels = hasattr(model, f"get_{machine.state}_display")
    for act, move in machine.moves.items():
        assert move.words, act
        refusal = move.refusal or machine.refusal
        assert refusal or not (move.from_ or move.to is GIVEN), f"{act} needs a refusal"
        assert has_labels or "{state}" not in refusal, f"{act}: the states have no labels"
    assert machine.stale or not machine.revision


def test_every_act_of_a_machine_is_done_somewhere() -> None:
    said: set[str] = set()
    for path in python_files():
        if "models" not in path.parts:
            said |= texts(path.read_text())
    idle = {
        f"{model._meta.label} {act}"
        for model, own in machines().items()
        for machine in own
        for act in set(machine.moves) - said
    }
    assert not idle


# --- nobody goes around them -------------------------------------------------------------------


def ours() -> Iterator[Path]:
    """Source that may not write states itself. Demo data is history written as it would stand."""
    for path in python_files():
        inside = path.relative_to(ROOT).parts
        if inside[-2:] != ("core", "states.py") and not {"demo", "demo.py"} & set(inside):
            yield path


def test_states_and_revisions_are_written_by_machines_alone() -> None:
    known = columns()
    around = [
        f"{path.relative_to(ROOT)}:{line} {what}"
        for path in ours()
        for line, what in writes(path.read_text(), known)
    ]
    assert not around, "use the model's machine (docs/adding.md)"


@pytest.mark.parametrize(
    "source",
    [
        "Effect.objects.filter(pk=1).update(state='done')",
        "rows.filter(pk=1).update(progress=1, state=State.READ)",
        "AccessToken.objects.update(revoked_at=now)",
        "def act(rows):\n    chosen = Member.objects.all()\n    chosen.update(**values)",
        "holdings = organization.offices.all()\nholdings.update(ended_on=day)",
        "member.state = 'left'",
        "member.name, member.state = 'a', 'left'",
        "plan.revision += 1",
        "user.save(update_fields=['name', 'is_active'])",
        "Member.objects.bulk_update(rows, ['state'])",
        "setattr(plan, 'revision', 3)",
        "class Member:\n    def leave(self):\n        self.state = 'left'",
        "sql = 'UPDATE members_member SET state = 1'",
    ],
)
def test_write_around_a_machine_is_found(source: str) -> None:
    assert len(writes(source, columns())) == 1


@pytest.mark.parametrize(
    "source",
    [
        "OrganizationPlacement.objects.filter(pk=1).update(valid_to=day)",
        "organization.placements.filter(valid_to=None).update(valid_to=day)",
        "Member.objects.filter(state='left')",
        "Member.machine.move(member, 'leave')",
        "Duty.objects.update(due_on=day)",
        "verbs.VERBS.update(more.VERBS)",
        "told.update(b'text')",
        "user.save(update_fields=['name'])",
        "class Parser:\n    def read(self):\n        self.state = 'open'",
        "DutyStanding.objects.update(until=now, state='open')",
    ],
)
def test_what_is_no_machines_is_left_alone(source: str) -> None:
    assert writes(source, columns()) == []


# --- one row -----------------------------------------------------------------------------------


@pytest.fixture
def member(zone: Zone) -> Member:
    return make_member(zone.branch)


def test_move_writes_the_row_and_the_instance_in_one_query(member: Member) -> None:
    with CaptureQueriesContext(connection) as queries:
        Member.machine.move(member, "leave", revision=1, note="转出")
    assert len(queries) == 1
    assert (member.state, member.revision, member.note) == ("left", 2, "转出")
    stored = Member.objects.get(pk=member.pk)
    assert (stored.state, stored.revision, stored.note) == ("left", 2, "转出")
    assert stored.updated_at == member.updated_at


def test_revision_that_nobody_named_is_read_when_asked_for(member: Member) -> None:
    Member.objects.filter(pk=member.pk).update(revision=7)
    Member.machine.move(member, "edit", note="改")
    with CaptureQueriesContext(connection) as queries:
        assert member.revision == 8
        assert member.revision == 8
    assert len(queries) == 1


def test_state_that_has_moved_on_is_said(member: Member) -> None:
    seen = Member.objects.get(pk=member.pk)
    Member.machine.move(member, "leave")
    with pytest.raises(MovedOn, match="已经登记离开") as refusal:
        Member.machine.move(seen, "leave", revision=1, note="再次")
    assert (refusal.value.code, refusal.value.row) == ("state", member)
    assert refusal.value.row.state == MembershipState.LEFT
    assert (seen.state, seen.note) == ("normal", ""), "the instance stays as it was"
    assert Member.objects.get(pk=member.pk).note == ""


def test_older_revision_is_stale_and_brings_what_is_stored(member: Member) -> None:
    Member.machine.move(member, "edit", revision=1, note="先")
    seen = Member(pk=member.pk, revision=1)
    with pytest.raises(Stale) as refusal:
        Member.machine.move(seen, "edit", revision=1, note="后")
    assert (refusal.value.code, refusal.value.status) == ("stale", 409)
    assert (refusal.value.row.note, refusal.value.row.revision) == ("先", 2)


def test_row_that_is_gone_is_said(zone: Zone) -> None:
    holding = OfficeHolding.objects.create(
        organization=zone.branch, post="secretary", person_name="张三", started_on=DAY
    )
    OfficeHolding.objects.all().delete()
    with pytest.raises(MovedOn, match="已不存在") as refusal:
        OfficeHolding.machine.move(holding, "leave", ended_on=DAY)
    assert (refusal.value.code, refusal.value.row) == ("gone", None)


def test_locked_row_is_judged_without_a_query(member: Member) -> None:
    with CaptureQueriesContext(connection) as queries:
        Member.machine.expect(member, "leave", 1)
        assert Member.machine.may(member, "leave")
        assert not Member.machine.may(member, "restore")
        with pytest.raises(MovedOn):
            Member.machine.expect(member, "restore", 1)
        with pytest.raises(Stale):
            Member.machine.expect(member, "leave", 2)
    assert not queries


def test_caller_says_the_state_only_where_the_move_leaves_it_to_him(member: Member) -> None:
    with pytest.raises(TypeError, match="the state stays"):
        Member.machine.move(member, "transfer", state="left")
    with pytest.raises(TypeError, match="whoever moves the row says"):
        OfficeHolding.machine.move(OfficeHolding(), "leave")


@pytest.mark.django_db(transaction=True)
def test_of_four_at_once_one_moves_and_three_are_told(zone: Zone) -> None:
    pk = make_member(zone.branch).pk

    def leave() -> None:
        Member.machine.move(Member.objects.get(pk=pk), "leave")

    def edit() -> None:
        Member.machine.move(Member.objects.get(pk=pk), "edit", revision=2, note="改")

    outcomes = run_together([leave] * 4)
    assert sorted(type(one.error).__name__ for one in outcomes) == [
        *["MovedOn"] * 3,
        "NoneType",
    ]
    outcomes = run_together([edit] * 4)
    assert sorted(type(one.error).__name__ for one in outcomes) == ["NoneType", *["Stale"] * 3]
    assert Member.objects.get(pk=pk).revision == 3


# --- many rows, and the timeline ---------------------------------------------------------------


def test_only_rows_in_a_state_for_it_are_moved(zone: Zone) -> None:
    for state in MembershipState.values:
        make_member(zone.branch, state=state)
    with CaptureQueriesContext(connection) as queries:
        assert Member.machine.move_many(Member.objects.all(), "leave", note="合并") == 2
    assert len(queries) == 1
    assert set(Member.objects.values_list("state", "revision", "note")) == {
        ("left", 2, "合并"),
        ("left", 1, ""),
    }


def test_locked_rows_are_written_together_each_by_its_act(zone: Zone) -> None:
    stays, leaves = make_member(zone.branch), make_member(zone.branch)
    stays.note = leaves.note = "年度核对"
    with CaptureQueriesContext(connection) as queries:
        Member.machine.write({stays: "edit", leaves: "leave"}, ["note"])
    assert sum("UPDATE" in one["sql"] for one in queries) == 1
    assert list(Member.objects.order_by("pk").values_list("state", "revision", "note")) == [
        ("normal", 2, "年度核对"),
        ("left", 2, "年度核对"),
    ]
    with pytest.raises(MovedOn):
        Member.machine.write({leaves: "leave"})


def test_day_on_which_something_ends_is_a_state_too(zone: Zone) -> None:
    Organization.machine.move(zone.branch, "cease", abolished_on=DAY)
    with pytest.raises(MovedOn, match="已经撤销"):
        Organization.machine.move(zone.branch, "cease", abolished_on=DAY)


def test_step_says_who_and_when_and_fits_its_column(zone: Zone) -> None:
    plan = opening.install_defaults(by=system())
    opening.open_period(plan=plan, period="2026-06", by=system())
    report = Report.objects.get(organization=zone.branch)
    by, moment = zone.actor("huzhuang1"), dt.datetime(2026, 7, 1, tzinfo=dt.UTC)
    step = ReportStep(report=report, kind=StepKind.SUBMITTED, text="补" * 500)
    with clock.at(moment):
        Report.machine.move(report, "submit", revision=1, step=step, by=by)
    stored = report.steps.get()
    assert (stored.at, stored.by_name) == (moment, by.name)
    assert (stored.by_organization, stored.text) == (by.organization_name, "补" * 400)
    with pytest.raises(TypeError, match="who took it"):
        Report.machine.move(report, "accept", step=ReportStep(report=report))
    with pytest.raises(MovedOn, match="这份报表现在是“待核”"):
        Report.machine.move(report, "submit", revision=2, step=step, by=by)
    assert report.steps.count() == 1
