"""What a sealed cycle gives rise to: for each of the assessed the indicators that lost points."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from assessments.cycles.explaining import Item, Names, Stored, Win, Winnable, explain, winnable
from assessments.cycles.explaining.said import mark_words
from assessments.cycles.models import Assessed, Cycle, HandMark, Score
from assessments.cycles.queries.explained import branches_of
from assessments.schemes.definitions import Leaf, leaves
from core import clock, figures, periods

from ..enums import Closing
from ..rules import is_weighty

_DEDUCTS = frozenset({"deduct_each", "deduct_missing"})  # nothing of it is nothing wrong
# What a month says by itself: how often something went wrong, a share, whether there was any.
_BY_MONTH = frozenset({"deduct_each", "deduct_missing", "ratio_steps", "all_or_nothing"})


@dataclass(frozen=True, slots=True)
class Proposed:
    """One indicator that lost points: what it was scored by, what a repair gives back, and how it is
    found to be put right."""

    assessed: Assessed
    item: Item
    found: Sequence[str]  # the reasons of the marks; without any what it was scored by
    repair: Fraction
    closing: Closing
    is_weighty: bool


def proposed_of(cycle: Cycle) -> list[Proposed]:
    """All of a cycle, in the order of the tree and of the indicators. Three queries, however many are
    assessed."""
    scores = list(
        Score.objects.filter(run=cycle.run_id, assessed__is_out=False)
        .select_related("assessed__version", "assessed__organization")
        .order_by("assessed__path")
    )
    branches = branches_of(*(score.facts for score in scores))
    names = Names(figures.registered(), {str(pk): str(one) for pk, one in branches.items()})
    reasons = _reasons(cycle)
    return [
        one
        for score in scores
        for one in _of_score(cycle, score, names, reasons.get(score.assessed_id, {}))
    ]


def is_first_half(cycle: Cycle) -> bool:
    """Whether what is put right is booked to the year: after a mid-year only."""
    return cycle.period.endswith("H1")


def wins_of(cycle: Cycle, score: Score, names: Names) -> Winnable:
    """What making up for would bring, as the page of the score tells it. No query."""
    return winnable(
        score.assessed.version.content,
        score.facts,
        cycle.period,
        names,
        today=clock.today(),
        is_running=False,
    )


def closing_of(leaf: Leaf, wins: Sequence[Win], read: Sequence[Mapping[str, object]]) -> Closing:
    """How it is found that an indicator is put right. What people can make up for changes the figure
    of the period itself; what is over for good is looked at in the months since, where a month says
    something by itself; everything else somebody has to see."""
    if wins:
        return Closing.MADE_UP
    rules = leaf.node.get("rules", ())
    if not read or any(one.get("by") != "figure" or "refused" in one for one in read):
        return Closing.PERSON
    is_monthly = all(
        rule["rule"] in _BY_MONTH and source.takes != "rank"
        for rule, source in zip(rules, leaf.sources, strict=True)
    )
    is_half_yearly = leaf.node.get("cycle") != periods.YEAR
    return Closing.MONTHS if is_monthly and is_half_yearly else Closing.PERSON


def _of_score(
    cycle: Cycle, score: Score, names: Names, reasons: Mapping[str, Sequence[str]]
) -> list[Proposed]:
    content = score.assessed.version.content
    explained = explain(Stored(content, score.facts, score.result, cycle.period), names)
    can_win = wins_of(cycle, score, names)
    by_key = {leaf.key: leaf for leaf in leaves(content)}
    whole = sum((item.lost for item in explained.losing), Fraction(0))
    found = []
    for item in explained.losing:
        given = [one.said.reason for one in item.rules if one.said.reason]
        said = dict.fromkeys([*reasons.get(item.key, ()), *given])
        if not said:
            said = dict.fromkeys(_scored_by(item, by_key[item.key], score))
        wins = can_win.of(item.key)
        closing = closing_of(by_key[item.key], wins, score.facts["read"].get(item.key, ()))
        back = min(sum((win.gain for win in wins), Fraction(0)) or item.lost, item.lost)
        repair = back * can_win.scale * can_win.share if is_first_half(cycle) else Fraction(0)
        weighty = closing == Closing.PERSON or is_weighty(item.lost, whole)
        found.append(Proposed(score.assessed, item, tuple(said), repair, closing, weighty))
    return found


def _scored_by(item: Item, leaf: Leaf, score: Score) -> list[str]:
    """By what it was scored, without what is in order: what nothing was deducted for, and who of
    several gave which mark."""
    facts = score.facts["facts"].get(item.key, ())
    said = []
    for place, (rule, one) in enumerate(zip(leaf.node.get("rules", ()), item.rules, strict=False)):
        numbers = one.said.numbers
        if rule["rule"] in _DEDUCTS and numbers and not any(x.value for x in numbers):
            continue
        seats = facts[place].get("seats") if place < len(facts) else None
        if isinstance(seats, list) and seats:
            marks = dict.fromkeys(mark_words(rule["rule"], seat) for seat in seats)
            said.append("、".join(marks))
        else:
            said.append(one.said.text.rstrip("。"))
    return said or [item.summary]


def _reasons(cycle: Cycle) -> dict[int, dict[str, list[str]]]:
    """Assessed -> indicator -> what those who marked wrote, without who they are. One query."""
    found: dict[int, dict[str, list[str]]] = {}
    rows = HandMark.objects.filter(assessed__cycle=cycle).exclude(reason="")
    for assessed, indicator, reason in rows.order_by("indicator", "rule", "seat").values_list(
        "assessed_id", "indicator", "reason"
    ):
        said = found.setdefault(assessed, {}).setdefault(indicator, [])
        if reason not in said:
            said.append(reason)
    return found
