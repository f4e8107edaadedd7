"""Reports and grids as sheets and as documents."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby
from typing import BinaryIO

from core import periods
from core.documents import Block, Document, Heading, Lines, Paragraph
from core.documents.description import numbered, table
from core.tabular.writing import Column, write_sheet
from core.templatetags.words import date_zh, datetime_zh
from core.text import in_one_line
from orgs.models.organization import STEP

from .. import fulfilment, item_kinds
from ..models import DutyStanding, Plan, Rollup
from ..models.vocabulary import Counted
from ..queries.boards import Listed
from ..queries.matrix import Matrix, Row
from ..queries.missing import MissingList
from ..queries.printouts import PrintedPeriod, Printout
from ..words import SHOWN, counted_word, label_of, labelled, word_of, words_at

SIGNATURE = ("负责人（签字）：", "填表人：", "联系电话：")
NOT_SENT = "未报送"


def write_matrix(
    target: BinaryIO, matrix: Matrix, texts: Sequence[Sequence[str]], *, stamp: str
) -> int:
    """Organisation × period as the page shows it, with the `texts` of its cells; returns the number
    of organisations."""
    columns = [
        Column("序号", "integer", 6),
        Column("党组织", width=30),
        Column("书记", width=10),
        *(
            Column(periods.short(period), width=9, group=f"{period[:4]}年")
            for period in matrix.span
        ),
        Column("按时率（%）", "integer", 11, group="所列各期"),
    ]
    rows = (
        [number, "　" * row.indent + row_name(row), row.secretary, *cells, row.on_time_rate]
        for number, (row, cells) in enumerate(zip(matrix.rows, texts, strict=True), start=1)
    )
    last = periods.label(matrix.span[-1])
    now = matrix.current or Rollup(
        **dict.fromkeys(("expected", "submitted", "on_time", "returned"), 0)
    )
    return write_sheet(
        target,
        f"{matrix.node}{matrix.plan.name}报送情况",
        columns,
        rows,
        subtitle=(
            f"数据截至 {datetime_zh(matrix.as_of)}；{last}应报 {now.expected}，"
            f"已报 {now.submitted}，按时 {now.on_time}，退回待补 {now.returned}，"
            f"{_unsent_words(matrix.plan, now)}"
        ),
        stamp=stamp,
        signature=SIGNATURE,
        tab=f"{matrix.node}",
    )


def row_name(row: Row) -> str:
    """The organisation as a grid names it."""
    if row.organization is None:
        return "已划出的组织"
    return f"{row.name}（本级）" if row.is_own else row.name


def write_month(target: BinaryIO, month: PrintedPeriod, *, stamp: str) -> int:
    """A committee's period, one row a report; returns how many rows.

    The columns are the union of the figures and items of all the forms in use.
    """
    plan, node, period, printouts = month.plan, month.node, month.period, month.rows
    of_kind = fulfilment.of(plan)
    keys: dict[str, str] = {}
    typed: dict[str, Column] = {}
    for printout in printouts:
        for item in printout.items:
            for row in item.figures:
                keys.setdefault(row["key"], row["label"])
            kind = item_kinds.of(item.kind)
            if kind.is_typed:
                typed.setdefault(item.key, Column(item.title, kind.column, kind.width))
    columns = [
        Column("序号", "integer", 6),
        Column("党组织", width=28),
        Column("状态", width=9),
        Column("首次报送", width=17),
        Column("是否迟报", width=9),
        *(Column(label, "integer", 9, group="数据") for label in keys.values()),
        *typed.values(),
        Column("附件", "integer", 7),
    ]
    rows = (
        [
            number,
            printout.organization.name,
            counted_word(of_kind, printout.report.duty)[0],
            _moment(printout),
            ("是" if printout.report.duty.is_late else "否") if printout.is_sent else "",
            *(printout.figures.get(key) for key in keys),
            *(printout.cell(key) for key in typed),
            len(printout.file_names) if printout.is_sent else None,
        ]
        for number, printout in enumerate(printouts, start=1)
    )
    counts = month.counts
    head = f"共 {counts[Counted.EXPECTED]} 份，已报 {counts[Counted.SUBMITTED]} 份"
    return write_sheet(
        target,
        f"{node}{periods.label(period)}{plan.name}",
        columns,
        rows,
        subtitle="    ".join(filter(None, [f"填报单位：{node.name}", head, elsewhere_line(month)])),
        stamp=stamp,
        signature=SIGNATURE,
        tab=f"{period}{plan.name}",
    )


def _moment(printout: Printout) -> str:
    at = printout.report.duty.submitted_at
    return datetime_zh(at) if at else ""


STANDING_COLUMNS = (
    Column("序号", "integer", 6),
    Column("党组织", width=30),
    Column("状态", width=10),
    Column("迟报", width=8),
    Column("截止", "date", 12),
    Column("首次报送", width=20),
    Column("退回次数", "integer", 9),
    Column("现在", width=10),
)


def write_standings(
    target: BinaryIO, found: Listed, moment: dt.datetime, *, title: str, tab: str, stamp: str
) -> int:
    """The rows behind a mark of the board, as they stood at the moment; returns how many."""
    return write_sheet(
        target,
        title,
        STANDING_COLUMNS,
        ([number, *_standing(one, moment)] for number, one in enumerate(found.standings, start=1)),
        subtitle=f"数据截至 {datetime_zh(moment)}",
        stamp=stamp,
        tab=tab,
    )


MISSING_COLUMNS = (
    Column("序号", "integer", 6),
    Column("所属", width=24),
    Column("党组织", width=30),
    Column("书记", width=10),
    Column("状态", width=14),
    Column("截止", "date", 12),
)


def write_missing(
    target: BinaryIO, found: MissingList, words: Sequence[str], *, title: str, stamp: str
) -> int:
    """Who has not sent, with the `words` of how each stands; returns how many. No telephone number
    leaves in it."""
    return write_sheet(
        target,
        title,
        MISSING_COLUMNS,
        (
            [
                number,
                str(row.committee or ""),
                str(row.organization),
                row.secretary,
                word,
                row.due_on,
            ]
            for number, (row, word) in enumerate(zip(found.rows, words, strict=True), start=1)
        ),
        subtitle=f"数据截至 {datetime_zh(found.moment)}",
        stamp=stamp,
        tab="名单",
    )


def _standing(one: DutyStanding, moment: dt.datetime) -> list[object]:
    word, _, now = words_at(one, moment)
    return [
        str(one.organization),
        word,
        "迟报" if one.is_late else "",
        one.duty.due_on,
        datetime_zh(one.submitted_at) if one.submitted_at else "",
        one.returned_count,
        now or word,
    ]


def write_report(target: BinaryIO, printout: Printout, *, stamp: str) -> int:
    """One report, one row an item or figure; returns how many rows."""
    report = printout.report
    return write_sheet(
        target,
        f"{printout.organization}{report.duty.title}",
        [
            Column("序号", "integer", 6),
            Column("项目", width=26),
            Column("内容", width=60),
            Column("单位", width=8),
            Column("来源", width=30),
        ],
        ([number, *row] for number, row in enumerate(_report_rows(printout), start=1)),
        subtitle="    ".join([*head_lines(printout), _basis(printout)]),
        stamp=stamp,
        signature=SIGNATURE,
        tab=f"{report.period}{report.duty.plan.name}",
    )


def _report_rows(printout: Printout) -> Iterable[list[object]]:
    for item in printout.items:
        for row in item.figures:
            yield [row["label"], str(row["value"]), row["unit"], row["source"]]
        if not item.is_shown:
            if printout.file_names:
                yield [item.title, "\n".join(printout.file_names), "", ""]
        elif item_kinds.of(item.kind).is_typed:
            yield [item.title, "\n".join(item.texts) or _nothing(printout), "", ""]
        if item.explanation:
            yield [f"{item.title}：情况说明", item.explanation, "", ""]


def _nothing(printout: Printout) -> str:
    return "无" if printout.is_sent else NOT_SENT


def head_lines(printout: Printout) -> list[str]:
    """The head that staff expect. The phone number is left to be written by hand: it is sealed,
    and a print needs nobody's private number."""
    sent_at = printout.report.submitted_at
    return [
        f"填报单位：{printout.organization.name}",
        f"负责人：{printout.secretary or '　　　　'}",
        f"填表人：{printout.filled_by or '　　　　'}",
        f"填报时间：{date_zh(sent_at) if sent_at else NOT_SENT}",
    ]


def basis_line(plan: Plan) -> str:
    """Number and ground of a plan, and until when it holds."""
    return " · ".join(labelled(plan.number, plan.basis, "", plan.valid_until))


def report_document(printout: Printout) -> Document:
    """One report as it goes on paper."""
    title = printout.report.duty.title
    return Document(
        f"{printout.organization}{title}",
        titles=(printout.organization.name, title),
        blocks=(
            Lines(("", *head_lines(printout), "联系电话：")),
            *_item_blocks(printout),
            Lines(("", _basis(printout), "负责人（签字）：　　　　　　　　填表人：")),
        ),
    )


def _basis(printout: Printout) -> str:
    """What the form carries wherever it stands: 编号 · 依据 · 用时 · 有效至."""
    return " · ".join(label_of(printout.report, printout.minutes))


def month_document(month: PrintedPeriod) -> Document:
    """A committee's period in one: the list of who has sent, then the texts of each report."""
    head = _month_head(month)
    return replace(head, blocks=(*head.blocks, *_report_blocks(month.sent, first=1)))


def month_parts(month: PrintedPeriod) -> list[Document]:
    """The same month in parts that each begin on a new page, for long ones: who has sent, then
    about PART_REPORTS reports each. What stands below one child of the node stays together unless
    it is more than MOST_REPORTS."""
    parts = [_month_head(month)]
    first = 1
    for group in _parted(month.sent, len(month.node.path) + STEP):
        parts.append(Document(parts[0].name, blocks=tuple(_report_blocks(group, first=first))))
        first += len(group)
    return parts


PART_REPORTS, MOST_REPORTS = 20, 60


def _parted(printouts: Sequence[Printout], length: int) -> Iterable[list[Printout]]:
    part: list[Printout] = []
    for _, group in groupby(printouts, key=lambda one: one.organization.path[:length]):
        for printout in group:
            if len(part) >= MOST_REPORTS:
                yield part
                part = []
            part.append(printout)
        if len(part) >= PART_REPORTS:
            yield part
            part = []
    if part:
        yield part


UNSENT = (Counted.PENDING, Counted.MISSING, Counted.LOCKED)


def _unsent_words(plan: Plan, figures: Rollup) -> str:
    """What was never sent, apart: 待报 2，未报 1."""
    kind = fulfilment.of(plan)
    counts = [(word, getattr(figures, word)) for word in UNSENT]
    shown = [(word, number) for word, number in counts if number or word == Counted.MISSING]
    return "，".join(f"{word_of(kind, word)} {number}" for word, number in shown)


def unsent_names(month: PrintedPeriod) -> list[tuple[str, int, str]]:
    """The word, the number and the organisations of those that were never sent, 待报, 未报 and
    锁定未报 apart; of those that have left the scope only the number."""
    kind, counts = fulfilment.of(month.plan), month.counts
    return [
        (word_of(kind, word), counts[word], _named(month, word)) for word in UNSENT if counts[word]
    ]


def _named(month: PrintedPeriod, word: Counted) -> str:
    names = "、".join(month.named(word))
    return names or ("已划出" if month.counts[word] else "无")


def elsewhere_line(month: PrintedPeriod) -> str:
    """How many are counted and not listed; empty where none are."""
    count = len(month.elsewhere)
    return f"另有 {count} 个组织已划出，不在本级范围内，只计数" if count else ""


def _month_head(month: PrintedPeriod) -> Document:
    plan, node, counts = month.plan, month.node, month.counts
    title = f"{periods.label(month.period)}{plan.name}汇编"
    nobody = (word_of(fulfilment.of(plan), Counted.MISSING), 0, "无")
    late = (SHOWN[Counted.LATE], counts[Counted.LATE], _named(month, Counted.LATE))
    head = f"应报 {counts[Counted.EXPECTED]} 份，已报 {counts[Counted.SUBMITTED]} 份"
    return Document(
        f"{node}{title}",
        titles=(node.name, title),
        note="；".join(filter(None, [head, elsewhere_line(month), basis_line(plan)])),
        blocks=(
            Heading("一、报送情况"),
            *(
                Paragraph(f"{word} {number} 个：{names}。")
                for word, number, names in (*(unsent_names(month) or [nobody]), late)
            ),
            Heading(f"二、各组织{plan.name}"),
        ),
    )


def _report_blocks(printouts: Sequence[Printout], *, first: int) -> Iterable[Block]:
    for number, printout in enumerate(printouts, start=first):
        yield Heading(f"（{number}）{printout.organization}", 2)
        for item in printout.items:
            if item.figures:
                yield Paragraph(_sentence(item.figures))
            elif item.texts and item.is_shown:
                yield Paragraph(f"{item.title}：{in_one_line(item.texts)}")


def _item_blocks(printout: Printout) -> Iterable[Block]:
    number = 0
    for item in printout.items:
        if not item.is_shown and not printout.file_names:
            continue
        number += 1
        yield Heading(f"{numbered(number)}{item.title}")
        if item.figures:
            yield table(item.grid, widths_mm=(58, 30, 68))
        elif item.grid:
            width = len(item.grid[0])
            yield table(item.grid, widths_mm=[156 / width] * width)
        elif not item.is_shown:
            for name in printout.file_names:
                yield Paragraph(name)
        else:
            for index, text in enumerate(item.texts, start=1):
                yield Paragraph(f"{index}. {text}" if len(item.texts) > 1 else text)
            if not item.texts:
                yield Paragraph(_nothing(printout))
        if item.explanation:
            yield Paragraph(f"情况说明：{item.explanation}")


def _sentence(rows: Sequence[dict[str, object]]) -> str:
    return "，".join(f"{row['label']}{row['value']}{row['unit']}" for row in rows) + "。"
