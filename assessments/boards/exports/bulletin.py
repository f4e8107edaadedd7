"""考核情况通报: a draft from what the board says, to be finished by who issues it."""

from collections.abc import Iterator

from assessments.cycles.enums import CycleState
from core import periods
from core.documents import Block, Document, Heading, Paragraph
from core.documents.description import Signature, numbered, table
from core.templatetags.words import date_zh

from .. import words
from ..queries.boards import Board
from ..queries.losses import Losses

WEAK_MM = (70.0, 30.0, 30.0, 26.0)


def title(board: Board) -> str:
    """Its subject."""
    whom = "所属支部" if board.cycle.level == "branch" else "直属党组织"
    return f"关于{whom}{periods.label(board.cycle.period)}考核情况的通报"


def bulletin_document(board: Board, losses: Losses) -> Document:
    """The draft: grades by name in the order of the tree, no rank; what is weak over all, never who
    lost what. What a person has to write himself is left in brackets."""
    cycle = board.cycle
    whom = "各党支部" if cycle.level == "branch" else "各直属党组织"
    return Document(
        title(board),
        titles=(cycle.organization.name, title(board)),
        number="（发文字号）",
        addressee=f"{whom}：",
        stamp="代拟稿" if cycle.state == CycleState.SEALED else f"代拟稿 {words.DRAFT}",
        blocks=tuple(_blocks(board, losses)),
    )


def _blocks(board: Board, losses: Losses) -> Iterator[Block]:
    cycle = board.cycle
    heads = iter(range(1, 9))
    rows = board.rows
    scored = [row for row in rows if row.score.total is not None]
    basis = str(board.stored.first.get("basis") or "")
    yield Paragraph(
        f"按照考核细则{f'（{basis}）' if basis else ''}，对 {len(rows)} 家单位"
        f"{periods.label(cycle.period)}的党建工作进行了考核。现将有关情况通报如下。"
    )
    yield Heading(f"{numbered(next(heads))}总体情况")
    for group in board.groups:
        about = words.spread(group, board).replace(" · ", "，")
        yield Paragraph(f"{words.grouped(group)}：{about}。{words.small(group)}")
    yield Heading(f"{numbered(next(heads))}考核等次")
    grades = list(board.counts())
    for grade in grades:
        named = "、".join(row.score.assessed.name for row in scored if row.score.grade == grade)
        count = sum(row.score.grade == grade for row in scored)
        yield Paragraph(f"{grade}（{count} 家）：{named or '无'}。")
    if quota := words.quota(board):
        yield Paragraph(quota)
    vetoed = [row for row in rows if row.happened]
    for row in vetoed:
        yield Paragraph(
            f"{row.score.assessed.name}：{'、'.join(row.happened)}，按一票否决确定等次。"
        )
    yield Heading(f"{numbered(next(heads))}主要问题")
    yield Paragraph(words.weakest(losses))
    if losses.weakest:
        yield table(
            [
                ("指标", "平均失分率", "失分单位", "考核单位"),
                *(
                    (one.name, words.percent(one.share), f"{one.count} 家", f"{one.of} 家")
                    for one in losses.weakest
                ),
            ],
            widths_mm=WEAK_MM,
        )
    yield Heading(f"{numbered(next(heads))}下一步工作")
    yield Paragraph(
        "各单位对照得分说明，列出整改清单，写明措施、责任领导、责任人和时限，在规定时限内整改到位。"
        "对考核结果有异议的，在规定的工作日内提出。"
    )
    yield Paragraph("（其他工作要求由起草人补充。）")
    yield Signature(
        cycle.organization.name,
        date_zh(board.decided_at or board.stored.run.finished_at),
        has_seal=False,
    )
