"""Which ballots a cycle has, and how far each is."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db.models import Count as Number
from django.db.models import Q

from assessments.cycles.enums import CycleState
from assessments.cycles.models import ASSESSED, Assessed, Cycle, HandMark
from assessments.cycles.queries.computing import contents_of
from assessments.schemes.definitions import Leaf, leaves
from assessments.schemes.models import IndicatorExemption
from assessments.scoring import rules as engine
from assessments.scoring.refusals import Refused
from core import periods
from core.actor import Actor
from orgs import relations
from orgs.access import who_may
from orgs.models import NamedRight, User
from orgs.permissions import Permission

from ..enums import RoundState
from ..models import BallotCount, BallotRound
from ..rules import Count, answers_of, is_shown, minimum_of

COUNTED_IN = (CycleState.FROZEN, CycleState.REVIEWING)


@dataclass(frozen=True, slots=True)
class Ballot:
    """An indicator whose rule is a ballot, in each version of the cycle that has it."""

    key: str
    leaf_of: Mapping[int, Leaf]  # version -> its indicator

    @property
    def name(self) -> str:
        """What the indicator is called."""
        return next(iter(self.leaf_of.values())).name

    @property
    def is_report(self) -> bool:
        """Whether it is the ballot after the secretary's report."""
        return any(leaf.is_report for leaf in self.leaf_of.values())

    def rule_of(self, version: int) -> Mapping[str, Any]:
        """Its rule in a version."""
        found: Mapping[str, Any] = self.leaf_of[version].node["rules"][0]
        return found


def ballots_of(cycle: Cycle) -> list[Ballot]:
    """The indicators of the cycle that are ballots and nothing else, in the order of the schemes.
    One query."""
    found: dict[str, dict[int, Leaf]] = {}
    contents = contents_of(cycle)
    for version in sorted(contents):
        for leaf in leaves(contents[version]):
            if [rule.get("rule") for rule in leaf.node.get("rules", ())] == ["ballot"]:
                found.setdefault(leaf.key, {})[version] = leaf
    return [Ballot(key, leaf_of) for key, leaf_of in found.items()]


def ballot_of(cycle: Cycle, key: str) -> Ballot | None:
    """One of them by its key. One query."""
    return next((one for one in ballots_of(cycle) if one.key == key), None)


def asked(cycle: Cycle, ballot: Ballot) -> list[Assessed]:
    """The assessed whom the ballot is of: measured by it, and not exempted on the period's last day.
    Two queries."""
    day = periods.last_day(cycle.period)
    held = IndicatorExemption.objects.holding(day, cycle.known_at).filter(indicator=ballot.key)
    out = set(held.values_list("scheme_id", "organization_id"))
    rows = (
        Assessed.objects.filter(cycle=cycle, is_out=False, version__in=list(ballot.leaf_of))
        .select_related("organization", "version")
        .defer("version__content")
        .order_by("path")
    )
    return [one for one in rows if (one.version.scheme_id, one.organization_id) not in out]


def marked_by_hand(cycle: Cycle, key: str) -> set[int]:
    """The assessed (pks) who have a mark of the indicator that somebody gave. One query."""
    rows = HandMark.objects.filter(assessed__cycle=cycle, indicator=key)
    return set(rows.values_list("assessed_id", flat=True))


def claimed(cycle: Cycle, indicator: str) -> Collection[int]:
    """The assessed whose mark comes from a ballot that is held or under way. One query."""
    rows = BallotRound.objects.filter(assessed__cycle=cycle, indicator=indicator)
    return set(rows.values_list("assessed_id", flat=True))


def counters_of(cycle: Cycle) -> int:
    """How many people may count ballots of the cycle: who carry it on at its holder, and who are named
    for one of the assessed. Some of them may have to keep out of one or another. One query."""
    named = (
        NamedRight.objects.current()
        .giving()
        .filter(
            relation__in=relations.giving(Permission.ASSESSMENT_REVIEW),
            subject_kind=ASSESSED,
            subject_id__in=Assessed.objects.filter(cycle=cycle, is_out=False).values("pk"),
        )
    )
    carry_on = who_may(Permission.ASSESSMENT_RUN, cycle.organization)
    people = Q(pk__in=carry_on.values("pk")) | Q(pk__in=named.values("user_id"))
    return User.objects.filter(people, is_active=True).count()


def rounds_of(cycle: Cycle, key: str, actor: Actor) -> list[BallotRound]:
    """The rounds of an indicator that the actor sees, each with its assessed. One query."""
    rows = BallotRound.objects.visible_to(actor).filter(assessed__cycle=cycle, indicator=key)
    return list(rows.select_related("assessed__organization").order_by("assessed__path"))


def own_counts(rounds: Sequence[BallotRound], actor: Actor) -> dict[int, BallotCount]:
    """Round -> what the actor himself counted in its present take. One query, whatever others have
    counted."""
    takes = {one.pk: one.take for one in rounds}
    rows = BallotCount.objects.filter(round__in=list(takes), by__in=actor.persons)
    return {row.round_id: row for row in rows if row.take == takes[row.round_id]}


def both_counts(found: BallotRound) -> list[BallotCount]:
    """The two counts of a round of which both are in; none before. One query."""
    if found.state == RoundState.OPEN:
        return []
    return list(found.counts.filter(take=found.take).order_by("seat"))


def count_of(row: BallotCount | BallotRound) -> Count:
    """A stored count as the rules read it. No query."""
    return Count(row.issued or 0, row.collected or 0, row.votes, row.invalid or 0)


def may_settle(found: BallotRound, actor: Actor) -> bool:
    """Whether he is one of the two who counted, or holds the cycle. One query at most, for a round
    that comes with its cycle."""
    if actor.may_at(Permission.ASSESSMENT_RUN, found.assessed.cycle.organization.path):
        return True
    return found.counts.filter(take=found.take, by__in=actor.persons).exists()


@dataclass(frozen=True, slots=True)
class Progress:
    """How many ballots of an indicator are counted, and how many there are."""

    done: int
    differing: int
    rounds: int


def progress_of(cycle: Cycle, actor: Actor) -> dict[str, Progress]:
    """Indicator -> how far its counts are, as the actor sees them. One query; the same whether one of
    two has counted or none."""
    rows = BallotRound.objects.visible_to(actor).filter(assessed__cycle=cycle)
    numbers = rows.values("indicator").annotate(
        n=Number("pk"),
        done=Number("pk", filter=Q(state=RoundState.DONE)),
        differing=Number("pk", filter=Q(state=RoundState.DIFFERING)),
    )
    return {
        row["indicator"]: Progress(row["done"], row["differing"], row["n"])
        for row in numbers.order_by("indicator")
    }


@dataclass(frozen=True, slots=True)
class Result:
    """What a ballot gave: `points` of `full`, the share of the best answer, and whether the answers
    one by one may be told to those who were voted on."""

    points: Fraction
    full: str
    best: Fraction
    minimum: int
    is_shown: bool


def result_of(found: BallotRound, leaf: Leaf) -> Result | None:
    """The result of a round that is counted to the end, by the engine. No query."""
    if found.state != RoundState.DONE:
        return None
    rule = leaf.node["rules"][0]
    facts = {"votes": found.votes, "invalid": found.invalid}
    try:
        given = engine.evaluate("ballot", leaf.node["full"], rule["params"], facts)
    except Refused:
        return None
    first = found.votes.get(answers_of(rule)[0], 0)
    return Result(
        Fraction(given.points if given.points is not None else 0),
        str(leaf.node["full"]),
        Fraction(first, found.valid) if found.valid else Fraction(0),
        minimum_of(rule),
        is_shown(found.votes, minimum_of(rule)),
    )
