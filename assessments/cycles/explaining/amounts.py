"""Numbers as an explanation shows them: to the places of the scheme, and so that they add up.

Each number stands rounded by itself, which need not give the rounded total. Where it does not, the
last place of as few as possible is moved, of those whose own rounding was the furthest away.
"""

import re
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from assessments.scoring.numbers import number, plain, rounded

ZERO = Fraction(0)
HUNDRED = 100
PLACES_OF_SHARE = 4
_WRITTEN = re.compile(r"-?\d{1,400}(?:\.\d{1,400}|/\d{1,400})?", re.ASCII)


def exact(value: object) -> Fraction:
    """A number as the engine wrote it: a sum of many shares has more digits than the engine reads
    from people. Raises Refused for anything else."""
    if isinstance(value, str) and _WRITTEN.fullmatch(value) and not value.endswith("/0"):
        return Fraction(value)
    return number(value)


def apportioned(parts: Sequence[Fraction], whole: Decimal, places: int) -> list[Decimal]:
    """The parts rounded to the places so that they add up to `whole`. What is nothing stays nothing
    as long as there is anything else to move. Where more is missing than rounding can have lost the
    parts stay as they are: a sum that does not hold has to be seen."""
    shown = [rounded(part, places) for part in parts]
    unit = Decimal(1).scaleb(-places)
    left = int((whole - sum(shown, Decimal(0))) / unit)
    if abs(left) > len(shown):
        return shown
    step = 1 if left > 0 else -1
    errors = [(part - Fraction(at)) * step for part, at in zip(parts, shown, strict=True)]
    places_to_move = sorted(range(len(parts)), key=lambda one: (not parts[one], -errors[one], one))
    for place in places_to_move[: abs(left)]:
        shown[place] += unit * step
    return shown


def fixed(value: Decimal | Fraction, places: int = 2) -> str:
    """A number with all its places: 3.60."""
    return f"{rounded(Fraction(value), places):f}".replace("-", "−")


def signed(value: Decimal | Fraction, places: int = 2) -> str:
    """The same with its sign: +1.75, −0.60, 0.00."""
    text = fixed(value, places)
    return text if text.startswith("−") or not rounded(Fraction(value), places) else f"+{text}"


def short(value: object) -> str:
    """A number of a scheme or a fact as people write it; a share that no decimal says is cut after
    four places: 0.8289…."""
    known = exact(value)
    text = plain(known)
    if "/" not in text:
        return text.replace("-", "−")
    whole = abs(known) * 10**PLACES_OF_SHARE
    cut = Decimal(whole.numerator // whole.denominator).scaleb(-PLACES_OF_SHARE)
    return f"{'−' if known < 0 else ''}{cut:f}…"


def percent(value: object, places: int = 2) -> str:
    """A share as a percentage without needless places: 95%, 82.89%."""
    text = f"{rounded(exact(value) * HUNDRED, places):f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return f"{text.replace('-', '−')}%"
