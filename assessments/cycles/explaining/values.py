"""What an explanation consists of: plain values, which page, Word and PDF show."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from .said import Number, Said
from .steps import Limit, Line

ZERO = Fraction(0)
COUNTED, WAITING, EXEMPT, OUT = "counted", "waiting", "exempt", "out"


@dataclass(frozen=True, slots=True)
class Stored:
    """A score as it was stored, with the content of the version that it was computed by."""

    content: Mapping[str, Any]
    facts: Mapping[str, Any]
    result: Mapping[str, Any]
    period: str


@dataclass(frozen=True, slots=True)
class Term:
    """One member of the equation. `sign` is empty for the first."""

    key: str
    sign: str
    amount: str
    words: str


@dataclass(frozen=True, slots=True)
class RuleSaid:
    """One rule of an indicator: what it says, and what it was scored by."""

    words: str
    said: Said


@dataclass(frozen=True, slots=True)
class SinceLast:
    """What an indicator lost the last time and now; `words` where the two cannot be compared."""

    period: str
    lost: str = ""
    change: Fraction = ZERO  # of its points
    words: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One indicator. `lost` is exact; the texts are as shown, and add up."""

    key: str
    number: int
    name: str
    group: str
    state: str
    full: Fraction
    points: Fraction | None
    lost: Fraction
    full_text: str
    points_text: str
    lost_text: str
    share: Fraction  # of its full marks that are lost, from 0 to 1
    share_text: str
    by: str
    text: str
    standard: str
    basis: str
    cadence: str
    rules: tuple[RuleSaid, ...]
    bounds: str
    lines: tuple[Line, ...]
    limits: tuple[Limit, ...]
    since: SinceLast | None
    is_granted: bool = False  # an exemption that somebody approved
    mode: str = ""

    @property
    def summary(self) -> str:
        """In a sentence what it was scored by."""
        return "；".join(one.said.text.rstrip("。") for one in self.rules)

    @property
    def numbers(self) -> list[Number]:
        """The numbers that were read, of all rules."""
        return [number for one in self.rules for number in one.said.numbers]

    @property
    def is_row(self) -> bool:
        """Whether it has a row of its own; full marks are folded."""
        return self.state != COUNTED or bool(self.lost)


@dataclass(frozen=True, slots=True)
class Part:
    """A group with the indicators directly in it."""

    key: str
    name: str
    depth: int
    full_text: str
    points_text: str
    lost_text: str
    rows: tuple[Item, ...]
    kept: tuple[Item, ...]  # nothing lost


@dataclass(frozen=True, slots=True)
class Change:
    """One bar of the difference from last time."""

    name: str
    points: Decimal
    key: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """How the total differs from the last one, by indicator; the changes add up to it."""

    period: str
    before: str
    now: str
    total: Decimal
    total_text: str
    changes: tuple[Change, ...]
    compared: int
    apart: tuple[str, ...]  # not in both, or scored by another rule


@dataclass(frozen=True, slots=True)
class Beside:
    """What is given of the whole beside its indicators. `refused`: what was given by a version that
    this one does not know, and is not counted, by its key."""

    awards: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()
    vetoes: tuple[str, ...] = ()
    has_vetoes: bool = False
    refused: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Explained:
    """The explanation of one score."""

    places: int
    terms: tuple[Term, ...]
    total: str  # or the points so far
    full: str
    is_whole: bool
    known: str  # full marks of what is scored
    lost: str
    reasons: tuple[Item, ...]
    reasons_lost: str
    reasons_share: str
    rest: int
    rest_lost: str
    parts: tuple[Part, ...]
    items: tuple[Item, ...]
    sum_text: str
    bonus: str
    beside: Beside
    is_adjusted: bool  # a last place was moved so that the parts add up
    scaling: str  # 85 ÷ 95 × 100, where indicators are out
    difference: Difference | None

    @property
    def waiting(self) -> list[Item]:
        """What is still to be marked."""
        return [one for one in self.items if one.state == WAITING]

    @property
    def exempt(self) -> list[Item]:
        """What was taken out by an exemption, or had nothing to be counted of."""
        return [one for one in self.items if one.state in (EXEMPT, OUT)]

    @property
    def losing(self) -> list[Item]:
        """What has lost points."""
        return [one for one in self.items if one.lost > 0]
