"""What writing something down takes, by the keystroke-level model (Card, Moran, Newell, The Psychology
of Human-Computer Interaction, 1983). Told from what was written; nobody's time is taken. Pure.

Each step — a field, an entry, a cell, an answer picked — is thought of, pointed at and pressed; each
character is keyed. Finding out what to write is not in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

THINK, POINT, PRESS, KEY = 1.35, 1.10, 0.20, 0.50  # seconds; KEY of a slow typist
KEYS_A_CHARACTER = 3  # a Chinese character, by its sound
FEWEST = 30  # answers; of fewer the constant of the kind stands


@dataclass(frozen=True, slots=True)
class Effort:
    """What one answer was: steps, characters of Chinese, other keys. Nothing for one left empty."""

    steps: int = 0
    characters: int = 0
    keys: int = 0

    @property
    def seconds(self) -> float:
        """What it takes to write it."""
        keyed = self.characters * KEYS_A_CHARACTER + self.keys
        return self.steps * (THINK + POINT + PRESS) + keyed * KEY


def written(texts: Sequence[str]) -> Effort:
    """Texts, each in a field of its own; blank ones are none."""
    texts = [text for text in texts if text.strip()]
    whole = "".join(texts)
    characters = sum(ord(sign) > 0x2E7F for sign in whole)
    return Effort(len(texts), characters, len(whole) - characters)


def picked(count: int) -> Effort:
    """So many answers pressed."""
    return Effort(steps=count)


@dataclass(frozen=True, slots=True)
class Typical:
    """What many answers say of the next one."""

    answers: int
    share: int  # of a hundred, how many wrote something
    steps: int
    characters: int
    keys: int

    @property
    def minutes(self) -> float:
        """One is looked at by everybody, and written by those who have something to write."""
        one = Effort(self.steps, self.characters, self.keys)
        return round((THINK + self.share / 100 * one.seconds) / 60, 2)


def typical(efforts: Sequence[Effort], empty: int = 0) -> Typical:
    """The share of those who wrote something, and the medians of what they wrote. `empty` are those
    who wrote nothing."""
    wrote = [one for one in efforts if one.steps]
    answers = len(efforts) + empty
    if not wrote:
        return Typical(answers, 0, 0, 0, 0)
    return Typical(
        answers,
        round(100 * len(wrote) / answers),
        round(median(one.steps for one in wrote)),
        round(median(one.characters for one in wrote)),
        round(median(one.keys for one in wrote)),
    )
