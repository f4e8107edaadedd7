"""整改台账: what a list of items shows, a row an item and a row each line, as a sheet and on paper."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any, BinaryIO

from django.utils import timezone

from core import clock
from core.tabular.writing import Column, write_sheet
from core.templatetags.words import date_zh, datetime_zh, day_zh
from orgs.models import Organization

from ..enums import ActionState, Look
from ..forms import SHOWING_WORDS, TAB_WORDS
from ..models import ActionItem, ActionLine, ActionStanding
from ..queries.ledger import Entry
from ..queries.narrowing import Narrowing
from ..sources import registered

COLUMNS = (
    Column("序号", width=6),
    Column("文号", width=15),
    Column("来源", width=14),
    Column("责任单位", width=22),
    Column("问题", width=30),
    Column("类别", width=12),
    Column("整改措施", width=28),
    Column("责任领导", width=9),
    Column("责任人", width=9),
    Column("签收", width=14),
    Column("整改时限", "date", 12),
    Column("进展", width=28),
    Column("状态", width=10),
    Column("完成时间", "date", 12),
    Column("佐证", width=22),
    Column("记号", width=16),
    Column("销号签字", width=16),
)
# A page across has room for fewer columns: what they hold, by their places in COLUMNS.
PAPER_COLUMNS = (
    ("序号", (0,)),
    ("文号和来源", (1, 2)),
    ("责任单位和人", (3, 7, 8)),
    ("问题", (4, 5)),
    ("整改措施", (6,)),
    ("签收", (9,)),
    ("整改时限", (10,)),
    ("进展", (11,)),
    ("状态和记号", (12, 15)),
    ("完成和佐证", (13, 14)),
    ("销号签字", (16,)),
)
SIGNATURE = ("负责人（签字）：", "填表人：", "联系电话：")


def shown_words(asked: Narrowing) -> str:
    """What a list shows, as its head says it. One query where it is of one organisation."""
    place = Organization.objects.filter(pk=asked.organization or 0).first()
    source = registered().get(asked.source)
    words = [
        TAB_WORDS.get(asked.tab, "全部督办"),
        SHOWING_WORDS[asked.state],
        f"来源：{source.label}" if source else "",
        str(place) if place else "",
        f"含“{asked.q}”" if asked.q else "",
    ]
    return "，".join(word for word in words if word)


def write_ledger(
    target: BinaryIO, entries: Sequence[Entry], *, title: str, shown: str, stamp: str
) -> int:
    """The ledger as a sheet; `shown` says what is listed. Returns how many rows."""
    return write_sheet(
        target,
        title,
        COLUMNS,
        rows_of(entries),
        subtitle=f"{shown}；共 {len(entries)} 项；数据截至 {datetime_zh(clock.now())}",
        stamp=stamp,
        signature=SIGNATURE,
        tab="督办台账",
    )


def rows_of(entries: Iterable[Entry]) -> Iterable[list[object]]:
    """The cells of each item, and of each line below its item, in the order of COLUMNS."""
    for number, entry in enumerate(entries, start=1):
        yield _item(entry, number)
        for line in entry.item.lines.all():
            yield _line(entry.item, line, f"{number}.{line.position}")


def paper_rows(entries: Iterable[Entry]) -> Iterable[list[str]]:
    """The same for a page, in the order of PAPER_COLUMNS."""
    for row in rows_of(entries):
        yield [
            "\n".join(_text(row[place]) for place in places if row[place])
            for _, places in PAPER_COLUMNS
        ]


def _text(value: object) -> str:
    return day_zh(value) if isinstance(value, dt.date) else str(value)


def item_word(item: ActionItem | ActionStanding) -> str:
    """How an item of `queries.clocks` stands, or stood, in a word: overdue by a clock, else its
    state."""
    row: Any = item
    if row.is_completion_overdue:
        return "逾期"
    return "签收逾期" if row.is_receipt_overdue else item.get_state_display()


def _item(entry: Entry, number: int) -> list[object]:
    item = entry.item
    return [
        str(number),
        item.number,
        item.source_label or _source(item),
        str(item.owner),
        item.title,
        item.get_category_display(),
        item.measure,
        item.leader_name,
        item.responsible_name,
        _received(item),
        item.due_on or "没有期限",
        _progress(entry),
        item_word(item),
        _day(item.reported_at),
        "\n".join(entry.files),
        "；".join(marks(item)),
        _signed(item.verified_by_name, item.verified_at),
    ]


def _line(item: ActionItem, line: ActionLine, number: str) -> list[object]:
    return [
        number,
        item.number,
        "",
        str(item.owner),
        line.problem,
        item.get_category_display(),
        line.measure,
        line.leader_name,
        line.responsible_name,
        "",
        line.due_on or item.due_on,
        f"退回：{line.return_reason}" if line.return_reason else "",
        line.get_state_display(),
        _day(line.reported_at or line.verified_at),
        line.evidence,
        f"曾逾期 {line.late_days} 天" if line.late_days else "",
        _signed(line.verified_by_name, line.verified_at),
    ]


def _source(item: ActionItem) -> str:
    known = registered().get(item.source_kind)
    return known.label if known else ""


def _received(item: ActionItem) -> str:
    if item.received_at is None:
        return ""
    late = f"，晚 {item.receipt_late_days} 天" if item.receipt_late_days else ""
    return day_zh(item.received_at) + late


def _progress(entry: Entry) -> str:
    item = entry.item
    if item.state == ActionState.WAITING:
        return (
            f"等{item.waiting_name}：{item.waiting_note}（对方期限 {day_zh(item.waiting_due_on)}）"
        )
    return item.result if item.reported_at else entry.latest


def marks(item: ActionItem) -> list[str]:
    """What stays with an item beside its state: that it was late is never taken away, that it is
    done counts."""
    said = [
        f"曾逾期 {item.late_days} 天" if item.late_days else "",
        "已办成" if item.state == ActionState.CLOSED else "",
        Look(item.look).label if item.look else "",
        f"退回 {item.returned_count} 次" if item.returned_count else "",
    ]
    if item.extension_count:
        said.append(f"延期 {item.extension_count} 次，原定 {date_zh(item.original_due_on)}")
    return [text for text in said if text]


def _day(at: dt.datetime | None) -> dt.date | None:
    return timezone.localdate(at) if at else None


def _signed(name: str, at: dt.datetime | None) -> str:
    return f"{name} {day_zh(at)}" if at else ""
