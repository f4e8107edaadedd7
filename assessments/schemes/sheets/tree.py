"""From the indicators of a sheet to the content of a version, beside what the draft has said.

A sheet says names, marks and texts. Whatever it cannot say (sources, reviewers, bases, bounds) stays
with the indicator of the same name; its rules stay too, as long as its 评分标准 is the same.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from assessments.scoring.numbers import number, plain
from assessments.scoring.refusals import Refused
from core.text import match_key

from ..definitions import Leaf, leaves
from .rows import SheetRow
from .standards import read_standard
from .words import in_words

_TEXTS = ("text", "standard", "evidence")
_TITLES = {"text": "考核内容", "standard": "评分标准", "evidence": "考核方式"}


@dataclass(frozen=True, slots=True)
class Line:
    """What becomes of one indicator of the sheet. `changes`: title -> before and after. `keeps`:
    its rules are those of the draft, for its 评分标准 is the same."""

    row: SheetRow
    rules: Sequence[Mapping[str, Any]]
    is_new: bool
    keeps: bool
    changes: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def understood(self) -> str:
        """The rules in words."""
        return in_words(self.rules)


@dataclass(frozen=True, slots=True)
class Made:
    """The content that the sheet makes of a draft: line by line, and what goes with it (`lost`,
    sentences). `gone`: the indicators of the draft that the sheet does not have."""

    content: Mapping[str, Any]
    lines: Sequence[Line]
    gone: Sequence[Leaf]
    lost: Sequence[str]
    is_changed: bool


def standard_of(node: Mapping[str, Any]) -> str:
    """评分标准 of an indicator as a sheet shows it: its own, or what its rules say."""
    return str(node.get("standard") or "") or in_words(node.get("rules", ()))


def made_of(rows: Sequence[SheetRow], before: Mapping[str, Any]) -> Made:
    """The content of the sheet on the ground of a draft's."""
    old = leaves(before)
    by_path = {_keys((*leaf.above, leaf.name)): leaf for leaf in old}
    names = [match_key(leaf.name) for leaf in old]
    by_name = {name: leaf for name, leaf in zip(names, old, strict=True) if names.count(name) == 1}
    in_sheet = {_keys(row.path) for row in rows}
    groups = dict(_groups(before.get("root", {}), ()))
    tree = _Tree(before.get("root", {}), groups, {leaf.key for leaf in old})
    lines: list[Line] = []
    lost: list[str] = []
    taken: set[str] = set()
    for row in rows:
        leaf = by_path.get(_keys(row.path))
        if leaf is None:
            other = by_name.get(match_key(row.name))
            # The same indicator in another group, unless the sheet has it at its own place.
            if other is not None and _keys((*other.above, other.name)) not in in_sheet:
                leaf = other
        if leaf is not None and leaf.key in taken:
            leaf = None
        line, node = _line(row, leaf, tree)
        if leaf is not None:
            taken.add(leaf.key)
            lost += _replaced(leaf, line)
        lines.append(line)
        tree.put(row.above, node)
    gone = [leaf for leaf in old if leaf.key not in taken]
    lost += [_gone(leaf) for leaf in gone]
    content = {**before, "root": tree.root()}
    if "tie_break" in before:
        kept = {leaf.key for leaf in leaves(content)} | {"root"}
        content["tie_break"] = [key for key in before["tie_break"] if key in kept]
        if len(content["tie_break"]) < len(before["tie_break"]):
            lost.append("同分时先比的指标里，表中没有的不再比")
    return Made(content, lines, gone, lost, content != dict(before))


def _line(row: SheetRow, leaf: Leaf | None, tree: "_Tree") -> tuple[Line, dict[str, Any]]:
    """The indicator as it will be."""
    if leaf is None:
        node: dict[str, Any] = {"key": tree.key_of(row.path, "i")}
        node |= {"name": row.name, "full": plain(row.full), "rules": list(row.reading.rules)}
        node |= {key: text for key in _TEXTS if (text := getattr(row, key))}
        return Line(row, row.reading.rules, True, False), node
    old = leaf.node
    node = dict(old)
    full = _marks(old)
    keeps = match_key(standard_of(old)) == match_key(row.standard)
    changes: dict[str, tuple[str, str]] = {}
    if leaf.name != row.name:
        node["name"] = row.name
        changes["名称"] = (leaf.name, row.name)
    if _keys(leaf.above) != _keys(row.above):
        changes["所在的组"] = (" › ".join(leaf.above), " › ".join(row.above))
    if full != row.full:
        node["full"] = plain(row.full)
        changes["分值"] = (plain(full), plain(row.full))
    for key in _TEXTS:
        text = getattr(row, key)
        said = standard_of(old) if key == "standard" else str(old.get(key) or "")
        if key in row.cells and said != text:
            node[key] = text
            changes[_TITLES[key]] = (said, text)
    rules = list(old.get("rules", ()))
    if not keeps:
        rules = list(row.reading.rules)
    elif full != row.full:
        rules = _at(rules, standard_of(old), full, row.full)
    if rules != old.get("rules"):
        node["rules"] = rules
        told = in_words(old.get("rules", ())), in_words(rules)
        if told[0] != told[1]:
            changes["读作"] = told
    return Line(row, rules, False, keeps, changes), node


def _at(
    rules: list[Any], standard: str, before: Fraction, after: Fraction
) -> list[Mapping[str, Any]]:
    """The rules of the draft for other full marks: what was read from the text is read again, a
    bound that was the full marks goes with them."""
    if rules == list(read_standard(standard, before).rules):
        return list(read_standard(standard, after).rules)
    return [_bound_at(rule, before, after) for rule in rules]


def _bound_at(rule: Mapping[str, Any], before: Fraction, after: Fraction) -> Mapping[str, Any]:
    params = rule.get("params") or {}
    if rule.get("rule") == "discretion" and params.get("bound") == plain(before):
        return {**rule, "params": {**params, "bound": plain(after)}}
    return rule


def _replaced(leaf: Leaf, line: Line) -> list[str]:
    """What goes with a rule that is read anew from another text."""
    old = list(leaf.node.get("rules", ()))
    if line.keeps or old == list(line.rules):
        return []
    was_set = old != list(read_standard(standard_of(leaf.node), _marks(leaf.node)).rules)
    if not was_set:
        return []
    source = "，数据来源也要重新选" if any(one.is_counted for one in leaf.sources) else ""
    return [
        f"“{leaf.name}”的评分标准改了，原来设的规则（{in_words(old) or '未设'}）换成从新标准读出的{source}"
    ]


def _gone(leaf: Leaf) -> str:
    source = "，数据来自系统" if any(one.is_counted for one in leaf.sources) else ""
    return f"“{leaf.name}”（{plain(_marks(leaf.node))} 分{source}）表中没有，连同它的规则和依据一起删去"


class _Tree:
    """The tree as it grows; groups of the draft keep their keys."""

    def __init__(
        self,
        root: Mapping[str, Any],
        groups: Mapping[tuple[str, ...], Mapping[str, Any]],
        keys: Iterable[str],
    ) -> None:
        self._old, self._groups = root, groups
        self._keys = {str(root.get("key") or "root"), *keys}
        self._keys |= {str(node.get("key")) for node in groups.values()}
        self._parts: list[dict[str, Any]] = []
        self._made: dict[tuple[str, ...], dict[str, Any]] = {}

    def put(self, above: Sequence[str], node: dict[str, Any]) -> None:
        """Hangs an indicator below the groups of these names."""
        parts = self._parts
        for end in range(1, len(above) + 1):
            path = _keys(above[:end])
            group = self._made.get(path)
            if group is None:
                known = self._groups.get(path)
                key = known["key"] if known else self.key_of(above[:end], "g")
                group = {**(known or {}), "key": key, "name": above[end - 1], "full": "0"}
                group["parts"] = []
                self._made[path] = group
                parts.append(group)
            parts = group["parts"]
        parts.append(node)

    def root(self) -> dict[str, Any]:
        """The whole, its sums made."""
        root = {"key": "root", "name": "合计", **self._old, "parts": self._parts}
        _add_up(root)
        return root

    def key_of(self, path: Sequence[str], kind: str) -> str:
        """A key that is made of the names: the same sheet makes the same keys, and an indicator that
        comes later never gets that of another one."""
        digest = hashlib.sha256("\n".join(_keys(path)).encode()).hexdigest()
        for length in range(8, len(digest)):
            key = f"{kind}{digest[:length]}"
            if key not in self._keys:
                self._keys.add(key)
                return key
        raise AssertionError("a digest without a free key")


def _add_up(node: dict[str, Any]) -> Fraction:
    if "parts" not in node:
        return _marks(node)
    whole = sum((_add_up(part) for part in node["parts"]), Fraction(0))
    if _marks(node) != whole:
        node["full"] = plain(whole)
    return whole


def _groups(
    node: Mapping[str, Any], above: tuple[str, ...]
) -> Iterable[tuple[tuple[str, ...], Mapping[str, Any]]]:
    for part in node.get("parts", ()):
        if "parts" in part:
            path = (*above, match_key(str(part.get("name", ""))))
            yield path, part
            yield from _groups(part, path)


def _marks(node: Mapping[str, Any]) -> Fraction:
    try:
        return number(node.get("full"))
    except Refused:
        return Fraction(0)


def _keys(path: Iterable[str]) -> tuple[str, ...]:
    return tuple(map(match_key, path))
