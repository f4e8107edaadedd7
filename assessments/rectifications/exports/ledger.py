"""整改台账 in its customary columns: of one organisation, or of all of a cycle."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO

from core import clock, periods
from core.documents import Block, Document, Heading, Lines
from core.documents.description import numbered, table
from core.tabular.writing import Column, write_sheet
from core.templatetags.words import date_zh, datetime_zh
from schedules.action_items.enums import LineState
from schedules.action_items.words import local

from .. import words
from ..models import Finding
from ..queries.lists import Listed

PLACE = Column("责任单位", width=22)
COLUMNS = (
    Column("序号", width=6),
    Column("问题", width=36),
    Column("类别", width=12),
    Column("整改措施", width=28),
    Column("责任领导", width=10),
    Column("责任人", width=10),
    Column("整改时限", "date", 12),
    Column("进展", width=20),
    Column("完成时间", "date", 12),
    Column("佐证", width=24),
    Column("销号签字", width=16),
)
WIDTHS = (10.0, 44.0, 17.0, 31.0, 15.0, 15.0, 25.5, 24.0, 25.5, 28.0, 22.0)
SIGNATURE = ("负责人（签字）：", "填表人：", "联系电话：")
NOTHING = "—"


def write_ledger(target: BinaryIO, lists: Sequence[Listed], *, is_all: bool, stamp: str) -> int:
    """The ledger as a sheet; of all a column more says whose. Returns how many rows."""
    first = lists[0].row.assessed
    columns = (COLUMNS[0], PLACE, *COLUMNS[1:]) if is_all else COLUMNS
    who = first.cycle.organization.name if is_all else first.name
    rows = [
        [number, *([one.row.assessed.name] if is_all else []), *cells]
        for number, (one, cells) in enumerate(_rows(lists), start=1)
    ]
    return write_sheet(
        target,
        f"{periods.label(first.cycle.period)}考核整改台账",
        columns,
        rows,
        subtitle=f"填报单位（盖章）：{who}；共 {len(rows)} 条；数据截至 {datetime_zh(clock.now())}",
        stamp=stamp,
        signature=SIGNATURE,
        tab="整改台账",
        has_long_texts=True,
    )


def ledger(lists: Sequence[Listed], *, is_all: bool) -> Document:
    """The same on paper, across; of all a table for each organisation."""
    first = lists[0].row.assessed
    who = first.cycle.organization.name if is_all else first.name
    title = f"{periods.label(first.cycle.period)}考核整改台账"
    return Document(
        f"{who}{title}",
        titles=(title,),
        note=f"填报单位（盖章）：{who}　　数据截至 {datetime_zh(clock.now())}",
        blocks=tuple(_blocks(lists, is_all=is_all)),
        is_wide=True,
    )


def _blocks(lists: Sequence[Listed], *, is_all: bool) -> Iterator[Block]:
    for number, one in enumerate(lists, start=1):
        if is_all:
            said = words.count_words(one.count)
            yield Heading(f"{numbered(number)}{one.row.assessed.name}　{said}")
        rows = [
            (str(place), *(_text(cell) for cell in cells))
            for place, (_, cells) in enumerate(_rows([one]), start=1)
        ]
        yield table([tuple(column.title for column in COLUMNS), *rows], widths_mm=WIDTHS)
    yield Lines(("　　　　　　".join(SIGNATURE),))


def _rows(lists: Iterable[Listed]) -> Iterator[tuple[Listed, list[object]]]:
    for one in lists:
        for finding in one.findings:
            yield one, _cells(one, finding)


def _cells(one: Listed, finding: Finding) -> list[object]:
    """What stands in the columns behind 序号."""
    line, item = finding.line, one.row.item
    if line is None or item is None:
        return [finding.problem, finding.category, *([NOTHING] * 8)]
    done = line.state == LineState.DONE
    done_at = (line.reported_at or line.verified_at) if done else None
    signed = ""
    if done and line.verified_at is not None:
        signed = f"{line.verified_by_name} {date_zh(line.verified_at)}"
    return [
        line.problem,
        finding.category or NOTHING,
        line.measure or NOTHING,
        line.leader_name or item.leader_name or NOTHING,
        line.responsible_name or item.responsible_name or NOTHING,
        line.due_on or item.due_on or NOTHING,
        words.line_progress(finding) or NOTHING,
        local(done_at) or NOTHING,
        line.evidence or NOTHING,
        signed,
    ]


def _text(value: object) -> str:
    return date_zh(value) if isinstance(value, dt.date) else str(value)
