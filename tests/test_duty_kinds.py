"""Plans of every kind beside the monthly report, through every page that reads duties."""

import datetime as dt
import io
import itertools
from typing import Any

import pytest
from django.db.models import Q
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from core import clock, periods, timers, worklist
from core.actor import system
from core.errors import Conflict, DomainError, NotAllowed
from core.models import AuditEntry, Notification
from orgs.actions import tokens
from orgs.enums import BRANCH_KINDS, OrganizationKind
from orgs.models import AccessToken, Organization, OrganizationEvent
from schedules.rounds import fulfilment
from schedules.rounds.actions import opening, phases, records, reminders, reports, rollups
from schedules.rounds.definitions import PLAN_KINDS, _item
from schedules.rounds.enums import DutyState, ItemKind, Phase
from schedules.rounds.models import (
    Duty,
    DutyRecord,
    DutyStanding,
    Plan,
    ReminderMark,
    Report,
    Rollup,
    vocabulary,
)
from schedules.rounds.models.duty import LATE
from schedules.rounds.models.rollup import LATE as LATE_STANDING
from schedules.rounds.models.vocabulary import Counted
from schedules.rounds.queries.boards import board_of
from schedules.rounds.queries.matrix import report_matrix
from schedules.rounds.queries.openings import unfitting
from schedules.rounds.queries.rates import reporting_rates
from schedules.rounds.words import word_of
from tests.test_reports import CHINA, TYPED
from tests.world import Zone, make_member, make_organization

START = dt.date(2026, 6, 1)
BRANCHES = [str(kind) for kind in BRANCH_KINDS]
EARLY = dt.datetime(2026, 6, 29, 9, tzinfo=CHINA)
DUE = dt.datetime(2026, 7, 3, 9, tzinfo=CHINA)  # the working day before the 6th
LATER = dt.datetime(2026, 7, 13, 9, tzinfo=CHINA)


def plan_of(key: str, name: str, **fields: Any) -> Plan:
    return Plan.objects.create(
        key=key, name=name, starts_on=START, kinds=fields.pop("kinds", BRANCHES), **fields
    )


def form_of(key: str, kinds: list[str], *items: dict[str, Any]) -> dict[str, Any]:
    figures = _item("figures", "数据", ItemKind.FIGURES, figures=["members_on_roll"])
    return {"key": key, "name": key, "kinds": kinds, "classes": [], "items": [figures, *items]}


def seven_plans() -> dict[str, Plan]:
    """The monthly report, and beside it one plan of each of the kinds that there may be."""
    monthly = opening.install_defaults(by=system())
    safety = plan_of("safety", "安全生产月报", position=2)
    told = _item("told", "情况", ItemKind.TEXT, required=True)
    opening.install_forms(plan=safety, forms=[form_of("safety", BRANCHES, told)], by=system())
    people = plan_of("people", "民生季报", position=3, cadence="quarter", kinds=PLAN_KINDS)
    opening.install_forms(plan=people, forms=[form_of("people", PLAN_KINDS, told)], by=system())
    plans = [
        monthly,
        safety,
        people,
        plan_of("yearly", "年度谈心", position=4, cadence="year", fulfilment="record"),
        plan_of(
            "themes",
            "主题党日",
            position=5,
            cadence="quarter",
            fulfilment="record",
            required_count=3,
            kinds=[*BRANCHES, str(OrganizationKind.PARTY_GROUP)],
        ),
        plan_of("probation", "按期转正", position=6, fulfilment="members.probation"),
        plan_of("term", "按期换届", position=7, cadence="half_year", fulfilment="orgs.term"),
    ]
    Plan.objects.update(starts_on=START)
    return {plan.key: Plan.objects.get(pk=plan.pk) for plan in plans}


@pytest.fixture
def plans(zone: Zone) -> dict[str, Plan]:
    """All opened on the last days of June, with somebody whose year is over and a term that ends."""
    made = seven_plans()
    make_member(
        zone.branch,
        "李预备",
        category="probationary_member",
        joined_on=dt.date(2025, 7, 3),
        full_member_on=None,
    )
    make_member(
        zone.neighbour_branch,
        "外预备",
        category="probationary_member",
        joined_on=dt.date(2025, 7, 3),
        full_member_on=None,
    )
    Organization.objects.filter(pk=zone.branch.pk).update(
        term_started_on=dt.date(2023, 7, 3), term_ends_on=dt.date(2026, 7, 3), term_years=3
    )
    make_organization("第一党小组", OrganizationKind.PARTY_GROUP, parent=zone.branch)
    with clock.at(EARLY):
        opening.open_due_periods(by=system())
        for key, period in (("yearly", "2026"), ("themes", "2026-Q2"), ("people", "2026-Q2")):
            opening.open_period(plan=made[key], period=period, by=system())
        rollups.refresh_all()
    return made


PERIODS = {
    "monthly_report": "2026-06",
    "safety": "2026-06",
    "people": "2026-Q2",
    "yearly": "2026",
    "themes": "2026-Q2",
    "probation": "2026-07",
    "term": "2026-H2",
}


def duty(plan: Plan, organization: Organization) -> Duty:
    return Duty.objects.select_related(*fulfilment.joins()).get(
        plan=plan, organization=organization, period=PERIODS[plan.key]
    )


def submit(zone: Zone, plan: Plan, organization: Organization, username: str) -> Report:
    """Sends the report of the plan with all its texts."""
    report = Report.objects.get(duty=duty(plan, organization))
    texts = {**TYPED, "told": "已排查，无隐患。"}
    typed = {item.key: texts[item.key] for item in report.items.all() if item.key in texts}
    return reports.submit(
        report=report,
        revision=report.revision,
        typed=typed,
        explanations={},
        by=zone.actor(username),
    )


def everything_happens(zone: Zone, plans: dict[str, Plan]) -> None:
    """Of each plan the first branch does its part in time, but for what comes back or is late."""
    with clock.at(DUE):
        for key in ("monthly_report", "safety", "people"):
            submit(zone, plans[key], zone.branch, "huzhuang1")
        for day in (3, 10, 17):
            records.add(
                duty=duty(plans["themes"], zone.branch),
                done_on=dt.date(2026, 6, day),
                text=f"{day} 日开展主题党日。",
                by=zone.actor("huzhuang1"),
            )
        records.send_back(
            duty=duty(plans["themes"], zone.branch),
            reason="请写明参加人数",
            by=zone.actor("huzhuang"),
        )
        zone.branch.members.filter(name="李预备").update(
            category="full_member", full_member_on=dt.date(2026, 7, 3)
        )
        OrganizationEvent.objects.create(
            organization=zone.branch,
            kind="re_elected",
            happened_on=dt.date(2026, 7, 2),
            recorded_by_name="测试",
            recorded_at=clock.now(),
        )
        Organization.objects.filter(pk=zone.branch.pk).update(
            term_started_on=dt.date(2026, 7, 2), term_ends_on=dt.date(2029, 7, 2)
        )
        opening.open_due_periods(by=system())
    with clock.at(LATER):
        submit(zone, plans["safety"], zone.branch2, "huzhuang2")
        report = Report.objects.get(duty=duty(plans["people"], zone.branch))
        reports.check(
            report=report,
            revision=report.revision,
            returned={"told": "请写明户数"},
            by=zone.actor("huzhuang"),
        )
        phases.pass_moments(by=system())
        rollups.refresh_all()


# --- opening ----------------------------------------------------------------------------------


def test_each_plan_opens_what_its_kind_needs(zone: Zone, plans: dict[str, Plan]) -> None:
    counts = {
        key: Duty.objects.filter(plan=plan, period=PERIODS[key]).count()
        for key, plan in plans.items()
    }
    assert counts == {
        "monthly_report": 6,
        "safety": 3,  # its form is for branches
        "people": 6,
        "yearly": 3,
        "themes": 4,  # three branches and the 党小组
        "probation": 2,
        "term": 1,
    }
    of_reports = Report.objects.filter(period__in=["2026-06", "2026-Q2"])
    assert of_reports.filter(duty__plan=plans["safety"]).count() == 3
    assert of_reports.filter(duty__plan=plans["people"]).count() == 6
    forms = of_reports.filter(organization=zone.branch).values_list("definition__key", flat=True)
    assert sorted(forms) == ["branch", "people", "safety"]
    case = duty(plans["term"], zone.branch)
    assert (case.begins_on, case.due_on) == (dt.date(2026, 1, 4), dt.date(2026, 7, 3))
    person = duty(plans["probation"], zone.branch)
    assert (person.subject_label, person.due_on) == ("李预备", dt.date(2026, 7, 3))
    with clock.at(EARLY):
        assert opening.open_due_periods(by=system()) == 0


def test_organization_without_a_form_owes_nothing_and_is_counted(
    zone: Zone, plans: dict[str, Plan]
) -> None:
    Plan.objects.filter(key="safety").update(kinds=PLAN_KINDS)
    plan = Plan.objects.get(key="safety")
    assert opening.open_period(plan=plan, period="2026-05", by=system()) == 3
    assert unfitting(plan, "2026-05") == 3
    page = zone.client("zone").get(f"/plans/{plan.pk}/").content.decode()
    assert "3 个组织没有适用的表样" in page


def test_changed_due_day_does_not_open_a_period_again(zone: Zone, plans: dict[str, Plan]) -> None:
    Plan.objects.filter(key="safety").update(due_day=20)
    before = Duty.objects.count()
    plan = Plan.objects.get(key="safety")
    assert opening.open_period(plan=plan, period="2026-06", by=system()) == 0
    assert Duty.objects.count() == before


def test_case_that_moves_or_ends_otherwise_is_waived_with_the_reason(
    zone: Zone, plans: dict[str, Plan]
) -> None:
    Organization.objects.filter(pk=zone.branch.pk).update(extended_until=dt.date(2026, 9, 30))
    zone.neighbour_branch.members.update(state="left")
    with clock.at(DUE):
        assert opening.open_due_periods(by=system()) == 3
        assert opening.open_due_periods(by=system()) == 0
    old, new = Duty.objects.filter(plan=plans["term"]).order_by("due_on")
    assert (old.state, old.waived_reason) == (DutyState.WAIVED, "期限已变更")
    assert (new.state, new.due_on) == (DutyState.OPEN, dt.date(2026, 9, 30))
    gone = duty(plans["probation"], zone.neighbour_branch)
    assert (gone.state, gone.waived_reason) == (DutyState.WAIVED, "情形已不存在")


def test_case_done_after_its_day_is_late(zone: Zone, plans: dict[str, Plan]) -> None:
    zone.branch.members.filter(name="李预备").update(
        category="full_member", full_member_on=dt.date(2026, 7, 4)
    )
    with clock.at(LATER):
        opening.open_due_periods(by=system())
    done = duty(plans["probation"], zone.branch)
    assert (done.state, done.is_late) == (DutyState.ACCEPTED, True)


# --- records ----------------------------------------------------------------------------------


def test_records_are_written_on_the_page_of_the_duty(zone: Zone, plans: dict[str, Plan]) -> None:
    own = duty(plans["yearly"], zone.branch)
    url, client = f"/duties/{own.pk}/records/", zone.client("huzhuang1")
    with clock.at(DUE):
        refused = client.post(f"{url}add/", {"done_on": "2025-12-31", "text": "与李某谈心"})
        assert refused.status_code == 422
        page = refused.content.decode()
        assert "办理日期应在2026年1月1日至今天之间" in page
        assert "与李某谈心" in page
        assert client.post(f"{url}add/", {"done_on": "2026-07-02", "text": ""}).status_code == 422
        for _ in range(2):  # a double click
            given = {"done_on": "2026-07-02", "text": "与李某谈心"}
            client.post(f"{url}add/", given)
        own.refresh_from_db()
        assert (own.state, own.done_count) == (DutyState.SUBMITTED, 1)
        assert DutyRecord.objects.count() == 1
        assert "2026年年度谈心" in zone.client("huzhuang").get("/reports/queue/").content.decode()
        back = zone.client("huzhuang").post(f"/duties/{own.pk}/return/", {"reason": "好"})
        assert back.status_code == 422
        assert "请写明退回原因" in back.content.decode()
        zone.client("huzhuang").post(f"/duties/{own.pk}/return/", {"reason": "写明时间地点"})
        assert "写明时间地点" in client.get(url).content.decode()
        record = DutyRecord.objects.get()
        client.post(f"{url}{record.pk}/remove/")
        client.post(f"{url}{record.pk}/remove/")
        client.post(f"{url}add/", {"done_on": "2026-07-02", "text": "7月2日在会议室与李某谈心"})
        zone.client("huzhuang").post(f"/duties/{own.pk}/accept/")
    own.refresh_from_db()
    assert (own.state, own.returned_count, own.done_count) == (DutyState.ACCEPTED, 1, 1)
    acts = AuditEntry.objects.filter(verb__startswith="schedules.duty.").values_list(
        "verb", flat=True
    )
    assert list(acts.exclude(verb="schedules.duty.open").order_by("pk")) == [
        f"schedules.duty.{act}" for act in ("record", "return", "unrecord", "record", "accept")
    ]


def test_records_are_the_organizations_own_to_write(zone: Zone, plans: dict[str, Plan]) -> None:
    own = duty(plans["yearly"], zone.branch)
    foreign = duty(plans["yearly"], zone.neighbour_branch)
    given = {"done_on": "2026-06-02", "text": "写给别人"}
    with clock.at(DUE):
        for username in ("huzhuang", "huzhuang2", "taoyuan1", "zone", "committee"):
            client = zone.client(username)
            assert client.post(f"/duties/{own.pk}/records/add/", given).status_code in (403, 404)
        assert not DutyRecord.objects.exists()
        client = zone.client("huzhuang1")
        assert client.get(f"/duties/{foreign.pk}/records/").status_code == 404
        assert client.get(f"/duties/{foreign.pk}/").status_code == 404
        assert client.post(f"/duties/{own.pk}/accept/").status_code == 404
        records.add(duty=own, done_on=dt.date(2026, 6, 2), text="谈了", by=zone.actor("huzhuang1"))
        with pytest.raises(NotAllowed):
            records.accept(duty=own, by=zone.actor("huzhuang1"))
        with pytest.raises(Conflict):
            records.add(
                duty=own, done_on=dt.date(2026, 6, 3), text="再谈", by=zone.actor("huzhuang1")
            )


def test_records_stop_at_the_lock(zone: Zone, plans: dict[str, Plan]) -> None:
    own = duty(plans["yearly"], zone.branch)
    Duty.objects.filter(pk=own.pk).update(locks_at=DUE)
    with clock.at(LATER), pytest.raises(DomainError, match="锁定"):
        records.add(duty=own, done_on=dt.date(2026, 6, 2), text="谈了", by=zone.actor("huzhuang1"))


# --- one vocabulary ---------------------------------------------------------------------------


def test_lists_sums_and_single_rows_speak_one_language(zone: Zone, plans: dict[str, Plan]) -> None:
    """Every state × sent or not × late or not × returned: in the database and in Python."""
    cases = itertools.product(DutyState.values, (None, -1, 1), (0, 1, 2), Phase.values)
    for number, (state, sent, returned, phase) in enumerate(cases):
        one = Duty(
            plan=plans["yearly"],
            organization=zone.branch,
            period="2025",
            subject_kind="test",
            subject_id=number,
            due_on=START,
            due_at=EARLY,
            late_after=EARLY,
            state=state,
            phase=phase,
            submitted_at=EARLY + dt.timedelta(hours=sent) if sent else None,
            returned_count=returned,
            opened_at=EARLY,
        )
        one.save()
    rollups.mark(plan_id=plans["yearly"].pk, period="2025", organization_ids=[zone.branch.pk])
    rollups.refresh_all()
    rows = Duty.objects.filter(subject_kind="test")
    told = {duty.pk: duty.counts_as for duty in rows}
    sums = rows.aggregate(**vocabulary.sums(LATE))
    standings = DutyStanding.objects.filter(duty__in=rows, until=None)
    stands = {one.duty_id: one.counts_as for one in standings}
    assert stands == {pk: words for pk, words in told.items() if words}
    figures = Rollup.objects.get(plan=plans["yearly"], period="2025", organization=zone.branch)
    for word in Counted:
        wanted = {pk for pk, words in told.items() if word in words}
        assert wanted, f"no case is {word}"
        assert set(rows.counted(word).values_list("pk", flat=True)) == wanted
        assert sums[f"n_{word}"] == len(wanted)
        condition: Q = vocabulary.conditions(LATE_STANDING)[word]
        assert set(standings.filter(condition).values_list("duty_id", flat=True)) == wanted
        if hasattr(figures, word):
            assert getattr(figures, word) == len(wanted), word


# --- every page -------------------------------------------------------------------------------


@pytest.fixture
def done(zone: Zone, plans: dict[str, Plan]) -> dict[str, Plan]:
    everything_happens(zone, plans)
    return plans


# What the street's board says of each plan: expected, submitted, on time, late, returned, accepted.
STREET = {
    "monthly_report": (4, 1, 1, 0, 0, 0),
    "safety": (2, 2, 1, 1, 0, 0),
    "people": (4, 1, 1, 0, 1, 0),
    "yearly": (2, 0, 0, 0, 0, 0),
    "themes": (3, 1, 1, 0, 1, 0),
    "probation": (1, 1, 1, 0, 0, 1),
    "term": (1, 1, 1, 0, 0, 1),
}
NAMES = ("expected", "submitted", "on_time", "late", "returned", "accepted")


@pytest.mark.parametrize("key", list(STREET))
def test_board_month_page_sheets_and_api_say_the_same(
    zone: Zone, done: dict[str, Plan], key: str
) -> None:
    plan, period = done[key], PERIODS[key]
    wanted = dict(zip(NAMES, STREET[key], strict=True))
    client = zone.client("zone")
    asked = {"organization": zone.street.pk, "plan": key, "period": period}
    with clock.at(LATER):
        actor = zone.actor("zone")
        figures = board_of(actor, plan, zone.street, period).current
        assert figures is not None
        assert {name: getattr(figures, name) for name in NAMES} == wanted
        matrix = report_matrix(plan, zone.street, last=period, count=3)
        assert matrix.current == figures
        cell = f"{wanted['submitted']} / {wanted['expected']}"
        for path in ("/board/", "/reports/"):
            page = client.get(path, asked)
            assert page.status_code == 200
            assert page.context["stats"][0]["value"] == cell, path
        rows = client.get("/board/rows/", asked, follow=True)
        assert rows.status_code == 200
        assert len(rows.context["rows"]) == wanted["expected"]
        for row in rows.context["rows"]:
            assert client.get(row["url"], follow=True).status_code == 200
        apart = ("unsent", "pending", "missing", "locked")
        assert figures.unsent == figures.pending + figures.missing + figures.locked
        for name in ("submitted", "on_time", "late", "returned", "accepted", *apart):
            found = client.get("/board/rows/", {**asked, "show": name}, follow=True)
            number = wanted[name] if name in wanted else getattr(figures, name)
            assert len(found.context["rows"]) == number, name
        for path in ("/board/", "/reports/"):
            said = {one["label"]: one["value"] for one in client.get(path, asked).context["stats"]}
            for word in (Counted.PENDING, Counted.MISSING, Counted.LOCKED, Counted.RETURNED):
                label = word_of(fulfilment.of(plan), word)
                assert said.get(label, 0) == getattr(figures, word), (path, label)
        sheet = _sheet(client.get("/board/export/", asked))
        total = next(line for line in sheet if "合计" in line)
        assert [int(str(value)) for value in total[2:10]] == [
            getattr(figures, name)
            for name in (*NAMES[:4], "pending", "missing", "locked", "returned")
        ]
        assert _sheet(client.get("/reports/export/", asked))
        line = reporting_rates(plan, zone.root, first=period, last=period)
        row = next(one for one in line.rows if one.organization_id == zone.street.pk)
        shown = line.shown(row, actor)
        assert {name: shown[name] for name in NAMES} == wanted
        for name in ("pending", "missing", "locked"):
            assert shown[name] == getattr(figures, name)


def _sheet(answer: Any) -> list[list[Any]]:
    assert answer.status_code == 200
    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    assert book.active is not None
    return [list(line) for line in book.active.iter_rows(values_only=True)]


@pytest.mark.parametrize("key", ["safety", "people"])
def test_reports_of_other_plans_are_printed_and_exported_apart(
    zone: Zone, done: dict[str, Plan], key: str
) -> None:
    client = zone.client("dahuangshan")
    asked = {"plan": key, "period": PERIODS[key]}
    with clock.at(LATER):
        page = client.get("/reports/month/print/", asked).content.decode()
        assert done[key].name in page
        assert "已排查，无隐患。" in page
        assert TYPED["problems"] not in page, "that stands in the monthly report"
        lines = _sheet(client.get("/reports/month/export/", asked))
        assert any("已排查，无隐患。" in [str(value) for value in line] for line in lines)
        assert client.get("/reports/month/docx/", asked).status_code == 200


def test_home_names_what_is_due_of_every_kind(zone: Zone, plans: dict[str, Plan]) -> None:
    with clock.at(DUE):
        titles = home(zone, "huzhuang1")
    assert titles == {
        "2026年6月月报",
        "2026年6月安全生产月报",
        "2026年第二季度民生季报",
        "2026年年度谈心待登记",
        "2026年第二季度主题党日（0/3）",
        "第一党小组：2026年第二季度主题党日（0/3）",
        "按期转正：李预备",
        "按期换届：届满前换届",
    }
    with clock.at(DUE):
        page = zone.client("huzhuang1").get("/")
    assert page.status_code == 200
    assert "外预备" not in page.content.decode()
    # Nothing has been drafted of what is only to be done later.
    assert [item.title for item in page.context["coming"]] == ["2026年年度谈心待登记"]
    assert not any("谈心" in item.title for item in page.context["drafts"])


def home(zone: Zone, username: str) -> set[str]:
    """Titles on a person's home; every address there opens."""
    client = zone.client(username)
    items = worklist.collect(zone.actor(username)).items
    for item in items:
        assert client.get(item.url, follow=True).status_code == 200, item.title
    return {item.title for item in items}


def test_home_after_all_has_happened(zone: Zone, done: dict[str, Plan]) -> None:
    with clock.at(LATER):
        assert home(zone, "huzhuang1") == {
            "2026年第二季度民生季报：“情况”退回补充",
            "2026年第二季度主题党日退回补充",
            "第一党小组：2026年第二季度主题党日（0/3）",
            "2026年年度谈心待登记",
        }
        above = home(zone, "huzhuang")
        assert "3 份待核" in above
        assert "下级 1 个未报2026年6月月报" in above
        assert "下级 2 个未登记2026年年度谈心" not in above, (
            "nothing asks for it before the year is over"
        )


def test_digest_and_ladder_name_every_kind_in_its_words(zone: Zone, plans: dict[str, Plan]) -> None:
    with clock.at(DUE):
        assert reminders.send_digests(by=system())
        assert not reminders.send_digests(by=system())
    body = Notification.objects.get(user=zone.users["huzhuang1"], key__startswith="digest").body
    for words in (
        "2026年6月月报",
        "安全生产月报",
        "民生季报",
        "主题党日（0/3）",
        "按期转正：李预备",
    ):
        assert words in body
    assert "年度谈心" not in body, "it is due in January"
    with clock.at(dt.datetime(2026, 7, 20, 9, tzinfo=CHINA)):
        reminders.send_digests(by=system())
    told = Notification.objects.filter(user=zone.users["dahuangshan"], key__startswith="digest")
    lines = told.order_by("-pk")[0].body
    assert "逾期未报2026年6月安全生产月报的组织" in lines
    assert "逾期未登记2026年第二季度主题党日的组织" in lines
    assert "李预备" not in lines, "the ladder names organisations"
    assert ReminderMark.objects.exists()


def test_reminder_by_hand_reaches_those_of_the_plan(zone: Zone, done: dict[str, Plan]) -> None:
    Notification.objects.all().delete()
    with clock.at(LATER):
        asked = {"plan": "yearly", "period": "2026"}
        page = zone.client("dahuangshan").get("/reports/remind/", asked)
        assert "提醒 2 个待登记组织" in page.content.decode(), "it is due in January"
        zone.client("dahuangshan").post("/reports/remind/", asked)
    told = Notification.objects.values_list("user__username", "title")
    assert set(told) == {
        ("huzhuang1", "请登记2026年年度谈心（湖庄村第一支部）"),
        ("huzhuang2", "请登记2026年年度谈心（湖庄村第二支部）"),
    }
    with clock.at(LATER):
        sent = zone.client("dahuangshan").get("/reports/reminders/", asked)
        assert sent.context["page"].paginator.count == 2


def test_panel_year_and_calendar_hold_all_plans(zone: Zone, done: dict[str, Plan]) -> None:
    client = zone.client("huzhuang1")
    with clock.at(LATER):
        panel = client.get(f"/organizations/{zone.branch.pk}/").content.decode()
        assert "2026年第二季度民生季报" in panel
        year = client.get("/reports/", {"year": "2026"})
        names = {row["name"] for row in year.context["rows"]}
        assert {"2026年6月安全生产月报", "按期转正：李预备", "2026年年度谈心"} <= names
        for row in year.context["rows"]:
            assert client.get(row["url"]).status_code == 200
        for path in (
            "/plans/",
            "/calendar/",
            "/forms/",
            *(f"/plans/{p.pk}/" for p in done.values()),
        ):
            assert zone.client("zone").get(path).status_code == 200, path


def test_calendar_feed_holds_all_plans_and_names_no_person(
    zone: Zone, plans: dict[str, Plan]
) -> None:
    with clock.at(DUE):
        secret = tokens.renew_calendar(by=zone.actor("huzhuang1")).secret
        text = Client().get(reverse("api:calendar-feed", args=[secret])).content.decode()
    plain = text.replace("\r\n ", "")
    for words in ("月报", "民生季报", "主题党日", "年度谈心", "按期转正", "按期换届"):
        assert words in plain
    assert "李预备" not in plain
    assert AccessToken.objects.count() == 1


def test_kinds_are_told_by_the_registry_and_by_no_reader(zone: Zone) -> None:
    """A kind that another app brings works on every page without a change there."""
    key = "elsewhere.visit"
    timers.register(
        timers.Timer(
            key=key,
            label="走访",
            running=lambda day: [
                timers.Running(7, zone.branch.pk, "走访老党员", START, dt.date(2026, 7, 3))
            ],
            stopped=lambda ids: {},
            url=lambda pk: "/",
        )
    )
    try:
        opening.install_defaults(by=system())
        plan = plan_of("visit", "走访", position=2, fulfilment=key)
        with clock.at(DUE):
            opening.follow_cases(plan=plan, by=system())
            rollups.refresh_all()
            assert "走访：走访老党员" in home(zone, "huzhuang1")
            page = zone.client("zone").get("/board/", {"plan": "visit", "period": "2026-07"})
            assert page.context["stats"][0]["value"] == "0 / 1"
    finally:
        del timers._timers[key]


def test_periods_of_all_kinds_have_words_order_and_windows() -> None:
    every = ["2026-06", "2026-Q2", "2026-H1", "2026", "2026-07", "2026-Q3"]
    assert sorted(every, key=periods.order) == [
        "2026-06",
        "2026-Q2",
        "2026-H1",
        "2026-07",
        "2026-Q3",
        "2026",
    ]
    assert [periods.short(one) for one in every] == [
        "6月",
        "二季度",
        "上半年",
        "2026年",
        "7月",
        "三季度",
    ]
    assert periods.of_year(2026, "quarter") == ["2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4"]
    assert periods.of_year(2026, "year") == ["2026"]
    for one in every:
        assert one in periods.of_year(2026, periods.cadence_of(one))
