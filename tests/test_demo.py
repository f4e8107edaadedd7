"""The demo zone: small, complete, and of nobody who exists."""

import datetime as dt
import json
import stat
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from core import actor, audit, clock, identity, periods
from core.models import AuditEntry
from members.enums import RevealedField
from members.models import Member
from orgs.backends import NameOrPhoneBackend
from orgs.enums import OrganizationKind, Post
from orgs.models import OfficeHolding, Organization, OrganizationPlacement, RoleGrant, User
from orgs.models.organization import STEP
from schedules.rounds.demo import people, rounds
from schedules.rounds.demo.accounts import NAMED
from schedules.rounds.demo.zone import build_zone, months_of
from schedules.rounds.enums import DutyState, ItemKind, ItemState, ReportState
from schedules.rounds.models import Duty, MonthlyReport, ReportItem

PASSWORD = "Correct-Horse-9-demo"
MONTHS = 4


@pytest.fixture
def data_dir(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Path:
    settings.DATA_DIR = tmp_path
    monkeypatch.setenv("DEMO_PASSWORD", PASSWORD)
    return tmp_path


@pytest.fixture
def demo(db: None, data_dir: Path) -> Path:
    call_command("seed_demo", small=True, months=MONTHS, verbosity=0)
    return data_dir


def test_seed_builds_a_sound_tree(demo: Path) -> None:
    rows = {row.path: row for row in Organization.objects.select_related("parent")}
    assert 35 <= len(rows) <= 50
    for path, row in rows.items():
        assert row.depth == len(path) // STEP
        assert row.parent == rows.get(path[:-STEP])
        if row.parent and row.parent.founded_on:
            assert row.founded_on >= row.parent.founded_on
    placements = OrganizationPlacement.objects.all()
    assert {(p.organization_id, p.path) for p in placements} == {
        (row.pk, path) for path, row in rows.items()
    }
    gone = Organization.objects.exclude(abolished_on=None)
    assert gone.count() == 1
    assert not Member.objects.on_roll().filter(organization__in=gone).exists()
    assert Organization.objects.exclude(extended_until=None).exclude(extension_document="").exists()
    assert {row.term_years for row in rows.values()} == {None, 3, 5}


def test_seed_invents_nobody_who_could_exist(demo: Path) -> None:
    members = list(Member.objects.select_related("organization"))
    assert len([row for row in members if row.state != "left"]) == people.MEMBERS_SMALL
    for row in members:
        number = row.unsealed(RevealedField.IDENTITY_NUMBER)
        assert number.startswith(people.AREA_CODE)
        assert identity.problem(number) is None
        assert identity.birth_date(number) == row.birth_on
        assert identity.sex(number) == row.sex
        phone = row.unsealed(RevealedField.PHONE)
        assert phone.startswith(people.PHONE_PREFIX)
        assert len(phone) == 11
        assert row.joined_on is not None
        assert row.birth_on is not None
        assert (row.joined_on - row.birth_on).days > 18 * 365
        assert (row.full_member_on is None) == (row.category == "probationary_member")
        assert row.organization.is_branch
        assert row.name_initials
    assert len({row.identity_index for row in members}) == len(members)
    assert not [
        user for user in User.objects.all() if "@" in user.email and "invalid" not in user.email
    ]


def test_seed_gives_each_branch_the_officers_its_register_shows(demo: Path) -> None:
    held = {
        (row.organization_id, row.person_name, Post(row.post).label)
        for row in OfficeHolding.objects.current().filter(
            organization__kind__in=["branch", "joint_branch"]
        )
    }
    shown = {
        (row.organization_id, row.name, row.party_post)
        for row in Member.objects.exclude(party_post="")
    }
    assert held == shown
    assert len(held) > 30


def _sign_in(username: str, password: str) -> User | None:
    return NameOrPhoneBackend().authenticate(None, username=username, password=password)


def test_seed_accounts_sign_in(demo: Path) -> None:
    path = demo / "demo-accounts.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    kept = json.loads(path.read_text())
    assert kept["password"] == PASSWORD
    assert [row["username"] for row in kept["accounts"]][: len(NAMED)] == [
        row.username for row in NAMED
    ]
    for entry in NAMED:
        user = _sign_in(entry.username, PASSWORD)
        assert user == User.objects.get(username=entry.username)
        assert not user.must_change_password
        assert user.grants.count() == len(entry.grants)
    assert User.objects.get(username="huzhuang1").name == "蔡航国"
    assert User.objects.get(username="huzhuang").name == "潘榕轮"
    assert User.objects.get(username="dahuangshan").name == "康红涛"
    for grant in RoleGrant.objects.select_related("organization"):
        assert grant.organization.kind in grant.role_class.kinds


def test_seed_leaves_a_receiver_for_every_report(demo: Path) -> None:
    receivers = set(
        RoleGrant.objects.current()
        .filter(role__in=["committee_staff", "general_branch_staff", "branch_secretary"])
        .values_list("organization_id", flat=True)
    )
    reporting = Organization.objects.active().exclude(kind=OrganizationKind.WORK_COMMITTEE)
    assert set(reporting.values_list("pk", flat=True)) <= receivers


_ITEM_STATES = {
    ReportState.DRAFT: {ItemState.DRAFT},
    ReportState.SUBMITTED: {ItemState.SUBMITTED, ItemState.ACCEPTED},
    ReportState.RETURNED: {ItemState.RETURNED, ItemState.ACCEPTED},
    ReportState.ACCEPTED: {ItemState.ACCEPTED},
}


def test_seed_rounds_agree_with_each_other(demo: Path) -> None:
    now = clock.now()
    duties = list(
        Duty.objects.select_related("report__definition", "organization").prefetch_related(
            "report__items", "report__steps"
        )
    )
    current = periods.containing(clock.today(), periods.MONTH)
    assert {duty.period for duty in duties} == set(periods.ending(current, MONTHS))
    assert MonthlyReport.objects.count() == len(duties)
    for duty in duties:
        report, items = duty.report, list(duty.report.items.all())
        assert (report.organization_id, report.period) == (duty.organization_id, duty.period)
        expected = DutyState.OPEN if report.state == ReportState.DRAFT else report.state
        assert duty.state == expected
        assert [item.key for item in items] == [spec["key"] for spec in report.definition.items]
        states = {item.state for item in items}
        assert states <= _ITEM_STATES[ReportState(report.state)]
        if report.state != ReportState.ACCEPTED:
            assert str(report.state) in states
        assert (duty.submitted_at is None) == (report.state == ReportState.DRAFT)
        assert (report.submitted_at is None) == (duty.submitted_at is None)
        assert (duty.finished_at is None) == (report.state != ReportState.ACCEPTED)
        moments = [step.at for step in report.steps.all()]
        assert moments == sorted(moments)
        assert all(moment < now for moment in moments)
        assert bool(moments) == (duty.submitted_at is not None)
        if duty.submitted_at:
            assert duty.submitted_at <= report.submitted_at
        for item in items:
            if item.state == ItemState.RETURNED:
                assert item.return_reason
                assert item.checked_by_name
                assert item.checked_at is not None
            if item.kind == ItemKind.FIGURES and report.submitted_at:
                assert item.value["figures"]
    last = Counter(duty.state for duty in duties if duty.period == periods.shift(current, -1))
    assert set(last) >= {"accepted", "submitted", "returned", "open"}


def test_seed_prepares_the_guide_branch(demo: Path) -> None:
    last = periods.shift(periods.containing(clock.today(), periods.MONTH), -1)
    report = MonthlyReport.objects.get(organization__short_name="湖庄村第一支部", period=last)
    returned = ReportItem.objects.get(report=report, state=ItemState.RETURNED)
    assert (report.state, returned.key) == (ReportState.RETURNED, "problems")
    assert returned.return_reason == rounds.ROOF_REASON
    assert returned.checked_by_name == "康红涛"
    above = MonthlyReport.objects.filter(
        period=last, organization__path__in=report.organization.ancestor_paths()
    )
    assert above.exists()
    assert not above.filter(state=ReportState.ACCEPTED).exists()  # it would lock the one below


def test_seed_is_audited(demo: Path) -> None:
    assert AuditEntry.objects.filter(verb="demo.seeded").count() == 1
    assert audit.verify().is_intact


def test_seed_is_the_same_each_time(db: None) -> None:
    def made() -> tuple[list[Any], ...]:
        with transaction.atomic():
            months = months_of(until="", count=2)
            build_zone(months=months, password=PASSWORD, by=actor.system(), small=True)
            rows = (
                list(
                    Organization.objects.values_list("path", "name", "founded_on", "term_ends_on")
                ),
                list(Member.objects.order_by("uid").values_list("uid", "name", "identity_index")),
                list(
                    Duty.objects.order_by("period", "organization__path").values_list(
                        "state", "submitted_at"
                    )
                ),
                list(User.objects.order_by("username").values_list("username", "name")),
            )
            transaction.set_rollback(True)
        return rows

    with clock.at(dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)):
        assert made() == made()


@pytest.mark.parametrize("day", [(2026, 12, 1), (2026, 10, 8), (2027, 3, 1), (2028, 2, 29)])
def test_seed_prepares_the_guide_on_any_day(db: None, day: tuple[int, int, int]) -> None:
    with clock.at(dt.datetime(*day, 1, tzinfo=dt.UTC)):
        build_zone(
            months=months_of(until="", count=2), password=PASSWORD, by=actor.system(), small=True
        )
        now = clock.now()
        assert not Duty.objects.filter(submitted_at__gte=now).exists()
        assert not Duty.objects.filter(finished_at__gte=now).exists()
        last = periods.shift(periods.containing(clock.today(), periods.MONTH), -1)
        report = MonthlyReport.objects.get(organization__short_name="湖庄村第一支部", period=last)
        assert report.state == ReportState.RETURNED


def test_seed_refuses_what_is_not_empty(demo: Path) -> None:
    before = Organization.objects.count()
    with pytest.raises(CommandError, match="already"):
        call_command("seed_demo", small=True)
    assert Organization.objects.count() == before


def test_seed_refuses_production_and_leaves_no_file(
    db: None, data_dir: Path, settings: Any
) -> None:
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="demo mode"):
        call_command("seed_demo", small=True)
    assert not Organization.objects.exists()
    assert not (data_dir / "demo-accounts.json").exists()


@pytest.mark.parametrize(
    "wish", [{"until": "2999-01"}, {"until": "2026"}, {"until": "x"}, {"months": 0}]
)
def test_seed_refuses_impossible_months(db: None, data_dir: Path, wish: dict[str, Any]) -> None:
    with pytest.raises(CommandError, match="month"):
        call_command("seed_demo", small=True, **wish)
    assert not Organization.objects.exists()


def test_seed_draws_a_password_when_none_is_given(
    db: None, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DEMO_PASSWORD")
    call_command("seed_demo", small=True, months=1, verbosity=0)
    password = json.loads((data_dir / "demo-accounts.json").read_text())["password"]
    assert len(password) >= 12
    assert _sign_in("zone", password) is not None
