"""The draw of visits (双随机), by risk and chance: pure, and the same on every machine.

Each organisation has lots (签), more of them the greater its risk. A lot's value is the SHA-256 of
`<seed>|<code>|<number of the lot>` in UTF-8, read as a number; an organisation counts with its
highest lot, and the highest organisations are drawn. So the chance is proportional to the lots
(the exponential race of Efraimidis and Spirakis, 2006, in whole numbers), and anybody who has the
seed and the published lots can draw again with any tool that computes SHA-256.

Visitors: each pair of organisation and person has one lot, `<seed>|<code>|<person>`; the highest
persons without ties to the place visit it; whoever has had his share of visits comes after those
who have not, and goes again only where nobody else is left.

What is published (`canonical`) holds all that went in: `drawn_again` draws from it and from nothing else.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

MOST_LOTS = 32
RECENT_MONTHS = 6  # visited so lately: a quarter of the lots
LATELY_MONTHS = 12  # half of them

# What each thing that speaks for a visit is worth in lots: for each time, and at most.
LOTS = {
    "missing": (2, 8),
    "late": (1, 6),
    "returned": (1, 4),
    "overdue": (2, 8),
    "vacant": (6, 6),
    "new_secretary": (3, 3),
}
NEW_MONTHS = 6  # in office so short: a new secretary


def lots_for(key: str, times: int) -> int:
    """How many lots a reason gives that was found so many times."""
    each, most = LOTS[key]
    return min(each * times, most)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An organisation that can be drawn. `code` is its lasting code, `stratum` what it is drawn
    within (its direct committee), `reasons` the published lots: (words, lots) each."""

    code: str
    name: str
    stratum: str
    reasons: tuple[tuple[str, int], ...] = ()
    months_since_visit: int | None = None

    @property
    def lots(self) -> int:
        """One for each organisation, those of its reasons, and fewer when it was visited lately;
        never none."""
        lots = min(MOST_LOTS, 1 + sum(count for _, count in self.reasons))
        if self.months_since_visit is not None:
            if self.months_since_visit < RECENT_MONTHS:
                lots //= 4
            elif self.months_since_visit < LATELY_MONTHS:
                lots //= 2
        return max(1, lots)


@dataclass(frozen=True, slots=True)
class Visitor:
    """A person who can be drawn to visit. `ties` are the codes of organisations and the strata
    that he has to do with, where he does not visit."""

    code: str
    name: str
    ties: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Drawn:
    """One organisation that was drawn, with its highest lot and who visits it. `missing` says how
    many visitors were lacking: nobody without ties was left."""

    candidate: Candidate
    lot: int
    value: str
    visitors: tuple[Visitor, ...] = ()
    missing: int = 0


@dataclass(frozen=True, slots=True)
class Draw:
    """The outcome: those drawn, stratum by stratum, and how many each stratum had to give."""

    seed: str
    drawn: tuple[Drawn, ...]
    quotas: Mapping[str, int] = field(default_factory=dict)


def value_of(*parts: str) -> str:
    """SHA-256 of the parts with `|` between them, in hexadecimal: compared as a number, which is
    the order of the text."""
    return hashlib.sha256("|".join(parts).encode()).hexdigest()


def best_lot(seed: str, candidate: Candidate) -> tuple[str, int]:
    """The highest value among the candidate's lots, and which lot has it (from 1)."""
    return max(
        (value_of(seed, candidate.code, str(number)), number)
        for number in range(1, candidate.lots + 1)
    )


def quotas(sizes: Mapping[str, int], count: int) -> dict[str, int]:
    """How many of `count` each stratum gives: by its size, the rest to the largest remainders
    (Hamilton), of equal ones to the first by name. Never more than it has."""
    total = sum(sizes.values())
    count = min(count, total)
    if not total:
        return {}
    given = {name: size * count // total for name, size in sizes.items()}
    by_remainder = sorted(sizes, key=lambda name: (-(sizes[name] * count % total), name))
    for name in by_remainder[: count - sum(given.values())]:
        given[name] += 1
    return given


def draw(
    seed: str,
    candidates: Sequence[Candidate],
    count: int,
    visitors: Sequence[Visitor] = (),
    visitors_each: int = 2,
) -> Draw:
    """Draws `count` organisations and for each `visitors_each` persons. The order in which
    candidates and visitors are given does not matter. Raises ValueError for an empty seed or two
    with the same code."""
    if not seed.strip():
        raise ValueError("a draw needs a seed")
    if len({one.code for one in candidates}) != len(candidates):
        raise ValueError("two candidates have the same code")
    strata: dict[str, list[Candidate]] = defaultdict(list)
    for one in candidates:
        strata[one.stratum].append(one)
    shares = quotas({name: len(rows) for name, rows in strata.items()}, count)
    chosen = []
    for name in sorted(strata):
        ranked = sorted(
            ((*best_lot(seed, one), one) for one in strata[name]),
            key=lambda row: (row[0], row[2].code),
            reverse=True,
        )
        chosen += [Drawn(one, lot, value) for value, lot, one in ranked[: shares[name]]]
    return Draw(seed, _with_visitors(seed, chosen, visitors, visitors_each), shares)


def _with_visitors(
    seed: str, chosen: Sequence[Drawn], visitors: Collection[Visitor], each: int
) -> tuple[Drawn, ...]:
    """Those drawn, in the order of their lots, each with the visitors that have the highest lots,
    no ties to the place, and visits left in their share."""
    if not visitors:
        return tuple(replace(row, missing=each) for row in chosen)
    if not chosen:
        return ()
    share = -(-len(chosen) * each // len(visitors))
    visits: dict[str, int] = defaultdict(int)
    found: dict[str, Drawn] = {}
    for row in sorted(chosen, key=lambda row: row.value, reverse=True):
        place = row.candidate
        free = [one for one in visitors if not one.ties & {place.code, place.stratum}]
        ranked = sorted(
            free,
            key=lambda one: (
                visits[one.code] < share,
                value_of(seed, place.code, one.code),
                one.code,
            ),
            reverse=True,
        )
        taken = tuple(ranked[:each])
        for one in taken:
            visits[one.code] += 1
        found[place.code] = Drawn(place, row.lot, row.value, taken, each - len(taken))
    return tuple(found[row.candidate.code] for row in chosen)


def canonical(
    draw: Draw,
    candidates: Sequence[Candidate],
    visitors: Sequence[Visitor],
    *,
    count: int = 0,
    visitors_each: int = 2,
    strata: Mapping[str, str] | None = None,
) -> str:
    """Everything that went in and came out, as one text that is always the same: what is published,
    and what `digest` is of. `strata` are the names of the strata by their codes."""
    told: dict[str, Any] = {
        "seed": draw.seed,
        "count": count,
        "visitors_each": visitors_each,
        "strata": dict(strata or {}),
        "quotas": dict(draw.quotas),
        "candidates": [
            asdict(one) | {"lots": one.lots} for one in sorted(candidates, key=lambda one: one.code)
        ],
        "visitors": [
            {"code": one.code, "name": one.name, "ties": sorted(one.ties)}
            for one in sorted(visitors, key=lambda one: one.code)
        ],
        "drawn": [
            {
                "code": row.candidate.code,
                "lot": row.lot,
                "value": row.value,
                "visitors": [one.code for one in row.visitors],
                "missing": row.missing,
            }
            for row in draw.drawn
        ],
    }
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def drawn_again(published: str, seed: str | None = None) -> str:
    """Draws anew from what was published, or with another `seed`: the same text, byte for byte, if
    nobody touched it. Raises ValueError for a text that is none of these."""
    try:
        told = json.loads(published)
        candidates = [
            Candidate(
                code=one["code"],
                name=one["name"],
                stratum=one["stratum"],
                reasons=tuple((str(words), int(lots)) for words, lots in one["reasons"]),
                months_since_visit=one["months_since_visit"],
            )
            for one in told["candidates"]
        ]
        visitors = [
            Visitor(one["code"], one["name"], frozenset(one["ties"])) for one in told["visitors"]
        ]
        count, each, seed = told["count"], told["visitors_each"], seed or told["seed"]
        found = draw(seed, candidates, count, visitors, each)
        return canonical(
            found, candidates, visitors, count=count, visitors_each=each, strata=told["strata"]
        )
    except (KeyError, TypeError) as error:
        raise ValueError("this text was not published by a draw") from error


def digest(text: str) -> str:
    """SHA-256 of the published text."""
    return hashlib.sha256(text.encode()).hexdigest()
