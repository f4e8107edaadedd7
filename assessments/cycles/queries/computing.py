"""What a computation reads, and one organisation's score from it."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils import timezone

from assessments.schemes.definitions import AWARDS, VETOES, scheme_of
from assessments.schemes.models import AssessmentGroup, IndicatorExemption, SchemeVersion
from assessments.scoring import schemes
from assessments.scoring.numbers import rounded
from assessments.scoring.refusals import Refused
from assessments.scoring.schemes import Scheme
from core import clock, periods
from core.figures import Window
from orgs.models import Organization

from ..facts import (
    RESCALE,
    Known,
    Place,
    Values,
    counted_by_branch,
    known_of,
    scored_by,
    wanted,
)
from ..models import Assessed, Cycle, HandMark, Reading, Run
from ..standings import Group
from .enrolled import branches_below, day_of

STORED = 4  # places of what is stored for adding up and sorting; exact numbers stand in `result`
Marks = Mapping[int, Mapping[tuple[str, int], list[Mapping[str, Any]]]]


def window_of(cycle: Cycle, period: str, known_at: dt.datetime | None) -> Window:
    """What figures of the cycle are computed for: until the half-year's last day, as known at the
    moment at which facts were frozen, if they were."""
    day = clock.today() if known_at is None else timezone.localdate(known_at)
    end = periods.last_day(cycle.period)
    # Of the year so far: not what came after the half-year that is assessed.
    return Window(period, day, known_at, read_on=min(end, day) if period != cycle.period else None)


def figures_wanted(cycle: Cycle) -> set[tuple[str, str]]:
    """(figure, period) of all that versions of the assessed read. One query."""
    contents = contents_of(cycle)
    return set().union(*(wanted(content, cycle.period) for content in contents.values()))


def contents_of(cycle: Cycle) -> dict[int, dict[str, Any]]:
    """Version -> content of those that measure somebody in the cycle. One query."""
    used = Assessed.objects.filter(cycle=cycle, is_out=False).values("version_id")
    return dict(SchemeVersion.objects.filter(pk__in=used).values_list("pk", "content"))


def places_of(
    cycle: Cycle, some: Iterable[Assessed], contents: Collection[Mapping[str, Any]]
) -> list[Organization]:
    """The organisations whose figures are read for some of the assessed: themselves, and their
    branches where a rule reads each by itself; nothing but where they stand. Two queries at most."""
    pks: set[int] = set()
    paths = []
    for one in some:
        pks.add(one.organization_id)
        paths.append(one.path)
    if counted_by_branch(contents):
        pks.update(*branches_below(paths, day_of(cycle)).values())
    return list(Organization.objects.filter(pk__in=pks).only("path").order_by("path"))


@dataclass(frozen=True, slots=True)
class Ground:
    """Everything that scores of a cycle are computed from, read once."""

    cycle: Cycle
    schemes: Mapping[int, Scheme]  # by version
    contents: Mapping[int, Mapping[str, Any]]
    readings: Mapping[tuple[str, str], Values]
    marks: Marks
    exempt: Mapping[int, Mapping[str, str]]  # organisation -> indicator -> mode
    branches: Mapping[str, Sequence[int]]
    peers: Mapping[int | None, Sequence[int]] = field(default_factory=dict)  # by group


def ground_of(
    cycle: Cycle,
    readings: Mapping[tuple[str, str], Values],
    *,
    contents: Mapping[int, Mapping[str, Any]] | None = None,
) -> Ground:
    """Reads versions, marks, exemptions and groups of the cycle; `contents` takes the place of those
    stored, as for a draft that is tried. Six queries."""
    contents = contents_of(cycle) if contents is None else contents
    rows = list(
        Assessed.objects.filter(cycle=cycle, is_out=False)
        .order_by("path")
        .values_list("organization_id", "path", "group_id")
    )
    peers: dict[int | None, list[int]] = {}
    for pk, _, group in rows:
        peers.setdefault(group, []).append(pk)
    is_by_branch = counted_by_branch(list(contents.values()))
    paths = [path for _, path, _ in rows] if is_by_branch else []
    return Ground(
        cycle,
        {pk: scheme_of(content) for pk, content in contents.items()},
        contents,
        readings,
        marks_of(cycle),
        exempt_of(cycle),
        branches_below(paths, day_of(cycle)),
        peers,
    )


def readings_of(run: Run) -> dict[tuple[str, str], Values]:
    """(figure, period) -> organisation -> value, as a run has read them. One query."""
    rows = Reading.objects.filter(run=run).exclude(read_at=None)
    return {
        (figure, period): {int(pk): value for pk, value in (values or {}).items()}
        for figure, period, values in rows.values_list("figure", "period", "values")
    }


def marks_of(cycle: Cycle) -> Marks:
    """Assessed -> (indicator, rule) -> what each who marked it gave, in the order of seats. One
    query."""
    found: dict[int, dict[tuple[str, int], list[Mapping[str, Any]]]] = {}
    rows = HandMark.objects.filter(assessed__cycle=cycle).order_by("indicator", "rule", "seat")
    for assessed, indicator, rule, facts in rows.values_list(
        "assessed_id", "indicator", "rule", "facts"
    ):
        found.setdefault(assessed, {}).setdefault((indicator, rule), []).append(facts)
    return found


def standing_groups(pks: Iterable[int | None]) -> list[Group]:
    """Those of the groups, in their order. One query."""
    rows = AssessmentGroup.objects.filter(pk__in={pk for pk in pks if pk}).order_by("order", "pk")
    return [Group(pk, minimum) for pk, minimum in rows.values_list("pk", "minimum")]


def exempt_of(cycle: Cycle) -> dict[int, dict[str, str]]:
    """Organisation -> indicator -> mode, of exemptions that hold on the cycle's day; once facts are
    frozen, of those approved by then. One query."""
    found: dict[int, dict[str, str]] = {}
    rows = IndicatorExemption.objects.holding(day_of(cycle), cycle.known_at).filter(
        scheme__organization=cycle.organization_id,
        scheme__year=cycle.year,
        scheme__level=cycle.level,
    )
    for pk, indicator, mode in rows.values_list("organization_id", "indicator", "mode"):
        found.setdefault(pk, {})[indicator] = mode
    return found


def again(scheme: Scheme, stored: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    """A stored result computed again from what was stored beside it, and its digest: same version,
    same facts, same bytes. No query. Raises Refused for facts that the engine does not take, which
    nobody but a hand in the database has written."""
    result = scored_by(scheme, stored).as_data()
    return result, schemes.digest(scheme, stored, result)


def computed_by(scheme: Scheme, stored: Mapping[str, Any]) -> "Computed":
    """The score of what is known of one of the assessed (`Known.as_data`), as a correction brings
    it. No query. Raises Refused."""
    scored = scored_by(scheme, stored)
    result = scored.as_data()
    digest = schemes.digest(scheme, stored, result)
    return Computed(Known(**stored), scored, scheme, digest, stored, result)


@dataclass(frozen=True, slots=True)
class Computed:
    """One organisation's score before it is stored."""

    known: Known
    scored: schemes.Scored
    scheme: Scheme
    digest: str
    stored: Mapping[str, Any]  # what the digest is of, beside scheme and result
    result: dict[str, Any]  # `scored` as data

    @property
    def points(self) -> Fraction:
        """What the indicators that are known have brought."""
        return self.scored.groups[self.scheme.root.key]

    @property
    def full_known(self) -> Fraction:
        """The full marks of those."""
        return sum(
            (
                one.full
                for one in self.scheme.indicators
                if one.key in self.scored.indicators
                and self.scored.indicators[one.key].points is not None
            ),
            Fraction(0),
        )


def computed(ground: Ground, assessed: Assessed) -> Computed:
    """The score of one of the assessed. No query.

    A fact that the engine refuses (a mark below what the scheme knows, say) leaves its indicator
    waiting: one slip must not keep a whole cycle from being computed.
    """
    content = ground.contents[assessed.version_id]
    scheme = ground.schemes[assessed.version_id]
    keys = {one.key for one in scheme.indicators}
    place = Place(
        assessed.organization_id,
        ground.branches.get(assessed.path, ()),
        ground.peers.get(assessed.group_id, ()),
    )
    exempt = {
        key: mode
        for key, mode in ground.exempt.get(assessed.organization_id, {}).items()
        if key in keys
    }
    known = known_of(
        content,
        ground.cycle.period,
        place,
        ground.readings,
        marks=ground.marks.get(assessed.pk),
        exempt=exempt,
    )
    _lay_aside_beside(scheme, known)
    scored = _scored(scheme, known)
    stored, result = known.as_data(), scored.as_data()
    digest = schemes.digest(scheme, stored, result)
    return Computed(known, scored, scheme, digest, stored, result)


def _scored(scheme: Scheme, known: Known) -> schemes.Scored:
    try:
        return scored_by(scheme, known.as_data())
    except Refused:
        _lay_aside_refused(scheme, known)
    try:
        return scored_by(scheme, known.as_data())
    except Refused as refusal:
        # Nothing of it is left to be counted: it has no total until somebody has marked something.
        _wait_for_all(known, refusal)
    return scored_by(scheme, known.as_data())


def _wait_for_all(known: Known, refusal: Refused) -> None:
    for key in [key for key, mode in known.exempt.items() if mode == RESCALE]:
        del known.exempt[key]
        known.waiting.append(key)
        known.read[key] = [_refused(refusal)]


def _lay_aside_refused(scheme: Scheme, known: Known) -> None:
    for one in scheme.indicators:
        if one.key not in known.facts:
            continue
        try:
            schemes.score_indicator(one, known.facts[one.key])
        except Refused as refusal:
            del known.facts[one.key]
            known.waiting.append(one.key)
            known.read[one.key] = [_refused(refusal)]


def _lay_aside_beside(scheme: Scheme, known: Known) -> None:
    """Awards and vetoes that a later version does not know: they wait for nobody, and the score's
    page says that they are not counted."""
    if known.awards:
        try:
            schemes.bonus_of(scheme, known.awards)
        except Refused as refusal:
            known.awards.clear()
            known.read[AWARDS] = [_refused(refusal)]
    for name in list(known.happened):
        try:
            schemes.limits_by(scheme, [name])
        except Refused as refusal:
            known.happened.remove(name)
            known.read.setdefault(VETOES, []).append(_refused(refusal))


def _refused(refusal: Refused) -> dict[str, Any]:
    return {"refused": refusal.code, "why": refusal.text[:200]}


def stored_number(value: Fraction) -> Decimal:
    """A number for adding up and sorting by SQL."""
    return rounded(value, STORED)
