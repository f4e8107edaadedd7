"""What would win back most for least work, and until when.

Nothing is guessed and nothing is added up by hand: a suggestion is a change of figures that people
can still bring about (`remedies`), the facts that the rules would then have, and what the engine
gives for them. What several suggestions bring together the engine computes from all their facts.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from assessments.schemes.definitions import REPAIR_SHARE, Leaf, leaves, scheme_of, source_of
from assessments.scoring.improving import Improvement, improvements
from assessments.scoring.numbers import count
from assessments.scoring.refusals import Refused
from assessments.scoring.schemes import Indicator, Scheme, score_indicator
from core import periods

from ..facts import facts_as_read, scored_by
from .amounts import exact
from .naming import Names
from .remedies import DOWN, UP, Remedy, remedy_of

MOST = 3  # suggestions that stand beside the reasons
ZERO = Fraction(0)
HUNDRED = 100


@dataclass(frozen=True, slots=True)
class Win:
    """One thing to do: for which indicator, in words, how much work, what it brings. `facts` are
    those of all its rules once it is done; `figure` in `period` is what the work changes. `first` is
    a part of the work of which each unit brings more than of the whole."""

    indicator: str
    name: str
    words: str
    units: int
    gain: Fraction
    facts: tuple[Mapping[str, Any], ...]
    figure: str
    period: str
    first: "Win | None" = None
    is_easiest: bool = False

    @property
    def rate(self) -> Fraction:
        """What one unit of work brings."""
        return self.gain / self.units


@dataclass(frozen=True, slots=True)
class Winnable:
    """What can be won back. `until`: the last day on which it counts in the score itself; None when
    the score stands and what is made up for is a credit of the year: `share` of the gain, nothing
    after a second half-year, which closes its year. `together` is what the first `MOST` bring, all
    done."""

    wins: tuple[Win, ...] = ()
    until: dt.date | None = None
    share: Fraction = Fraction(1)
    together: Fraction = ZERO
    scale: Fraction = Fraction(1)  # where indicators are out, the others count for more

    @property
    def best(self) -> tuple[Win, ...]:
        """Those that bring most; none where nothing is given back."""
        return self.wins[:MOST] if self.share else ()

    def of(self, indicator: str) -> list[Win]:
        """Those of one indicator."""
        return [one for one in self.wins if one.indicator == indicator]

    def brings(self, win: Win) -> Fraction:
        """What one of them counts for: the whole, or the share that a repair gives back."""
        return win.gain * self.scale * self.share


def winnable(
    content: Mapping[str, Any],
    stored: Mapping[str, Any],
    period: str,
    names: Names,
    *,
    today: dt.date,
    is_running: bool,
) -> Winnable:
    """What would win points back, most first. While the period runs and facts are not frozen what is
    done changes the score; afterwards what can be made up for gives back a share of the loss."""
    end = periods.last_day(period)
    is_after = not is_running or today > end
    scheme = scheme_of(content)
    by_key = {one.key: one for one in scheme.indicators}
    found: list[Win] = []
    for leaf in leaves(content):
        if leaf.key in stored["facts"] and leaf.key not in stored["exempt"]:
            indicator = by_key[leaf.key]
            found += _of_indicator(indicator, leaf, stored, names, is_after=is_after)
    found.sort(key=lambda one: (-one.gain, one.units, one.indicator))
    share = exact(content.get("repair_share", REPAIR_SHARE)) if is_after else Fraction(1)
    if is_after and not period.endswith("H1"):
        share = ZERO
    if found:
        rates = [one.rate for one in found[:MOST]]
        if len(rates) > 1 and rates.count(max(rates)) == 1:
            place = rates.index(max(rates))
            found[place] = replace(found[place], is_easiest=True)
    return Winnable(
        tuple(found),
        None if is_after else end,
        share,
        together(scheme, stored, found[:MOST]) * share,
        _scale(scheme, stored),
    )


def _scale(scheme: Scheme, stored: Mapping[str, Any]) -> Fraction:
    """What a point of an indicator is worth in the total."""
    if stored["waiting"]:
        return Fraction(1)
    left = sum(
        (one.full for one in scheme.indicators if stored["exempt"].get(one.key, "full") == "full"),
        ZERO,
    )
    return scheme.root.full / left if left else Fraction(1)


def together(scheme: Scheme, stored: Mapping[str, Any], wins: Sequence[Win]) -> Fraction:
    """What some of them bring if all are done: the whole computed again from all their facts. Of two
    of one indicator the facts of both are laid over each other."""
    facts: dict[str, list[Mapping[str, Any]]] = {
        key: list(rows) for key, rows in stored["facts"].items()
    }
    for win in wins:
        before = stored["facts"][win.indicator]
        facts[win.indicator] = [
            then if then != was else now
            for then, was, now in zip(win.facts, before, facts[win.indicator], strict=True)
        ]
    return _points(scheme, stored, facts) - _points(scheme, stored, stored["facts"])


def _points(
    scheme: Scheme,
    stored: Mapping[str, Any],
    facts: Mapping[str, Sequence[Mapping[str, Any]]],
) -> Fraction:
    """The rounded total; the points so far where something is still to be marked."""
    scored = scored_by(scheme, {**stored, "facts": facts})
    if scored.total is not None:
        return Fraction(scored.total)
    return scored.groups[scheme.root.key]


# --- of one indicator ----------------------------------------------------------------------------


def _of_indicator(
    indicator: Indicator,
    leaf: Leaf,
    stored: Mapping[str, Any],
    names: Names,
    *,
    is_after: bool,
) -> Iterator[Win]:
    """At most one suggestion a rule and figure: what brings most, by the least work that does, and
    what of it is worth most for a unit of work."""
    facts = stored["facts"][leaf.key]
    read = stored["read"].get(leaf.key, ())
    if len(read) != len(facts):
        return
    now = score_indicator(indicator, facts).points
    if now is None or (indicator.most is not None and now >= indicator.most):
        return
    try:
        ideas = improvements(indicator, facts)
    except (Refused, KeyError):
        return
    for place, rule in enumerate(leaf.node.get("rules", ())):
        if read[place].get("by") != "figure":
            continue
        own = [idea for idea in ideas if idea.rule == place]
        changes = _changes(rule, facts[place], read[place], own)
        by_figure: dict[str, list[Win]] = {}
        for figure, way, units, changed in changes:
            remedy = remedy_of(figure)
            if remedy is None or remedy.way != way or (is_after and not remedy.after):
                continue
            whole = (*facts[:place], changed, *facts[place + 1 :])
            gain = _gain(indicator, whole, now)
            if gain <= 0 or units < 1:
                continue
            period = str(read[place].get("period", ""))
            words = _words(remedy, names, figure, period, units, changed, facts[place], is_after)
            by_figure.setdefault(figure, []).append(
                Win(leaf.key, leaf.name, words, units, gain, whole, figure, period)
            )
        for some in by_figure.values():
            most = max(some, key=lambda one: (one.gain, -one.units))
            first = max(some, key=lambda one: (one.rate, one.gain))
            yield replace(most, first=first) if first.rate > most.rate else most


def _gain(indicator: Indicator, facts: Sequence[Mapping[str, Any]], now: Fraction) -> Fraction:
    """What the indicator would bring more."""
    try:
        then = score_indicator(indicator, facts).points
    except Refused:
        return ZERO  # between two steps
    return ZERO if then is None else then - now


Change = tuple[str, int, int, Mapping[str, Any]]  # figure, way, units, facts of the rule


def _changes(
    rule: Mapping[str, Any],
    facts: Mapping[str, Any],
    read: Mapping[str, Any],
    ideas: Sequence[Improvement],
) -> Iterator[Change]:
    """The engine's ideas as changes of whole figures."""
    takes, figure = str(read.get("takes", "")), str(read.get("figure", ""))
    period, source = str(read.get("period", "")), source_of(rule)
    if takes == "counts":
        yield from _branches(facts, figure, ideas)
        return
    if takes == "missing":
        items = {name: count(one["value"] or 0) for name, one in read["items"].items()}
        for idea in ideas:
            of = source.items.get(idea.about, "")
            yield of, DOWN, items.get(idea.about, 0), idea.facts
        return
    value = count(read.get("value") or 0)
    values = {figure: value}
    whole = read.get("of_value")
    if source.of:
        values[source.of] = count(whole or 0)
    targets = dict.fromkeys(
        target
        for idea in ideas
        for target in _targets(rule, takes, source.when, idea, value, values.get(source.of))
    )
    if takes == "ratio":
        # Full marks may lie further away than the engine looks ahead.
        targets[_whole(exact(rule["params"]["base"]) * values.get(source.of, 0), value)] = None
    for target in targets:
        if target == value or target < 0:
            continue
        if takes == "ratio" and target > values.get(source.of, 0):
            continue  # more than all
        changed = facts_as_read(rule, period, {**values, figure: target})
        if changed is not None:
            yield figure, UP if target > value else DOWN, abs(target - value), changed


def _targets(
    rule: Mapping[str, Any],
    takes: str,
    when: str,
    idea: Improvement,
    value: int,
    whole: int | None,
) -> list[int]:
    """What the figure may become for an idea, in whole units of work."""
    if takes == "count":
        return [count(idea.facts["count"])]
    if takes == "met":
        found = {"none": 0, "any": 1}.get(when, whole)
        return [] if found is None else [found]
    if takes == "ratio":
        of, aim = whole or 0, exact(idea.facts["ratio"])
        # Below the base a step is won back as soon as its end is passed, however little.
        ends = [aim, aim - exact(rule["params"]["step"])]
        return [_whole(aim * of, value), *(end * of // 1 + 1 for end in ends if end * of >= value)]
    if takes == "value":
        aim = exact(idea.facts["value"])
        return [_whole(aim * whole / HUNDRED if whole is not None else aim, value)]
    return []


def _whole(aim: Fraction, value: int) -> int:
    """The whole number at or beyond the aim, seen from where it is."""
    if aim > value:
        return -(-aim.numerator // aim.denominator)
    return aim.numerator // aim.denominator


def _branches(
    facts: Mapping[str, Any], figure: str, ideas: Sequence[Improvement]
) -> Iterator[Change]:
    """All branches at which a unit of work brings as much as at the best one, done together; those at
    which any work brings something; and everything at all of them, for a cap over all that no branch
    reaches alone."""
    counts = {str(place): count(times) for place, times in dict(facts.get("counts") or {}).items()}
    if not counts:
        return
    rates = [idea.gain / idea.units for idea in ideas]
    for least in ({max(rates), min(rates)}) if rates else ():
        left = dict(counts)
        for place in counts:
            own = [one for one in ideas if one.about == place and one.gain / one.units >= least]
            if own:
                best = max(own, key=lambda one: (one.gain, -one.units))
                left[place] = count(best.facts["counts"][place])
        yield figure, DOWN, sum(counts.values()) - sum(left.values()), {**facts, "counts": left}
    none = dict.fromkeys(counts, 0)
    yield figure, DOWN, sum(counts.values()), {**facts, "counts": none}


def _words(
    remedy: Remedy,
    names: Names,
    figure: str,
    period: str,
    units: int,
    changed: Mapping[str, Any],
    facts: Mapping[str, Any],
    is_after: bool,
) -> str:
    said = remedy.words(units, names.label(figure, period), is_after=is_after)
    if "counts" not in facts:
        return said
    moved = [
        (names.place(place), count(times) - count(changed["counts"][place]))
        for place, times in facts["counts"].items()
        if count(times) != count(changed["counts"][place])
    ]
    if len(moved) == 1:
        return f"{moved[0][0]}{said}"
    return f"{len(moved)} 个支部共{said}"
