"""The board of a cycle: what its frozen facts give, group by group, as numbers and rows."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet

from assessments.cycles.enums import CycleState
from assessments.cycles.models import Correction, Cycle, Run, Score
from assessments.cycles.places import Cause, cause_of, errors_of, reach_of
from assessments.cycles.queries.computing import contents_of
from assessments.cycles.queries.corrected import corrections_of
from assessments.cycles.queries.enrolled import day_of
from assessments.cycles.queries.placing import Places, graded_of, places_of, share_of
from assessments.cycles.standings import Rules, differences_of, rules_of
from assessments.schemes.definitions import scheme_of
from assessments.schemes.models import AssessmentGroup, IndicatorExemption
from assessments.scoring.measuring import LEAST_PAIRS
from assessments.scoring.numbers import number
from assessments.scoring.schemes import Scheme
from core.actor import Actor
from orgs.access import in_scope
from orgs.permissions import Permission

from ..standings import deviation_of

CHECK = 8  # digits of the digest that are shown


@dataclass(frozen=True, slots=True)
class Stored:
    """All of a run as it is laid out on a board: its scores by place, and by which rules."""

    cycle: Cycle
    run: Run
    scores: Sequence[Score]
    contents: Mapping[int, Mapping[str, Any]]  # by version
    schemes: Mapping[int, Scheme]

    @property
    def first(self) -> Mapping[str, Any]:
        """The content of the first version, whose rules hold over the whole."""
        return self.contents[min(self.contents)] if self.contents else {}


def stored_of(cycle: Cycle) -> Stored:
    """Reads the run that counts. Of each score come its exemptions (`exempt`), what happened
    (`happened`) and the steps of its total (`steps`), without those of its indicators. Two queries.
    Raises ValueError for a cycle that nothing was computed of."""
    scores = list(
        Score.objects.filter(run=cycle.run_id, assessed__is_out=False)
        .select_related("assessed__group", "assessed__organization")
        .annotate(
            exempt=F("facts__exempt"),
            happened=F("facts__happened"),
            steps=F("result__steps"),
        )
        .defer("facts", "result")
        .order_by(
            F("assessed__group__order").asc(nulls_last=True), "assessed__group_id", "assessed__path"
        )
    )
    contents, run = contents_of(cycle), cycle.run
    if run is None:
        raise ValueError("no computation counts")
    schemes = {pk: scheme_of(content) for pk, content in contents.items()}
    return Stored(cycle, run, scores, contents, schemes)


@dataclass(frozen=True, slots=True)
class Row:
    """One organisation. `share` in hundredths of full marks, with `reach` to both sides in 95 of 100
    cases; None where nothing or too little is known. `graded` is the grade after vetoes alone."""

    score: Score
    share: Fraction | None
    reach: Fraction | None
    graded: str
    happened: Sequence[str]
    exempt: Mapping[str, str]
    corrections: Sequence[Correction] = ()

    @property
    def cause(self) -> Cause:
        """Whether a veto or the quota made the grade another than that of the points."""
        return cause_of(self.score.band, self.graded, self.score.grade)

    @property
    def name(self) -> str:
        """What it is called."""
        return self.score.assessed.short_name


@dataclass(frozen=True, slots=True)
class Quota:
    """The places of a group: their arithmetic and how sure the last is, who has the grade, who fell."""

    places: Places
    held: Sequence[Row]
    fallen: Sequence[Row]


@dataclass(frozen=True, slots=True)
class GroupBoard:
    """A group of the assessed; None for those who are in none."""

    group: AssessmentGroup | None
    rows: Sequence[Row]
    count: int  # with a total
    minimum: int
    is_ranked: bool
    mean: Decimal | None
    deviation: Fraction | None
    reach: Fraction | None  # the widest interval of the group
    quota: Quota | None = None


@dataclass(frozen=True, slots=True)
class Board:
    """A cycle's results. `pairs`: how many indicators were marked by two, of the `least` that a
    measuring error takes."""

    cycle: Cycle
    stored: Stored
    groups: Sequence[GroupBoard]
    rules: Rules
    places: int | None
    taking: int  # how many take part in the quota
    bands: Sequence[tuple[str, str]]  # grade, least points, best first
    pairs: int
    least: int = LEAST_PAIRS
    exemptions: Sequence[IndicatorExemption] = field(default_factory=list)
    corrections: Sequence[Correction] = ()

    @property
    def rows(self) -> list[Row]:
        """All of them, group by group."""
        return [row for group in self.groups for row in group.rows]

    @property
    def decided_at(self) -> dt.datetime | None:
        """When its last word was decided: of a sealed cycle its sealing or its last correction."""
        return self.corrections[-1].at if self.corrections else self.cycle.sealed_at

    @property
    def is_measured(self) -> bool:
        """Whether enough was marked by two."""
        return self.pairs >= self.least

    @property
    def check(self) -> str:
        """Tells this board from any other: of the digests of all scores and where each stands."""
        lines = (
            f"{one.assessed.uid} {one.digest} {one.total} {one.grade} {one.rank} {one.standing}"
            for one in sorted(self.stored.scores, key=lambda one: str(one.assessed.uid))
        )
        found = sha256("\n".join(lines).encode()).hexdigest()[:CHECK].upper()
        return f"{found[:4]}-{found[4:]}"

    def counts(self) -> dict[str, int]:
        """Grade -> how many have it, those of the bands first."""
        found = {grade: 0 for grade, _ in self.bands}
        for row in self.rows:
            if row.score.grade:
                found[row.score.grade] = found.get(row.score.grade, 0) + 1
        return found


def board_of(cycle: Cycle, stored: Stored | None = None) -> Board:
    """The board of a cycle that comes with its run. Four queries however many are assessed, two
    where `stored` was read."""
    stored = stored_of(cycle) if stored is None else stored
    corrections = [one for one in corrections_of(cycle) if one.to_run.number <= stored.run.number]
    differences = differences_of(one.compared for one in stored.scores)
    errors = errors_of(
        (
            (one.pk, stored.schemes[one.assessed.version_id].root.full, one.compared)
            for one in stored.scores
        ),
        differences,
    )
    rules, summary = rules_of(stored.first), stored.run.summary
    by_group: dict[int | None, list[Score]] = {}
    for score in stored.scores:
        by_group.setdefault(score.assessed.group_id, []).append(score)
    told: Mapping[str, Any] = summary.get("groups", {})
    groups = [
        _group(scores, told.get(str(pk), {}), stored, rules, errors, corrections)
        for pk, scores in by_group.items()
    ]
    bands = sorted(stored.first.get("bands") or [], key=lambda one: -number(one[1]))
    return Board(
        cycle,
        stored,
        groups,
        rules,
        summary.get("places"),
        sum(one.quota.places.part.count for one in groups if one.quota is not None),
        [(str(grade), str(least)) for grade, least in bands],
        len(differences),
        exemptions=_exemptions(cycle, stored),
        corrections=corrections,
    )


def _group(
    scores: Sequence[Score],
    told: Mapping[str, Any],
    stored: Stored,
    rules: Rules,
    errors: Mapping[int, Fraction | None],
    corrections: Sequence[Correction],
) -> GroupBoard:
    rows = [_row(score, stored, errors[score.pk], corrections) for score in scores]
    shares = [row.share for row in rows if row.share is not None]
    reaches = [row.reach for row in rows if row.reach is not None]
    places = told.get("places")
    quota = None
    if rules.quota_grade and places is not None:
        quota = _quota(rows, stored, rules, int(places), errors)
    return GroupBoard(
        scores[0].assessed.group,
        rows,
        len(shares),
        int(told.get("minimum", 0)),
        bool(told.get("is_ranked")),
        Decimal(told["mean"]) if told.get("mean") else None,
        deviation_of(shares) if len(shares) > 1 else None,
        max(reaches, default=None),
        quota,
    )


def _row(
    score: Score, stored: Stored, error: Fraction | None, corrections: Sequence[Correction]
) -> Row:
    scheme = stored.schemes[score.assessed.version_id]
    return Row(
        score,
        share_of(score, scheme),
        reach_of(error),
        graded_of(score, scheme),
        score.happened or (),  # type: ignore[attr-defined]
        score.exempt or {},  # type: ignore[attr-defined]
        [one for one in corrections if one.assessed_id == score.assessed_id],
    )


def _quota(
    rows: Sequence[Row],
    stored: Stored,
    rules: Rules,
    places: int,
    errors: Mapping[int, Fraction | None],
) -> Quota:
    known = [row for row in rows if row.share is not None]
    return Quota(
        places_of([row.score for row in rows], stored.schemes, rules, places, errors),
        [row for row in known if row.score.grade == rules.quota_grade],
        [row for row in known if row.cause.by_quota],
    )


def _exemptions(cycle: Cycle, stored: Stored) -> list[IndicatorExemption]:
    """Those that were counted, in the order of the tree."""
    used = {
        (score.assessed.organization_id, key)
        for score in stored.scores
        for key in score.exempt or {}  # type: ignore[attr-defined]
    }
    rows = IndicatorExemption.objects.holding(day_of(cycle), cycle.known_at).filter(
        scheme__organization=cycle.organization_id,
        scheme__year=cycle.year,
        scheme__level=cycle.level,
    )
    found = rows.select_related("organization").order_by("organization__path", "indicator")
    return [one for one in found if (one.organization_id, one.indicator) in used]


# --- which there are -----------------------------------------------------------------------------


def boards_over(actor: Actor) -> QuerySet[Cycle]:
    """Cycles with a board that organisations of the actor hold, newest first. One query."""
    scored = Score.objects.filter(run=OuterRef("run")).order_by()
    return (
        Cycle.objects.filter(in_scope(actor, Permission.ASSESSMENT_VIEW), Exists(scored))
        .exclude(state=CycleState.RUNNING)
        .select_related("organization", "run")
        .order_by("-period", "organization__path", "level")
    )


def newest_board(actor: Actor, organization_id: int | None) -> Cycle | None:
    """The newest of them that one organisation holds. One query."""
    return boards_over(actor).filter(organization=organization_id).first()


def newest_decided(organization_id: int) -> Cycle | None:
    """The newest cycle held by an organisation that was decided on, of its committees before its own
    branches. One query."""
    rows = Cycle.objects.filter(organization=organization_id, state=CycleState.SEALED)
    found = rows.exclude(run=None).select_related("organization", "run")
    return found.order_by("-period", "-level").first()
