"""The demo zone: small, complete, and of nobody who exists."""

import datetime as dt
import html
import itertools
import json
import re
import stat
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db.models import CharField, TextField, UUIDField
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core import actor, audit, clock, demo, figures, identity, periods
from core.errors import DomainError
from core.models import AuditEntry, Effect
from members.demo import people
from members.enums import RevealedField
from members.models import Member
from orgs.backends import NameOrPhoneBackend
from orgs.demo.accounts import NAMED
from orgs.enums import OrganizationKind, Post
from orgs.models import (
    OfficeHolding,
    Organization,
    OrganizationPlacement,
    RoleGrant,
    User,
)
from orgs.models.organization import STEP
from schedules.action_items.enums import (
    ActionState,
    LineState,
    Look,
    Shape,
)
from schedules.action_items.models import (
    ActionItem,
    ActionStanding,
    ActionStep,
    NumberSeries,
)
from schedules.action_items.rules import days_late
from schedules.rounds.demo import courses
from schedules.rounds.enums import DutyState, ItemKind, ItemState, ReportState
from schedules.rounds.models import (
    Duty,
    Report,
    ReportItem,
)
from schedules.rounds.queries import books
from schedules.rounds.queries.calendar import load
from showcase.public.models import PublicPage, PublicPicture
from showcase.public.rules import KINDS

from .item_standings import wrong_standings

PASSWORD = "Correct-Horse-9-demo"
MONTHS = 4


@pytest.fixture
def data_dir(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Path:
    settings.DATA_DIR = tmp_path
    monkeypatch.setenv("DEMO_PASSWORD", PASSWORD)
    return tmp_path


@pytest.fixture
def demo_zone(db: None, data_dir: Path) -> Path:
    call_command("seed_demo", small=True, months=MONTHS, verbosity=0)
    return data_dir


def test_seed_builds_a_sound_tree(demo_zone: Path) -> None:
    rows = {row.path: row for row in Organization.objects.select_related("parent")}
    groups = [row for row in rows.values() if row.kind == OrganizationKind.PARTY_GROUP]
    assert 55 <= len(rows) - len(groups) <= 70
    assert all(row.parent and row.parent.is_branch for row in groups)
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


def test_seed_invents_nobody_who_could_exist(demo_zone: Path) -> None:
    members = list(Member.objects.select_related("organization"))
    assert len([row for row in members if row.state != "left"]) == people.MEMBERS_SMALL
    for row in members:
        number = row.unsealed(RevealedField.IDENTITY_NUMBER)
        assert number.startswith(people.AREA_CODES)
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


def test_seed_gives_each_branch_the_officers_its_register_shows(demo_zone: Path) -> None:
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


def test_seed_accounts_sign_in(demo_zone: Path) -> None:
    path = demo_zone / "demo-accounts.json"
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


def test_seed_leaves_a_receiver_for_every_report(demo_zone: Path) -> None:
    receivers = set(
        RoleGrant.objects.current()
        .filter(role__in=["committee_staff", "general_branch_staff", "branch_secretary"])
        .values_list("organization_id", flat=True)
    )
    silent = (OrganizationKind.WORK_COMMITTEE, OrganizationKind.PARTY_GROUP)
    reporting = Organization.objects.active().exclude(kind__in=silent)
    assert set(reporting.values_list("pk", flat=True)) <= receivers


def test_seed_figures_open_the_rows_that_they_counted(demo_zone: Path) -> None:
    sent = Report.objects.exclude(figures_at=None).select_related("organization")
    committees = sent.filter(organization__kind=OrganizationKind.DIRECT_COMMITTEE)[:8]
    for report in [*committees, *sent.order_by("pk")[::40]]:
        item = report.items.select_related("report").get(kind=ItemKind.FIGURES)
        rows, window = item.value["figures"], books.window_of(item)
        assert window is not None
        found = figures.values([row["key"] for row in rows], [report.organization], window)
        for row in rows:
            value = found[row["key"]][report.organization_id]
            assert value in (None, row["value"]), (row, report, window)


def test_seed_months_balance(demo_zone: Path) -> None:
    """Opening + in − out = closing in every report, and for every organisation and month; each
    month begins where the one before it ended."""
    for item in ReportItem.objects.filter(kind=ItemKind.FIGURES).exclude(value={"figures": []}):
        told = {row["key"]: row["value"] for row in item.value["figures"]}
        assert _balance(told) == 0, (item.report_id, told)
    places = list(Organization.objects.all())
    keys = ["members_opening", "members_in", "members_out", "members_on_roll"]
    before: dict[int, int] = {}
    moved = 0
    for period in periods.ending(periods.containing(clock.today(), periods.MONTH), MONTHS):
        found = figures.values(keys, places, figures.Window(period, clock.today()))
        for place in places:
            row = {key: found[key][place.pk] for key in keys}
            assert _balance(row) == 0, (place, period, row)
            was = before.get(place.pk, row["members_opening"])
            assert row["members_opening"] == was, (place, period, row)
            before[place.pk] = row["members_on_roll"] or 0
            moved += (row["members_in"] or 0) + (row["members_out"] or 0)
    assert moved > 20


def _balance(row: Mapping[str, int | None]) -> int:
    came, went = row["members_in"] or 0, row["members_out"] or 0
    return (row["members_opening"] or 0) + came - went - (row["members_on_roll"] or 0)


_ITEM_STATES = {
    ReportState.DRAFT: {ItemState.DRAFT},
    ReportState.SUBMITTED: {ItemState.SUBMITTED, ItemState.ACCEPTED},
    ReportState.RETURNED: {ItemState.RETURNED, ItemState.ACCEPTED},
    ReportState.ACCEPTED: {ItemState.ACCEPTED},
}


def test_seed_rounds_agree_with_each_other(demo_zone: Path) -> None:
    now = clock.now()
    duties = list(
        Duty.objects.filter(plan__fulfilment="report")
        .select_related("report__definition", "organization")
        .prefetch_related("report__items", "report__steps")
    )
    current = periods.containing(clock.today(), periods.MONTH)
    assert {duty.period for duty in duties} == set(periods.ending(current, MONTHS))
    assert Report.objects.count() == len(duties)
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


def test_seed_prepares_the_guide_branch(demo_zone: Path) -> None:
    last = periods.shift(periods.containing(clock.today(), periods.MONTH), -1)
    report = Report.objects.get(organization__short_name="湖庄村第一支部", period=last)
    returned = ReportItem.objects.get(report=report, state=ItemState.RETURNED)
    assert (report.state, returned.key) == (ReportState.RETURNED, "problems")
    assert returned.return_reason == courses.ROOF_REASON
    assert returned.checked_by_name == "康红涛"
    above = Report.objects.filter(
        period=last, organization__path__in=report.organization.ancestor_paths()
    )
    assert above.exists()
    assert not above.filter(state=ReportState.ACCEPTED).exists()  # it would lock the one below


def test_every_internal_text_of_the_demo_zone_is_a_canary(demo_zone: Path) -> None:
    """Nothing of what stands in any internal column is read without signing in, but what was copied to a
    public page. One walk, one set of texts."""
    told = " ".join(
        str(value)
        for page in PublicPage.objects.values()
        for value in page.values()
        if value is not None
    )
    told += " ".join(PublicPicture.objects.values_list("alt", flat=True))
    told += " ".join(PublicPicture.objects.values_list("caption", flat=True))
    canaries: set[str] = set()
    for model in apps.get_models():
        if model._meta.label in ("public.PublicPage", "public.PublicPicture", "public.PublicStamp"):
            continue
        columns = [
            one.attname
            for one in model._meta.concrete_fields
            if isinstance(one, CharField | TextField | UUIDField) and not one.choices
        ]
        if columns and model._meta.managed:
            for row in model._base_manager.values_list(*columns):
                canaries.update(str(one) for one in row if one and len(str(one)) >= 8)
    day = re.compile(r"[\d年月日:： /-]+")  # says nothing of anybody
    canaries = {one for one in canaries if one not in told and not day.fullmatch(one)}
    assert len(canaries) > 5_000
    client = Client()
    pages = PublicPage.objects.shown(clock.today())
    assert len(pages) >= 8
    assert not all(one.is_solved for one in pages)
    urls = ["/showcase/", *(f"/showcase/{kind}/" for kind in KINDS)]
    urls += [one.get_absolute_url() for one in PublicPage.objects.all()]
    read = "".join(html.unescape(client.get(url).content.decode()) for url in urls)
    frame = html.unescape(client.get("/showcase/nothing/").content.decode())
    frame += reverse("concerns:filing-create")  # where they lead while the form is on
    begun = {read[at : at + 8] for at in range(len(read) - 7)}
    found = {one for one in canaries if one[:8] in begun and one in read and one not in frame}
    assert not found


def test_seed_is_audited(demo_zone: Path) -> None:
    assert AuditEntry.objects.filter(verb="demo.seeded").count() == 1
    assert audit.verify().is_intact


def test_home_says_so_while_months_are_filled(
    demo_zone: Path, client: Client, settings: Any
) -> None:
    settings.DEMO = True
    client.force_login(
        User.objects.get(username="zone"), backend="orgs.backends.NameOrPhoneBackend"
    )
    words = "补齐"
    assert words not in client.get("/").content.decode()
    left = {"left": ["2024-04", "2024-03"]}
    row = Effect.objects.create(
        key="x", kind=demo.KIND, payload=left, not_before=clock.now(), created_at=clock.now()
    )
    page = client.get("/").content.decode()
    assert "演示数据正在补齐较早的月份（已到2024年5月）…" in page
    Effect.objects.filter(pk=row.pk).update(state=Effect.State.DEAD)
    assert "请系统管理员在“后台事项”中重试" in client.get("/").content.decode()
    settings.DEMO = False
    assert words not in client.get("/").content.decode()


def test_parts_have_places_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "_parts", list(demo.parts()))
    with pytest.raises(ValueError, match=r"x\.demo stands where orgs\.demo\.tree does"):
        demo.register("x.demo", order=10)
    demo.register("x.demo", order=15)
    assert [part.module for part in demo.parts()] == [
        *("orgs.demo.tree", "x.demo", "members.demo.people", "orgs.demo.accounts"),
        "schedules.life.demo.meetings",
        "schedules.life.demo.study",
        "schedules.life.demo.talks",
        "schedules.life.demo.problems",
        "schedules.life.demo.appraisals",
        "schedules.rounds.demo.rounds",
        "schedules.life.demo.year_plans",
        "schedules.rounds.demo.marks",
        "schedules.action_items.demo.items",
        "schedules.action_items.demo.feedback",
        "schedules.dispatch.demo.meetings",
        "schedules.dispatch.demo.visits",
        "schedules.dispatch.demo.tours",
        "schedules.themes.demo.themes",
        "schedules.concerns.demo.concerns",
        "schedules.neighbours.demo.neighbours",
        "assessments.schemes.demo.schemes",
        "assessments.cycles.demo.results",
        "assessments.decisions.demo.decisions",
        "assessments.ballots.demo.ballots",
        "assessments.rectifications.demo.lists",
        "schedules.weak_cases.demo.cases",
        "showcase.projects.demo.projects",
        "showcase.brands.demo.brands",
        "showcase.sites.demo.sites",
        "showcase.public.demo.stories",
        "schedules.themes.demo.finder",
        "schedules.rounds.demo.burden",
    ]


@pytest.mark.parametrize("day", [(2026, 12, 1), (2026, 10, 8), (2027, 3, 1), (2028, 2, 29)])
def test_seed_prepares_the_guide_on_any_day(db: None, day: tuple[int, int, int]) -> None:
    with clock.at(dt.datetime(*day, 1, tzinfo=dt.UTC)):
        demo.seed(
            months=demo.months_of(until="", count=2),
            password=PASSWORD,
            by=actor.system(),
            small=True,
        )
        now = clock.now()
        assert not Duty.objects.filter(submitted_at__gte=now).exists()
        assert not Duty.objects.filter(finished_at__gte=now).exists()
        last = periods.shift(periods.containing(clock.today(), periods.MONTH), -1)
        report = Report.objects.get(organization__short_name="湖庄村第一支部", period=last)
        assert report.state == ReportState.RETURNED


def test_seed_refuses_what_is_not_empty(demo_zone: Path) -> None:
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
    with pytest.raises(DomainError, match="正式环境"):
        demo.seed(months=["2026-06"], password=PASSWORD, by=actor.system(), small=True)
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


def test_seed_items_keep_their_own_rules(demo_zone: Path) -> None:
    """Numbers without a gap, dates in order and none to come, another who closes, parts with their
    whole, what came back with what it came from."""
    now, calendar = clock.now(), load()
    items = list(ActionItem.objects.select_related("parent", "relapse_of", "issuer"))
    numbers: dict[tuple[int, int], set[int]] = {}
    for item in items:
        numbers.setdefault((item.issuer_id, item.year), set()).add(item.serial)
        moments = [item.drafted_at, item.issued_at, item.received_at, item.reported_at]
        moments += [item.verified_at, item.looked_at]
        reached = [moment for moment in moments if moment is not None]
        assert reached == sorted(reached), item
        assert max(reached) < now, item
        assert (item.state == ActionState.DRAFT) == (item.issued_at is None)
        if item.reported_at and item.due_on:
            late = days_late(item.due_on, timezone.localdate(item.reported_at), calendar)
            assert item.late_days >= late
        if item.parent is not None:
            assert (item.year, item.serial) == (item.parent.year, item.parent.serial)
        if item.relapse_of is not None:
            assert item.relapse_of.look == Look.RELAPSED
            assert item.owner_id == item.relapse_of.owner_id
            assert item.relapse_of.looked_at is not None
            assert item.drafted_at >= item.relapse_of.looked_at
        if item.shape == Shape.LIST and item.state in ("reported", "closed"):
            assert not item.lines.exclude(state=LineState.DONE).exists()
    for (organization, year), given in numbers.items():
        last = NumberSeries.objects.get(organization=organization, year=year).last
        assert given == set(range(1, last + 1)), "no number is left out or given twice"
    _expect_past_of_items(items)
    for step in ActionStep.objects.select_related("item"):
        assert step.by_name
        assert step.item.drafted_at <= step.at < now, step


def _expect_past_of_items(items: Sequence[ActionItem]) -> None:
    """How each stood is kept without a gap, from giving it out until it ended, so that every month
    that is over has its number of those under way."""
    assert not wrong_standings()
    kept: dict[int, list[ActionStanding]] = {}
    for one in ActionStanding.objects.order_by("since", "pk"):
        kept.setdefault(one.item_id, []).append(one)
    counted = {item for item in items if item.issued_at and item.shape != Shape.SHARED}
    assert set(kept) == {item.pk for item in counted}
    for item in counted:
        rows = kept[item.pk]
        assert rows[0].since == item.issued_at
        assert all(one.until == other.since for one, other in itertools.pairwise(rows)), item
        assert rows[-1].until == item.verified_at or item.state == ActionState.CANCELLED, item
    root = Organization.objects.get(depth=1)
    today = clock.today()
    month = periods.shift(periods.containing(today, periods.MONTH), -1)
    window = figures.Window(month, today)
    found = figures.values(["items_open", "items_overdue"], [root], window)
    assert found["items_open"][root.pk] > found["items_overdue"][root.pk] > 0  # type: ignore[operator]
