"""The menu beside every page and the bar at the phone's foot: a registry that the apps fill.

An app says where it leads, whom that is shown to and where it stands; nobody names another app's
addresses.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from django.urls import NoReverseMatch, reverse

from .actor import Actor

# Parts of the menu, with a line between them. Another part is one more name here.
GROUPS = ("everyday", "process", "deeds", "administration", "voice")
TABS = 4  # places at the phone's foot


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the menu.

    `permission` is what the role must hold to see it, everybody sees it without. `order` is its
    place within the group, `tab` (1 to 4) that at the phone's foot. `marks` are the beginnings of
    the names of addresses under which it is marked as the present place; its own when none.
    """

    label: str
    url_name: str
    group: str
    order: int
    permission: str = ""
    marks: tuple[str, ...] = ()
    tab: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """One of several pages that stand behind one entry, side by side on each of them. The app that
    owns the page adds it to the entry of a lower one. Fields as of `Entry`."""

    label: str
    url_name: str
    order: int
    permission: str = ""
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """An entry as it is shown."""

    label: str
    url: str
    is_current: bool


@dataclass(slots=True)
class Menu:
    """What one person is shown: lines by group, those at the phone's foot, and on a page that has
    others beside it behind the same entry, these."""

    groups: list[list[Line]] = field(default_factory=list)
    tabs: list[Line] = field(default_factory=list)
    parts: list[Line] = field(default_factory=list)


_entries: list[Entry] = []  # in the order of the menu
_parts: dict[str, list[Part]] = {}  # by the address of their entry
_marks: dict[str, list[str]] = {}  # of pages that have no part of their own, by the same


def register(*entries: Entry) -> None:
    """Adds entries. Raises ValueError for an unknown group and for a place that is taken."""
    for entry in entries:
        if entry.group not in GROUPS:
            raise ValueError(f"{entry.url_name}: no group {entry.group}, only {', '.join(GROUPS)}")
        if not 0 <= entry.tab <= TABS:
            raise ValueError(f"{entry.url_name}: there are {TABS} tabs")
        for other in _entries:
            if _place(other) == _place(entry) or (entry.tab and other.tab == entry.tab):
                raise ValueError(f"{entry.url_name} stands where {other.url_name} does")
        _entries.append(entry)
        _entries.sort(key=_place)


def register_parts(entry: str, *parts: Part) -> None:
    """Adds pages to stand behind the entry that leads to the address `entry`. Raises ValueError
    for an entry that nobody has registered and for a place that is taken."""
    if not any(one.url_name == entry for one in _entries):
        raise ValueError(f"no entry leads to {entry}")
    there = _parts.setdefault(entry, [])
    for part in parts:
        if any(part.order == other.order for other in there):
            raise ValueError(f"the place of {part.url_name} behind {entry} is taken")
        there.append(part)
    there.sort(key=lambda part: part.order)


def register_marks(entry: str, *marks: str) -> None:
    """Has pages whose names of addresses begin so marked under the entry that leads to `entry`, with
    no part of their own: those that are led to from one thing or another. Raises ValueError for an
    entry that nobody has registered."""
    if not any(one.url_name == entry for one in _entries):
        raise ValueError(f"no entry leads to {entry}")
    _marks.setdefault(entry, []).extend(marks)


def _place(entry: Entry) -> tuple[int, int]:
    return GROUPS.index(entry.group), entry.order


def registered() -> Sequence[Entry]:
    """All entries in the order of the menu."""
    return tuple(_entries)


def shown(actor: Actor, current: str) -> Menu:
    """The menu of `actor` on the page whose address is named `current`. No query."""
    menu, last = Menu(), ""
    open_to = [
        entry
        for entry in _entries
        if (not entry.permission or actor.may(entry.permission)) and address(entry.url_name)
    ]
    here = _present(open_to, current)
    lines: list[Line] = []
    tabs: dict[int, Line] = {}
    for entry in open_to:
        if entry.group != last:
            menu.groups.append([])
            last = entry.group
        parts = _parts.get(entry.url_name, ())
        line = Line(entry.label, address(entry.url_name), entry.url_name == here)
        if any(part.url_name == current for part in parts):
            menu.parts = _beside(actor, parts, current)
        menu.groups[-1].append(line)
        lines.append(line)
        if entry.tab:
            tabs[entry.tab] = line
    # Where a role has no page for a place, the first of its others stand there.
    first = [tabs[number] for number in sorted(tabs)]
    menu.tabs = [*first, *(line for line in lines if line not in first)][:TABS]
    return menu


def _present(entries: Sequence[Entry], current: str) -> str:
    """The entry under which a page stands: the one that names it most exactly, so that a page of
    one app behind the entry of another is marked once. Empty for a page of none."""
    found, length = "", 0
    for entry in entries:
        parts = _parts.get(entry.url_name, ())
        named = [
            entry.marks or (entry.url_name,),
            *(part.marks or (part.url_name,) for part in parts),
            _marks.get(entry.url_name, ()),
        ]
        for beginning in (one for some in named for one in some):
            if len(beginning) > length and current.startswith(beginning):
                found, length = entry.url_name, len(beginning)
    return found


def _beside(actor: Actor, parts: Sequence[Part], current: str) -> list[Line]:
    """Those of the parts that the actor may open; nothing where that is one alone."""
    found = [
        Line(part.label, address(part.url_name), part.url_name == current)
        for part in parts
        if (not part.permission or actor.may(part.permission)) and address(part.url_name)
    ]
    return found if len(found) > 1 else []


@cache
def address(name: str) -> str:
    """The address of a page without arguments, the same for everybody; empty for a page that this
    installation has not."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
