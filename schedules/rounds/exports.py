"""Monthly reports as sheets and as documents."""

import re
from collections.abc import Iterable, Sequence
from typing import BinaryIO

from core import periods
from core.documents import OfficialDocument
from core.tabular.writing import Column, write_sheet
from core.templatetags.words import date_zh, datetime_zh
from orgs.models import Organization

from .enums import ItemKind
from .queries.printouts import Printout
from .queries.reports import Matrix

SIGNATURE = ("负责人（签字）：", "填表人：", "联系电话：")
NUMERALS = "一二三四五六七八九十"
NOT_SENT = "未报送"
_UNSAFE = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]')


def file_name(*parts: str, ending: str) -> str:
    """A file name that every system takes, of `parts` joined by a hyphen.

    `HttpResponse` headers encode it by RFC 6266 (django.utils.http.content_disposition_header).
    """
    plain = (_UNSAFE.sub("", part.encode("utf-8", "ignore").decode()) for part in parts)
    text = "-".join(filter(None, (part.strip(" .")[:60] for part in plain)))
    return f"{text or '月报'}.{ending}"


def write_matrix(target: BinaryIO, matrix: Matrix, *, stamp: str) -> int:
    """Organisation × month as the page shows it; returns the number of organisations."""
    columns = [
        Column("序号", "integer", 6),
        Column("党组织", width=30),
        Column("书记", width=10),
        *(
            Column(f"{int(month[5:])}月", width=9, group=f"{month[:4]}年")
            for month in matrix.months
        ),
        Column("按时率（%）", "integer", 11),
    ]
    rows = (
        [
            number,
            "　" * row.indent + str(row.organization),
            row.secretary,
            *(cell.text for cell in row.cells),
            row.on_time_rate,
        ]
        for number, row in enumerate(matrix.rows, start=1)
    )
    last = periods.label(matrix.months[-1])
    totals = matrix.totals
    return write_sheet(
        target,
        f"{matrix.node}月报报送情况",
        columns,
        rows,
        subtitle=(
            f"截至 {datetime_zh(matrix.as_of)}；{last}应报 {totals['expected']}，"
            f"已报 {totals['sent']}，按时 {totals['on_time']}，退回 {totals['returned']}"
        ),
        stamp=stamp,
        signature=SIGNATURE,
        tab=f"{matrix.node}",
    )


def write_month(
    target: BinaryIO, node: Organization, period: str, printouts: Sequence[Printout], *, stamp: str
) -> int:
    """A committee's month, one row a report; returns how many rows.

    The columns are the union of the figures and texts of all the forms in use.
    """
    keys: dict[str, str] = {}
    texts: dict[str, str] = {}
    for printout in printouts:
        for item in printout.items:
            for row in item.figures:
                keys.setdefault(row["key"], row["label"])
            if item.kind in (ItemKind.TEXT, ItemKind.ENTRIES):
                texts.setdefault(item.key, item.title)
    columns = [
        Column("序号", "integer", 6),
        Column("党组织", width=28),
        Column("状态", width=9),
        Column("首次报送", width=17),
        Column("是否迟报", width=9),
        *(Column(label, "integer", 9, group="数据") for label in keys.values()),
        *(Column(title, width=36) for title in texts.values()),
        Column("附件", "integer", 7),
    ]
    rows = (
        [
            number,
            printout.organization.name,
            printout.report.duty.get_state_display(),
            _moment(printout),
            ("是" if printout.report.duty.is_late else "否") if printout.is_sent else "",
            *(printout.figures.get(key) for key in keys),
            *(printout.words(key) for key in texts),
            len(printout.file_names) if printout.is_sent else None,
        ]
        for number, printout in enumerate(printouts, start=1)
    )
    sent = sum(printout.is_sent for printout in printouts)
    return write_sheet(
        target,
        f"{node}{periods.label(period)}月报",
        columns,
        rows,
        subtitle=f"填报单位：{node.name}    共 {len(printouts)} 份，已报 {sent} 份",
        stamp=stamp,
        signature=SIGNATURE,
        tab=f"{period}月报",
    )


def _moment(printout: Printout) -> str:
    at = printout.report.duty.submitted_at
    return datetime_zh(at) if at else ""


def write_report(target: BinaryIO, printout: Printout, *, stamp: str) -> int:
    """One report, one row an item or figure; returns how many rows."""
    report = printout.report
    return write_sheet(
        target,
        f"{printout.organization}{periods.label(report.period)}月报",
        [
            Column("序号", "integer", 6),
            Column("项目", width=26),
            Column("内容", width=60),
            Column("单位", width=8),
            Column("来源", width=30),
        ],
        ([number, *row] for number, row in enumerate(_report_rows(printout), start=1)),
        subtitle="    ".join(head_lines(printout)),
        stamp=stamp,
        signature=SIGNATURE,
        tab=f"{report.period}月报",
    )


def _report_rows(printout: Printout) -> Iterable[list[object]]:
    for item in printout.items:
        for row in item.figures:
            yield [row["label"], str(row["value"]), row["unit"], row["source"]]
        if item.kind == ItemKind.FILES:
            if printout.file_names:
                yield [item.title, "\n".join(printout.file_names), "", ""]
        elif item.kind != ItemKind.FIGURES:
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


def write_document(target: BinaryIO, printout: Printout) -> None:
    """One report as .docx in the layout of GB/T 9704."""
    title = f"{printout.organization}{periods.label(printout.report.period)}月报"
    document = OfficialDocument(title)
    document.title(printout.organization.name)
    document.title(f"{periods.label(printout.report.period)}月报")
    document.lines(["", *head_lines(printout), "联系电话："])
    _write_items(document, printout)
    document.lines(["", "负责人（签字）：　　　　　　　　填表人："])
    document.save(target)


def write_month_document(
    target: BinaryIO, node: Organization, period: str, printouts: Sequence[Printout]
) -> None:
    """A committee's month as one .docx: the list of who has sent, then the texts of each report."""
    document = OfficialDocument(f"{node}{periods.label(period)}月报汇编")
    document.title(node.name)
    document.title(f"{periods.label(period)}月报汇编")
    sent = [printout for printout in printouts if printout.is_sent]
    document.note(f"应报 {len(printouts)} 份，已报 {len(sent)} 份")
    missing = [str(printout.organization) for printout in printouts if not printout.is_sent]
    document.heading("一、报送情况")
    late = [str(printout.organization) for printout in sent if printout.report.duty.is_late]
    document.paragraph(f"未报送 {len(missing)} 个：{'、'.join(missing) or '无'}。")
    document.paragraph(f"迟报 {len(late)} 个：{'、'.join(late) or '无'}。")
    document.heading("二、各组织月报")
    for number, printout in enumerate(sent, start=1):
        document.subheading(f"（{number}）{printout.organization}")
        for item in printout.items:
            if item.figures:
                document.paragraph(_sentence(item.figures))
            elif item.texts and item.is_shown:
                document.paragraph(f"{item.title}：{item.line}")
    document.save(target)


def _write_items(document: OfficialDocument, printout: Printout) -> None:
    number = 0
    for item in printout.items:
        if not item.is_shown and not printout.file_names:
            continue
        document.heading(f"{NUMERALS[number] if number < 10 else number + 1}、{item.title}")
        number += 1
        if item.figures:
            rows = [["项目", "数值", "来源"]]
            rows += [
                [row["label"], f"{row['value']}{row['unit']}", row["source"]]
                for row in item.figures
            ]
            document.table(rows, widths_mm=(58, 30, 68))
        elif not item.is_shown:
            for name in printout.file_names:
                document.paragraph(name)
        else:
            for index, text in enumerate(item.texts, start=1):
                document.paragraph(f"{index}. {text}" if len(item.texts) > 1 else text)
            if not item.texts:
                document.paragraph(_nothing(printout))
        if item.explanation:
            document.paragraph(f"情况说明：{item.explanation}")


def _sentence(rows: Sequence[dict[str, object]]) -> str:
    return "，".join(f"{row['label']}{row['value']}{row['unit']}" for row in rows) + "。"
