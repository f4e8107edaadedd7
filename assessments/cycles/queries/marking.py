"""What is marked by hand of one indicator, and by whom it is still asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assessments.schemes.definitions import BESIDE, Leaf, all_given, source_of
from assessments.schemes.models import SchemeVersion
from core.actor import Actor
from orgs.access import not_recused
from orgs.permissions import Permission

from ..models import ASSESSED, Assessed, Cycle, HandMark, Score
from . import computing

UNMARKED = ("not_applicable", "veto")  # rules that take no fact of an indicator
MOST_SEATS = 3


@dataclass(frozen=True, slots=True)
class Sheet:
    """One rule of the indicator in one version, with the organisations that it measures and the
    mark that stands there. `is_counted`: a figure is its source, and a person only steps in."""

    version: SchemeVersion
    leaf: Leaf
    number: int
    rule: Mapping[str, Any]
    is_counted: bool
    rows: Sequence[tuple[Assessed, HandMark | None]]

    @property
    def name(self) -> str:
        """What the indicator is called in this version."""
        return self.leaf.name

    @property
    def full(self) -> str:
        """Its full marks."""
        return str(self.leaf.node["full"])

    @property
    def reviewers(self) -> int:
        """How many mark it by themselves."""
        return 1 if self.is_counted else min(self.leaf.reviewers, MOST_SEATS)


def sheets_of(
    cycle: Cycle, indicator: str, seat: int, actor: Actor
) -> tuple[list[Sheet], list[tuple[str, str]]]:
    """The sheets of an indicator, without organisations from which the actor is kept away, and the
    others that people mark, those after it first (key, name): indicators, then what is given of the
    whole. Of what is counted only those of
    whom the figure could not be told, or who have a mark. Five queries."""
    rows = list(
        Assessed.objects.filter(
            not_recused(actor, Permission.ASSESSMENT_RUN, subjects={ASSESSED: "pk"}),
            cycle=cycle,
            is_out=False,
        )
        .select_related("organization")
        .order_by("path")
    )
    contents = computing.contents_of(cycle)
    versions = {
        one.pk: one
        for one in SchemeVersion.objects.filter(pk__in=list(contents))
        .select_related("scheme")
        .defer("content")
    }
    marks = {
        (mark.assessed_id, mark.rule): mark
        for mark in HandMark.objects.filter(assessed__cycle=cycle, indicator=indicator, seat=seat)
    }
    waiting = {
        pk
        for pk, keys in Score.objects.filter(run=cycle.run_id).values_list("assessed_id", "waiting")
        if indicator in keys
    }
    sheets: list[Sheet] = []
    hand: dict[str, str] = {}
    for pk in sorted(contents):
        for leaf in all_given(contents[pk]):
            if not leaf.is_counted:
                hand.setdefault(leaf.key, leaf.name)
            if leaf.key != indicator:
                continue
            mine = [one for one in rows if one.version_id == pk]
            for number, rule in enumerate(leaf.node.get("rules", ())):
                if rule.get("rule") in UNMARKED:
                    continue
                is_counted = source_of(rule).is_counted
                lines = [
                    (one, marks.get((one.pk, number)))
                    for one in mine
                    if not is_counted or one.pk in waiting or (one.pk, number) in marks
                ]
                if lines:
                    sheets.append(Sheet(versions[pk], leaf, number, rule, is_counted, lines))
    keys = sorted(hand, key=lambda key: key.startswith(BESIDE))
    start = keys.index(indicator) + 1 if indicator in hand else 0
    others = [key for key in [*keys[start:], *keys[:start]] if key != indicator]
    return sheets, [(key, hand[key]) for key in others]
