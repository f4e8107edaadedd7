"""三会一课台账, 主题党日台账 and the list of 组织生活会: what is written down once, as staff keep it."""

from collections.abc import Callable, Collection, Sequence
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from core.actor import Actor
from core.tabular.writing import Column
from core.templatetags.words import date_zh
from core.text import clean
from orgs.enums import OrganizationKind
from orgs.models import Organization

from ..enums import MeetingKind, MeetingState
from ..models import Meeting, MeetingUnit
from ..queries.ledgers import Entry, entries, parts
from ..queries.made_up import MadeUp
from ..sheets import ON_PAPER, SENT_BACK
from . import Ledger, Line, Rows, Stretches, has_several, register

NOTHING = "无"
LONGEST = 200  # characters of what a meeting achieved; the record has all of it
_NOBODY = UUID(int=0)
LATE = 7  # days after which it is said when it was entered

MEETINGS = (
    MeetingKind.GENERAL_MEETING,
    MeetingKind.COMMITTEE_MEETING,
    MeetingKind.GROUP_MEETING,
    MeetingKind.LESSON,
)

Values = Callable[[Entry, int, bool], tuple[Any, ...]]
"""(entry, its number, whether there are several organisations): a value for each column."""


def _rows(kinds: Collection[MeetingKind], values: Values, sums: dict[int, str]) -> Rows:
    def rows(actor: Actor, place: Organization, year: int) -> Stretches:
        several = has_several(place)

        def read(units: Sequence[MeetingUnit], first: int) -> list[Line]:
            # Asked for once: of a thousand lines that took as long as reading them.
            address = reverse("life:meeting-detail", args=[_NOBODY])
            return [
                Line(
                    values(one, number, several),
                    address.replace(str(_NOBODY), str(one.unit.meeting.uid)),
                )
                for number, one in enumerate(entries(actor, units), start=first)
            ]

        return Stretches(parts(actor, place, year, kinds, is_one=not several), read, sums)

    return rows


def when(meeting: Meeting) -> str:
    """The day, and in a line of its own from when to when, where that was written down."""
    first, last = (f"{one:%H:%M}" if one else "" for one in (meeting.starts_at, meeting.ends_at))
    times = f"{first}—{last}" if first and last else first or (last and f"至{last}")
    return f"{date_zh(meeting.held_on)}\n{times}".strip()


def absent_words(absent: Sequence[tuple[str, str]]) -> str:
    """Names with their reasons: 张三（病假）、李四（公务）."""
    return "、".join(f"{name}（{reason}）" for name, reason in absent) or NOTHING


def name_of(organization: Organization) -> str:
    """The organisation, a 党小组 with its branch."""
    if organization.kind == OrganizationKind.PARTY_GROUP and organization.parent:
        return f"{organization.parent}{organization.name_in(organization.parent)}"
    return str(organization)


def made_up_words(made_up: MadeUp | None) -> str | None:
    """What the column 补课情况 says: how many have caught up, and how many have not."""
    if made_up is None:
        return None
    left = f"，还有 {made_up.left} 人没补" if made_up.left else ""
    return f"已补 {made_up.made_up} / {made_up.missed} 人{left}"


def _kind(entry: Entry, several: bool) -> str:
    unit = entry.unit
    kind = MeetingKind(unit.meeting.kind).label
    is_group = unit.organization.kind == OrganizationKind.PARTY_GROUP
    branch = unit.organization.parent
    if not is_group or several or branch is None:
        return kind
    return f"{kind}（{unit.organization.name_in(branch)}）"


def _remarks(entry: Entry) -> str:
    unit, meeting = entry.unit, entry.unit.meeting
    entered = timezone.localdate(meeting.recorded_at)
    is_late = (entered - meeting.held_on).days > LATE
    said = [
        "联合开展" if unit.is_joint else "",  # type: ignore[attr-defined]
        f"讲课人：{meeting.speaker_name}" if meeting.speaker_name else "",
        f"列席：{meeting.guests}" if meeting.guests else "",
        f"另有 {unit.extra_count} 人不计应到而到会" if unit.extra_count else "",
        ON_PAPER if meeting.is_on_paper else "",
        f"{date_zh(entered)}补记" if is_late else "",
        SENT_BACK if meeting.state == MeetingState.RETURNED else "",
    ]
    return "；".join(one for one in said if one)


def _materials(entry: Entry) -> str:
    said = [
        f"照片 {entry.pictures} 张" if entry.pictures else "",
        f"文件 {entry.papers} 份" if entry.papers else "",
        ON_PAPER if entry.unit.meeting.is_on_paper else "",
    ]
    return "，".join(one for one in said if one) or NOTHING


def _short(*texts: str) -> str:
    text = clean(next((one for one in texts if one), ""))
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _meeting(entry: Entry, number: int, several: bool) -> tuple[Any, ...]:
    unit, meeting = entry.unit, entry.unit.meeting
    return (
        number,
        name_of(unit.organization),
        when(meeting),
        _kind(entry, several),
        meeting.place,
        meeting.chair_name,
        meeting.recorder_name,
        meeting.topic,
        unit.expected_count,
        unit.present_count,
        absent_words(entry.absent),
        made_up_words(entry.made_up),
        _remarks(entry),
    )


def _party_day(entry: Entry, number: int, several: bool) -> tuple[Any, ...]:
    unit, meeting = entry.unit, entry.unit.meeting
    form = "联合开展" if unit.is_joint else "支部开展"  # type: ignore[attr-defined]
    return (
        f"{meeting.held_on.month}月",
        name_of(unit.organization),
        when(meeting),
        meeting.topic,
        f"{form}，学习 {meeting.study_minutes} 分钟" if meeting.study_minutes else form,
        unit.present_count + unit.extra_count,
        _short(meeting.resolutions, meeting.summary, meeting.agenda),
        _materials(entry),
    )


def _life_meeting(entry: Entry, number: int, several: bool) -> tuple[Any, ...]:
    unit, meeting = entry.unit, entry.unit.meeting
    return (
        number,
        name_of(unit.organization),
        when(meeting),
        meeting.place,
        meeting.chair_name,
        meeting.recorder_name,
        meeting.topic,
        unit.expected_count,
        unit.present_count,
        absent_words(entry.absent),
        _materials(entry),
        _remarks(entry),
    )


register(
    Ledger(
        key="meetings",
        title="三会一课台账",
        columns=(
            Column("序号", "integer", 7),
            Column("支部", width=22),
            Column("时间", width=24),
            Column("类别", width=13),
            Column("地点", width=16),
            Column("主持人", width=10),
            Column("记录人", width=10),
            Column("主题", width=26),
            Column("应到", "integer", 7),
            Column("实到", "integer", 7),
            Column("缺席及原因", width=24),
            Column("补课情况", width=14),
            Column("备注", width=18),
        ),
        rows=_rows(MEETINGS, _meeting, {8: "expected_count", 9: "present_count"}),
        order=10,
        note="党员大会、支委会、党小组会、党课，按开会那天列。",
        several=(1,),
        sums=(8, 9),
        unit="次",
        lead=7,
    )
)
register(
    Ledger(
        key="party-days",
        title="主题党日台账",
        columns=(
            Column("月份", width=7),
            Column("支部", width=22),
            Column("时间", width=20),
            Column("主题", width=26),
            Column("形式", width=18),
            Column("参加人数", "integer", 9),
            Column("成效", width=48),
            Column("材料", width=18),
        ),
        rows=_rows([MeetingKind.PARTY_DAY], _party_day, {}),
        order=20,
        note="成效取自决议或内容，全文在记录里。",
        several=(1,),
        unit="次",
        lead=3,
    )
)
register(
    Ledger(
        key="life-meetings",
        title="组织生活会台账",
        columns=(
            Column("序号", "integer", 7),
            Column("支部", width=22),
            Column("时间", width=24),
            Column("地点", width=16),
            Column("主持人", width=10),
            Column("记录人", width=10),
            Column("主题", width=28),
            Column("应到", "integer", 7),
            Column("实到", "integer", 7),
            Column("缺席及原因", width=26),
            Column("材料", width=16),
            Column("备注", width=20),
        ),
        rows=_rows(
            [MeetingKind.LIFE_MEETING], _life_meeting, {7: "expected_count", 8: "present_count"}
        ),
        order=30,
        several=(1,),
        sums=(7, 8),
        unit="次",
        lead=6,
    )
)
