"""What a score sheet (考核评分表) says of each indicator, for one of the assessed or for all."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from assessments.cycles.explaining import Explained, Names, Stored, explain
from assessments.cycles.models import Assessed, Cycle, Score
from assessments.cycles.queries.enrolled import day_of
from assessments.schemes.definitions import Leaf, leaves
from assessments.schemes.models import IndicatorExemption, SchemeVersion
from assessments.schemes.sheets.tree import standard_of
from assessments.self_assessments.enums import SelfState
from assessments.self_assessments.models import SelfItem
from assessments.self_assessments.queries.side import points_of
from core import figures
from core.actor import Actor
from orgs.models import Organization

TOGETHER = 20  # whose steps are in memory at once
SENT = (SelfState.SENT, SelfState.RETURNED)


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One indicator: as the scheme prints it, the own mark (None: none was given), what it brought
    as printed, and why points were lost. `exemption` says why it is out."""

    leaf: Leaf
    own: Fraction | None
    full: str
    points: str
    state: str
    reason: str
    exemption: str

    @property
    def standard(self) -> str:
        """How it is scored, as it is printed."""
        return standard_of(self.leaf.node)


@dataclass(frozen=True, slots=True)
class ScoreSheet:
    """The whole sheet of one organisation."""

    assessed: Assessed
    score: Score
    explained: Explained
    lines: Sequence[SheetLine]


def sheet_of(actor: Actor, assessed: Assessed) -> ScoreSheet | None:
    """The sheet of one; None while nothing is computed. Six queries."""
    return next(iter(sheets_of(actor, assessed.cycle, [assessed.pk])), None)


def assessed_in(actor: Actor, cycle: Cycle) -> list[int]:
    """Whose sheets there are, in the order of groups and tree. One query."""
    rows = Score.objects.visible_to(actor).filter(run=cycle.run_id, assessed__is_out=False)
    return list(
        rows.order_by("assessed__group__order", "assessed__group_id", "assessed__path").values_list(
            "assessed_id", flat=True
        )
    )


def sheets_of(actor: Actor, cycle: Cycle, wanted: Sequence[int]) -> Iterable[ScoreSheet]:
    """The sheets of some of the assessed, in the order given. Six queries for every `TOGETHER`."""
    for at in range(0, len(wanted), TOGETHER):
        yield from _together(actor, cycle, wanted[at : at + TOGETHER])


def _together(actor: Actor, cycle: Cycle, wanted: Sequence[int]) -> list[ScoreSheet]:
    scores = {
        one.assessed_id: one
        for one in Score.objects.visible_to(actor)
        .filter(run=cycle.run_id, assessed__in=wanted)
        .select_related("assessed__cycle__organization", "assessed__organization")
    }
    versions = SchemeVersion.objects.in_bulk({one.assessed.version_id for one in scores.values()})
    branches = Organization.objects.in_bulk(
        {
            int(place)
            for score in scores.values()
            for rows in score.facts["facts"].values()
            for row in rows
            for place in row.get("counts", ())
            if str(place).isdecimal()
        }
    )
    names = Names(figures.registered(), {str(pk): str(one) for pk, one in branches.items()})
    own: dict[int, dict[str, Mapping[str, Any]]] = {}
    given = SelfItem.objects.filter(
        self_assessment__assessed__in=list(scores), self_assessment__state__in=SENT
    )
    for pk, indicator, facts in given.values_list(
        "self_assessment__assessed", "indicator", "facts"
    ):
        own.setdefault(pk, {})[indicator] = facts
    exempt = {
        (one.organization_id, one.indicator): one.reason
        for one in IndicatorExemption.objects.holding(day_of(cycle), cycle.known_at).filter(
            scheme__in={one.scheme_id for one in versions.values()}
        )
    }
    return [
        _sheet(scores[pk], versions[scores[pk].assessed.version_id], names, own.get(pk, {}), exempt)
        for pk in wanted
        if pk in scores
    ]


def _sheet(
    score: Score,
    version: SchemeVersion,
    names: Names,
    own: Mapping[str, Mapping[str, Any]],
    exempt: Mapping[tuple[int, str], str],
) -> ScoreSheet:
    assessed = score.assessed
    told = explain(Stored(version.content, score.facts, score.result, assessed.cycle.period), names)
    items = {one.key: one for one in told.items}
    lines = []
    for leaf in leaves(version.content):
        item = items[leaf.key]
        lines.append(
            SheetLine(
                leaf,
                _own(leaf, own.get(leaf.key), score),
                item.full_text,
                item.points_text,
                item.state,
                item.summary if item.lost > 0 else "",
                exempt.get((assessed.organization_id, leaf.key), "") if item.is_granted else "",
            )
        )
    return ScoreSheet(assessed, score, told, lines)


def _own(leaf: Leaf, given: Mapping[str, Any] | None, score: Score) -> Fraction | None:
    """The own mark as the self-assessment says it; of rules that are counted their facts stand."""
    if given is None:
        return None
    counted: Sequence[Mapping[str, Any] | None] = ()
    if leaf.is_counted:
        counted = score.facts["facts"].get(leaf.key, ())
    return points_of(leaf, given, counted)
