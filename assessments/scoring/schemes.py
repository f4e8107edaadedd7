"""A scheme (考核细则) as a tree of groups and indicators, and what it gives for an organisation's facts.

A scheme is read from plain data and written back as the same data, so that a sealed result can be
computed again from what was stored, byte for byte (`digest`).
"""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from . import rules
from .explaining import Result, Step
from .grading import Band, band_of, limited, ordered
from .numbers import plain, rounded
from .reading import Given
from .refusals import Refused
from .totals import Marked, summed

ZERO = Fraction(0)
EXEMPT = "not_applicable"  # the rule that an exemption puts in the place of an indicator's own
DEEPEST = 6
MOST_AVERAGED = 2  # of more marks the median counts
# Rules that take from the full marks; all others bring marks from nothing on.
TAKING = frozenset({"deduct_each", "deduct_missing", "ratio_steps"})


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of an indicator."""

    rule: str
    params: Mapping[str, Any]

    @property
    def is_taking(self) -> bool:
        """Whether it takes from the full marks, and does not bring marks from nothing on."""
        return self.rule in TAKING or (self.rule == "factor" and bool(self.params.get("deduct")))


@dataclass(frozen=True, slots=True)
class Indicator:
    """A leaf of the tree: full marks and one or more rules. `floor` and `ceiling` bound the whole
    indicator; None for no bound."""

    key: str
    name: str
    full: Fraction
    rules: tuple[Rule, ...]
    floor: Fraction | None = ZERO
    ceiling: Fraction | None = None
    is_open: bool = False  # no ceiling at all

    @property
    def most(self) -> Fraction | None:
        """The most that it can bring; None where nothing bounds it."""
        if self.is_open:
            return None
        return self.full if self.ceiling is None else self.ceiling


@dataclass(frozen=True, slots=True)
class Group:
    """A branch of the tree; the full marks of its parts add up to its own."""

    key: str
    name: str
    full: Fraction
    parts: "tuple[Group | Indicator, ...]"


@dataclass(frozen=True, slots=True)
class Scheme:
    """A version of a scheme, as far as arithmetic is concerned."""

    root: Group
    bands: tuple[Band, ...] = ()
    places: int = 2
    bonus: Rule | None = None
    vetoes: Mapping[str, Rule] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)  # what it was read from

    @property
    def indicators(self) -> tuple[Indicator, ...]:
        """The leaves, in order."""
        return tuple(_leaves(self.root))


def _leaves(group: Group) -> Iterator[Indicator]:
    for part in group.parts:
        if isinstance(part, Group):
            yield from _leaves(part)
        else:
            yield part


# --- reading -------------------------------------------------------------------------------------


def read(data: Mapping[str, Any]) -> Scheme:
    """The scheme that the data describes. Raises Refused for what cannot be read, a key given twice
    and marks that do not add up (`full_marks`)."""
    given = Given(data, "")
    seen: set[str] = set()
    root = _group(Given(given.take("root"), "root"), seen, 1)
    bands = tuple(
        Band(*_band(row, f"bands[{number}]")) for number, row in enumerate(given.rows("bands", []))
    )
    if bands:
        ordered(bands)
    places = given.count("places", 2)
    bonus = _rule(given.take("bonus"), "bonus") if "bonus" in given else None
    vetoes = {
        str(name): _rule({"rule": "veto", "params": params}, f"vetoes.{name}")
        for name, params in dict(given.take("vetoes", {})).items()
    }
    given.done()
    return Scheme(root, bands, places, bonus, vetoes, data)


def _band(row: Any, where: str) -> tuple[str, Fraction]:
    if not isinstance(row, list | tuple) or len(row) != 2:
        raise Refused("form", "每一档应是 [等次, 起始分]", where)
    given = Given(dict(zip(("grade", "least"), row, strict=True)), where)
    return given.words("grade"), given.number("least")


def _group(given: Given, seen: set[str], depth: int) -> Group:
    if depth > DEEPEST:
        raise Refused("form", f"层级超过 {DEEPEST} 层", given.where)
    key = _key(given, seen)
    name, full = given.words("name"), given.not_negative("full")
    parts: list[Group | Indicator] = []
    for number, row in enumerate(given.rows("parts")):
        part = Given(row, f"{given.where}.parts[{number}]")
        parts.append(_group(part, seen, depth + 1) if "parts" in part else _indicator(part, seen))
    given.done()
    whole = sum((part.full for part in parts), ZERO)
    if whole != full:
        raise Refused(
            "full_marks", f"“{name}”满分 {plain(full)}，下面合计 {plain(whole)}", given.where
        )
    return Group(key, name, full, tuple(parts))


def _indicator(given: Given, seen: set[str]) -> Indicator:
    key = _key(given, seen)
    name, full = given.words("name"), given.not_negative("full")
    found = tuple(
        _rule(row, f"{given.where}.rules[{number}]")
        for number, row in enumerate(given.rows("rules"))
    )
    if not found:
        raise Refused("form", "指标至少要有一条评分规则", given.where)
    floor = given.number_or_none("floor", 0)
    is_open = "ceiling" in given and given.take("ceiling") is None
    ceiling = None if is_open or "ceiling" not in given else given.number("ceiling")
    given.done()
    return Indicator(key, name, full, found, floor, ceiling, is_open)


def _rule(row: Any, where: str) -> Rule:
    given = Given(row, where)
    found = Rule(given.one_of("rule", rules.keys()), dict(given.take("params", {})))
    given.done()
    return found


def _key(given: Given, seen: set[str]) -> str:
    key = given.words("key")
    if not key or key in seen:
        raise Refused("form", f"编号“{key[:40]}”为空或重复", given.where)
    seen.add(key)
    return key


# --- scoring -------------------------------------------------------------------------------------

Facts = Mapping[str, Sequence[Mapping[str, Any]]]
"""Indicator -> the facts of each of its rules, in their order. Where several marked a rule by
themselves its facts are `{"seats": [facts of each]}`."""


def score_indicator(indicator: Indicator, facts: Sequence[Mapping[str, Any]]) -> Result:
    """What an indicator's rules give together. Those that bring marks add up, from the full marks
    on where there is none of them; those that take are taken from that; then floor and ceiling
    act once. Raises Refused."""
    if len(facts) != len(indicator.rules):
        raise Refused("form", "事实的条数与规则不符", indicator.key)
    if len(indicator.rules) == 1:
        return _evaluated(indicator.rules[0].rule, indicator.full, _bounds(indicator), facts[0])
    steps: list[Step] = []
    brought = lost = ZERO
    for rule, known in zip(indicator.rules, facts, strict=True):
        unbounded = {**rule.params, "floor": None, "ceiling": None}
        result = _evaluated(rule.rule, indicator.full, unbounded, known)
        steps += result.steps
        points = ZERO if result.points is None else result.points
        if rule.is_taking:
            lost += indicator.full - points
        else:
            brought += points
    base = indicator.full if all(rule.is_taking for rule in indicator.rules) else brought
    total = base - lost
    steps.append(Step("together", f"{plain(base)} − {plain(lost)}", total))
    if indicator.floor is not None and total < indicator.floor:
        steps.append(Step("floor", f"{plain(total)} → {plain(indicator.floor)}", indicator.floor))
        total = indicator.floor
    elif indicator.most is not None and total > indicator.most:
        steps.append(Step("ceiling", f"{plain(total)} → {plain(indicator.most)}", indicator.most))
        total = indicator.most
    return Result(total, tuple(steps))


def _evaluated(
    rule: str, full: Fraction, params: Mapping[str, Any], known: Mapping[str, Any]
) -> Result:
    """What a rule gives; where several marked it by themselves the mean of their points, of three
    and more the median."""
    if not isinstance(known, Mapping) or "seats" not in known:
        return rules.evaluate(rule, plain(full), params, known)
    given = Given(known, "facts")
    seats = given.rows("seats")
    given.done()
    results = [rules.evaluate(rule, plain(full), params, one) for one in seats]
    marks = [one.points for one in results if one.points is not None]
    if not marks or len(marks) < len(seats):
        raise Refused("form", "没有可以合并的评分", "facts.seats")
    steps = tuple(
        Step("seat", plain(points), points, str(number)) for number, points in enumerate(marks, 1)
    )
    formula = "、".join(map(plain, marks))
    if len(marks) > MOST_AVERAGED:
        middle = sorted(marks)[(len(marks) - 1) // 2 : len(marks) // 2 + 1]
        points = sum(middle, ZERO) / len(middle)
        return Result(points, (*steps, Step("median", formula, points)))
    points = sum(marks, ZERO) / len(marks)
    return Result(points, (*steps, Step("mean", formula, points)))


def _bounds(indicator: Indicator) -> dict[str, Any]:
    """The parameters of its only rule, with the indicator's bounds where the rule has none."""
    own = dict(indicator.rules[0].params)
    if indicator.rules[0].rule in ("bonus", "veto", EXEMPT):
        return own
    own.setdefault("floor", None if indicator.floor is None else plain(indicator.floor))
    most = indicator.most
    own.setdefault("ceiling", None if most is None else plain(most))
    return own


@dataclass(frozen=True, slots=True)
class Scored:
    """What a scheme gives for one organisation: each indicator, each group, and the total; no total
    and no grade while indicators are `waiting` to be marked."""

    indicators: Mapping[str, Result]
    groups: Mapping[str, Fraction]
    steps: tuple[Step, ...]
    total: Decimal | None
    grade: str = ""
    limits: tuple[str, ...] = ()  # by vetoes
    waiting: tuple[str, ...] = ()
    bonus: Fraction | None = None  # what awards brought; None for a scheme without a bonus

    def as_data(self) -> dict[str, Any]:
        """All of it as data."""
        data: dict[str, Any] = {
            "indicators": {key: one.as_data() for key, one in self.indicators.items()},
            "groups": {key: plain(points) for key, points in self.groups.items()},
            "steps": [step.as_data() for step in self.steps],
            "total": None if self.total is None else f"{self.total:f}",
            "grade": self.grade,
            "limits": list(self.limits),
        }
        if self.waiting:
            data["waiting"] = list(self.waiting)
        if self.bonus is not None:
            data["bonus"] = plain(self.bonus)
        return data


def score(
    scheme: Scheme,
    facts: Facts,
    *,
    exempt: Mapping[str, str] | None = None,
    awards: Sequence[Mapping[str, Any]] = (),
    happened: Sequence[str] = (),
    waiting: Collection[str] = (),
) -> Scored:
    """The whole scheme for one organisation. `exempt`: indicator -> `full` or `rescale`; `awards`
    for the bonus; `happened`: the vetoes that apply; `waiting`: indicators that nobody has marked
    yet, without which there is no total. Raises Refused, naming the indicator."""
    found: dict[str, Result] = {}
    for one in scheme.indicators:
        mode = (exempt or {}).get(one.key)
        if one.key in waiting and mode is None:
            continue
        try:
            if mode is not None:
                found[one.key] = rules.evaluate(EXEMPT, plain(one.full), {"mode": mode}, {})
            else:
                found[one.key] = score_indicator(one, facts.get(one.key, ()))
        except Refused as refusal:
            raise Refused(refusal.code, refusal.text, f"{one.key} {refusal.where}") from refusal
    limits = limits_by(scheme, happened)
    groups: dict[str, Fraction] = {}
    _sum_groups(scheme.root, found, groups)
    if left := tuple(one.key for one in scheme.indicators if one.key not in found):
        return Scored(found, groups, (), None, limits=limits, waiting=left)
    marks = [Marked(one.name, one.full, found[one.key].points) for one in scheme.indicators]
    total, steps = summed(marks, scheme.root.full)
    extra, points = bonus_of(scheme, awards), None
    if extra is not None:
        points = extra.points or ZERO
        steps += [
            *extra.steps,
            Step("bonus", f"{plain(total)} + {plain(points)}", total + points),
        ]
        total += points
    stands = rounded(total, scheme.places)
    steps.append(Step("rounded", f"{plain(total)} → {stands:f}", Fraction(stands)))
    grade = band_of(Fraction(stands), scheme.bands) if scheme.bands else ""
    for limit in limits if scheme.bands else ():
        grade = limited(grade, limit, scheme.bands)
    return Scored(found, groups, tuple(steps), stands, grade, limits, bonus=points)


def bonus_of(scheme: Scheme, awards: Sequence[Mapping[str, Any]]) -> Result | None:
    """What awards bring; None for a scheme without a bonus. Raises Refused for what the scheme does
    not know."""
    if scheme.bonus is not None:
        return rules.evaluate("bonus", None, scheme.bonus.params, {"awards": list(awards)})
    if awards:
        raise Refused("form", "细则没有加分项", "bonus")
    return None


def limits_by(scheme: Scheme, happened: Sequence[str]) -> tuple[str, ...]:
    """What vetoes that happened leave of the grade. Raises Refused for one that the scheme does not
    know."""
    limits = []
    for name in sorted(set(happened)):
        if name not in scheme.vetoes:
            raise Refused("unknown_item", f"细则里没有“{name[:40]}”这一票否决", "vetoes")
        result = rules.evaluate("veto", None, scheme.vetoes[name].params, {"happened": True})
        limits.append(str(result.grade_limit))
    return tuple(limits)


def _sum_groups(group: Group, found: Mapping[str, Result], groups: dict[str, Fraction]) -> Fraction:
    """Points of each group as they stand, without what was taken out."""
    groups[group.key] = ZERO  # so that groups stand in the order of the tree
    total = ZERO
    for part in group.parts:
        if isinstance(part, Group):
            total += _sum_groups(part, found, groups)
        else:
            total += (found[part.key].points if part.key in found else ZERO) or ZERO
    groups[group.key] = total
    return total


def canonical(data: Any) -> bytes:
    """The one way in which data is written for a digest: keys in order, no blanks, no floats."""
    return json.dumps(
        data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode()


def digest(scheme: Scheme, facts: Facts, result: Mapping[str, Any]) -> str:
    """SHA-256 over the scheme, the facts and the result as data (`Scored.as_data`): what a sealed
    result is checked with."""
    whole = {"scheme": scheme.data, "facts": facts, "result": result}
    return hashlib.sha256(canonical(whole)).hexdigest()
