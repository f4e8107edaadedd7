"""督办单: an item as it is handed over on paper, in the layout of official documents."""

import datetime as dt
from collections.abc import Iterable

from core.documents import Block, Document, Heading, Lines, Paragraph
from core.documents.description import Signature, Table, numbered, table
from core.templatetags.words import date_zh

from ..enums import ActionState, Shape
from ..models import ActionItem

NAMED = 8  # addressees in one line; more stand in the list alone
UNDATED = "　　年　月　日"
# A day takes 39 mm where the program leaves room between words and figures: 2026年11月27日.
LINE_WIDTHS = (14, 47, 37, 18, 40)
PART_WIDTHS = (40, 60, 24, 32)
SIGNED_WIDTHS, SIGNED_HEIGHT = (18, 30, 40, 68), 12


def letter(item: ActionItem) -> Document:
    """The 督办单 of an item that `queries.letters` gave: who gives what to whom, until when, the
    list, and the places where it is signed for, reported and closed. One that is cancelled, or not
    given out yet, says so in a frame."""
    return Document(
        f"{item.number}督办单",
        titles=(item.issuer.name, "督办单"),
        number=item.number,
        note=_cancelled_line(item),
        addressee=_addressee(item),
        stamp=_stamp(item),
        blocks=tuple(_blocks(item)),
    )


def _stamp(item: ActionItem) -> str:
    if item.state == ActionState.CANCELLED:
        return "作废"
    return "拟稿" if item.state == ActionState.DRAFT else ""


def _cancelled_line(item: ActionItem) -> str:
    for step in getattr(item, "cancellations", ()):
        return f"{date_zh(step.at)}作废：{step.text}"
    return ""


def _addressee(item: ActionItem) -> str:
    if item.shape != Shape.SHARED:
        return item.owner.name
    names = [part.owner.name for part in _parts(item)]
    return "，".join(names) if len(names) <= NAMED else f"各责任单位（{len(names)} 个，见名单）"


def _parts(item: ActionItem) -> list[ActionItem]:
    return getattr(item, "parts", [])


def _blocks(item: ActionItem) -> Iterable[Block]:
    sections: list[tuple[str, list[Block]]] = [("督办事项", [Paragraph(item.title)])]
    if item.demand:
        sections.append(("办理要求", [Paragraph(item.demand)]))
    lines = list(item.lines.all())
    if lines:
        sections.append(("清单", [_lines(item)]))
    if item.shape == Shape.SHARED:
        sections.append(("责任单位", [_part_table(item)]))
    sections.append(("时限和责任", [Paragraph(text) for text in _terms(item)]))
    for number, (title, blocks) in enumerate(sections, start=1):
        yield Heading(f"{numbered(number)}{title}")
        yield from blocks
    yield Signature(
        item.issuer.name, date_zh(item.issued_at) if item.issued_at else UNDATED, has_seal=True
    )
    if item.shape != Shape.SHARED:
        yield Lines(("",))
        yield _signed(item)


def _terms(item: ActionItem) -> Iterable[str]:
    receipt = f"签收期限：{date_zh(item.receipt_due_on)}；" if item.receipt_due_on else ""
    if item.due_on is None:
        yield f"{receipt}办理没有期限。"
    else:
        moved = [
            f"原定{date_zh(item.original_due_on)}"
            if item.original_due_on and item.original_due_on != item.due_on
            else "",
            f"延期 {item.extension_count} 次" if item.extension_count else "",
        ]
        said = "，".join(filter(None, moved))
        yield f"{receipt}办理期限：{date_zh(item.due_on)}{f'（{said}）' if said else ''}。"
    people = [
        f"分管领导：{item.leader_name}" if item.leader_name else "",
        f"责任人：{item.responsible_name}" if item.responsible_name else "",
        f"缓急：{item.get_priority_display()}",
        f"来源：{item.source_label}" if item.source_label else "",
    ]
    yield "；".join(filter(None, people)) + "。"


def _lines(item: ActionItem) -> Table:
    rows = (
        (
            str(line.position),
            line.problem,
            line.measure or "—",
            line.responsible_name or item.responsible_name or "—",
            _day(line.due_on or item.due_on),
        )
        for line in item.lines.all()
    )
    return table([("序号", "问题", "措施", "责任人", "时限"), *rows], widths_mm=LINE_WIDTHS)


def _part_table(item: ActionItem) -> Table:
    rows = (
        (part.number, part.owner.name, part.responsible_name or "—", _received(item, part))
        for part in _parts(item)
    )
    return table([("文号", "责任单位", "责任人", "签收"), *rows], widths_mm=PART_WIDTHS)


def _received(item: ActionItem, part: ActionItem) -> str:
    if part.state == ActionState.CANCELLED and item.state != ActionState.CANCELLED:
        return "作废"
    return part.received_by_name


def _signed(item: ActionItem) -> Table:
    """What has been signed for in the portal stands there; the rest is left for the pen."""
    rows = [
        ("签收", item.received_by_name, item.received_at, ""),
        ("办理", item.reported_by_name, item.reported_at, item.result),
        ("核验", item.verified_by_name, item.verified_at, item.verify_note),
    ]
    return table(
        [
            ("环节", "签字", "日期", "情况"),
            *(
                (what, name, date_zh(at) if at else UNDATED, said if at else "")
                for what, name, at, said in rows
            ),
        ],
        widths_mm=SIGNED_WIDTHS,
        row_mm=SIGNED_HEIGHT,
    )


def _day(day: dt.date | None) -> str:
    return date_zh(day) if day else "—"


def name_of(item: ActionItem) -> tuple[str, str]:
    """The parts of the file's name."""
    return f"督办单{item.number}", item.title[:30]
