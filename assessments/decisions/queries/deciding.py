"""What lies before those who decide: grades, places as arithmetic, who stays out and why, bonus and
vetoes with their documents, and what has changed since the results were last sent back."""

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from assessments.cycles.models import Assessed, Cycle, HandMark, Score
from assessments.cycles.places import Cause, cause_of, errors_of
from assessments.cycles.queries import computing
from assessments.cycles.queries.overview import GroupResult, results_of
from assessments.cycles.queries.placing import Places, graded_of, places_of, share_of
from assessments.cycles.standings import Rules, differences_of, rules_of
from assessments.schemes.definitions import AWARDS, VETOES, all_given, scheme_of
from assessments.scoring import grading
from assessments.scoring.numbers import number
from assessments.scoring.schemes import Scheme
from core.actor import Actor
from core.models import AuditEntry

MARK_VERBS = ("cycles.mark.give", "cycles.mark.withdraw")
MOST_CHANGES = 40


def digest_of(run_id: int | None) -> str:
    """One digest over those of all results of a computation: agreed to is this and no other. One
    query."""
    rows = (
        Score.objects.filter(run=run_id, assessed__is_out=False)
        .order_by("assessed__path", "pk")
        .values_list("assessed__uid", "grade", "digest")
    )
    whole = "\n".join(f"{uid} {grade} {digest}" for uid, grade, digest in rows)
    return hashlib.sha256(whole.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Line:
    """One organisation before those who decide. `share` in hundredths of full marks, `graded` its
    grade by points and vetoes alone."""

    score: Score
    share: Fraction | None
    graded: str
    ties: Sequence[tuple[str, Fraction | None]]  # indicators by which equals are parted

    @property
    def name(self) -> str:
        """What it is called."""
        return self.score.assessed.short_name

    @property
    def cause(self) -> Cause:
        """Whether a veto or the quota made the grade another than that of the points."""
        return cause_of(self.score.band, self.graded, self.score.grade)


@dataclass(frozen=True, slots=True)
class Group:
    """A group with its share of the places, where it takes part in them. `reached`: how many have the
    grade by points and vetoes."""

    name: str
    told: Mapping[str, Any]
    lines: Sequence[Line]
    places: Places | None = None
    reached: int = 0


@dataclass(frozen=True, slots=True)
class Beside:
    """A bonus or a veto of one organisation, and by which documents."""

    assessed: Assessed
    said: Sequence[Mapping[str, Any] | str]
    documents: Sequence[str]
    points: str = ""  # what the bonus came to


@dataclass(frozen=True, slots=True)
class Change:
    """A mark that was given or taken back since the results were sent back."""

    at: dt.datetime
    name: str
    indicator: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Paper:
    """All that is decided on. `sent_back`: when it last was, and why."""

    rules: Rules
    bands: Sequence[tuple[str, str]]
    groups: Sequence[Group]
    places: int | None
    awards: Sequence[Beside]
    vetoes: Sequence[Beside]
    sent_back: tuple[dt.datetime, str, str] | None
    changes: Sequence[Change]
    n_changes: int
    digest: str
    indicators: Mapping[str, str]  # by key
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many are decided on."""
        return sum(len(group.lines) for group in self.groups)


def paper_of(cycle: Cycle, actor: Actor) -> Paper:
    """What the actor decides on. Nine queries, however many are assessed."""
    contents = computing.contents_of(cycle)
    first = contents[min(contents)] if contents else {}
    rules = rules_of(first)
    names = {leaf.key: leaf.name for one in contents.values() for leaf in all_given(one)}
    schemes = {pk: scheme_of(content) for pk, content in contents.items()}
    found = results_of(cycle, actor)
    scores = [score for one in found for score in one.scores]
    errors = errors_of(
        ((one.pk, schemes[one.assessed.version_id].root.full, one.compared) for one in scores),
        differences_of(one.compared for one in scores),
    )
    groups = [_group(one, rules, names, schemes, errors) for one in found]
    awards, vetoes = _beside(cycle)
    sent_back, changes, n_changes = _changes(cycle)
    counts: dict[str, int] = {}
    for group in groups:
        for line in group.lines:
            counts[line.score.grade] = counts.get(line.score.grade, 0) + 1
    bands = sorted(first.get("bands") or [], key=lambda band: -number(band[1]))
    return Paper(
        rules,
        [(str(band[0]), str(band[1])) for band in bands],
        groups,
        cycle.run.summary.get("places") if cycle.run is not None else None,
        awards,
        vetoes,
        sent_back,
        changes,
        n_changes,
        digest_of(cycle.run_id),
        names,
        counts,
    )


# --- places --------------------------------------------------------------------------------------


def _group(
    found: GroupResult,
    rules: Rules,
    names: Mapping[str, str],
    schemes: Mapping[int, Scheme],
    errors: Mapping[int, Fraction | None],
) -> Group:
    lines = sorted(
        (_line(score, schemes[score.assessed.version_id], rules, names) for score in found.scores),
        key=lambda line: (
            -(line.share if line.share is not None else Fraction(-1)),
            [-(points or Fraction(0)) for _, points in line.ties],
            line.score.assessed.path,
        ),
    )
    name = found.group.name if found.group else ""
    places = found.told.get("places")
    if places is None or not rules.quota_grade:
        return Group(name, found.told, lines)
    return Group(
        name,
        found.told,
        lines,
        places_of(found.scores, schemes, rules, int(places), errors),
        sum(line.graded == rules.quota_grade for line in lines),
    )


def _line(score: Score, scheme: Scheme, rules: Rules, names: Mapping[str, str]) -> Line:
    points = score.compared.get("points", {})
    ties = [
        (names.get(key, key), number(points[key]) if key in points else None)
        for key in rules.tie_break
    ]
    return Line(score, share_of(score, scheme), graded_of(score, scheme), ties)


def least_total(rules: Rules, groups: Sequence[Group]) -> tuple[int, int | None]:
    """How many take part in the quota, and how many places there are for all of them."""
    of = sum(int(group.told["count"]) for group in groups if group.places is not None)
    if not rules.quota_grade:
        return of, None
    return of, grading.places(rules.quota_kind, rules.quota_share, of)


# --- bonus and vetoes ----------------------------------------------------------------------------


def _beside(cycle: Cycle) -> tuple[list[Beside], list[Beside]]:
    documents: dict[tuple[int, str], list[str]] = {}
    marks = HandMark.objects.filter(assessed__cycle=cycle, indicator__in=(AWARDS, VETOES))
    for assessed, indicator, reason in marks.order_by("assessed_id", "seat").values_list(
        "assessed_id", "indicator", "reason"
    ):
        documents.setdefault((assessed, indicator), []).append(reason)
    rows = (
        Score.objects.filter(run=cycle.run_id, assessed__is_out=False)
        .select_related("assessed__organization")
        .order_by("assessed__path")
        .only(
            *("facts", "result", "assessed__name", "assessed__uid", "assessed__path"),
            *("assessed__organization__name", "assessed__organization__short_name"),
        )
    )
    awards, vetoes = [], []
    for score in rows:
        one, facts = score.assessed, score.facts
        if facts.get("awards"):
            papers = documents.get((one.pk, AWARDS), [])
            awards.append(
                Beside(one, facts["awards"], papers, str(score.result.get("bonus") or "0"))
            )
        if facts.get("happened"):
            papers = documents.get((one.pk, VETOES), [])
            vetoes.append(Beside(one, facts["happened"], papers))
    return awards, vetoes


# --- what has changed ----------------------------------------------------------------------------


def _changes(cycle: Cycle) -> tuple[tuple[dt.datetime, str, str] | None, list[Change], int]:
    back = (
        AuditEntry.objects.filter(
            verb="cycles.cycle.send_back",
            object_type=Cycle._meta.label_lower,
            object_id=str(cycle.pk),
        )
        .order_by("-sequence")
        .first()
    )
    if back is None:
        return None, [], 0
    assessed = dict(Assessed.objects.filter(cycle=cycle).values_list("pk", "name"))
    rows = AuditEntry.objects.filter(
        sequence__gt=back.sequence,
        verb__in=MARK_VERBS,
        object_type=Assessed._meta.label_lower,
        object_id__in=[str(pk) for pk in assessed],
    ).order_by("sequence")
    found = list(rows)
    shown = [
        Change(
            one.at,
            assessed[int(one.object_id)],
            str((one.changes.get("indicator") or [None, ""])[1]),
            *((one.changes.get("facts") or [None, None])[:2]),
        )
        for one in found[:MOST_CHANGES]
    ]
    return (back.at, back.user_name, back.note), shown, len(found)
