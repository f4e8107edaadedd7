"""The branch's own ledger brought in: what is read, what fits the roll of the day, what is refused."""

import datetime as dt
import io
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock, effects
from core.errors import DomainError, NotAllowed
from core.models import AuditEntry
from core.views.pasting import BAR
from members.actions import standings
from members.models import Member
from orgs.enums import OrganizationKind
from orgs.models import OfficeHolding, Organization
from schedules.life import sheets
from schedules.life.actions import ledger, meetings
from schedules.life.actions.ledger import Entry
from schedules.life.actions.meetings import Mark, Written
from schedules.life.enums import AbsenceReason, MeetingKind, Presence
from schedules.life.models import (
    Attendance,
    Exemption,
    GroupMembership,
    LedgerImport,
    Meeting,
    MeetingUnit,
)
from schedules.life.queries.rolls import roll_of, rolls_of

from .parallel import run_together
from .world import START, Zone, build_zone, make_member, make_organization

NOW = dt.datetime(2026, 7, 6, 2, tzinfo=dt.UTC)
TODAY = dt.date(2026, 7, 6)
HEAD = (
    *("序号", "时间", "类别", "地点", "主持人", "记录人", "主题", "应到", "实到"),
    *("缺席及原因", "补课情况", "备注"),
)
MARCH = {
    "序号": 1,
    "时间": "2026年3月5日 下午3点—4点半",
    "类别": "支部党员大会",
    "地点": "党群服务中心",
    "主持人": "蔡 航国",
    "记录人": "李明",
    "主题": "一季度工作",
    "应到": 3,
    "实到": "2人",
    "缺席及原因": "张三（病假）",
    "补课情况": "3月9日送学上门",
    "备注": "无",
}


@pytest.fixture(autouse=True)
def in_july(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.DATA_DIR = tmp_path
    with clock.at(NOW):
        yield


@pytest.fixture
def people(zone: Zone) -> list[Member]:
    found = [make_member(zone.branch, name) for name in ("张三", "李四", "王五")]
    standings.fill(since=START)
    return found


def sheet(*rows: dict[str, Any], head: tuple[str, ...] = HEAD) -> SimpleUploadedFile:
    book = openpyxl.Workbook()
    book.active.append(["三会一课台账"])
    book.active.append(list(head))
    for row in rows:
        book.active.append([row.get(title, "") for title in head])
    content = io.BytesIO()
    book.save(content)
    return SimpleUploadedFile("台账.xlsx", content.getvalue())


def upload(zone: Zone, file: SimpleUploadedFile, who: str = "huzhuang1") -> LedgerImport:
    """Uploads the sheet and reads it in the background."""
    answer = zone.client(who).post(reverse("life:import"), {"file": file})
    assert answer.status_code == 302, answer.content.decode()
    effects.run_due()
    return LedgerImport.objects.latest("pk")


def confirm(zone: Zone, batch: LedgerImport, who: str = "huzhuang1") -> LedgerImport:
    zone.client(who).post(reverse("life:import-confirm", args=[batch.uid]))
    effects.run_due()
    batch.refresh_from_db()
    return batch


def told(batch: LedgerImport, level: str = "error") -> list[tuple[str, str]]:
    return [(row["column"], row["code"]) for row in batch.errors if row["level"] == level]


def counts(batch: LedgerImport) -> tuple[int, ...]:
    return tuple(batch.counts[name] for name in ("new", "changed", "unchanged", "refused"))


def test_ledger_becomes_records_once(zone: Zone, people: list[Member]) -> None:
    lesson = MARCH | {
        "时间": dt.datetime(2026, 4, 2),
        "类别": "上党课",
        "主题": "学党章",
        "实到": 3,
        "缺席及原因": "全勤",
        "补课情况": "",
        "备注": "书记讲",
    }
    batch = upload(zone, sheet(MARCH, lesson))
    assert batch.errors == []
    assert counts(batch) == (2, 0, 0, 0)
    assert not Meeting.objects.exists()  # shown first
    page = zone.client("huzhuang1").get(batch.get_absolute_url()).content.decode()
    assert "2026年3月5日 支部党员大会：一季度工作（湖庄村第一支部，应到 3，到会 2）" in page
    confirm(zone, batch)
    first, second = Meeting.objects.order_by("held_on")
    assert (first.held_on, first.kind) == (dt.date(2026, 3, 5), "general_meeting")
    assert (first.starts_at, first.ends_at) == (dt.time(15), dt.time(16, 30))
    assert (first.chair_name, first.place, first.topic) == ("蔡航国", "党群服务中心", "一季度工作")
    assert first.summary == "补课情况：3月9日送学上门"
    assert second.summary == "备注：书记讲"
    assert (first.written_by_name, first.recorded_at) == (zone.users["huzhuang1"].name, NOW)
    assert [step.kind for step in first.steps.all()] == ["imported"]
    unit = MeetingUnit.objects.get(meeting=first)
    assert (unit.expected_count, unit.present_count, unit.absent_count) == (3, 2, 1)
    ill = Attendance.objects.get(meeting=first, presence=Presence.ABSENT)
    assert (ill.member.name, ill.reason) == ("张三", AbsenceReason.ILLNESS)
    assert Attendance.objects.filter(meeting=second, presence=Presence.PRESENT).count() == 3
    entries = AuditEntry.objects.filter(verb="life.meeting.import")
    assert set(entries.values_list("organization_id", flat=True)) == {zone.branch.pk}

    # The same sheet again, saved anew: nothing is added, also when the roll has changed since or
    # somebody has mended a record.
    first.topic = "第一季度工作"
    first.save()
    make_member(zone.branch, "赵六")
    again = upload(zone, sheet(MARCH | {"地点": "村委会", "实到": 3}, lesson))
    assert counts(again) == (0, 0, 2, 0)
    assert told(again, "warning") == [("I", "differs")]
    assert "到会 2 人" in again.errors[0]["wanted"]
    assert Meeting.objects.count() == 2


@pytest.mark.parametrize(
    ("change", "column", "code", "words"),
    [
        ({"时间": "2026.3"}, "B", "no_day", "写到日"),
        ({"时间": "三月五日"}, "B", "unreadable_date", "年月日"),
        ({"时间": "2026-08-01"}, "B", "date_in_future", "还没到"),
        ({"时间": "2026-03-05 25:00"}, "B", "unreadable_time", "15:00"),
        ({"时间": ""}, "B", "missing_required", "日期"),
        ({"时间": "2023-03-05"}, "B", "day", "两年以内"),
        ({"类别": "党员大会、党课"}, "C", "unknown_kind", "一行一类"),
        ({"类别": "志愿服务"}, "C", "not_in_ledgers", "页面"),
        ({"应到": 4}, "H", "expected_differs", "应到 3 人"),
        ({"应到": "三"}, "H", "not_a_count", "整数"),
        ({"实到": ""}, "I", "missing_required", "不知道谁到了会"),
        ({"实到": 1}, "I", "present_differs", "写全是谁没来"),
        ({"实到": 3}, "I", "present_differs", "实到最多 2 人"),
        ({"缺席及原因": "张三"}, "J", "no_reason", "原因"),
        ({"缺席及原因": "孙七（病假）"}, "J", "not_on_roll", "没有这个人"),
        ({"缺席及原因": "张三（病假）、张三（公务）"}, "J", "named_twice", "两次"),
        ({"主题": "短" * 120}, "G", "too_long", "100"),
    ],
)
def test_what_does_not_fit_is_said_at_its_cell(
    zone: Zone, people: list[Member], change: dict[str, Any], column: str, code: str, words: str
) -> None:
    batch = upload(zone, sheet(MARCH | change))
    assert told(batch) == [(column, code)]
    assert words in batch.errors[0]["wanted"]
    assert "病假" not in batch.errors[0]["found"]
    assert counts(batch) == (0, 0, 0, 1)
    confirm(zone, batch)
    assert not Meeting.objects.exists()
    assert not Attendance.objects.exists()


def test_counts_alone_are_no_attendance(zone: Zone) -> None:
    """Nobody was on the roll that day: what the sheet counts is not believed."""
    batch = upload(zone, sheet(MARCH | {"缺席及原因": "", "实到": 3}))
    assert told(batch) == [("B", "empty_roll")]
    assert not Meeting.objects.exists()


def test_people_who_are_not_expected_are_not_absent(zone: Zone, people: list[Member]) -> None:
    Exemption.objects.create(
        member=people[0], reason="age", since=START, approver_name="支委会", written_at=NOW
    )
    batch = upload(
        zone, sheet(MARCH | {"应到": 2, "缺席及原因": "张三（病假）；李四（照顾孙子）", "实到": 1})
    )
    assert told(batch) == []
    assert told(batch, "warning") == [("J", "not_expected"), ("J", "other_reason")]
    confirm(zone, batch)
    found = Attendance.objects.values_list("member__name", "presence", "reason").order_by("pk")
    assert list(found) == [("李四", "absent", "other"), ("王五", "present", "")]


def test_what_is_there_is_not_written_over(zone: Zone, people: list[Member]) -> None:
    written = Written(MeetingKind.GENERAL_MEETING, dt.date(2026, 3, 5), "一季度 工作")
    marks = {one.pk: Mark(Presence.PRESENT) for one in people}
    here = meetings.record(
        uid=uuid.uuid4(),
        units=[zone.branch],
        written=written,
        marks=marks,
        by=zone.actor("huzhuang1"),
    )
    other = MARCH | {"主题": "发展党员"}
    same = MARCH | {"时间": "2026-03-06"}
    batch = upload(zone, sheet(MARCH, other, same, same))
    assert counts(batch) == (1, 0, 1, 2)
    assert told(batch) == [("G", "same_day"), ("G", "duplicate_row")]
    confirm(zone, batch)
    here.refresh_from_db()
    assert (Meeting.objects.count(), here.place) == (2, "")
    # Taken back, it does not come again by the sheet.
    brought = Meeting.objects.get(held_on=dt.date(2026, 3, 6))
    meetings.withdraw(meeting=brought, reason="登错了", by=zone.actor("huzhuang1"))
    assert told(upload(zone, sheet(same))) == [("G", "withdrawn")]


def test_street_brings_in_its_branches_and_nobody_elses(zone: Zone, people: list[Member]) -> None:
    make_member(zone.neighbour_branch, "钱八")
    standings.fill(since=START)
    head = (*HEAD, "党支部名称")
    all_here = {"缺席及原因": "无", "应到": "", "党支部名称": zone.branch.name}
    mine = MARCH | all_here | {"实到": 3}
    theirs = MARCH | all_here | {"实到": 1, "党支部名称": zone.neighbour_branch.name}
    batch = upload(zone, sheet(mine, theirs, head=head), "dahuangshan")
    # Of the neighbour's branch is not even said whether there is one.
    assert told(batch) == [("M", "unknown_unit")]
    confirm(zone, batch, "dahuangshan")
    assert list(Meeting.objects.values_list("organization", flat=True)) == [zone.branch.pk]
    for who in ("huzhuang1", "jinshanqiao", "zone"):
        assert zone.client(who).get(batch.get_absolute_url()).status_code == 404
    # The branch sees the street's name and cannot write for it.
    up = upload(zone, sheet(mine | {"党支部名称": zone.street.name}, head=head))
    assert told(up) in ([("M", "outside_scope")], [("M", "unknown_unit")])
    with pytest.raises(NotAllowed):
        ledger.record_many(entries=[entry(zone.neighbour_branch)], by=zone.actor("dahuangshan"))


def test_which_group_is_asked(zone: Zone, people: list[Member]) -> None:
    group = make_organization("第一党小组", OrganizationKind.PARTY_GROUP, zone.branch)
    for one in people[:2]:
        GroupMembership.objects.create(group=group, member=one, since=START)
    row = MARCH | {"类别": "党小组会", "应到": 2, "实到": 1}
    head = (*HEAD, "党小组")
    assert told(upload(zone, sheet(row, head=head))) == [("M", "which_group")]
    full = row | {"党小组": "第一 党小组", "支部": zone.branch.name}
    batch = upload(zone, sheet(full, head=(*head, "支部")), "dahuangshan")
    assert batch.errors == []
    confirm(zone, batch, "dahuangshan")
    assert Meeting.objects.get().organization == group


def test_pasted_cells_are_a_sheet(zone: Zone, people: list[Member]) -> None:
    client, address = zone.client("huzhuang1"), reverse("life:import-paste")
    lines = [BAR.join(HEAD), BAR.join(str(MARCH[title]) for title in HEAD)]
    lines[1] = lines[1].replace("张三（病假）", '"张三（病假）\n"')  # a cell of two lines
    answer = client.post(address, {"cells": "\r\n".join(lines)})
    assert answer.status_code == 302
    effects.run_due()
    batch = LedgerImport.objects.get()
    assert (batch.file_name, counts(batch)) == ("粘贴的台账.xlsx", (1, 0, 0, 0))
    for text, words in (
        ("", "请粘贴表格内容"),
        ("开会了", "只看到一列"),
        ("a│b\n" * 700, "最多粘贴 600 行"),
        ("甲│乙\n丙│丁", "没有找到表头"),
    ):
        answer = client.post(address, {"cells": text})
        if answer.status_code == 302:  # a sheet, whose reader finds no header
            effects.run_due()
            answer = client.get(answer["Location"])
        assert words in answer.content.decode(), text


def test_too_many_rows_are_refused_at_once(zone: Zone, people: list[Member]) -> None:
    batch = upload(zone, sheet(*[MARCH] * 501))
    assert (batch.state, batch.failure[:13]) == ("refused", "一次最多导入 500 行，"[:13])
    with pytest.raises(DomainError, match="最多登记 500 次"):
        ledger.record_many(entries=[entry(zone.branch)] * 501, by=zone.actor("huzhuang1"))


# --- reading -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("张三(病假)", [("张三", "illness")]),
        ("张 三 公务；李四：外地务工", [("张三", "duty"), ("李四", "away")]),
        (
            "病假：张三、李四；公务:王五",
            [("张三", "illness"), ("李四", "illness"), ("王五", "duty")],
        ),
        ("张三（住院，手术）、李四（无故未请假）", [("张三", "illness"), ("李四", "none")]),
        ("张三、李四（事假）", [("张三", None), ("李四", "personal")]),  # of whom is not guessed
        ("阿依古丽·买买提-出差", [("阿依古丽·买买提", "duty")]),
        ("无缺席", []),
    ],
)
def test_absent_people_are_read_as_ledgers_write_them(
    tmp_path: Path, text: str, found: list[tuple[str, str | None]]
) -> None:
    path = tmp_path / "台账.xlsx"
    path.write_bytes(sheet(MARCH | {"缺席及原因": text}).read())
    (row,) = sheets.read_ledger(path, today=TODAY).rows
    assert [(one.name, one.reason) for one in row.absent] == found


@pytest.mark.parametrize(
    ("value", "start", "end"),
    [
        ("2026-03-05", None, None),
        ("2026.3.5 15:00", dt.time(15), None),
        ("2026年3月5日（星期四）9：00-11：00", dt.time(9), dt.time(11)),
        ("2026/3/5 下午2点半至4点", dt.time(14, 30), dt.time(16)),
        (dt.datetime(2026, 3, 5, 19, 30), dt.time(19, 30), None),
        (46086, None, None),
    ],
)
def test_days_are_read_as_ledgers_write_them(
    tmp_path: Path, value: Any, start: dt.time | None, end: dt.time | None
) -> None:
    path = tmp_path / "台账.xlsx"
    path.write_bytes(sheet(MARCH | {"时间": value}).read())
    (row,) = sheets.read_ledger(path, today=TODAY).rows
    assert (row.day, row.starts_at, row.ends_at) == (dt.date(2026, 3, 5), start, end)


# --- set-based -----------------------------------------------------------------------------------


def entry(unit: Organization, day: int = 5, kind: str = "general_meeting") -> Entry:
    held_on = dt.date(2026, 3, 1) + dt.timedelta(days=day)
    written = Written(MeetingKind(kind), held_on, f"第 {day} 次会议")
    marks = {
        one.member_id: Mark(Presence.PRESENT)
        for one in roll_of(unit, written.kind, held_on).expected
    }
    return Entry(uuid.uuid4(), unit, written, marks)


def test_many_rolls_are_those_of_each_day(zone: Zone, people: list[Member]) -> None:
    """However the register changed: the roll of each is that which a record alone would have."""
    moved, left, told_late = (make_member(zone.branch, name) for name in ("孙七", "周八", "吴九"))
    standings.fill(since=START)
    group = make_organization("第一党小组", OrganizationKind.PARTY_GROUP, zone.branch)
    GroupMembership.objects.create(
        group=group, member=people[0], since=dt.date(2026, 3, 10), until=dt.date(2026, 4, 9)
    )
    Exemption.objects.create(
        member=people[1],
        reason="age",
        since=dt.date(2026, 4, 1),
        until=dt.date(2026, 4, 30),
        approver_name="支委会",
        written_at=NOW,
    )
    day = dt.date(2026, 4, 1)
    rows = moved.standings.model.objects
    rows.filter(member=moved).update(valid_to=day)
    for row in rows.filter(member=moved):
        row.pk, row.organization, row.valid_from, row.valid_to = (
            None,
            zone.neighbour_branch,
            day,
            None,
        )
        row.save()
    rows.filter(member=left).update(valid_to=day)
    rows.filter(member=told_late).update(is_mobile=True)
    for post, name, began, ended in (
        ("secretary", "张三", None, dt.date(2026, 4, 9)),
        ("secretary", "李四", dt.date(2026, 4, 9), None),
        ("commissioner", "无此人", None, None),
    ):
        OfficeHolding.objects.create(
            organization=zone.branch, post=post, person_name=name, started_on=began, ended_on=ended
        )
    days = [dt.date(2026, 3, 9), day, dt.date(2026, 4, 9), dt.date(2026, 5, 1)]
    wanted = [
        (place, kind, one)
        for place in (zone.branch, zone.neighbour_branch, zone.street, group)
        for kind in MeetingKind
        for one in days
    ]
    with CaptureQueriesContext(
        connection,
    ) as context:
        found = rolls_of(wanted)
    assert len(context) == 4
    for place, kind, one in wanted:
        assert found[place.pk, kind, one] == roll_of(place, kind, one), (place, kind, one)
    sizes = {len(found[zone.branch.pk, MeetingKind.LESSON, one].people) for one in days}
    assert sizes == {6, 4}


STATEMENTS = 18  # with the savepoints, the grant, and one look at the duties of the kind


def test_many_records_cost_as_few_statements_as_one(zone: Zone, people: list[Member]) -> None:
    def cost(entries: list[Entry]) -> int:
        with CaptureQueriesContext(connection) as context:
            assert len(ledger.record_many(entries=entries, by=zone.actor("huzhuang1"))) == len(
                {one.uid for one in entries}
            )
        return len(context)

    cost([entry(zone.branch, 9)])  # the head of the audit trail is laid
    one = cost([entry(zone.branch, 1)])
    three = [entry(zone.branch, day) for day in (2, 3, 4)]
    assert (one, cost([*three, three[0]])) == (STATEMENTS, STATEMENTS)
    assert ledger.record_many(entries=three, by=zone.actor("huzhuang1")) == []
    assert Meeting.objects.count() == 5


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_one_ledger_brought_in_twice_at_once_is_one() -> None:
    zone = build_zone()
    make_member(zone.branch, "张三")
    standings.fill(since=START)
    with clock.at(NOW):
        entries = [entry(zone.branch, day) for day in (1, 2)]
    by = zone.actor("huzhuang1")

    def act() -> list[Meeting]:
        with clock.at(NOW):
            return ledger.record_many(entries=entries, by=by)

    outcomes = run_together([act] * 4)
    assert [one.error for one in outcomes] == [None] * 4
    assert sorted(len(one.value) for one in outcomes) == [0, 0, 0, 2]
    assert (Meeting.objects.count(), Attendance.objects.count()) == (2, 2)
