"""The rules of an indicator (design/scoring.md): parameters and facts give points and each step.

Every rule reads its parameters and facts by name; a name that no rule knows is refused, so that a
slip of the pen never scores. Points floor at 0 and are capped at the full marks unless the rule
says otherwise (`floor`, `ceiling`; null: no bound).
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

from .explaining import Result, Step
from .numbers import plain
from .reading import Given
from .refusals import Refused

FULL_PERCENT = Fraction(100)  # what the best answer of a ballot weighs
ZERO = Fraction(0)


@dataclass(slots=True)
class Case:
    """One indicator being scored: what the rule may read, and the steps so far."""

    full: Fraction
    params: Given
    facts: Given
    steps: list[Step]

    def step(self, kind: str, formula: str, value: Fraction, about: str = "") -> Fraction:
        """Notes a step; returns its number."""
        self.steps.append(Step(kind, formula, value, about))
        return value


Rule = Callable[[Case], Result | Fraction | None]
_rules: dict[str, Rule] = {}
_unbounded: set[str] = set()  # what gives no marks of an indicator


def _rule(key: str, *, bounded: bool = True) -> Callable[[Rule], Rule]:
    def register(function: Rule) -> Rule:
        _rules[key] = function
        if not bounded:
            _unbounded.add(key)
        return function

    return register


def keys() -> tuple[str, ...]:
    """The rules that are known."""
    return tuple(_rules)


def evaluate(rule: str, full: Any, params: Mapping[str, Any], facts: Mapping[str, Any]) -> Result:
    """What the rule gives: points, the steps that led to them, a limit of the grade.

    `full` are the full marks, None for a bonus and a veto, which have none. Raises Refused with the
    codes `unknown_rule`, `unknown_key`, `missing_key`, `number`, `form` for what cannot be read, and
    those of single rules: `reason_missing`, `out_of_bounds`, `too_few`, `unknown_item`, `no_step`.
    """
    if rule not in _rules:
        raise Refused("unknown_rule", f"不认识规则“{str(rule)[:40]}”", "rule")
    given, known = Given(params, "params"), Given(facts, "facts")
    if rule in _unbounded:
        marks = ZERO
    else:
        marks = Given({"full": full}, "").not_negative("full")
    case = Case(marks, given, known, [])
    is_bounded = rule not in _unbounded
    floor = given.number_or_none("floor", 0) if is_bounded else None
    ceiling = given.number_or_none("ceiling", marks) if is_bounded else None
    if floor is not None and ceiling is not None and floor > ceiling:
        raise Refused("form", "保底高于封顶", "params.floor")
    found = _rules[rule](case)
    given.done()
    known.done()
    if isinstance(found, Result):
        return found
    return Result(_bounded(case, found, floor, ceiling), tuple(case.steps))


def _bounded(
    case: Case, points: Fraction | None, floor: Fraction | None, ceiling: Fraction | None
) -> Fraction | None:
    if points is None:
        return None
    if floor is not None and points < floor:
        return case.step("floor", f"{plain(points)} → {plain(floor)}", floor)
    if ceiling is not None and points > ceiling:
        return case.step("ceiling", f"{plain(points)} → {plain(ceiling)}", ceiling)
    return points


def _deducted(case: Case, lost: Fraction, formula: str) -> Fraction:
    """Full marks without what is lost; the most that can be lost is `cap`, where there is one."""
    cap = case.params.number_or_none("cap", None)
    case.step("lost", formula, lost)
    if cap is not None and lost > cap:
        lost = case.step("cap", f"{plain(lost)} → {plain(cap)}", cap)
    return case.step("left", f"{plain(case.full)} − {plain(lost)}", case.full - lost)


@_rule("deduct_each")
def deduct_each(case: Case) -> Fraction:
    """−`points` for each time, at most `cap` in all. The facts have one `count`, or `counts` by
    place (a committee's branches), of which each loses at most `place_cap`."""
    each = case.params.not_negative("points")
    place_cap = case.params.number_or_none("place_cap", None)
    if "counts" not in case.facts:
        times = case.facts.count("count")
        return _deducted(case, times * each, f"{times} × {plain(each)}")
    places = Given(case.facts.take("counts"), "facts.counts")
    lost = ZERO
    for name in sorted(places.left()):
        times = places.count(name)
        points = times * each
        if points:
            case.step("place", f"{times} × {plain(each)}", points, name)
        if place_cap is not None and points > place_cap:
            points = case.step("cap", f"{plain(points)} → {plain(place_cap)}", place_cap, name)
        lost += points
    return _deducted(case, lost, plain(lost))


@_rule("deduct_missing")
def deduct_missing(case: Case) -> Fraction:
    """− the points of each of the `items` that is `missing`; each counts once."""
    items = case.params.named("items")
    said = set(map(str, case.facts.rows("missing")))
    for name in sorted(said - set(items)):
        raise Refused("unknown_item", f"细则里没有“{name[:40]}”这一项", "facts.missing")
    missing = [name for name in items if name in said]
    formula = " + ".join(f"{name} {plain(items[name])}" for name in missing)
    return _deducted(case, sum((items[name] for name in missing), ZERO), formula or "0")


@_rule("all_or_nothing")
def all_or_nothing(case: Case) -> Fraction:
    """Full marks when it is `met`, else nothing."""
    is_met = case.facts.truth("met")
    return case.step("met" if is_met else "not_met", "", case.full if is_met else ZERO)


@_rule("levels")
def levels(case: Case) -> Fraction:
    """The points of the `level` that was reached."""
    known, level = case.params.named("levels"), case.facts.words("level")
    if level not in known:
        raise Refused("unknown_item", f"细则里没有“{level[:40]}”这一档", "facts.level")
    return case.step("level", level, known[level])


@_rule("steps")
def steps(case: Case) -> Fraction:
    """The points of the half-open step [from, to) that holds the `value`."""
    value = case.facts.number("value")
    known = sorted(_step(number, row) for number, row in enumerate(case.params.rows("steps")))
    for (_, end, _), (start, _, _) in pairwise(known):
        if start < end:
            raise Refused("form", "两档重叠", "params.steps")
    for start, end, points in known:
        if start <= value < end:
            return case.step("step", f"{plain(value)} ∈ [{_end(start)}, {_end(end)})", points)
    raise Refused("no_step", f"没有一档包含 {plain(value)}", "facts.value")


def _step(number: int, row: Any) -> tuple[Fraction | float, Fraction | float, Fraction]:
    """(from, to, points) of one step; an open end is infinite."""
    where = f"params.steps[{number}]"
    if not isinstance(row, list | tuple) or len(row) != 3:
        raise Refused("form", "每一档应是 [起, 止, 分]", where)
    given = Given(dict(zip(("from", "to", "points"), row, strict=True)), where)
    first, last = given.number_or_none("from"), given.number_or_none("to")
    start, end = -math.inf if first is None else first, math.inf if last is None else last
    if start >= end:
        raise Refused("form", "这一档的起点不小于止点", where)
    return start, end, given.number("points")


def _end(value: Fraction | float) -> str:
    if isinstance(value, Fraction):
        return plain(value)
    return "∞" if value > 0 else "−∞"


@_rule("ratio_steps")
def ratio_steps(case: Case) -> Fraction:
    """Full marks at the `base` ratio, ± `points` for each `step` above or below it. Whole steps
    are counted towards the base; part steps only where `part_steps` says so."""
    base, step = case.params.number("base"), case.params.number("step")
    each, ratio = case.params.not_negative("points"), case.facts.number("ratio")
    counts_parts = case.params.truth("part_steps", False)
    if step <= 0:
        raise Refused("number", "每一步要大于 0", "params.step")
    count = (ratio - base) / step
    case.step("steps", f"({plain(ratio)} − {plain(base)}) ÷ {plain(step)}", count)
    if not counts_parts and count.denominator != 1:
        whole = abs(count).numerator // abs(count).denominator
        whole = whole if count > 0 else -whole
        count = case.step("whole_steps", f"{plain(count)} → {whole}", Fraction(whole))
    formula = f"{plain(case.full)} {'+' if count >= 0 else '−'} {plain(abs(count))} × {plain(each)}"
    return case.step("moved", formula, case.full + count * each)


@_rule("accumulate")
def accumulate(case: Case) -> Fraction:
    """+`points` for each time (`count`), up to `cap`."""
    each, times = case.params.not_negative("points"), case.facts.count("count")
    cap = case.params.number_or_none("cap", None)
    points = case.step("earned", f"{times} × {plain(each)}", times * each)
    if cap is not None and points > cap:
        points = case.step("cap", f"{plain(points)} → {plain(cap)}", cap)
    return points


@_rule("rank_points")
def rank_points(case: Case) -> Fraction:
    """The points that the `table` has for the `rank`; none for a rank outside it. Of equals
    (`tied`: how many share the rank) each has the points of the rank (`competition`), or the mean
    of those of the places that they take together (`mean`)."""
    table = case.params.named("table")
    ties = case.params.one_of("ties", ("competition", "mean"), "competition")
    rank, tied = case.facts.count("rank"), case.facts.count("tied", 1)
    if rank < 1 or tied < 1:
        raise Refused("number", "名次从 1 起", "facts.rank")
    taken = range(rank, rank + (tied if ties == "mean" else 1))
    found = [table.get(str(place), ZERO) for place in taken]
    formula = " + ".join(plain(one) for one in found)
    if len(found) > 1:
        formula = f"({formula}) ÷ {len(found)}"
    return case.step("rank", formula, sum(found, ZERO) / len(found), str(rank))


@_rule("parts")
def parts(case: Case) -> Fraction:
    """The sum of what each scorer gives of his part, which is cut at its own marks."""
    marks, given = case.params.named("parts"), case.facts.named("parts")
    for name in given:
        if name not in marks:
            raise Refused("unknown_item", f"细则里没有“{name[:40]}”这一部分", "facts.parts")
    for name in marks:
        if name not in given:
            raise Refused("too_few", f"“{name[:40]}”还没有打分", "facts.parts")
    kept = {}
    for name, most in marks.items():
        kept[name] = max(ZERO, min(given[name], most))
        if kept[name] != given[name]:
            case.step("part_cut", f"{plain(given[name])} → {plain(kept[name])}", kept[name], name)
    formula = " + ".join(f"{name} {plain(points)}" for name, points in kept.items())
    return case.step("parts", formula, sum(kept.values(), ZERO))


@_rule("factor")
def factor(case: Case) -> Fraction:
    """An imported `score` × `factor`; with `deduct` what was `lost` elsewhere × `factor` is taken
    from the full marks."""
    times = case.params.not_negative("factor")
    if case.params.truth("deduct", False):
        lost = case.facts.not_negative("lost")
        return _deducted(case, lost * times, f"{plain(lost)} × {plain(times)}")
    score = case.facts.number("score")
    return case.step("factor", f"{plain(score)} × {plain(times)}", score * times)


@_rule("ballot")
def ballot(case: Case) -> Fraction:
    """(Σ votes × weight) ÷ valid ballots, scaled to the full marks. Weights are percentages (好
    100, 较好 80 …); where none is as much as 100 and all lie within the full marks, they are marks
    already. Below `minimum` valid ballots there is no figure (`too_few`)."""
    weights, minimum = case.params.named("weights"), case.params.count("minimum", 1)
    votes = Given(case.facts.take("votes"), "facts.votes")
    case.facts.count("invalid", 0)  # outside the divisor
    counted = {name: votes.count(name, 0) for name in weights}
    votes.done()
    valid = sum(counted.values())
    if valid < max(minimum, 1):
        raise Refused("too_few", f"有效票 {valid} 张，不足 {max(minimum, 1)} 张", "facts.votes")
    total = sum((counted[name] * weight for name, weight in weights.items()), ZERO)
    summed = " + ".join(f"{counted[name]} × {plain(weight)}" for name, weight in weights.items())
    mean = case.step("ballot", f"({summed}) ÷ {valid}", total / valid)
    best = max(weights.values())
    are_marks = best < FULL_PERCENT and best <= case.full
    if are_marks or case.full == FULL_PERCENT:
        return mean
    return case.step(
        "scaled", f"{plain(mean)} ÷ 100 × {plain(case.full)}", mean / FULL_PERCENT * case.full
    )


@_rule("bonus", bounded=False)
def bonus(case: Case) -> Fraction:
    """The awards' points: of one `matter` the highest alone, each `category` up to its cap, all up
    to `total_cap`. An award names its points or a `level` that `levels` has points for."""
    by_level = case.params.named("levels", {})
    category_cap = case.params.number_or_none("category_cap", None)
    caps = case.params.named("category_caps", {})
    total_cap = case.params.number_or_none("total_cap", None)
    best: dict[str, tuple[Fraction, str]] = {}
    for number, row in enumerate(case.facts.rows("awards")):
        matter, points, category = _award(Given(row, f"facts.awards[{number}]"), by_level)
        best[matter] = max(best.get(matter, (points, category)), (points, category))
    total = ZERO
    for category in sorted({category for _, category in best.values()}):
        kept = {matter: best[matter][0] for matter in sorted(best) if best[matter][1] == category}
        formula = " + ".join(f"{matter} {plain(points)}" for matter, points in kept.items())
        points = case.step("awards", formula, sum(kept.values(), ZERO), category)
        cap = caps.get(category, category_cap)
        if cap is not None and points > cap:
            points = case.step("cap", f"{plain(points)} → {plain(cap)}", cap, category)
        total += points
    if total_cap is not None and total > total_cap:
        total = case.step("cap", f"{plain(total)} → {plain(total_cap)}", total_cap)
    return total


def _award(award: Given, by_level: Mapping[str, Fraction]) -> tuple[str, Fraction, str]:
    """(matter, points, category) of one award; what else it names is for people."""
    level = award.words("level", "")
    if level and by_level and level not in by_level:
        raise Refused("unknown_item", f"细则里没有“{level[:40]}”这一级", award.where)
    points = award.not_negative("points", *([by_level[level]] if level in by_level else []))
    for note in ("document", "on", "carried_from"):
        award.words(note, "")
    found = award.words("matter"), points, award.words("category", "")
    award.done()
    return found


LOWEST = "lowest_grade"


@_rule("veto", bounded=False)
def veto(case: Case) -> Result:
    """Nothing of the marks: a ceiling on the grade (`not_above` with its `grade`), or the lowest
    grade at once, when it has `happened`."""
    effect = case.params.one_of("effect", ("not_above", LOWEST))
    grade = case.params.words("grade") if effect == "not_above" else case.params.words("grade", "")
    limit = (grade or LOWEST) if case.facts.truth("happened") else None
    if limit:
        case.step("veto", effect, ZERO, limit)
    return Result(None, tuple(case.steps), limit)


@_rule("discretion")
def discretion(case: Case) -> Fraction:
    """酌情: points within the `bound`, with a written reason."""
    bound, points = case.params.not_negative("bound"), case.facts.number("points")
    if not case.facts.words("reason", "").strip():
        raise Refused("reason_missing", "酌情打分要写明理由", "facts.reason")
    if not 0 <= points <= bound:
        raise Refused(
            "out_of_bounds", f"{plain(points)} 分不在 0 到 {plain(bound)} 之间", "facts.points"
        )
    return case.step("discretion", "", points)


@_rule("not_applicable")
def not_applicable(case: Case) -> Fraction | None:
    """The indicator is out: full marks, or (`rescale`) nothing and the rest is scaled up."""
    mode = case.params.one_of("mode", ("full", "rescale"))
    if mode == "full":
        return case.step("exempt", "", case.full)
    case.step("taken_out", "", ZERO)
    return None
