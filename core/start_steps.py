"""What a new installation still lacks before the first report can be sent: a registry that the apps
fill, shown on the home pages of those who can do it, on `/readyz` and by `manage.py start_steps`.

It disappears when everything was done once; from then on the apps' own lists say what is to do.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from .actor import Actor
from .menu import address
from .models import StartMark

COMPLETE = "complete"  # key of the mark that all steps were done once


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a step is, in words for people. What is optional holds nobody up."""

    is_done: bool
    text: str
    is_optional: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """Something to be done once. Steps are done in `order`; `who` names the role that does it,
    `permission` is the right that this takes, `url_name` the page without arguments on which it is
    done, `button` its word. `look` counts in one query or two, however many rows there are."""

    key: str
    order: int
    label: str
    who: str
    permission: str
    url_name: str
    button: str
    look: Callable[[], Progress]


@dataclass(frozen=True, slots=True)
class Standing:
    """A step as it stands now. `is_next` marks the first that is not done."""

    step: Step
    progress: Progress
    is_next: bool = False
    url: str = ""  # where the person who looks can do it

    @property
    def word(self) -> str:
        """Its state in a word."""
        if self.progress.is_done:
            return "已完成"
        if self.is_next:
            return "下一步"
        return "可选" if self.progress.is_optional else "未完成"

    @property
    def tone(self) -> str:
        """The tone of that word."""
        return "ok" if self.progress.is_done else "warn" if self.is_next else "mute"


_steps: list[Step] = []


def register(*steps: Step) -> None:
    """Adds steps. Raises ValueError for a key or a place that is taken."""
    for step in steps:
        if any(step.key == other.key or step.order == other.order for other in _steps):
            raise ValueError(f"step {step.key} stands where another does")
        _steps.append(step)
    _steps.sort(key=lambda step: step.order)


def registered() -> tuple[Step, ...]:
    """All steps in their order."""
    return tuple(_steps)


def standings() -> list[Standing]:
    """All steps as they stand now, in their order. A query or two for each step."""
    found, is_next = [], True
    for step in _steps:
        progress = step.look()
        waits = not progress.is_done and not progress.is_optional
        found.append(Standing(step, progress, is_next=waits and is_next))
        is_next = is_next and not waits
    return found


def is_complete(found: Iterable[Standing]) -> bool:
    """Whether nothing is missing that is not optional."""
    return all(one.progress.is_done or one.progress.is_optional for one in found)


def was_complete() -> bool:
    """Whether everything was done once. One query."""
    return StartMark.objects.filter(key=COMPLETE).exists()


def shown_to(actor: Actor) -> list[Standing]:
    """All steps for a person who can do any of them, until all were done once; the way to a page
    only where it is his. No query for others, one afterwards."""
    if not any(step.permission in actor.permissions for step in _steps) or was_complete():
        return []
    found = standings()
    if is_complete(found):
        return []
    return [
        replace(one, url=address(one.step.url_name))
        if one.step.permission in actor.permissions
        else one
        for one in found
    ]
