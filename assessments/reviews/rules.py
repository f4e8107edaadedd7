"""What a review goes by, without a row: who is put together, who looks at whom, which items are looked
at by lot, and where two lie so far apart that a third is asked."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from schedules.dispatch.rules import value_of

LEAST = 2  # in a team


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can be put in a team: where he belongs, and whom he must not review."""

    pk: int
    unit: str
    barred: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Case:
    """One of the assessed: where it stands, and how much there is to mark."""

    pk: int
    unit: str
    weight: int = 1


@dataclass(slots=True)
class Team:
    """Who looks at whom."""

    people: list[Person] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)

    @property
    def load(self) -> Fraction:
        """How much there is to mark for each of its people."""
        return Fraction(sum(case.weight for case in self.cases), max(1, len(self.people)))

    def may_take(self, case: Case) -> bool:
        """Whether nobody of the team is kept away from it."""
        return not any(case.pk in person.barred for person in self.people)


@dataclass(frozen=True, slots=True)
class Proposal:
    """Teams, and the cases that no team can take."""

    teams: Sequence[Team]
    left: Sequence[Case]


def most_teams(people: int) -> int:
    """Into how many teams of two or more so many people go."""
    return people // LEAST


def propose(people: Iterable[Person], cases: Iterable[Case], count: int) -> Proposal:
    """Puts people into `count` teams, of like size, those of one unit apart from each other as
    long as somebody is left to look at it, and gives each case, the heaviest first, to the team that has least for each of its people among those whom no
    conflict keeps away; of equal ones to that which the case's own people do not look at in turn.
    The same input gives the same teams."""
    teams = [Team() for _ in range(count)]
    for person in sorted(people, key=lambda one: (one.unit, one.pk)):
        if teams:
            best = min(teams, key=lambda team: _fits(person, team, teams))
            best.people.append(person)
    left = []
    for case in sorted(cases, key=lambda one: (-one.weight, one.unit, one.pk)):
        free = [team for team in teams if team.people and team.may_take(case)]
        if not free:
            left.append(case)
            continue
        best = min(free, key=lambda team: (team.load, _mutual(team, case, teams)))
        best.cases.append(case)
    return Proposal(teams, left)


def _fits(person: Person, team: Team, teams: Sequence[Team]) -> tuple[bool, int, bool]:
    """How ill a team suits somebody: where nobody would be left to look at one whom he must not, then
    where there are many, then where there are people of his unit."""
    elsewhere = [one for one in teams if one is not team]
    blocks = any(
        all(any(pk in other.barred for other in one.people) for one in elsewhere)
        for pk in person.barred
    )
    of_unit = any(other.unit == person.unit for other in team.people)
    return bool(elsewhere) and blocks, len(team.people), of_unit


def _mutual(team: Team, case: Case, teams: Sequence[Team]) -> int:
    """How many cases the people of this one look at that belong to the team's own people."""
    units = {person.unit for person in team.people}
    return sum(
        other.unit in units
        for one in teams
        if any(person.unit.startswith(case.unit) for person in one.people)
        for other in one.cases
    )


def share_out(loads: Mapping[int, int], wanted: int, apart: Collection[int] = ()) -> list[int]:
    """The `wanted` people (fewer where there are no more) with least to mark, in a stable order."""
    free = [pk for pk in loads if pk not in apart]
    return sorted(free, key=lambda pk: (loads[pk], list(loads).index(pk)))[:wanted]


def sampled(seed: str, code: str, keys: Iterable[str], count: int) -> list[str]:
    """The indicators of the organisation that are looked at by lot: those with the highest SHA-256 of
    `seed|code|indicator`. Anybody who knows the seed can draw again (decision 48)."""
    by_lot = sorted(keys, key=lambda key: value_of(seed, code, key), reverse=True)
    return by_lot[:count]


def is_far_apart(points: Sequence[Fraction], full: Fraction, share: Fraction) -> bool:
    """Whether two marks lie further apart than the share of the full marks (scoring.md)."""
    return len(points) > 1 and max(points) - min(points) > full * share
