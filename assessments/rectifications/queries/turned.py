"""Which findings of automatic facts have turned good: their figures, read anew."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.utils import timezone

from assessments.cycles.explaining import Names
from assessments.cycles.explaining.said import said_of
from assessments.cycles.facts import Known, Place, Values, known_of, period_of
from assessments.cycles.models import Assessed, Cycle, Score
from assessments.cycles.queries.computing import places_of
from assessments.cycles.queries.enrolled import branches_below, day_of
from assessments.schemes.definitions import Leaf, leaves, scheme_of
from assessments.scoring.refusals import Refused
from assessments.scoring.schemes import Indicator, score_indicator
from core import clock, figures, periods
from core.figures import Window
from orgs.models import Organization
from schedules.action_items.enums import UNDER_WAY, LineState

from ..enums import Closing
from ..models import Finding
from ..rules import MONTHS_GOOD
from .proposals import wins_of

Readings = dict[tuple[str, str], Values]


@dataclass(frozen=True, slots=True)
class Turned:
    """A finding that has turned good, and the values that say so, each of its period."""

    finding: Finding
    said: Sequence[tuple[str, Sequence[str]]]  # period, words of the fact of each rule


def awaited() -> list[Finding]:
    """Findings whose fact may have turned good: their line is open and waits for it. One query."""
    return list(
        Finding.objects.exclude(closing=Closing.PERSON)
        .filter(
            line__state=LineState.OPEN,
            line__by_fact=True,
            line__return_reason="",
            line__item__state__in=UNDER_WAY,
        )
        .select_related(
            "rectification__assessed__version",
            "rectification__assessed__cycle__organization",
            "rectification__assessed__cycle__run",
            "line",
        )
        .order_by("pk")
    )


def turned_of(findings: Iterable[Finding]) -> list[Turned]:
    """Those of the findings that have turned good as of today. For each cycle: two queries for where
    its organisations stand, one for its scores, and those of the figures, once for each period."""
    by_cycle: dict[int, list[Finding]] = {}
    for one in findings:
        by_cycle.setdefault(one.rectification.assessed.cycle_id, []).append(one)
    return [turned for some in by_cycle.values() for turned in _of_cycle(some)]


def _of_cycle(findings: Sequence[Finding]) -> list[Turned]:
    cycle = findings[0].rectification.assessed.cycle
    assessed = {one.rectification.assessed_id: one.rectification.assessed for one in findings}
    contents = {one.version_id: one.version.content for one in assessed.values()}
    places = places_of(cycle, assessed.values(), list(contents.values()))
    branches = branches_below([one.path for one in assessed.values()], day_of(cycle))
    scores = {
        score.assessed_id: score
        for score in Score.objects.filter(run=cycle.run_id, assessed__in=list(assessed))
    }
    names = Names(figures.registered())
    found: list[Turned] = []
    readings: Readings = {}
    for one in findings:
        row = one.rectification.assessed
        leaf = {leaf.key: leaf for leaf in leaves(row.version.content)}.get(one.indicator)
        score = scores.get(row.pk)
        if leaf is None or score is None:
            continue
        score.assessed = row
        place = Place(row.organization_id, branches.get(row.path, ()))
        if one.closing == Closing.MADE_UP:
            spans = [cycle.period]
        else:
            spans = _months_since(one)
            if len(spans) < MONTHS_GOOD:
                continue
        for span in spans:
            _read(readings, cycle, leaf, span, places)
        indicator = _indicator(row, one.indicator)
        least = _target(cycle, score, indicator, names) if one.closing == Closing.MADE_UP else None
        said = []
        for span in spans:
            known = known_of(row.version.content, span, place, readings)
            if not _is_good(known, indicator, least):
                break
            said.append((span, _words(leaf, known, names)))
        else:
            found.append(Turned(one, said))
    return found


def _months_since(finding: Finding) -> list[str]:
    """The last whole months, of those after the one in which the list was issued."""
    line = finding.line
    issued = finding.rectification.issued_at
    if line is None or issued is None:
        return []
    last = periods.shift(periods.containing(clock.today(), periods.MONTH), -1)
    first = periods.containing(timezone.localdate(issued), periods.MONTH)
    return [month for month in periods.ending(last, MONTHS_GOOD) if month > first]


def _read(
    readings: Readings, cycle: Cycle, leaf: Leaf, span: str, places: Sequence[Organization]
) -> None:
    """Adds what the leaf's figures are in the period, as known today."""
    period = period_of(leaf, span)
    keys = [
        key
        for source in leaf.sources
        if source.is_counted
        for key in source.figures
        if (key, period) not in readings
    ]
    if not keys:
        return
    today = clock.today()
    # What was made up for since counts: the period's own figures, as they stand today.
    window = Window(period, today, read_on=today if span == cycle.period else None)
    for key, values in figures.values(keys, places, window).items():
        readings[key, period] = values


def _indicator(assessed: Assessed, key: str) -> Indicator:
    scheme = scheme_of(assessed.version.content)
    return next(one for one in scheme.indicators if one.key == key)


def _target(cycle: Cycle, score: Score, indicator: Indicator, names: Names) -> Fraction | None:
    """The points of the indicator once all is done that can be made up for; None where it cannot be
    told any more."""
    facts = [dict(one) for one in score.facts["facts"].get(indicator.key, ())]
    before = [dict(one) for one in facts]
    for win in wins_of(cycle, score, names).of(indicator.key):
        facts = [
            dict(then) if dict(then) != was else now
            for then, was, now in zip(win.facts, before, facts, strict=True)
        ]
    try:
        return score_indicator(indicator, facts).points
    except Refused:
        return None


def _is_good(known: Known, indicator: Indicator, least: Fraction | None) -> bool:
    """Whether what is known now brings `least`, or the full marks without it. What there is nothing
    of to go wrong is good."""
    if indicator.key in known.exempt:
        return True
    facts = known.facts.get(indicator.key)
    if facts is None:
        return False
    try:
        points = score_indicator(indicator, facts).points
    except Refused:
        return False
    return points is not None and points >= (indicator.full if least is None else least)


def _words(leaf: Leaf, known: Known, names: Names) -> list[str]:
    facts: Sequence[Mapping[str, object]] = known.facts.get(leaf.key, ())
    read = known.read.get(leaf.key, ())
    said = []
    for place, rule in enumerate(leaf.node.get("rules", ())):
        its = read[place] if place < len(read) else None
        given = facts[place] if place < len(facts) else None
        said.append(said_of(rule, given, its, names).text.rstrip("。"))
    return said
