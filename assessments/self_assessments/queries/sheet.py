"""A self-assessment as it is read and filled: the tree of the version, what is counted, what is marked
by themselves. What reviewers have given is read nowhere here, so that nothing of it can be told."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from assessments.cycles.enums import CycleState
from assessments.cycles.explaining import Explained, Item, Names, Stored, explain
from assessments.cycles.models import Assessed, Run
from assessments.cycles.queries import computing
from assessments.cycles.queries.explained import branches_of, urls_of
from assessments.schemes.definitions import AWARDS, Leaf, beside, leaves, source_of
from core import figures
from core.actor import Actor

from ..enums import SelfState, Stance
from ..models import SelfAssessment, SelfItem

UNMARKED = ("not_applicable", "veto")  # rules that take no fact


@dataclass(frozen=True, slots=True)
class Row:
    """One indicator, or the awards: what it is, how it stands, and what was said of it. `places` are
    the rules that people mark, by number."""

    leaf: Leaf
    by_hand: bool
    item: Item | None = None  # None for awards
    said: SelfItem | None = None
    places: tuple[int, ...] = ()

    @property
    def key(self) -> str:
        """What it is known by."""
        return self.leaf.key

    @property
    def name(self) -> str:
        """What it is called."""
        return self.leaf.name

    @property
    def is_awards(self) -> bool:
        """Whether it is what brings a bonus."""
        return self.leaf.key == AWARDS

    @property
    def is_voted(self) -> bool:
        """Whether it is marked by the votes of others and by nothing else."""
        return [rule.get("rule") for rule in self.leaf.node.get("rules", ())] == ["ballot"]

    @property
    def is_asked(self) -> bool:
        """Whether it has to be marked, or said why not."""
        return (
            self.by_hand
            and not self.is_awards
            and not self.is_voted
            and self.leaf.node.get("self_marked", True) is not False
        )

    @property
    def is_marked(self) -> bool:
        """Whether all its rules have a mark."""
        facts = self.said.facts if self.said is not None else {}
        return bool(self.places) and all(facts.get(str(place)) for place in self.places)

    @property
    def is_missing(self) -> bool:
        """Whether neither a mark nor a reason stands where one is asked for."""
        return self.is_asked and not self.is_marked and not (self.said and self.said.reason)

    @property
    def is_questioned(self) -> bool:
        """Whether what was counted is questioned."""
        return self.said is not None and self.said.stance == Stance.QUESTIONED

    @property
    def is_open(self) -> bool:
        """Whether it was returned, and waits to be sent again."""
        return self.said is not None and self.said.is_open

    @property
    def revision(self) -> int:
        """Of what was said; 0 for nothing."""
        return self.said.revision if self.said is not None else 0


@dataclass(frozen=True, slots=True)
class Sheet:
    """The whole of it. `explained` is what facts and own marks come to; None while nothing has been
    computed by the frozen facts."""

    assessed: Assessed
    own: SelfAssessment | None
    explained: Explained | None
    rows: Mapping[str, Row]
    bonus: Fraction | None = None
    urls: Mapping[tuple[str, str, str], str] = field(default_factory=dict)

    @property
    def state(self) -> str:
        """Of the self-assessment; a draft before anything was written."""
        return self.own.state if self.own is not None else SelfState.DRAFT

    @property
    def revision(self) -> int:
        """Of the whole; 0 before anything was written."""
        return self.own.revision if self.own is not None else 0

    @property
    def asked(self) -> list[Row]:
        """What has to be marked by themselves."""
        return [row for row in self.rows.values() if row.is_asked]

    @property
    def missing(self) -> list[Row]:
        """What still has neither a mark nor a reason."""
        return [row for row in self.rows.values() if row.is_missing]

    @property
    def questioned(self) -> list[Row]:
        """What was counted and is questioned."""
        return [row for row in self.rows.values() if row.is_questioned]

    @property
    def returned(self) -> list[Row]:
        """What waits to be sent again."""
        return [row for row in self.rows.values() if row.is_open]

    @property
    def is_draft(self) -> bool:
        """Whether all of it can still be written, as far as the states go."""
        return self.state == SelfState.DRAFT and self.assessed.cycle.state == CycleState.FROZEN

    def may_write(self, row: Row) -> bool:
        """Whether this one can be written now, as far as the states go. No query."""
        return self.is_draft or (row.is_open and returns_are_taken(self.assessed, self.state))


def returns_are_taken(assessed: Assessed, state: str) -> bool:
    """Whether what was returned can be sent again. No query."""
    return state == SelfState.RETURNED and assessed.cycle.state in (
        CycleState.FROZEN,
        CycleState.REVIEWING,
    )


def leaf_of(assessed: Assessed, key: str) -> Leaf | None:
    """The indicator of that key in the version that measures it, or its awards. No query."""
    content = assessed.version.content
    found = [*leaves(content), *(one for one in beside(content) if one.key == AWARDS)]
    return next((one for one in found if one.key == key), None)


def called(assessed: Assessed, key: str) -> str:
    """What the indicator is called; its key where the version has none of that key. No query."""
    leaf = leaf_of(assessed, key)
    return leaf.name if leaf is not None else key


def item_of(own: SelfAssessment, key: str) -> SelfItem | None:
    """What was said of the indicator. One query."""
    return SelfItem.objects.filter(self_assessment=own, indicator=key).first()


def places_of(leaf: Leaf) -> tuple[int, ...]:
    """The rules of an indicator that people mark, where not all of it could be counted: those by
    hand; all of them where a figure could not be told."""
    known = [
        (number, source_of(rule).is_counted)
        for number, rule in enumerate(leaf.node.get("rules", ()))
        if rule.get("rule") not in UNMARKED
    ]
    return tuple(number for number, counted in known if not counted) or tuple(
        number for number, _ in known
    )


def sheet_of(assessed: Assessed, actor: Actor | None = None) -> Sheet:
    """The self-assessment of one of the assessed, which comes with cycle, run, version and
    organisation. With `actor` also where the rows of each number stand that he may open. Fourteen
    queries at most, and one for each past that a figure says it is kept since, however many
    indicators there are."""
    cycle = assessed.cycle
    own = (
        SelfAssessment.objects.filter(assessed=assessed)
        .prefetch_related("items__evidence", "items__attachments")
        .first()
    )
    said = {one.indicator: one for one in own.items.all()} if own is not None else {}
    content = assessed.version.content
    awards = [
        Row(leaf, True, None, said.get(leaf.key), (0,))
        for leaf in beside(content)
        if leaf.key == AWARDS
    ]
    run = _run_of(assessed)
    if run is None:
        return Sheet(assessed, own, None, {row.key: row for row in awards})
    ground, waiting = _counted(assessed, run)
    marks = _marks(said, waiting)
    marked = computing.computed(replace(ground, marks={assessed.pk: marks}), assessed)
    stored = Stored(content, marked.stored, marked.result, cycle.period)
    branches = branches_of(marked.stored)
    names = Names(figures.registered(), {str(pk): str(one) for pk, one in branches.items()})
    explained = explain(stored, names)
    items = {item.key: item for item in explained.items}
    rows = [
        Row(
            leaf,
            leaf.key in waiting,
            items[leaf.key],
            said.get(leaf.key),
            places_of(leaf) if leaf.key in waiting else (),
        )
        for leaf in leaves(content)
    ]
    urls = urls_of(actor, assessed, explained, branches) if actor is not None else {}
    return Sheet(assessed, own, explained, {row.key: row for row in [*rows, *awards]}, None, urls)


def by_hand(assessed: Assessed) -> set[str]:
    """The indicators that could not be counted, without what anybody marked, and the awards. Six
    queries, and those of a past day."""
    found = {leaf.key for leaf in beside(assessed.version.content) if leaf.key == AWARDS}
    run = _run_of(assessed)
    if run is None:
        return found
    _, waiting = _counted(assessed, run)
    return found | waiting & {leaf.key for leaf in leaves(assessed.version.content)}


def _run_of(assessed: Assessed) -> Run | None:
    """The computation by the frozen facts, where it is there."""
    cycle = assessed.cycle
    run = cycle.run
    if run is None or (cycle.known_at is not None and run.known_at != cycle.known_at):
        return None
    return run


def _counted(assessed: Assessed, run: Run) -> tuple[computing.Ground, set[str]]:
    """What scores are computed from, without what anybody marked, and what could not be counted."""
    contents = {assessed.version_id: assessed.version.content}
    readings = computing.readings_of(run)
    ground = replace(computing.ground_of(assessed.cycle, readings, contents=contents), marks={})
    return ground, set(computing.computed(ground, assessed).known.waiting)


def _marks(
    said: Mapping[str, SelfItem], waiting: set[str]
) -> dict[tuple[str, int], list[Mapping[str, Any]]]:
    """(indicator, rule) -> the mark, as the computation reads those of reviewers."""
    return {
        (key, int(place)): [facts]
        for key, item in said.items()
        if item.stance == Stance.MARKED and (key in waiting or key == AWARDS)
        for place, facts in item.facts.items()
        if facts
    }
