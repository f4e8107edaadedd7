"""Rows of a board and its numbers, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.urls import reverse

from core import clock, figures
from core.charts import Bar, Drawing, Series, bars_across
from core.templatetags.words import day_zh
from orgs.models import Organization

from .. import sources
from ..enums import ActionState, LineState, Shape
from ..models import ActionItem, ActionLine, Extension
from ..queries.boards import Below, Beside, Counts, Moment, Showing
from ..rules import RECEIPT_WORKING_DAYS
from ..words import (
    Clock,
    Mark,
    completion_clock,
    day_note,
    is_overdue,
    line_marks,
    line_standing,
    marks,
    other_clock,
    receipt_clock,
    standing,
)


@dataclass(frozen=True, slots=True)
class LineRow:
    """One line of a list."""

    line: ActionLine
    word: str
    tone: str
    marks: Sequence[Mark]
    figure: str = ""


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One item as a board shows it."""

    item: ActionItem
    source: str
    receipt: Clock
    completion: Clock
    other: Clock | None
    word: str
    tone: str
    is_late: bool
    notes: Sequence[str]
    marks: Sequence[Mark]
    tag: str = ""
    lines: Sequence[LineRow] = ()
    parts: Sequence["ItemRow"] = field(default=())


def source_word(item: ActionItem) -> str:
    """What an item came from: the words of that day, else what its kind is called."""
    if item.source_label:
        return item.source_label
    kind = sources.registered().get(item.source_kind)
    return kind.label if kind else ""


def row_of(item: ActionItem, at: Moment, beside: Beside) -> ItemRow:
    """The row of an item, with its lines or parts."""
    parts = [row_of(part, at, beside) for part in beside.parts.get(item.pk, ())]
    parts.sort(key=lambda one: (not one.is_late, one.item.state == ActionState.CLOSED))
    lines = [line_row(line, item, at) for line in beside.lines.get(item.pk, ())]
    word, tone = standing(item, at)
    late = is_overdue(item, at) or any(part.is_late for part in parts)
    if late and item.shape == Shape.SHARED:
        word, tone = f"{sum(part.is_late for part in parts)} 个逾期", "bad"
    return ItemRow(
        item=item,
        source=source_word(item),
        receipt=receipt_clock(item, at, beside.parts.get(item.pk, ())),
        completion=completion_clock(item, at),
        other=other_clock(item, at),
        word=word,
        tone=tone,
        is_late=late,
        notes=_notes(item, at, beside),
        marks=marks(item, at),
        tag=_tag(item, beside),
        lines=lines,
        parts=parts,
    )


def line_row(line: ActionLine, item: ActionItem, at: Moment) -> LineRow:
    """The row of a line; `figure` says in words what closes it by itself."""
    word, tone = line_standing(line, item, at)
    return LineRow(line, word, tone, line_marks(line), figure_words(line))


def figure_words(line: ActionLine) -> str:
    """What a line that is bound to a figure waits for."""
    if not line.figure_key:
        return ""
    known = figures.registered().get(line.figure_key)
    label = known.label if known else "数据"
    unit = known.unit if known else ""
    sign = "≥" if line.is_at_least else "≤"
    goal = f"{line.goal.normalize():f}" if line.goal is not None else "—"
    return f"绑定“{label}”，{line.months} 个月 {sign} {goal}{unit} 自动销"


def _tag(item: ActionItem, beside: Beside) -> str:
    if item.shape == Shape.SHARED:
        parts = [
            part for part in beside.parts.get(item.pk, ()) if part.state != ActionState.CANCELLED
        ]
        done = sum(part.state == ActionState.CLOSED for part in parts)
        return f"{len(parts)} 个单位，{done} 个已办"
    lines = beside.lines.get(item.pk, ())
    if lines:
        return f"{len(lines)} 条，销 {sum(line.state == LineState.DONE for line in lines)}"
    return ""


def _notes(item: ActionItem, at: Moment, beside: Beside) -> list[str]:
    found = [note] if (note := day_note(item)) else []
    if item.state == ActionState.WAITING and item.waiting_since:
        found.append(f"{item.waiting_note}，{day_zh(item.waiting_since)}起等")
    wish: Extension | None = beside.asked.get(item.pk)
    if wish is not None:
        found.append(f"申请延至 {day_zh(wish.wanted_on)}")
    step = beside.escalated.get(item.pk)
    if step is not None and is_overdue(item, at):
        found.append(step.text)
    if item.state == ActionState.CLOSED and item.looked_at is None and item.look_from:
        if item.look_from > at.today:
            found.append(f"{day_zh(item.look_from)}起回头看")
        elif item.look_until and item.look_until < at.today:
            found.append(f"应在{day_zh(item.look_until)}前回头看，还没有看")
        else:
            found.append(f"{day_zh(item.look_until)}前回头看")
    elif item.looked_at:
        found.append(f"{day_zh(item.looked_at)} {item.looked_by_name}回头看")
    return found


# --- numbers ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure on top of a board, with the address of its rows; `note` is part of it."""

    label: str
    value: str
    url: str
    note: str = ""
    note_tone: str = ""


def cells(found: Counts, address: Mapping[str, object]) -> list[Cell]:
    """The six figures of a board, each opening its rows."""

    def to(showing: Showing) -> str:
        return f"?{urlencode({**address, 'state': showing.value})}"

    number = found.of
    late, held_up = number[Showing.OVERDUE], number[Showing.HELD_UP]
    waited = (clock.now() - found.reported_since).days if found.reported_since else 0
    looked, relapsed = number[Showing.LOOKED], number[Showing.RELAPSED]
    return [
        Cell(
            "逾期",
            str(late),
            to(Showing.OVERDUE),
            f"签收 {number[Showing.RECEIPT]}，办理 {number[Showing.COMPLETION]}",
            "bad" if late else "",
        ),
        Cell(
            "等别的单位",
            str(number[Showing.WAITING]),
            to(Showing.WAITING),
            f"对方超时 {held_up}",
            "warn" if held_up else "",
        ),
        Cell(
            "待核验",
            str(number[Showing.REPORTED]),
            to(Showing.REPORTED),
            f"最久等了 {waited} 天" if waited else "",
        ),
        Cell(
            "待签收",
            str(number[Showing.ISSUED]),
            to(Showing.ISSUED),
            f"限 {RECEIPT_WORKING_DAYS} 天",
        ),
        Cell(
            "近 12 个月销号",
            str(number[Showing.CLOSED]),
            to(Showing.CLOSED),
            f"其中曾逾期 {number[Showing.WAS_LATE]}",
        ),
        Cell(
            "销号后回头看",
            f"{number[Showing.LASTING]} / {looked}",
            to(Showing.LOOKED),
            f"长效；{relapsed} 项反弹" if relapsed else "长效",
        ),
    ]


def below_chart(rows: Sequence[Below], title: str, address: Mapping[str, object]) -> Drawing:
    """What is overdue, of what is under way, where there is any."""
    return bars_across(
        [
            Bar(
                one.organization.short_name or one.organization.name,
                (one.overdue, one.under_way - one.overdue),
                url=_rows_of(one.organization, address),
                note=f"{one.overdue} / {one.under_way}",
                title=f"{one.organization}：逾期 {one.overdue} 项，在办 {one.under_way} 项",
            )
            for one in rows
        ],
        (Series("逾期", "bad"), Series("其余在办", "rest")),
        name=title,
        width=440,
    )


def _rows_of(organization: Organization, address: Mapping[str, object]) -> str:
    asked = {**address, "organization": organization.pk, "state": Showing.OVERDUE.value}
    return f"{reverse('action_items:item-list')}?{urlencode(asked)}"
