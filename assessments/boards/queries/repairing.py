"""How far what a cycle found is put right: by organisation and by indicator."""

from collections.abc import Sequence
from dataclasses import dataclass

from assessments.cycles.models import Cycle
from assessments.rectifications.queries.lists import Issued, Listed, issued_in
from core.actor import Actor
from schedules.action_items.enums import LineState
from schedules.action_items.queries.boards import Moment


@dataclass(slots=True)
class RepairHead:
    """An indicator: at how many it was found, of how many it is put right, how many had it before."""

    key: str
    name: str
    count: int = 0
    done: int = 0
    again: int = 0


@dataclass(frozen=True, slots=True)
class Repairs:
    """The issued lists of a cycle, and their lines by indicator."""

    issued: Issued
    heads: Sequence[RepairHead]

    @property
    def lists(self) -> Sequence[Listed]:
        """One for each organisation."""
        return self.issued.lists


def repairs_of(actor: Actor, cycle: Cycle, at: Moment) -> Repairs:
    """The lists that were issued, as they stand at a moment. Two queries however many there are."""
    issued = Issued(issued_in(actor, cycle, at))
    heads: dict[str, RepairHead] = {}
    for listed in issued.lists:
        for one in listed.findings:
            head = heads.setdefault(one.indicator, RepairHead(one.indicator, one.name))
            head.count += 1
            head.done += one.line is not None and one.line.state == LineState.DONE
            head.again += one.times > 1
    return Repairs(issued, sorted(heads.values(), key=lambda head: (-head.count, head.key)))
