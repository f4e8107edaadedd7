"""考核评分表: the score sheet of one organisation in the customary columns, and all of a cycle bound."""

from collections.abc import Iterable, Iterator
from typing import BinaryIO

from assessments.cycles.enums import CycleState
from assessments.cycles.explaining import WAITING, fixed
from assessments.cycles.models import Cycle
from core import periods
from core.documents import Book, Document, Fields, Lines, Part
from core.documents.description import Progress, table
from core.tabular.writing import Column, Tab, write_sheets
from core.templatetags.words import date_zh

from .. import words
from ..queries.sheets import ScoreSheet, SheetLine

SIGNED = ("考核组（签字）：", "被考核单位（签字盖章）：", "日期：")
COLUMNS = (
    ("序号", 6.0, 9.0),
    ("一级指标", 11.0, 18.0),
    ("二级指标", 15.0, 23.0),
    ("考核内容", 26.0, 33.0),
    ("分值", 7.0, 11.0),
    ("评分标准", 32.0, 50.0),
    ("考核方式/佐证", 15.0, 21.0),
    ("自评分", 8.0, 12.0),
    ("考核得分", 9.0, 14.0),
    ("扣分原因", 26.0, 38.0),
    ("备注", 11.0, 18.0),
)
NUMBERS = ("分值", "自评分", "考核得分")


def title(sheet: ScoreSheet) -> str:
    """What stands above it."""
    return f"{periods.label(sheet.assessed.cycle.period)}考核评分表"


def name_of(sheet: ScoreSheet) -> tuple[str, ...]:
    """The parts of the file's name."""
    return (sheet.assessed.name, title(sheet))


def _draft(cycle: Cycle) -> str:
    return "" if cycle.state == CycleState.SEALED else words.DRAFT


def _rows(sheet: ScoreSheet) -> Iterator[list[str]]:
    """Every cell filled: forms know no blanks."""
    for number, line in enumerate(sheet.lines, start=1):
        node, above = line.leaf.node, line.leaf.above
        inner = "／".join((*above[1:], line.leaf.name))
        yield [
            str(number),
            above[0] if above else "—",
            inner,
            str(node.get("text") or "—"),
            line.full,
            line.standard or "—",
            str(node.get("evidence") or ("自动取数" if line.leaf.is_counted else "—")),
            "—" if line.own is None else fixed(line.own),
            line.points or ("待评" if line.state == WAITING else "不计"),
            line.reason or "—",
            _note(line),
        ]


def _note(line: SheetLine) -> str:
    return f"免考：{line.exemption}" if line.exemption else "—"


def _foot(sheet: ScoreSheet) -> list[list[str]]:
    """Sum, bonus and total below the lines; the own marks are added where all of them are there."""
    told = sheet.explained
    blank = ["—"] * len(COLUMNS)

    def line(what: str, full: str, points: str, note: str) -> list[str]:
        found = list(blank)
        found[0], found[1], found[4], found[8], found[10] = "", what, full, points, note
        return found

    rows = [line("合计", told.full, told.sum_text, told.scaling or "—")]
    if told.bonus:
        rows.append(line("加分", "—", told.bonus, "—"))
    grade = sheet.score.grade if sheet.assessed.cycle.state == CycleState.SEALED else ""
    total = told.total if told.is_whole else f"{told.total}（已得）"
    rows.append(line("总分", "—", total, f"等次：{grade}" if grade else "—"))
    return rows


def write_score_sheet(target: BinaryIO, sheet: ScoreSheet, *, stamp: str) -> int:
    """Writes the sheet; gives how many lines."""
    return write_sheets(target, [_tab(sheet, "考核评分表", stamp)])


def write_score_sheets(
    target: BinaryIO,
    sheets: Iterable[ScoreSheet],
    count: int,
    *,
    stamp: str,
    progress: Progress | None = None,
) -> int:
    """Writes all of them as one workbook, a tab for each organisation; gives how many lines.
    `progress` is told how many of `count` are written."""

    def tabs() -> Iterator[Tab]:
        for number, one in enumerate(sheets, start=1):
            yield _tab(one, one.assessed.short_name, stamp)
            if progress is not None:
                progress(number, count)

    return write_sheets(target, tabs())


def _tab(sheet: ScoreSheet, name: str, stamp: str) -> Tab:
    columns = [
        Column(head, "points" if head in NUMBERS else "text", width) for head, width, _ in COLUMNS
    ]
    cycle = sheet.assessed.cycle
    draft = f"（{_draft(cycle)}）" if _draft(cycle) else ""
    return Tab(
        f"{sheet.assessed.name}{title(sheet)}{draft}",
        columns,
        [
            [_cell(one, column) for one, column in zip(row, columns, strict=True)]
            for row in (*_rows(sheet), *_foot(sheet))
        ],
        subtitle=_about(sheet),
        stamp=stamp,
        signature=SIGNED,
        name=name,
        has_long_texts=True,
    )


def _cell(text: str, column: Column) -> object:
    """Marks as numbers."""
    if column.title not in NUMBERS:
        return text
    try:
        return float(text)
    except ValueError:
        return text


def _about(sheet: ScoreSheet) -> str:
    cycle = sheet.assessed.cycle
    said = [f"考核单位：{cycle.organization.name}"]
    said.append(f"{date_zh(cycle.sealed_at)}审定" if cycle.sealed_at else words.DRAFT)
    return "    ".join([*said, f"校验码 {sheet.score.digest[:12]}"])


def sheet_document(sheet: ScoreSheet) -> Document:
    """The sheet on A4 across, with lines for signing."""
    rows = [tuple(name for name, _, _ in COLUMNS), *_rows(sheet), *_foot(sheet)]
    return Document(
        "-".join(name_of(sheet)),
        titles=(f"{sheet.assessed.name}{title(sheet)}",),
        note=_about(sheet),
        stamp=_draft(sheet.assessed.cycle),
        is_wide=True,
        blocks=(
            table(rows, widths_mm=[width for _, _, width in COLUMNS]),
            Lines(("", "　　　　　　".join(SIGNED))),
        ),
    )


def pack_title(cycle: Cycle) -> str:
    """The name of all of them together."""
    return f"{words.title_of(cycle)}评分表汇编"


def sheet_book(cycle: Cycle, sheets: Iterable[ScoreSheet], count: int) -> Book:
    """All sheets of a cycle with cover and contents, each from a new page."""
    return Book(
        pack_title(cycle),
        Document(
            pack_title(cycle),
            titles=(pack_title(cycle),),
            blocks=(
                Fields(
                    (
                        (("考核单位", cycle.organization.name),),
                        (("评分表", f"{count} 份"),),
                        (("事实截至", date_zh(cycle.known_at)),),
                        (("审定", date_zh(cycle.sealed_at) if cycle.sealed_at else words.DRAFT),),
                    )
                ),
            ),
        ),
        (Part(one.assessed.name, sheet_document(one)) for one in sheets),
        count,
    )
