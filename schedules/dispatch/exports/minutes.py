"""会议纪要 as a document in the layout of official ones, and the decisions as a sheet."""

from collections.abc import Iterable
from typing import BinaryIO

from django.utils import timezone

from core import clock
from core.documents import Block, Document, Heading, Lines, Paragraph
from core.documents.description import Signature, numbered
from core.tabular.writing import Column, write_sheet
from core.templatetags.words import date_zh, datetime_zh
from orgs.enums import Post
from schedules.action_items.enums import ActionState
from schedules.action_items.models import ActionItem

from ..enums import MeetingState, OutcomeKind, Presence
from ..models import Attendance, Outcome
from ..queries.minutes import Entry, Minutes

COLUMNS = (
    Column("序号", width=6),
    Column("议题", width=30),
    Column("汇报", width=14),
    Column("结论", width=9),
    Column("内容", width=46),
    Column("文号", width=14),
    Column("责任单位", width=24),
    Column("责任人", width=10),
    Column("期限", "date", 12),
    Column("现在", width=10),
)
_DIGITS = "一二三四五六七八九"


def minutes_document(minutes: Minutes) -> Document:
    """What was agreed, card by card, then what goes to a later meeting, who came, corrections. A
    meeting that is not closed says so in a frame."""
    meeting = minutes.meeting
    closed = meeting.state == MeetingState.CLOSED
    return Document(
        f"{meeting}纪要",
        titles=(meeting.organization.name, f"{meeting.title}纪要"),
        note=date_zh(meeting.opened_at or meeting.starts_at),
        stamp="" if closed else "未闭会",
        blocks=tuple(_blocks(minutes)),
    )


def name_of(minutes: Minutes, what: str) -> tuple[str, str]:
    """The parts of the file's name."""
    return str(minutes.meeting), what


def _blocks(minutes: Minutes) -> Iterable[Block]:
    meeting = minutes.meeting
    yield Paragraph(_opening(minutes))
    sections: list[tuple[str, list[Block]]] = []
    if minutes.stops:
        sections.append(("观摩路线", [Paragraph(text) for text in _route(minutes)]))
    agreed = [entry for entry in minutes.entries if entry.outcomes]
    if agreed:
        sections.append(("议定事项", list(_agreed(agreed))))
    later = [
        entry
        for entry in minutes.entries
        if entry.card.is_deferred or not (entry.outcomes or entry.card.began_at)
    ]
    if later and meeting.state == MeetingState.CLOSED:
        texts = [
            f"{place}.{entry.card.title}{_listed(entry)}。" for place, entry in enumerate(later, 1)
        ]
        sections.append(("改到下次会议的议题", [Paragraph(text) for text in texts]))
    sections.append(("出席情况", [Paragraph(text) for text in _attendance(minutes)]))
    amended = [*minutes.amendments, *(one for e in minutes.entries for one in e.amendments)]
    if amended:
        titles = {entry.card.pk: entry.card.title for entry in minutes.entries}
        texts = [
            (f"关于“{titles[one.card_id]}”：" if one.card_id in titles else "")
            + f"{one.text}（{one.by_name}，{date_zh(one.at)}更正）"
            for one in sorted(amended, key=lambda one: (one.at, one.pk))
        ]
        sections.append(("更正", [Paragraph(text) for text in texts]))
    for number, (title, blocks) in enumerate(sections, start=1):
        yield Heading(f"{numbered(number)}{title}")
        yield from blocks
    if meeting.recorder_name:
        yield Lines(("", f"记录人：{meeting.recorder_name}"))
    yield Signature(
        meeting.organization.name, date_zh(meeting.closed_at or clock.now()), has_seal=True
    )


def _listed(entry: Entry) -> str:
    """On which agenda it stands now; nothing of a draft, which the paper would tell everybody."""
    there = entry.copy.meeting if entry.copy is not None else None
    return f"（列入{there}）" if there is not None and there.state != MeetingState.DRAFT else ""


def _opening(minutes: Minutes) -> str:
    meeting = minutes.meeting
    begun = timezone.localtime(meeting.opened_at or meeting.starts_at)
    place = f"在{meeting.place}" if meeting.place else ""
    chair = f"，{meeting.chair_name}主持会议" if meeting.chair_name else ""
    here = len(minutes.came(Presence.PRESENT, Presence.DEPUTY))
    is_noted = here or minutes.came(Presence.ABSENT)
    came = f"实到 {here} 人" if is_noted else "到会没有登记"
    return (
        f"{begun:%Y年%-m月%-d日%H:%M}，{meeting.organization.name}{place}召开{meeting.title}"
        f"（{meeting.get_form_display()}）{chair}，应到 {minutes.called} 人，{came}。"
        f"会议议了 {sum(bool(e.outcomes or e.card.began_at) for e in minutes.entries)} 个议题，"
        f"作出决定 {minutes.count(OutcomeKind.TEXT)} 条，交办督办 {len(minutes.items) + len(minutes.of_notes)} 件，"
        f"并入已有督办 {minutes.count(OutcomeKind.ITEM)} 件。纪要如下："
    )


def _route(minutes: Minutes) -> Iterable[str]:
    for number, stop in enumerate(minutes.stops, start=1):
        yield f"{number}.{stop.arrives_at:%H:%M}，{stop.organization}：{stop.shows}。"
    for item in minutes.of_notes:
        day = f"，{date_zh(item.due_on)}前办结" if item.due_on else ""
        yield f"观摩中交办：{item.title}。由{item.owner}办理{day}。（督办{item.number}）"


def _agreed(entries: Iterable[Entry]) -> Iterable[Block]:
    for place, entry in enumerate(entries, start=1):
        yield Heading(f"{_second(place)}{entry.card.title}", level=2)
        for number, outcome in enumerate(entry.outcomes, start=1):
            text = said(outcome)
            yield Paragraph(f"{number}.{text}" if len(entry.outcomes) > 1 else text)


def _second(number: int) -> str:
    tens, rest = divmod(number, 10)
    ten = ("" if tens == 1 else _DIGITS[tens - 1]) + "十" if tens else ""
    return f"（{ten}{_DIGITS[rest - 1] if rest else ''}）"


def said(outcome: Outcome) -> str:
    """An outcome as a sentence of the minutes: with whose it is and until when, for an item."""
    item = outcome.item
    text = (outcome.text or (item.title if item else "")).rstrip("。；;,，")
    if item is None:
        return f"{text}。"
    owners = "、".join(_owners(item))
    day = f"，{date_zh(item.due_on)}前办结" if item.due_on else ""
    if outcome.kind == OutcomeKind.ITEM:
        added = f"{text}。" if outcome.text and outcome.text != item.title else ""
        return f"{added}并入督办{item.number}“{item.title}”，由{owners}继续办理{day}。"
    who = f"（责任人：{item.responsible_name}）" if item.responsible_name else ""
    return f"{text}。由{owners}{who}办理{day}。（督办{item.number}）"


def _owners(item: ActionItem) -> list[str]:
    return [part.owner.name for part in item.children.all()] or [item.owner.name]


def _attendance(minutes: Minutes) -> Iterable[str]:
    words = (
        ("出席", Presence.PRESENT),
        ("代会", Presence.DEPUTY),
        ("缺席", Presence.ABSENT),
        ("未登记", Presence.UNRECORDED),
    )
    empty = True
    for word, presence in words:
        if rows := minutes.came(presence):
            empty = False
            yield f"{word}：" + "，".join(_person(one) for one in rows) + "。"
    vacant = [one for one in minutes.attendances if not one.person_name]
    if vacant:
        yield "空缺：" + "，".join(f"{one.organization}{_post(one)}" for one in vacant) + "。"
    if empty and not vacant:
        yield "没有应到人员名单。"


def _person(one: Attendance) -> str:
    deputy = f"，{one.deputy_name}代" if one.presence == Presence.DEPUTY else ""
    return f"{one.person_name}（{one.organization}{_post(one)}{deputy}）"


def _post(one: Attendance) -> str:
    return str(Post(one.post).label) if one.post in Post.values else one.post


def write_decisions(target: BinaryIO, minutes: Minutes, *, stamp: str) -> int:
    """Every outcome as a row of a sheet. Returns how many."""
    meeting = minutes.meeting
    return write_sheet(
        target,
        f"{meeting}结论",
        COLUMNS,
        _rows(minutes),
        subtitle=f"{meeting.organization}；{datetime_zh(meeting.starts_at)}；"
        f"数据截至 {datetime_zh(clock.now())}",
        stamp=stamp,
        tab="结论",
    )


def _rows(minutes: Minutes) -> Iterable[list[object]]:
    number = 0
    for entry in minutes.entries:
        for outcome in entry.outcomes:
            number += 1
            item = outcome.item
            yield [
                str(number),
                entry.card.title,
                entry.card.speaker_name,
                outcome.get_kind_display(),
                outcome.text or (item.title if item else ""),
                item.number if item else "",
                "、".join(_owners(item)) if item else "",
                item.responsible_name if item else "",
                (item.due_on or "没有期限") if item else None,
                _now(minutes, item),
            ]


def _now(minutes: Minutes, item: ActionItem | None) -> str:
    if item is None or item.pk not in minutes.seen:
        return ""
    return "" if item.state == ActionState.DRAFT else str(item.get_state_display())
