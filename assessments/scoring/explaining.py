"""How a number came about, as data: each step with its arithmetic, in the order it was done."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from .numbers import plain


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its `kind`, what it was about, the arithmetic as it is written, and the number that
    stands after it."""

    kind: str
    formula: str
    value: Fraction
    about: str = ""

    def as_data(self) -> dict[str, str]:
        """The step for storing: texts alone, numbers exact."""
        data = {"kind": self.kind, "formula": self.formula, "value": plain(self.value)}
        return {**data, "about": self.about} if self.about else data


@dataclass(frozen=True, slots=True)
class Result:
    """What a rule gives for its facts. `points` is None where the indicator is taken out and the
    rest is scaled up; `grade_limit` is the best grade that a veto leaves."""

    points: Fraction | None
    steps: tuple[Step, ...] = ()
    grade_limit: str | None = None

    def as_data(self) -> dict[str, Any]:
        """All of it as data, to be stored and shown years later."""
        return {
            "points": None if self.points is None else plain(self.points),
            "steps": [step.as_data() for step in self.steps],
            "grade_limit": self.grade_limit,
        }
