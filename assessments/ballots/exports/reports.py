"""述职报告 and 述职评议情况表 as documents."""

from collections.abc import Iterator, Sequence

from assessments.cycles.models import Cycle
from assessments.scoring.numbers import rounded
from core import periods
from core.documents import Block, Document, Heading, Lines, Paragraph
from core.documents.description import numbered, table
from core.templatetags.words import date_zh

from ..enums import ReportState
from ..models import SecretaryReport
from ..queries.reports import Reported
from ..queries.rounds import Ballot, result_of

SUMMARY_MM = (10.0, 50.0, 28.0, 26.0, 22.0, 22.0, 89.0)


def report_paper(found: SecretaryReport) -> Document:
    """A report in its parts, signed by the secretary; a draft says so in a frame."""
    year = found.assessed.cycle.year
    return Document(
        f"{found.assessed.name}-述职报告",
        titles=(f"{found.assessed.name}书记", f"{year}年度抓党建工作述职报告"),
        note=found.secretary,
        stamp="" if found.state == ReportState.SENT else found.get_state_display(),
        blocks=tuple(_report(found)),
    )


def _report(found: SecretaryReport) -> Iterator[Block]:
    parts = (
        ("履职情况", found.work),
        ("存在问题", found.problems),
        ("努力方向", found.measures),
    )
    for number, (title, text) in enumerate(parts, start=1):
        yield Heading(f"{numbered(number)}{title}")
        yield Paragraph(text or "（没有写）")
    if found.comment:
        yield Heading(f"{numbered(len(parts) + 1)}点评")
        yield Paragraph(found.comment)
    sent = date_zh(found.sent_at) if found.sent_at else ""
    yield Lines(("", f"述职人：{found.secretary}　　　　{sent}"))


def summary_paper(cycle: Cycle, ballot: Ballot, rows: Sequence[Reported]) -> Document:
    """What became of the reports and their ballot, an organisation a line."""
    lines = [("序号", "单位", "述职人", "报告", "有效票", "测评得分", "点评")]
    for number, one in enumerate(rows, start=1):
        report, found = one.report, one.round
        leaf = ballot.leaf_of[one.assessed.version_id]
        result = result_of(found, leaf) if found is not None else None
        has_sent = report is not None and report.state != ReportState.DRAFT
        lines.append(
            (
                str(number),
                one.assessed.name,
                report.secretary if report is not None and has_sent else "",
                report.get_state_display() if report is not None and has_sent else "未报送",
                str(found.valid) if result is not None and found is not None else "",
                f"{rounded(result.points)} / {result.full}" if result is not None else "",
                report.comment if report is not None else "",
            )
        )
    return Document(
        f"{cycle.organization.name}-述职评议情况表",
        titles=(cycle.organization.name, f"{cycle.year}年度书记述职评议情况表"),
        note=periods.label(cycle.period),
        blocks=(table(lines, widths_mm=SUMMARY_MM),),
        is_wide=True,
    )
