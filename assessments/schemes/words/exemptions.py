"""How an exemption is shown: its state as a word with a tone, and the day on which it ends."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from core import tones

from ..enums import ExemptionLook
from ..models import IndicatorExemption
from ..queries.exemptions import Line


@dataclass(frozen=True, slots=True)
class Shown:
    """An exemption as pages list it. `until`: the last day on which it holds, or was to."""

    row: IndicatorExemption
    indicator: str
    number: int
    word: str
    tone: str
    until: dt.date
    never_held: bool


def shown(lines: Iterable[Line]) -> list[Shown]:
    """The lines with the words of how they stand today. No query."""
    found = []
    for line in lines:
        row, look = line.row, line.row.look
        is_void = look == ExemptionLook.VOID
        until = row.until if is_void or row.approved_at is None else row.held_until
        found.append(
            Shown(row, line.indicator, line.number, str(look.label), tones.of(look), until, is_void)
        )
    return found
