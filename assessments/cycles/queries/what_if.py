"""A draft run over cycles that are over: what everybody would have had. Nothing is written."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import QuerySet

from assessments.schemes.definitions import leaves, scheme_of
from assessments.schemes.models import SchemeVersion
from assessments.scoring import schemes
from assessments.scoring.grading import Band
from assessments.scoring.numbers import number, plain
from assessments.scoring.refusals import Refused
from assessments.scoring.schemes import Scheme
from core import figures
from core.actor import Actor
from orgs.models import Organization
from orgs.permissions import Permission

from .. import standings
from ..comparing import Comparison, Result, Subject, compared
from ..enums import CycleState
from ..facts import RESCALE, Values, counted_by_branch, scored_by, wanted
from ..models import Assessed, Cycle, Score
from . import computing
from .enrolled import branches_below, day_of

OVER = tuple(state for state in CycleState if state != CycleState.RUNNING)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An indicator of the draft that counts for nobody (`of` is everybody), or not for some: there
    were no facts of it, and the rest is scaled up for them."""

    key: str
    name: str
    count: int
    of: int

    @property
    def is_for_all(self) -> bool:
        """Whether nobody has facts of it."""
        return self.count == self.of


@dataclass(frozen=True, slots=True)
class Tried:
    """A draft over one cycle. `read_now`: figures that the cycle had not read, as of its period.
    `names`: what the indicators are called, of the draft and of what was in force."""

    cycle: Cycle
    comparison: Comparison
    left_out: Sequence[LeftOut]
    read_now: Sequence[str]
    names: Mapping[str, str]
    bands: Sequence[Band]  # of the draft, in the numbers that are compared
    unranked: bool  # somebody is in a group too small for ranks, or in none
    is_uneven: bool  # marks of the draft do not add up yet: those of its indicators count


def cycles_for(version: SchemeVersion) -> QuerySet[Cycle]:
    """The cycles over which the version can be tried, newest first: facts frozen or sealed, by the
    same committee on the same level, with somebody of the scheme's classes."""
    scheme = version.scheme
    some = Assessed.objects.filter(is_out=False, organization_class__in=list(scheme.classes))
    return (
        Cycle.objects.filter(
            organization=scheme.organization_id, level=scheme.level, state__in=OVER
        )
        .exclude(run=None)
        .filter(pk__in=some.values("cycle_id"))
        .select_related("organization", "run")
        .order_by("-period", "-pk")
    )


def tried(version: SchemeVersion, cycle: Cycle, actor: Actor) -> Tried:
    """The version in the place of those that measured its classes in the cycle; of those from whom
    the actor is kept away nothing is told. Raises Refused for a content that cannot be computed. Twelve queries, and those of figures not read before."""
    content = added_up(version.content)
    draft = scheme_of(content)
    if draft.root.full <= 0:
        raise Refused("no_marks", "")
    contents = computing.contents_of(cycle)
    rows = Score.objects.filter(run=cycle.run_id, assessed__is_out=False)
    rows = rows.select_related("assessed__organization").defer("facts")
    scores = list(rows.order_by("assessed__path"))
    classes = set(version.scheme.classes)
    mine = [one for one in scores if one.assessed.organization_class in classes]
    measured_by = {score.pk: score.assessed.version_id for score in scores}
    replaced = {measured_by[score.pk] for score in mine}
    facts, read_now = facts_of(version.content, cycle, [score.assessed for score in scores])
    first = standings.rules_of(contents[min(contents)]) if contents else standings.Rules()
    # What holds over the whole is said by the first version: by the draft where it stands for it.
    rules = standings.rules_of(version.content) if contents and min(contents) in replaced else first
    read = {pk: scheme_of(content) for pk, content in contents.items()}
    differences = standings.differences_of(score.compared for score in scores)
    ground = computing.ground_of(cycle, facts, contents={version.pk: content})
    ones: dict[int, standings.One] = {}
    by_draft: dict[int, schemes.Scored] = {}
    waiting: dict[str, int] = {}
    for score in scores:
        assessed = score.assessed
        scheme, total, its = read[assessed.version_id], score.total, score.compared
        if assessed.organization_class in classes:
            assessed.version_id = version.pk
            found = computing.computed(ground, assessed)
            for key in found.scored.waiting:
                waiting[key] = waiting.get(key, 0) + 1
            scored = _whole(found)
            if scored is None:
                continue
            by_draft[score.pk] = scored
            scheme, total = draft, scored.total
            its = standings.compared_of(draft, scored.as_data(), found.stored)
        one = standings.one_of(score.pk, assessed.group_id, scheme, total, its)
        if one is not None:
            ones[score.pk] = one
    groups = computing.standing_groups({score.assessed.group_id for score in scores})
    stands, _ = standings.stand(list(ones.values()), groups, rules, differences)
    subjects = [
        Subject(
            score.pk,
            score.assessed.short_name,
            _now(score, read[measured_by[score.pk]].root.full),
            _then(draft, by_draft.get(score.pk), stands.get(score.pk)),
            score.assessed.group_id,
        )
        for score in mine
        if not actor.keeps_out(Permission.ASSESSMENT_VIEW, score.assessed.path)
    ]
    comparison = compared(subjects, draft.bands)
    names = _names([*(contents[pk] for pk in replaced), version.content])
    scale = Fraction(100) / draft.root.full if comparison.is_by_rate and draft.root.full else 1
    return Tried(
        cycle,
        comparison,
        [LeftOut(key, names.get(key, key), n, len(mine)) for key, n in waiting.items()],
        read_now,
        names,
        [Band(band.grade, band.least * scale) for band in draft.bands],
        any(row.subject.draft.rank is None for row in comparison.rows),
        content["root"] != version.content["root"],
    )


def added_up(content: Mapping[str, Any]) -> dict[str, Any]:
    """The content of a draft with the full marks of each group as its parts add up, and the limits
    of grades in the same proportion: a draft is tried while its sums are still off."""
    root = _added_up(content["root"])
    found = {**content, "root": root}
    before, after = number(content["root"]["full"]), number(root["full"])
    if before and after != before and content.get("bands"):
        found["bands"] = [
            [grade, plain(number(least) * after / before)] for grade, least in content["bands"]
        ]
    return found


def _added_up(node: Mapping[str, Any]) -> dict[str, Any]:
    if "parts" not in node:
        return dict(node)
    parts = [_added_up(part) for part in node["parts"]]
    full = sum((number(part["full"]) for part in parts), Fraction(0))
    return {**node, "parts": parts, "full": plain(full)}


def facts_of(
    content: Mapping[str, Any], cycle: Cycle, some: Sequence[Assessed]
) -> tuple[dict[tuple[str, str], Values], list[str]]:
    """What a content reads: as the cycle's run has read it; what it has not, now, as of the cycle's
    period and of the moment at which its facts were frozen. For all of the cycle, for somebody may
    be ranked among others than those of the draft's classes."""
    run = cycle.run
    if run is None:
        raise LookupError("a cycle that was never computed has nothing to be compared with")
    stored = dict(computing.readings_of(run))
    keys = wanted(content, cycle.period)
    pks = [one.organization_id for one in some]
    branches: list[int] = []
    if counted_by_branch([content]):
        below = branches_below([one.path for one in some], day_of(cycle))
        branches = [pk for found in below.values() for pk in found]
    by_branch = {
        (source.figure, period)
        for leaf in leaves(content)
        for source in leaf.sources
        if source.takes == "counts"
        for period in {period for figure, period in keys if figure == source.figure}
    }
    missing: dict[str, set[str]] = {}
    for figure, period in keys:
        needed = {*pks, *(branches if (figure, period) in by_branch else ())}
        if not needed <= stored.get((figure, period), {}).keys():
            missing.setdefault(period, set()).add(figure)
    if not missing:
        return stored, []
    places = list(Organization.objects.filter(pk__in={*pks, *branches}).only("path"))
    for period, some_keys in sorted(missing.items()):
        window = computing.window_of(cycle, period, run.known_at)
        for figure, values in figures.values(sorted(some_keys), places, window).items():
            # What the run has read stands, also where it would read otherwise today.
            stored[figure, period] = {**values, **stored.get((figure, period), {})}
    return stored, sorted(set().union(*missing.values()))


def _whole(found: computing.Computed) -> schemes.Scored | None:
    """The score; where facts of an indicator are missing, without it and the rest scaled up. None
    where nothing is left."""
    if not found.scored.waiting:
        return found.scored
    out = {**found.known.exempt, **dict.fromkeys(found.scored.waiting, RESCALE)}
    try:
        return scored_by(found.scheme, {**found.stored, "exempt": out, "waiting": []})
    except Refused:
        return None


def _now(score: Score, full: Fraction) -> Result:
    total = score.result["total"]
    return Result(
        None if total is None else Decimal(str(total)),
        full,
        score.grade,
        score.rank,
        {
            key: None if one["points"] is None else number(one["points"])
            for key, one in score.result["indicators"].items()
        },
    )


def _then(
    draft: Scheme, scored: schemes.Scored | None, stands: standings.Standing | None
) -> Result:
    if scored is None:
        return Result(None, draft.root.full)
    return Result(
        scored.total,
        draft.root.full,
        stands.grade if stands else scored.grade,
        stands.rank if stands else None,
        {key: one.points for key, one in scored.indicators.items()},
    )


def _names(contents: Iterable[Mapping[str, object]]) -> dict[str, str]:
    return {leaf.key: leaf.name for content in contents for leaf in leaves(content)}
