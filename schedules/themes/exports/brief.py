"""How far a theme is, on paper and as a sheet: the same numbers as on its page."""

from collections.abc import Iterator, Sequence
from typing import BinaryIO

from core import clock, periods
from core.documents import Block, Document, Heading, Paragraph
from core.documents.description import numbered, table
from core.tabular.writing import Column, write_sheet
from core.templatetags.words import date_zh, datetime_zh

from .. import words
from ..models import Theme, ThemeStanding
from ..queries.measuring import aims_of
from ..queries.sums import CommitteeSums, Sums
from ..rules import value_of

COLUMNS = (
    Column("指标", width=24),
    Column("上级", width=24),
    Column("支部", width=36),
    Column("起点", "number", 10),
    Column("现在", "number", 10),
    Column("目标", "number", 10),
    Column("还差", "number", 10),
    Column("情况", width=14),
)
WIDTHS = (10.0, 46.0, 26.0, 22.0, 24.0, 28.0)


def brief(
    theme: Theme, totals: dict[int, Sums], committees: Sequence[CommitteeSums], whose: str
) -> Document:
    """季度主题情况: what it is for, how far each figure is, who is short, and what became of it. It is
    made from records; nobody writes it."""
    title = f"{periods.label(theme.quarter)}主题“{theme.title}”情况"
    read = f"，数据截至 {datetime_zh(theme.read_at)}" if theme.read_at else ""
    return Document(
        f"{whose}{title}",
        titles=(title,),
        note=f"{whose}{read}",
        blocks=tuple(_blocks(theme, totals, committees)),
    )


def _blocks(
    theme: Theme, totals: dict[int, Sums], committees: Sequence[CommitteeSums]
) -> Iterator[Block]:
    yield Heading(f"{numbered(1)}主题和依据")
    yield Paragraph(f"主题为“{theme.title}”，依据{theme.basis}。")
    if theme.origin:
        yield Paragraph(theme.origin)
    yield Paragraph("数字取自已有记录，起点在发布时记下，不要求各单位报计划、进度和总结。")
    number = 2
    for aim in aims_of(theme):
        row, gauge = aim.row, aim.gauge
        sums = totals.get(row.pk, Sums())
        yield Heading(f"{numbered(number)}{gauge.label}")
        number += 1
        yield Paragraph(
            f"目标为{words.goal(row.goal, gauge)}，{date_zh(row.due_on)}到期。"
            f"起点 {words.number(sums.start(gauge), gauge)}，现在 {words.number(sums.now(gauge), gauge)}；"
            f"{sums.measured} 个支部中 {sums.reached} 个已达到，{sums.short} 个还差，"
            f"共差 {sums.lacking}{_left_out(sums)}。"
        )
        rows = [("序号", "单位", "已达到", "还差支部", "共差", "起点 → 现在")]
        for place, one in enumerate(committees, start=1):
            own = one.sums.get(row.pk, Sums())
            rows.append(
                (
                    str(place),
                    str(one.committee),
                    f"{own.reached} / {own.measured}",
                    str(own.short),
                    str(own.lacking),
                    f"{words.number(own.start(gauge), gauge)} → {words.number(own.now(gauge), gauge)}",
                )
            )
        if len(rows) > 1:
            yield table(rows, widths_mm=WIDTHS)
    if theme.conclusion:
        yield Heading(f"{numbered(number)}结论")
        yield Paragraph(f"{theme.get_conclusion_display()}。{theme.reason}")


def _left_out(sums: Sums) -> str:
    parts = []
    if sums.none:
        parts.append(f"{sums.none} 个没有这件事")
    if sums.unknown:
        parts.append(f"{sums.unknown} 个无法回算")
    return f"；{'、'.join(parts)}，不计" if parts else ""


def write_standings(
    target: BinaryIO, theme: Theme, rows: Sequence[ThemeStanding], *, whose: str, stamp: str
) -> int:
    """Each organisation at each figure as a sheet. Returns how many rows."""
    aims = {aim.row.pk: aim for aim in aims_of(theme)}
    cells = []
    for one in rows:
        if one.figure_id not in aims:
            continue
        row, gauge = aims[one.figure_id].row, aims[one.figure_id].gauge
        start = value_of(gauge, one.start_part, one.start_whole)
        now = value_of(gauge, one.part, one.whole)
        cells.append(
            [
                gauge.label,
                str(one.place.organization.parent or ""),
                one.place.organization.name,
                None if start is None else round(float(start), 1 if gauge.of else 2),
                None if now is None else round(float(now), 1 if gauge.of else 2),
                float(row.goal),
                one.short,
                one.get_outcome_display(),
            ]
        )
    return write_sheet(
        target,
        f"{periods.label(theme.quarter)}主题“{theme.title}”",
        COLUMNS,
        cells,
        subtitle=f"{whose}；数据截至 {datetime_zh(theme.read_at or clock.now())}",
        stamp=stamp,
        tab="季度主题",
    )
