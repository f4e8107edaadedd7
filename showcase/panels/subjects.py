"""What can be judged by a panel: the register that higher slices fill when the apps are loaded.

A slice registers its kind, opens a panel in an action of its own with `actions.panels.open_panel`,
shows it on its page (`queries.seats`, `templates/panels/parts/panel.html`), and lets who is named read
the thing (`queries.seats.judged_by`). What follows from the result is its `closed`.
"""

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from core.actor import Actor

from .models import Panel
from .rules import LEAST, Criterion


@dataclass(frozen=True, slots=True)
class Told:
    """What a page says of a subject: its words, and its address where the actor may open it."""

    words: str
    url: str = ""


def _nothing(panel: Panel, by: Actor) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Subject:
    """A kind of thing that is judged.

    `label` is what pages call the kind. `describe` gives, of the ids, those that the actor may
    read: in a fixed number of queries, whatever their number. Who is named must be among those who
    may. `criteria` is what points are given for (none: yes or no alone), unless the panel is opened
    with others; `least` how many opinions it takes. `closed` and `cancelled` are told in the
    transaction that ends the panel, which holds it: what they refuse undoes it.
    """

    kind: str
    label: str
    describe: Callable[[Collection[uuid.UUID], Actor], Mapping[uuid.UUID, Told]]
    criteria: Sequence[Criterion] = ()
    least: int = LEAST
    closed: Callable[[Panel, Actor], None] = _nothing
    cancelled: Callable[[Panel, Actor], None] = _nothing


_subjects: dict[str, Subject] = {}


def register(subject: Subject) -> Subject:
    """Adds a kind. Raises ValueError for one that is taken."""
    if subject.kind in _subjects:
        raise ValueError(f"{subject.kind} is registered")
    _subjects[subject.kind] = subject
    return subject


def of_kind(kind: str) -> Subject:
    """The kind. Raises KeyError for one that nobody registered."""
    return _subjects[kind]


def label(kind: str) -> str:
    """What pages call the kind; nothing for one that nobody registers any more."""
    return _subjects[kind].label if kind in _subjects else ""


def told(panels: Collection[Panel], actor: Actor) -> dict[int, Told]:
    """Panel -> what is said of its subject, for those that the actor may read; the title alone for
    the others. As many queries as the kinds take."""
    found: dict[int, Told] = {one.pk: Told(one.title) for one in panels}
    for kind in sorted({one.kind for one in panels}):
        if kind not in _subjects:
            continue
        of = [one for one in panels if one.kind == kind]
        said = _subjects[kind].describe([one.subject for one in of], actor)
        found |= {one.pk: said[one.subject] for one in of if one.subject in said}
    return found
