"""How far what a cycle found is put right: by organisation and by indicator."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from assessments.cycles.models import Cycle
from assessments.rectifications.queries.lists import Count, Listed, issued_in
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


@dataclass(slots=True)
class Repairs:
    """The issued lists of a cycle, their lines added up, and the same lines by indicator."""

    lists: Sequence[Listed]
    total: Count = field(default_factory=Count)
    heads: Sequence[RepairHead] = ()

    @property
    def closed(self) -> int:
        """Lists that are closed as a whole."""
        return sum(one.is_closed for one in self.lists)

    @property
    def lasting(self) -> int:
        """Lists that somebody else has found lasting."""
        return sum(one.is_lasting for one in self.lists)

    @property
    def again(self) -> int:
        """Lines whose organisation had one at the indicator before."""
        return sum(one.repeats for one in self.lists)


def repairs_of(actor: Actor, cycle: Cycle, at: Moment) -> Repairs:
    """The lists that were issued, as they stand at a moment. Two queries however many there are."""
    found = Repairs(issued_in(actor, cycle, at))
    heads: dict[str, RepairHead] = {}
    for listed in found.lists:
        found.total.add(listed.count)
        for one in listed.findings:
            head = heads.setdefault(one.indicator, RepairHead(one.indicator, one.name))
            head.count += 1
            head.done += one.line is not None and one.line.state == LineState.DONE
            head.again += one.times > 1
    found.heads = sorted(heads.values(), key=lambda head: (-head.count, head.key))
    return found
