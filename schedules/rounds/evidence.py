"""One record, many uses: what can show that something was done, and where it does so already.

A record is written down once, in the slice that owns it. That slice registers a kind here; reports
and action items refer to it by kind and uid, and whether somebody may open it is asked of the kind.
Who uses records says where: a record's page shows all of that.
"""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar
from uuid import UUID

from core.actor import Actor
from core.errors import DomainError
from orgs.models import Organization

from .models import Evidence

E = TypeVar("E", bound=Evidence)

LOST = "这份记录已经看不到了，没有引用。请刷新页面后再选。"

Reference = tuple[str, UUID]
"""Kind and uid of a record."""


@dataclass(frozen=True, slots=True)
class Found:
    """A record that the actor may open; `place` is whose it is, where the kind says so, and `place_id`
    the same as a row."""

    reference: Reference
    label: str
    url: str
    place: str = ""
    place_id: int | None = None

    def label_for(self, organization: Organization) -> str:
        """What it is called at the organisation: with whose it is, where it is another's."""
        is_own = not self.place or self.place == str(organization)
        return self.label if is_own else f"{self.place} {self.label}"

    @property
    def word(self) -> str:
        """The reference as forms and addresses carry it."""
        return word_of(self.reference)


@dataclass(frozen=True, slots=True)
class Summary:
    """What a record says, for whoever may read it only because somebody answers with it: `lines`
    are pairs of a word and a text. Nothing that the record keeps from others."""

    title: str
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class EvidenceKind:
    """A kind of records. `find` gives those of the uids that the actor may open; `offer` those of an
    organisation within some days, latest first: one query each. `below` gives those of all that
    stand at or below it whose words hold a text: a bounded number, one query. `summaries` tells what
    records say to whoever was referred to them: at most two queries.

    `work` gives what was worked on rather than written down, of all at or below an organisation: items,
    reports, themes, projects, as they are called. Only what sums up a long time refers to those; a report that showed itself
    by a report would show nothing. As many as it gives, one query."""

    key: str
    label: str
    find: Callable[[Actor, Collection[UUID]], Mapping[UUID, Found]]
    offer: Callable[[Actor, Organization, dt.date, dt.date], Sequence[Found]]
    below: Callable[[Actor, Organization, dt.date, dt.date, str], Sequence[Found]] | None = None
    summaries: Callable[[Collection[UUID]], Mapping[UUID, Summary]] | None = None
    work: Callable[[Actor, Organization, dt.date, dt.date], Sequence[Found]] | None = None


@dataclass(frozen=True, slots=True)
class Use:
    """Where a record is used: 2026年6月月报：工作亮点."""

    label: str
    url: str


Uses = Callable[[Actor, Reference], Sequence[Use]]
_kinds: dict[str, EvidenceKind] = {}
_uses: list[Uses] = []


def register(kind: EvidenceKind) -> EvidenceKind:
    """Adds a kind. Raises ValueError for a key that is taken."""
    if kind.key in _kinds:
        raise ValueError(f"the evidence {kind.key} is registered already")
    _kinds[kind.key] = kind
    return kind


def register_uses(uses: Uses) -> Uses:
    """Adds who can say where a record is used, to whom it may be said. One query each."""
    _uses.append(uses)
    return uses


def find(actor: Actor, references: Collection[Reference]) -> dict[Reference, Found]:
    """Those of the records that the actor may open. One query for each kind among them."""
    found: dict[Reference, Found] = {}
    for key, kind in _kinds.items():
        if uids := {uid for one, uid in references if one == key}:
            rows = kind.find(actor, uids).items()
            found |= {(key, uid): _named(kind, one) for uid, one in rows}
    return found


def _named(kind: EvidenceKind, found: Found) -> Found:
    """What was worked on is called by its kind: 季度主题“…”; what was written down says so itself."""
    return found if kind.work is None else replace(found, label=f"{kind.label}“{found.label}”")


def opened(actor: Actor, reference: Reference) -> Found:
    """The record, if the actor may open it. Raises DomainError."""
    found = find(actor, [reference]).get(reference)
    if found is None:
        raise DomainError(LOST, field="evidence", code="lost")
    return found


def with_addresses(actor: Actor, rows: Iterable[E]) -> list[tuple[E, str]]:
    """Rows that refer to records, each with the address of its record for who may open it, else
    without. One query for each kind among them."""
    rows = list(rows)
    found = find(actor, [(row.kind, row.uid) for row in rows])
    return [(row, one.url if (one := found.get((row.kind, row.uid))) else "") for row in rows]


def offered(actor: Actor, place: Organization, first: dt.date, last: dt.date) -> list[Found]:
    """Records of the organisation of these days that can be referred to. One query for each kind."""
    return [one for kind in _kinds.values() for one in kind.offer(actor, place, first, last)]


def offered_below(
    actor: Actor, place: Organization, first: dt.date, last: dt.date, text: str = ""
) -> list[Found]:
    """Records of the organisation and of all below it of these days, whose words hold the text; of
    each kind as many as it gives. One query for each kind."""
    return [
        one
        for kind in _kinds.values()
        if kind.below is not None
        for one in kind.below(actor, place, first, last, text)
    ]


def work_below(
    actor: Actor, place: Organization, first: dt.date, last: dt.date, *kinds: str
) -> list[tuple[str, Sequence[Found]]]:
    """What the organisation and all below it worked on in these days, by the words of its kind, of some
    kinds alone if given. One query for each kind."""
    return [
        (kind.label, rows)
        for kind in _kinds.values()
        if kind.work is not None
        and (not kinds or kind.key in kinds)
        and (rows := kind.work(actor, place, first, last))
    ]


def nothing(actor: Actor, place: Organization, first: dt.date, last: dt.date) -> Sequence[Found]:
    """What a kind offers that is referred to as work alone. No query."""
    return ()


def summaries(references: Collection[Reference]) -> dict[Reference, Summary]:
    """What the records say, whoever asks: the caller has seen to it that somebody referred him to
    them. Without those that were withdrawn. At most two queries for each kind among them."""
    found: dict[Reference, Summary] = {}
    for key, kind in _kinds.items():
        uids = {uid for one, uid in references if one == key}
        if uids and kind.summaries is not None:
            found |= {(key, uid): one for uid, one in kind.summaries(uids).items()}
    return found


def used(actor: Actor, reference: Reference) -> list[Use]:
    """Where the record is used, as far as the actor may know."""
    return [use for uses in _uses for use in uses(actor, reference)]


def word_of(reference: Reference) -> str:
    """A reference as forms and addresses carry it."""
    kind, uid = reference
    return f"{kind}:{uid}"


def numbered(pk: int) -> UUID:
    """The uid of a row of a kind whose rows have none of their own."""
    return UUID(int=pk)


def reference_of(word: str) -> Reference | None:
    """What a form or an address refers to; None for anything else."""
    kind, _, uid = word.partition(":")
    try:
        return (kind, UUID(uid)) if kind in _kinds else None
    except ValueError:
        return None
