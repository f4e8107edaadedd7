"""考核结果反馈书: to one of the assessed its own result, and what it can do."""

from collections.abc import Iterator

from assessments.cycles import words as cycle_words
from assessments.cycles.explaining import fixed
from assessments.cycles.queries.explained import Told
from core import periods
from core.documents import Block, Document, Heading, Lines, Paragraph
from core.documents.description import Signature, numbered, table
from core.templatetags.words import date_zh

from ..models import Decision
from ..queries.windows import Window

REASONS = 4
WIDTHS_MM = (12.0, 78.0, 22.0, 22.0, 22.0)


def name_of(told: Told) -> tuple[str, str, str]:
    """The parts of the file's name."""
    return told.assessed.name, periods.label(told.assessed.cycle.period), "考核结果反馈书"


def feedback_document(told: Told, decision: Decision | None, window: Window | None) -> Document:
    """The feedback to one of the assessed, of a sealed cycle."""
    cycle = told.assessed.cycle
    return Document(
        "-".join(name_of(told)),
        titles=(f"{periods.label(cycle.period)}考核结果反馈书",),
        addressee=f"{told.assessed.name}：",
        blocks=tuple(_blocks(told, decision, window)),
    )


def _blocks(told: Told, decision: Decision | None, window: Window | None) -> Iterator[Block]:
    cycle, score, explained = told.assessed.cycle, told.score, told.explained
    if score is None or explained is None:
        return
    label = periods.label(cycle.period)
    grade = f"，等次为“{score.grade}”" if score.grade else ""
    by = (
        f"经{date_zh(decision.met_on)}会议审定（{decision.minutes_number}），"
        if decision
        else "经审定，"
    )
    heads = iter(range(1, 9))
    yield Paragraph(
        f"{by}你单位{label}考核得分 {explained.total} 分（满分 {explained.full} 分）{grade}。"
    )
    if score.band and score.band != score.grade:
        yield Paragraph(f"按分数是“{score.band}”，因名额或一票否决定为“{score.grade}”。")
    if told.corrections:
        yield Heading(f"{numbered(next(heads))}更正")
        for one in told.corrections:
            yield Paragraph(
                f"{cycle_words.correction_words(one)}。{cycle_words.corrected_words(one)}"
            )
    yield Heading(f"{numbered(next(heads))}失分的主要原因")
    if explained.reasons:
        rows: list[tuple[str, ...]] = [("", "指标", "满分", "得分", "失分")]
        rows += [
            (str(at), item.name, item.full_text, item.points_text, fixed(item.lost))
            for at, item in enumerate(explained.reasons[:REASONS], start=1)
        ]
        yield table(rows, widths_mm=WIDTHS_MM)
        for item in explained.reasons[:REASONS]:
            yield Paragraph(f"{item.name}：{item.summary.rstrip('。')}。")
        yield Paragraph(cycle_words.sum_words(explained))
    else:
        yield Paragraph("各项都没有失分。")
    beside = [*cycle_words.bonus_said(told), *cycle_words.vetoes_said(told)]
    if explained.bonus or explained.beside.vetoes:
        yield Heading(f"{numbered(next(heads))}加分和一票否决")
        yield Paragraph("；".join(beside) + "。")
    yield Heading(f"{numbered(next(heads))}异议")
    if window is not None:
        yield Paragraph(
            f"对结果有异议的，可在 {date_zh(window.last)}以前在系统的得分说明页提出，写明理由，"
            f"附上佐证。由没有参加评分的人复核，10 个工作日内答复。"
        )
    yield Paragraph("每一项的规则、事实和算式见得分说明。")
    yield Lines(("", f"校验码 {score.digest}"))
    yield Signature(cycle.organization.name, date_zh(cycle.sealed_at), has_seal=True)
