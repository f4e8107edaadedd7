"""测评票 and 计票单: printed before the ballot, filled in with a pen."""

from collections.abc import Iterator, Sequence

from assessments.cycles.models import Assessed, Cycle
from core import periods
from core.documents import Block, Document, Heading, Lines, Paragraph
from core.documents.description import PageBreak, table

from ..queries.rounds import Ballot
from ..rules import answers_of, minimum_of

WIDTH_MM = 156.0
NAME_MM = 56.0
PEN_MM = 9.0
TICK = "○"


def ballot_paper(cycle: Cycle, ballot: Ballot, rows: Sequence[Assessed]) -> Document:
    """The ballot with a line for each organisation, and from a new page the sheet of the count, of
    which each of two persons fills in one."""
    return Document(
        f"{ballot.name}-测评票和计票单",
        titles=(f"{ballot.name}测评票",),
        note=f"{cycle.organization.name} {periods.label(cycle.period)}",
        blocks=tuple(_blocks(cycle, ballot, rows)),
    )


def _blocks(cycle: Cycle, ballot: Ballot, rows: Sequence[Assessed]) -> Iterator[Block]:
    rule = ballot.rule_of(next(iter(ballot.leaf_of)))
    answers = answers_of(rule)
    each = (WIDTH_MM - NAME_MM) / len(answers)
    yield Paragraph("请在每一行选一格打“√”。一行选了两格或没有选的，这一行无效。不记名。")
    yield table(
        [("单位", *answers), *((one.name, *(TICK for _ in answers)) for one in rows)],
        widths_mm=(NAME_MM, *(each for _ in answers)),
        row_mm=PEN_MM,
    )
    yield PageBreak()
    yield Heading(f"{ballot.name}计票单")
    yield Paragraph(
        "两人各填一张，各自计票，互不核对；录入系统后一致的计入得分，不一致的对照纸质票核对。"
        f"收回不多于发出；各档票数与无效票之和等于收回；有效票不足 {minimum_of(rule)} 张的，"
        "测评无效，重新组织。"
    )
    heads = ("单位", "发出", "收回", *answers, "无效")
    cell = (WIDTH_MM - NAME_MM) / (len(heads) - 1)
    yield table(
        [heads, *((one.name, *("" for _ in heads[1:])) for one in rows)],
        widths_mm=(NAME_MM, *(cell for _ in heads[1:])),
        row_mm=PEN_MM,
    )
    yield Lines(
        ("", "计票人（签字）：　　　　　　　　监票人（签字）：　　　　　　　　年　　月　　日")
    )
