"""Edits of a scheme's content, each a pure function: content in, content out, the given untouched.

They keep the tree whole (keys once, groups with parts, indicators with rules) and know nothing of
sums or of what is forbidden: a draft may be wrong for a while (`validation` says where).
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core import periods

from .definitions import keys_of

Content = Mapping[str, Any]
MOST_REMOVED = 12  # what was taken out last can be put back
MOST_PARTS = 60  # of one group
MOST_GROUPS = 5  # levels of groups below the whole

NEW_GROUP, NEW_INDICATOR = "新的一组", "新的指标"


class NotThere(LookupError):
    """The content has nothing of that key, or nothing that this can be done with."""


class TooMany(ValueError):
    """More than a group may hold, or groups deeper than the engine reads."""


@dataclass(frozen=True, slots=True)
class Place:
    """A node of the tree where it stands: its group, its place in it, how deep."""

    node: Mapping[str, Any]
    parent: str
    index: int
    last: int  # the place of the last in its group
    depth: int

    @property
    def key(self) -> str:
        """What it is known by."""
        return str(self.node.get("key", ""))

    @property
    def is_group(self) -> bool:
        """Whether it has parts."""
        return "parts" in self.node


def walk(content: Content) -> list[Place]:
    """All groups and indicators below the whole, in the order in which they are read."""
    return list(_walk(content["root"], 1))


def _walk(group: Mapping[str, Any], depth: int) -> Iterator[Place]:
    parts = group["parts"]
    for index, node in enumerate(parts):
        yield Place(node, str(group.get("key", "")), index, len(parts) - 1, depth)
        if "parts" in node:
            yield from _walk(node, depth + 1)


def find(content: Content, key: str) -> Place:
    """The node of that key. Raises NotThere."""
    for place in walk(content):
        if place.key == key:
            return place
    raise NotThere(key)


def keys(content: Content) -> set[str]:
    """The keys that are used, also by what was taken out."""
    used = {str(content["root"].get("key", ""))}
    used |= {place.key for place in walk(content)}
    for one in content.get("removed") or ():
        used |= keys_of(one["node"])
    return used


def fresh_key(content: Content) -> str:
    """The lowest number above all that are used as keys."""
    used = keys(content)
    numbers = [int(key) for key in used if key.isascii() and key.isdigit() and len(key) < 7]
    return str(max(numbers, default=0) + 1)


# --- edits ---------------------------------------------------------------------------------------


def set_marks(content: Content, marks: Mapping[str, str]) -> dict[str, Any]:
    """The full marks of the whole, of groups and of indicators, by key; other keys are nothing."""

    def change(node: Mapping[str, Any]) -> Mapping[str, Any]:
        key = str(node.get("key", ""))
        return {**node, "full": marks[key]} if key in marks else node

    return {**content, "root": _mapped(content["root"], change)}


def set_group(content: Content, key: str, *, name: str) -> dict[str, Any]:
    """What a group is called. Raises NotThere."""
    if not find(content, key).is_group:
        raise NotThere(key)
    return _replaced(content, key, lambda node: {**node, "name": name})


def set_indicator(
    content: Content, key: str, values: Mapping[str, Any], *, without: Collection[str] = ()
) -> dict[str, Any]:
    """What an indicator says; items named in `without` are taken away, the key stays. Raises
    NotThere."""
    if find(content, key).is_group:
        raise NotThere(key)

    def change(node: Mapping[str, Any]) -> dict[str, Any]:
        kept = {name: value for name, value in node.items() if name not in without}
        return {**kept, **values, "key": key}

    return _replaced(content, key, change)


def add_group(
    content: Content, parent: str, *, name: str = NEW_GROUP
) -> tuple[dict[str, Any], str]:
    """The content with an empty group at the end of another (the whole for an empty `parent`), and
    its key. Raises NotThere, TooMany."""
    key = fresh_key(content)
    node = {"key": key, "name": name, "full": "0", "parts": []}
    return _added(content, parent, node), key


def add_indicator(
    content: Content, parent: str, *, name: str = NEW_INDICATOR, **values: Any
) -> tuple[dict[str, Any], str]:
    """The content with a new indicator at the end of a group, and its key. Raises NotThere,
    TooMany."""
    key = fresh_key(content)
    rule = {"rule": "deduct_each", "params": {}, "source": {"kind": "hand"}}
    node = {
        "key": key,
        "name": name,
        "full": "0",
        "rules": [rule],
        "cycle": periods.HALF_YEAR,
        **values,
    }
    return _added(content, parent, node), key


def move(content: Content, key: str, steps: int) -> dict[str, Any]:
    """The node so many places further down in its group (up for less than 0), to the end at most.
    Raises NotThere."""
    place = find(content, key)
    to = max(0, min(place.last, place.index + steps))

    def change(group: Mapping[str, Any]) -> Mapping[str, Any]:
        parts = [one for one in group["parts"] if one.get("key") != key]
        return {**group, "parts": [*parts[:to], place.node, *parts[to:]]}

    return _in_group(content, place.parent, change)


def move_to(content: Content, key: str, parent: str) -> dict[str, Any]:
    """The node at the end of another group. Raises NotThere, also for a group inside the node
    itself, and TooMany."""
    place = find(content, key)
    if parent in keys_of(place.node):
        raise NotThere(parent)
    if parent == place.parent:
        return dict(content)
    return _added(_without(content, place), parent, place.node)


def remove(content: Content, key: str) -> dict[str, Any]:
    """The content without the node; it can be put back with `restore`. Raises NotThere."""
    place = find(content, key)
    gone = {"parent": place.parent, "index": place.index, "node": place.node}
    removed = [gone, *(content.get("removed") or ())][:MOST_REMOVED]
    return {**_without(content, place), "removed": removed}


def restore(content: Content, key: str) -> dict[str, Any]:
    """The node that was taken out, where it stood, at the end of the whole if its group is gone.
    Raises NotThere, TooMany."""
    removed = list(content.get("removed") or ())
    gone = next((one for one in removed if one["node"].get("key") == key), None)
    if gone is None:
        raise NotThere(key)
    left = [one for one in removed if one is not gone]
    base = {name: value for name, value in content.items() if name != "removed"}
    if left:
        base["removed"] = left
    groups = {str(base["root"].get("key", ""))} | {one.key for one in walk(base) if one.is_group}
    if gone["parent"] in groups:
        return _added(base, gone["parent"], gone["node"], gone["index"])
    return _added(base, "", gone["node"])


def set_settings(content: Content, values: Mapping[str, Any]) -> dict[str, Any]:
    """What holds for the whole scheme; a value of None takes the item away. `root` and `removed`
    are no settings and stay. The plan's number is also that of indicators that name none."""
    kept = {name: value for name, value in content.items() if name not in values}
    given = {
        name: value
        for name, value in values.items()
        if name not in ("root", "removed") and value is not None
    }
    return with_basis({**kept, **given, "root": content["root"], **_removed_of(content)})


def with_basis(content: Content) -> dict[str, Any]:
    """The content in which each indicator that names no plan names the scheme's: nobody types one
    number twenty-five times."""
    basis = str(content.get("plan_basis") or "")

    def change(node: Mapping[str, Any]) -> Mapping[str, Any]:
        has_own = "parts" in node or str(node.get("plan_basis") or "").strip()
        return node if has_own or not basis else {**node, "plan_basis": basis}

    return {**content, "root": _mapped(content["root"], change)}


def _removed_of(content: Content) -> dict[str, Any]:
    return {"removed": content["removed"]} if content.get("removed") else {}


def finished(content: Content) -> dict[str, Any]:
    """The content without what was taken out of the draft."""
    return {name: value for name, value in content.items() if name != "removed"}


# --- the tree ------------------------------------------------------------------------------------


def _mapped(node: Mapping[str, Any], change: Any) -> Mapping[str, Any]:
    if "parts" in node:
        node = {**node, "parts": [_mapped(part, change) for part in node["parts"]]}
    found: Mapping[str, Any] = change(node)
    return found


def _replaced(content: Content, key: str, change: Any) -> dict[str, Any]:
    def one(node: Mapping[str, Any]) -> Mapping[str, Any]:
        found: Mapping[str, Any] = change(node) if node.get("key") == key else node
        return found

    return {**content, "root": _mapped(content["root"], one)}


def _in_group(content: Content, key: str, change: Any) -> dict[str, Any]:
    """The content with a group changed; an empty key, and the root's own, is the whole."""
    root = content["root"]
    if key in ("", root.get("key", "")):
        return {**content, "root": change(root)}
    return _replaced(content, key, change)


def _without(content: Content, place: Place) -> dict[str, Any]:
    def change(group: Mapping[str, Any]) -> Mapping[str, Any]:
        return {**group, "parts": [one for one in group["parts"] if one.get("key") != place.key]}

    return _in_group(content, place.parent, change)


def _added(
    content: Content, parent: str, node: Mapping[str, Any], index: int | None = None
) -> dict[str, Any]:
    depth = 0
    group: Mapping[str, Any] = content["root"]
    if parent not in ("", group.get("key", "")):
        place = find(content, parent)
        if not place.is_group:
            raise NotThere(parent)
        depth, group = place.depth, place.node
    if len(group["parts"]) >= MOST_PARTS:
        raise TooMany(f"一组最多 {MOST_PARTS} 项。")
    if "parts" in node and depth + _levels(node) > MOST_GROUPS:
        raise TooMany("分组的层次太深。")

    def change(into: Mapping[str, Any]) -> Mapping[str, Any]:
        parts: Sequence[Any] = into["parts"]
        at = len(parts) if index is None else min(index, len(parts))
        return {**into, "parts": [*parts[:at], node, *parts[at:]]}

    return _in_group(content, parent, change)


def _levels(node: Mapping[str, Any]) -> int:
    """How many levels of groups a group takes, itself among them."""
    return 1 + max((_levels(part) for part in node["parts"] if "parts" in part), default=0)
