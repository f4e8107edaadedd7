"""考核评分表 with the own marks, in the columns that such sheets have."""

from collections.abc import Iterator

from core import periods
from core.documents import Block, Document, Heading, Paragraph
from core.documents.description import Signature, numbered, table
from core.templatetags.words import date_zh

from .. import words
from ..queries.sheet import Row, Sheet

MM = (10.0, 30.0, 12.0, 34.0, 54.0, 16.0)
HEAD = ("序号", "考核内容", "满分", "评分标准", "事实或自评说明", "自评分")


def name_of(sheet: Sheet) -> tuple[str, str, str]:
    """The parts of the file's name."""
    return sheet.assessed.name, periods.label(sheet.assessed.cycle.period), "自查自评"


def paper(sheet: Sheet) -> Document:
    """The sheet of one that has been computed. One that was not sent says so in a frame."""
    assessed, own = sheet.assessed, sheet.own
    is_sent = own is not None and own.sent_at is not None
    return Document(
        "-".join(name_of(sheet)),
        titles=(f"{periods.label(assessed.cycle.period)}考核评分表", "（自查自评）"),
        note=f"被考核单位：{assessed.name}",
        stamp="" if is_sent else "未报送",
        blocks=tuple(_blocks(sheet)),
    )


def _blocks(sheet: Sheet) -> Iterator[Block]:
    version, explained = sheet.assessed.version, sheet.explained
    if explained is None:
        return
    yield Paragraph(
        f"{version.scheme} 第{version.number}版。事实截至 {date_zh(sheet.assessed.cycle.known_at)}。"
    )
    heads = iter(range(1, 40))
    for part in explained.parts:
        rows = [sheet.rows[item.key] for item in (*part.rows, *part.kept)]
        if not rows:
            continue
        rows.sort(key=lambda row: row.item.number if row.item else 0)
        yield Heading(f"{numbered(next(heads))}{part.name}（{part.full_text} 分）")
        yield table([HEAD, *(_line(row) for row in rows)], widths_mm=MM)
    for row in sheet.rows.values():
        if row.is_awards and row.said is not None and row.said.facts:
            yield Heading(f"{numbered(next(heads))}申报加分")
            yield Paragraph(f"{words.mark_words(row)}。依据：{row.said.reason}。{_shown_by(row)}")
    yield Paragraph(f"自评合计：{words.sum_words(sheet)}。")
    own = sheet.own
    if own is not None and own.sent_at is not None:
        yield Signature(sheet.assessed.name, date_zh(own.sent_at))


def _line(row: Row) -> tuple[str, ...]:
    item = row.item
    if item is None:
        return ("", row.name, "", "", "", "")
    told = item.summary if not row.by_hand else words.mark_words(row)
    said = [f"{told}。"] if told else []
    if row.said is not None and row.said.reason:
        said.append(f"{'有异议：' if row.is_questioned else ''}{row.said.reason}")
    said.append(_shown_by(row))
    if not row.is_asked and row.by_hand:
        said.append("由考核组评")
    return (
        str(item.number),
        row.name,
        item.full_text,
        item.standard or item.text,
        "\n".join(text for text in said if text),
        words.points_words(row) or "—",
    )


def _shown_by(row: Row) -> str:
    shown = words.evidence_words(row.said)
    return f"佐证：{shown}" if shown else ""
