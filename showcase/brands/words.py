"""How what is lacking, and what a figure says, is said."""

from collections.abc import Sequence

from .enums import Phase
from .queries.readings import Line
from .rules import NEEDED


def lacking_said(lacking: Sequence[str]) -> str:
    """What a brand still lacks before it is reviewed: 内涵、总结的一步."""
    phases = dict(Phase.choices)
    return "、".join(
        NEEDED[one] if one in NEEDED else f"办成的“{phases[one[5:]]}”步骤" for one in lacking
    )


def left_said(line: Line) -> str:
    """What a line says that has left its limits: 到会率 9月、10月低于下界."""
    return f"{line.gauge.label}：{line.trend.said}" if line.trend is not None else ""
