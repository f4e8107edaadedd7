"""What became of what was marked 列入调度: a registry that higher slices fill.

A meeting, an action item or whatever else takes a mark up registers one function here, in its
`registrations.py`:

    @mark_outcomes.register
    def tell(actor: Actor, marks: Collection[int]) -> Mapping[int, Sequence[Outcome]]:
        ...  # {mark id: [Outcome("已列入2026年11月调度会第3项", url)]}, in a fixed number of queries

Whoever shows a mark (the reading page, its sheet, the report of the branch) asks `of` and knows
none of them by name. A function tells only what the actor may see: the writer of a report asks
too, who sees no mark.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from core.actor import Actor


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a mark: in words, where it stands now (empty: nowhere), and its tone."""

    text: str
    url: str = ""
    tone: str = "info"


Teller = Callable[[Actor, Collection[int]], Mapping[int, Sequence[Outcome]]]
_tellers: list[Teller] = []


def register(teller: Teller) -> Teller:
    """Adds one who knows what became of marks (mark ids -> id -> outcomes)."""
    _tellers.append(teller)
    return teller


def of(actor: Actor, marks: Collection[int]) -> dict[int, list[Outcome]]:
    """Mark id -> what became of it, in the order in which they were registered. As many queries as
    the registered ones need, however many marks; none without marks."""
    found: dict[int, list[Outcome]] = defaultdict(list)
    if marks:
        for teller in _tellers:
            for pk, outcomes in teller(actor, marks).items():
                found[pk] += outcomes
    return dict(found)
