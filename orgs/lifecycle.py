"""What higher apps do, or object to, when an organisation changes."""

import datetime as dt
from collections.abc import Callable, Sequence

from core.actor import Actor

from .models import Organization

MergeStep = Callable[[Organization, Organization, dt.date, Actor], None]
"""(source, target, day, by): moves to the target what hangs on the source. In the transaction."""
MoveStep = Callable[[Sequence[Organization], dt.date], None]
"""(organisations, day): they stand elsewhere, or are called otherwise, from that day on."""
Blocker = Callable[[Organization], list[str]]
"""(organisation): Chinese sentences with numbers why it cannot cease, such as 还有在册党员 12 名."""

Foresight = Callable[[Organization, Organization | None], list[str]]
"""(organisation, into which it is merged or None): Chinese sentences of what its ceasing does to an
app's rows, with the numbers that it will be, held by locks until the transaction ends."""

_merge_steps: list[MergeStep] = []
_move_steps: list[MoveStep] = []
_blockers: list[Blocker] = []
_foresights: list[Foresight] = []
_abolition_blockers: list[Blocker] = []


def register_merge_step(step: MergeStep) -> MergeStep:
    """Adds what happens to an app's rows when two organisations become one."""
    _merge_steps.append(step)
    return step


def register_move_step(step: MoveStep) -> MoveStep:
    """Adds what an app does when organisations have moved. In the transaction of the move."""
    _move_steps.append(step)
    return step


def run_move_steps(organizations: Sequence[Organization], on: dt.date) -> None:
    """Runs every step, in the order of the apps."""
    for step in _move_steps:
        step(organizations, on)


def register_blocker(blocker: Blocker) -> Blocker:
    """Adds an objection to abolishing an organisation or making a branch a general branch."""
    _blockers.append(blocker)
    return blocker


def register_abolition_blocker(blocker: Blocker) -> Blocker:
    """Adds an objection to abolishing alone: where something would be left to nobody, that goes on
    when the organisation becomes another kind or part of another."""
    _abolition_blockers.append(blocker)
    return blocker


def run_merge_steps(source: Organization, target: Organization, on: dt.date, by: Actor) -> None:
    """Runs every step, in the order of the apps."""
    for step in _merge_steps:
        step(source, target, on, by)


def objections(organization: Organization) -> list[str]:
    """All reasons why the organisation cannot cease now."""
    return [reason for blocker in _blockers for reason in blocker(organization)]


def objections_to_abolishing(organization: Organization) -> list[str]:
    """All reasons why the organisation cannot be abolished now."""
    own = [reason for blocker in _abolition_blockers for reason in blocker(organization)]
    return objections(organization) + own


def register_foresight(foresight: Foresight) -> Foresight:
    """Adds what is said before an organisation ceases."""
    _foresights.append(foresight)
    return foresight


def foreseen(organization: Organization, target: Organization | None) -> list[str]:
    """Everything that its ceasing does, in the order of the apps."""
    return [line for foresight in _foresights for line in foresight(organization, target)]
