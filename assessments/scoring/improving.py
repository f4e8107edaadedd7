"""What would win points back: each rule tried on facts that a little work would change.

Nothing is guessed: an improvement holds the changed facts, and its gain is the rule evaluated on
them. Which changes are possible at all, and what they cost, the caller knows (a meeting of a quarter
that is over cannot be held any more).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from .numbers import count, number, plain
from .refusals import Refused
from .schemes import Indicator, Rule, score_indicator

Facts = Mapping[str, Any]
MOST_UNITS = 40  # how far ahead a count is tried


@dataclass(frozen=True, slots=True)
class Improvement:
    """Rule `rule` of the indicator with other facts: what is won, and how many units of work it is
    (meetings held, items closed). `about` names the thing, where the rule knows it by name."""

    rule: int
    facts: Facts
    gain: Fraction
    units: int
    about: str = ""


Change = tuple[Facts, int, str]  # facts, units, about
_changes: dict[str, Callable[[Rule, Facts], Iterator[Change]]] = {}


def _of(rule: str) -> Callable[..., Any]:
    def register(function: Callable[[Rule, Facts], Iterator[Change]]) -> Any:
        _changes[rule] = function
        return function

    return register


@_of("deduct_each")
def _fewer(rule: Rule, facts: Facts) -> Iterator[Change]:
    for place, there in facts.get("counts", {}).items():
        for units in range(1, min(count(there), MOST_UNITS) + 1):
            left = {**facts["counts"], place: count(there) - units}
            yield {**facts, "counts": left}, units, place
    if "counts" in facts:
        return
    there = count(facts["count"])
    for units in range(1, min(there, MOST_UNITS) + 1):
        yield {**facts, "count": there - units}, units, ""


@_of("accumulate")
def _more(rule: Rule, facts: Facts) -> Iterator[Change]:
    for units in range(1, MOST_UNITS + 1):
        yield {**facts, "count": count(facts["count"]) + units}, units, ""


@_of("deduct_missing")
def _found(rule: Rule, facts: Facts) -> Iterator[Change]:
    missing = list(dict.fromkeys(map(str, facts["missing"])))
    for name in missing:
        yield {**facts, "missing": [one for one in missing if one != name]}, 1, name


@_of("all_or_nothing")
def _met(rule: Rule, facts: Facts) -> Iterator[Change]:
    yield {**facts, "met": True}, 1, ""


@_of("levels")
def _better_levels(rule: Rule, facts: Facts) -> Iterator[Change]:
    levels = rule.params["levels"]
    now = number(levels.get(facts["level"], 0))
    better = sorted((number(points), name) for name, points in levels.items())
    for units, name in enumerate((name for points, name in better if points > now), start=1):
        yield {**facts, "level": name}, units, name


@_of("steps")
def _next_steps(rule: Rule, facts: Facts) -> Iterator[Change]:
    """The nearest value of every other step: its beginning, or just before its end by one."""
    value = number(facts["value"])
    for first, last, _ in rule.params["steps"]:
        target = None
        if first is not None and number(first) > value:
            target = number(first)
        elif last is not None and number(last) <= value:
            target = number(last) - 1
        if target is not None and (first is None or target >= number(first)):
            units = abs(target - value)
            whole = units.numerator // units.denominator + (units.denominator != 1)
            yield {**facts, "value": plain(target)}, whole, ""


@_of("ratio_steps")
def _next_ratio(rule: Rule, facts: Facts) -> Iterator[Change]:
    """The ratios at which a whole step more is reached, up to all (1)."""
    base, step = number(rule.params["base"]), number(rule.params["step"])
    ratio = number(facts["ratio"])
    reached = (ratio - base) / step
    ahead = reached.numerator // reached.denominator + 1
    for units in range(1, MOST_UNITS + 1):
        target = base + (ahead + units - 1) * step
        if target > 1:
            break
        yield {**facts, "ratio": plain(target)}, units, ""


def improvements(indicator: Indicator, facts: Sequence[Facts]) -> list[Improvement]:
    """What would win points back at this indicator: of changes that win the same the one of least
    work, the greatest gain for a unit of work first. Nothing for rules that people mark by hand.
    Raises Refused for facts that cannot be scored as they stand."""
    now = score_indicator(indicator, facts).points
    if now is None:
        return []
    best: dict[tuple[int, str, Fraction], Improvement] = {}
    for place, (rule, known) in enumerate(zip(indicator.rules, facts, strict=True)):
        if rule.rule not in _changes or "seats" in known:
            continue  # what several marked by themselves no work changes
        for changed, units, about in _changes[rule.rule](rule, known):
            other = [*facts[:place], changed, *facts[place + 1 :]]
            try:
                then = score_indicator(indicator, other).points
            except Refused:
                continue  # a value between two steps
            if then is None or then <= now:
                continue
            found = Improvement(place, changed, then - now, units, about)
            key = (place, about, found.gain)
            if key not in best or units < best[key].units:
                best[key] = found
    return sorted(best.values(), key=lambda one: (-one.gain / one.units, one.units, one.about))
