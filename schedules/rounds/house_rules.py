"""The rules by which the portal keeps work off the grass roots, each judged by the rows that there are.

A rule has a source and says how it is looked at; slices add what they can check of it. Nothing switches a
rule or its page off: there is no setting for it, and no right.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Breach:
    """One row by which a rule is broken, and the address where it stands."""

    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Looked:
    """What a check looked at (12 份表样), and what it found; `count` where not all are named."""

    at: str
    breaches: Sequence[Breach] = field(default_factory=tuple)
    count: int = 0

    @property
    def number(self) -> int:
        """How many rows break the rule."""
        return self.count or len(self.breaches)


Check = Callable[[], Looked]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: what is not done, where that is written, and how it is looked at. One that reads
    very many rows is looked at behind (`is_behind`), and its result stored."""

    key: str
    title: str
    source: str
    how: str
    order: int
    is_behind: bool = False


_rules: dict[str, Rule] = {}
_checks: dict[str, list[Check]] = {}


def register(rule: Rule) -> None:
    """Adds a rule, or puts another in the place of one."""
    _rules[rule.key] = rule


def check(rule: str) -> Callable[[Check], Check]:
    """Adds a check to a rule; it costs a fixed number of queries."""

    def add(function: Check) -> Check:
        found = _checks.setdefault(rule, [])
        name = (function.__module__, function.__qualname__)
        known = [one for one in found if (one.__module__, one.__qualname__) != name]
        _checks[rule] = [*known, function]
        return function

    return add


def registered() -> list[Rule]:
    """All rules that something checks, in order."""
    return sorted(
        (one for one in _rules.values() if _checks.get(one.key)), key=lambda one: one.order
    )


def checks() -> Mapping[str, Sequence[Check]]:
    """The checks by rule."""
    return _checks
