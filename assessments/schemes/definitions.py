"""What a scheme's version holds as data (its `content`), and the part of it that is arithmetic.

    {"root": {"key", "name", "full", "parts": [group or indicator …]},
     "bands": [["好", "90"], …], "places": 2, "bonus": {…}, "vetoes": {"…": {…, "legal_basis"}},
     "quota": {"grade", "share", "kind"}, "tie_break": [key …],
     "mid_year_weight": "0.40", "repair_share": "0.5", "basis": "…", "plan_basis": "…"}

An indicator has beside the engine's `key`, `name`, `full`, `rules`, `floor`, `ceiling` what people
read and what it costs them: see `OF_INDICATOR`. Each of its rules has a `source`.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from assessments.scoring import schemes
from assessments.scoring.schemes import Scheme
from core import periods

# Of an indicator, beside the engine's own: 考核内容, 评分标准 as it is printed, 考核方式 (evidence),
# how often it is looked at, who marks it and how many, its basis, and whether paper may be asked for.
OF_INDICATOR = (
    "text",
    "standard",
    "evidence",
    "cycle",
    "reviewers",
    "plan_basis",
    "duty_entry",
    "asks_paper",
    "self_marked",
    "is_report",  # its ballot is the one after the secretary's report (书记述职评议)
)
OF_SCHEME = (
    "quota",
    "tie_break",
    "mid_year_weight",
    "repair_share",
    "basis",
    "plan_basis",
    "removed",  # of a draft alone: what was taken out of it and can be put back
)
OF_VETO = ("legal_basis",)
# What people give of the whole, beside its indicators, under keys that no indicator has.
BESIDE = "@"
AWARDS, VETOES = "@awards", "@vetoes"
HAPPENED = "happened"  # stands for a rule where the fact is which vetoes happened
MID_YEAR_WEIGHT, REPAIR_SHARE = "0.40", "0.5"  # where a scheme says nothing else (reference §13)
HAND = "hand"  # marked by people
FIGURE = "figure"  # counted from the portal's own rows
_SAID = ("kind", "figure", "of", "takes", "when", "best", "empty")


TAKES = {
    "count": "次数",
    "counts": "各支部次数",
    "ratio": "比率",
    "value": "数值",
    "met": "是否达到",
    "missing": "缺哪几项",
    "rank": "组内位次",
}
"""What a rule reads figures as (`takes`):

count    the figure itself (`deduct_each`, `accumulate`)
counts   the figure of each branch at and below the assessed (`deduct_each` with `place_cap`)
ratio    figure ÷ `of` (`ratio_steps`)
value    the figure; with `of` its percentage of it (`steps`)
met      `when`: `none` (the figure is 0), `any` (it is not), `all` (it is as much as `of`)
missing  the names in `items` whose figure is not 0 (`deduct_missing`)
rank     the place among the assessed of the group by figure, or figure ÷ `of`; `best`: high or low
"""
WHEN = ("none", "any", "all")
EMPTY = ("full", "rescale", "zero")
# What each rule can take from figures; rules that are not here are marked by hand alone.
COUNTED_AS: Mapping[str, tuple[str, ...]] = {
    "deduct_each": ("count", "counts"),
    "deduct_missing": ("missing",),
    "all_or_nothing": ("met",),
    "steps": ("value",),
    "ratio_steps": ("ratio",),
    "accumulate": ("count",),
    "rank_points": ("rank",),
}


@dataclass(frozen=True, slots=True)
class Source:
    """Where the facts of a rule come from: people (`hand`), or registered figures. `takes` is what
    the rule reads them as (`TAKES`); `empty` what becomes of the indicator when there was nothing
    of which a share could be taken: full marks, out with the rest re-scaled, or nothing."""

    kind: str = HAND
    figure: str = ""
    of: str = ""
    takes: str = ""
    when: str = ""
    best: str = "high"
    empty: str = "full"
    items: Mapping[str, str] = field(default_factory=dict)  # of `missing`: item -> figure

    @property
    def is_counted(self) -> bool:
        """Whether nobody has to mark it."""
        return self.kind == FIGURE

    @property
    def figures(self) -> tuple[str, ...]:
        """The figures that it reads, each once."""
        return tuple(
            dict.fromkeys(key for key in (self.figure, self.of, *self.items.values()) if key)
        )


@dataclass(frozen=True, slots=True)
class Leaf:
    """An indicator of a version's content, with the names of the groups above it."""

    node: Mapping[str, Any]
    above: tuple[str, ...] = field(default_factory=tuple)

    @property
    def key(self) -> str:
        """What it is known by in facts and scores."""
        return str(self.node.get("key", ""))

    @property
    def name(self) -> str:
        """What it is called."""
        return str(self.node.get("name", ""))

    @property
    def sources(self) -> list[Source]:
        """The source of each of its rules, in their order."""
        return [source_of(rule) for rule in self.node.get("rules", ())]

    @property
    def is_counted(self) -> bool:
        """Whether no rule of it is marked by hand."""
        return bool(self.sources) and all(one.is_counted for one in self.sources)

    @property
    def is_report(self) -> bool:
        """Whether it is the ballot after the secretary's report."""
        return self.node.get("is_report") is True

    @property
    def reviewers(self) -> int:
        """How many mark it by themselves."""
        given = self.node.get("reviewers", 2)
        return given if isinstance(given, int) and 0 < given < 10 else 2


def source_of(rule: Mapping[str, Any]) -> Source:
    """The source of a rule as its data says; by hand where it says nothing."""
    given = rule.get("source") or {}
    if not isinstance(given, Mapping):
        return Source()
    items = given.get("items")
    said = {name: str(given[name]) for name in _SAID if given.get(name)}
    named = (
        {str(name): str(key) for name, key in items.items()} if isinstance(items, Mapping) else {}
    )
    return Source(**said, items=named)


def cycle_of(node: Mapping[str, Any]) -> str:
    """How often an indicator is looked at: a cadence of `core.periods`."""
    return str(node.get("cycle") or periods.HALF_YEAR)


def leaves(content: Mapping[str, Any]) -> list[Leaf]:
    """All indicators of the content, in order."""
    return list(_leaves(content.get("root", {}), ()))


def _leaves(node: Mapping[str, Any], above: tuple[str, ...]) -> Iterator[Leaf]:
    for part in node.get("parts", ()):
        if "parts" in part:
            yield from _leaves(part, (*above, str(part.get("name", ""))))
        else:
            yield Leaf(part, above)


def beside(content: Mapping[str, Any]) -> list[Leaf]:
    """What people give of the whole as if they were indicators: the awards that bring a bonus, and
    the vetoes that happened. Without a mark there are none; nobody waits for one."""
    found = []
    if bonus := content.get("bonus"):
        found.append((AWARDS, "加分", bonus))
    if vetoes := content.get("vetoes"):
        found.append((VETOES, "一票否决", {"rule": HAPPENED, "params": {"vetoes": vetoes}}))
    return [
        Leaf({"key": key, "name": name, "full": "", "reviewers": 1, "rules": [rule]})
        for key, name, rule in found
    ]


def all_given(content: Mapping[str, Any]) -> list[Leaf]:
    """Everything that people may give a mark of: the indicators, then what is of the whole."""
    return [*leaves(content), *beside(content)]


def keys_of(node: Mapping[str, Any]) -> set[str]:
    """The keys of a group or an indicator and of all in it."""
    found = {str(node.get("key", ""))}
    for part in node.get("parts", ()):
        found |= keys_of(part)
    return found


def arithmetic(content: Mapping[str, Any]) -> dict[str, Any]:
    """The content without what arithmetic does not read: what the engine takes and a digest is of."""
    kept = {key: value for key, value in content.items() if key not in OF_SCHEME}
    kept["root"] = _bare(content["root"])
    if "vetoes" in kept:
        kept["vetoes"] = {
            name: {key: value for key, value in veto.items() if key not in OF_VETO}
            for name, veto in kept["vetoes"].items()
        }
    return kept


def _bare(node: Mapping[str, Any]) -> dict[str, Any]:
    if "parts" in node:
        return {**node, "parts": [_bare(part) for part in node["parts"]]}
    kept = {key: value for key, value in node.items() if key not in OF_INDICATOR}
    kept["rules"] = [
        {key: value for key, value in rule.items() if key != "source"}
        for rule in node.get("rules", ())
    ]
    return kept


def scheme_of(content: Mapping[str, Any]) -> Scheme:
    """The scheme that the engine scores by. Raises Refused."""
    return schemes.read(arithmetic(content))


# --- what can be stored --------------------------------------------------------------------------

DEEPEST = 14  # levels of the whole value: six of groups, and what an indicator holds
MOST_TEXT = 4_000  # characters of one text
MOST_NODES = 400
_NOT_STORABLE = re.compile("[\x00\ud800-\udfff]")


def fault_of(content: Any) -> str:
    """Why the content cannot be stored and shown, in a word for the log; empty when it can. It may
    still be wrong (`validation`), but everything that walks it finds what it expects."""
    return _plain_fault(content, 0) or _form_fault(content)


def _plain_fault(value: Any, depth: int) -> str:
    """Texts, whole numbers, truths, null, lists and maps alone: what is stored is digested."""
    if depth > DEEPEST * 2:
        return "too deep"
    if isinstance(value, str):
        if len(value) > MOST_TEXT or _NOT_STORABLE.search(value):
            return "text"
        return ""
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, int):
        return "" if abs(value) < 10**15 else "number"
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            return "key"
        parts = [*value.keys(), *value.values()]
    elif isinstance(value, list | tuple):
        parts = list(value)
    else:
        return "kind of value"
    return next((fault for one in parts if (fault := _plain_fault(one, depth + 1))), "")


def _form_fault(content: Any) -> str:
    if not isinstance(content, Mapping):
        return "content"
    root = content.get("root")
    if not isinstance(root, Mapping) or not isinstance(root.get("parts"), list):
        return "root"
    for name in ("vetoes", "quota", "bonus"):
        if not isinstance(content.get(name) or {}, Mapping):
            return name
    if not all(isinstance(one, Mapping) for one in (content.get("vetoes") or {}).values()):
        return "vetoes"
    bands = content.get("bands") or []
    if not isinstance(bands, list) or not all(
        isinstance(row, list | tuple) and len(row) == 2 for row in bands
    ):
        return "bands"
    seen: set[str] = set()
    return _node_fault(root, seen, 1)


def _node_fault(node: Any, seen: set[str], depth: int) -> str:
    if not isinstance(node, Mapping) or depth > DEEPEST or len(seen) > MOST_NODES:
        return "tree"
    key, name = node.get("key"), node.get("name")
    if not isinstance(key, str) or not key or key in seen or len(key) > 40 or key[0] == BESIDE:
        return "key of a node"
    if not isinstance(name, str):
        return "name of a node"
    seen.add(key)
    if "parts" in node:
        parts = node["parts"]
        if not isinstance(parts, list):
            return "parts"
        return next((fault for one in parts if (fault := _node_fault(one, seen, depth + 1))), "")
    given = node.get("rules")
    if not isinstance(given, list) or not all(
        isinstance(rule, Mapping) and isinstance(rule.get("params") or {}, Mapping)
        for rule in given
    ):
        return "rules"
    return ""


def digest_of(content: Mapping[str, Any]) -> str:
    """SHA-256 of what a version says: what shows years later that it was not changed."""
    return hashlib.sha256(schemes.canonical(content)).hexdigest()
