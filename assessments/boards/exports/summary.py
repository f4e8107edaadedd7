"""得分汇总表: all of a cycle in the customary columns, as a sheet and as a document."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import BinaryIO

from assessments.cycles.enums import CycleState
from assessments.scoring.numbers import number, plain
from core.documents import Document, Lines, Paragraph
from core.documents.description import Signature, table
from core.tabular.writing import Column, write_sheet
from core.templatetags.words import date_zh

from .. import words
from ..queries.boards import Board, Row
from ..queries.losses import Losses, LossRow

SIGNED = ("考核组（签字）：", "审核：", "审定：")
PAGE_MM = 247.0  # A4 across, between the margins
FIRST_MM = (10.0, 42.0, 24.0)
LAST_MM = (13.0, 12.0, 14.0, 15.0, 10.0, 11.0, 20.0)


def title(board: Board) -> str:
    """What stands above the table."""
    return f"{words.title_of(board.cycle)}得分汇总表"


def name_of(board: Board) -> tuple[str, ...]:
    """The parts of the file's name."""
    return (str(board.cycle.organization), title(board))


class Summary:
    """The table as texts and numbers: one row of each organisation, group by group."""

    def __init__(self, board: Board, losses: Losses) -> None:
        self.board, self.losses = board, losses
        self.heads = list(dict.fromkeys(one.group or one.name for one in losses.columns))
        self._by_score = {one.score.pk: one for one in losses.rows}
        first = board.stored.first.get("root", {}).get("parts", ())
        self.fulls = {str(one.get("name", "")): str(one.get("full", "")) for one in first}

    @property
    def titles(self) -> list[str]:
        """The heads of the columns."""
        return [
            *("序号", "单位", "考核分组"),
            *(self.head(one) for one in self.heads),
            *("失分", "加分", "总分", "得分率%", "名次", "等次", "备注"),
        ]

    def head(self, name: str) -> str:
        """A head with its weight, which is its full marks."""
        full = self.fulls.get(name)
        return f"{name}（{plain(number(full))}）" if full else name

    def rows(self) -> list[list[object]]:
        """Numbers as numbers, the rest as texts."""
        found: list[list[object]] = []
        for group in self.board.groups:
            for row in group.rows:
                lost = self._by_score[row.score.pk]
                found.append(
                    [
                        len(found) + 1,
                        row.score.assessed.name,
                        words.grouped(group),
                        *(self._points(lost, head) for head in self.heads),
                        lost.lost - lost.scaled,
                        lost.bonus,
                        "—" if lost.total is None else lost.total,
                        words.share_of(row),
                        row.score.rank if row.score.rank is not None else "—",
                        row.score.grade or "—",
                        self._note(row),
                    ]
                )
        return found

    def _points(self, row: LossRow, head: str) -> Decimal | str:
        """What a head brought: its full marks without what was lost, where all of it is known."""
        scheme = self.board.stored.schemes[row.score.assessed.version_id]
        full = {one.key: one.full for one in scheme.indicators}
        keys = [one.key for one in self.losses.columns if (one.group or one.name) == head]
        keys = [key for key in keys if key in row.cells]
        cells = [row.cells[key] for key in keys]
        known = [
            (key, one.lost) for key, one in zip(keys, cells, strict=True) if one.lost is not None
        ]
        if not known:
            return "—"
        whole = sum((full[key] for key, _ in known), Fraction(0))
        lost = sum((lost for _, lost in known), Decimal(0))
        return Decimal(plain(whole)) - lost if "/" not in plain(whole) else "—"

    def _note(self, row: Row) -> str:
        said = [words.why(row)] if words.why(row) else []
        said += [f"一票否决：{name}" for name in row.happened]
        if row.exempt:
            said.append(f"免考 {len(row.exempt)} 项")
        if row.score.total is None:
            said.append(f"还有 {len(row.score.waiting)} 项没有得分")
        return "；".join(said) or "—"

    @property
    def notes(self) -> list[str]:
        """What stands below the table."""
        said = [
            "名次按考核分组排，家数不足的分组不排。失分含免考折算；总分 = 满分 − 失分 + 加分。",
            words.measured(self.board, with_marks=False),
        ]
        if quota := words.quota(self.board):
            said.append(quota)
        return said


def write_summary(target: BinaryIO, board: Board, losses: Losses, *, stamp: str) -> int:
    """Writes the sheet; gives how many rows."""
    summary = Summary(board, losses)
    columns = [
        Column("序号", "integer", 6),
        Column("单位", width=30),
        Column("考核分组", width=14),
        *(
            Column(summary.head(one), "number", 11, group="各项得分（满分）")
            for one in summary.heads
        ),
        Column("失分", "number", 9),
        Column("加分", "number", 8),
        Column("总分", "number", 9),
        Column("得分率%", "number", 9),
        Column("名次", "points", 7),
        Column("等次", width=8),
        Column("备注", width=20),
    ]
    draft = "" if board.cycle.state == CycleState.SEALED else f"（{words.DRAFT}）"
    return write_sheet(
        target,
        title(board) + draft,
        columns,
        [_numbers(row) for row in summary.rows()],
        subtitle=f"考核单位：{board.cycle.organization.name}    {words.as_of(board)}",
        stamp=stamp,
        signature=SIGNED,
        tab="得分汇总表",
        has_long_texts=True,
    )


def _numbers(row: Sequence[object]) -> list[object]:
    """Decimals for the sheet, and the share of full marks as the number that it is."""
    found: list[object] = [float(one) if isinstance(one, Decimal) else one for one in row]
    share = found[-4]
    found[-4] = float(share) if isinstance(share, str) and share != "—" else share
    return found


def summary_document(board: Board, losses: Losses) -> Document:
    """The same on A4 across."""
    summary = Summary(board, losses)
    rows = [summary.titles]
    rows += [[_text(one) for one in row] for row in summary.rows()]
    fixed_mm = (*FIRST_MM, *([0.0] * len(summary.heads)), *LAST_MM)
    free = (PAGE_MM - sum(fixed_mm)) / max(len(summary.heads), 1)
    widths = [one or max(free, 9.0) for one in fixed_mm]
    sealed = board.cycle.state == CycleState.SEALED
    return Document(
        "-".join(name_of(board)),
        titles=(board.cycle.organization.name, title(board)),
        note=words.as_of(board),
        stamp="" if sealed else words.DRAFT,
        is_wide=True,
        blocks=(
            table(rows, widths_mm=widths),
            *(Paragraph(one) for one in summary.notes),
            Lines(("", "　　　　".join(SIGNED))),
            Signature(
                board.cycle.organization.name,
                date_zh(board.decided_at or board.stored.run.finished_at),
                has_seal=sealed,
            ),
        ),
    )


def _text(value: object) -> str:
    return f"{value:f}".replace("-", "−") if isinstance(value, Decimal) else str(value)
