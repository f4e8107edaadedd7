"""From figures as they were read to the facts that rules take. Pure: no row, no clock."""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from assessments.schemes.definitions import (
    AWARDS,
    HAPPENED,
    VETOES,
    Leaf,
    Source,
    cycle_of,
    leaves,
    source_of,
)
from assessments.scoring import rules, schemes
from assessments.scoring.grading import ranks
from assessments.scoring.numbers import plain
from assessments.scoring.refusals import Refused
from assessments.scoring.schemes import Scheme, Scored, canonical
from core import periods

FULL, RESCALE, ZERO = "full", "rescale", "zero"
PERCENT = 100

Values = Mapping[int, int | None]
"""Organisation -> what a figure was there; None where history does not reach back."""


def period_of(leaf: Leaf, half_year: str) -> str:
    """The period that an indicator's figures are of: the year so far for what is looked at once a
    year, else the half-year."""
    return half_year[:4] if cycle_of(leaf.node) == periods.YEAR else half_year


def wanted(content: Mapping[str, Any], half_year: str) -> set[tuple[str, str]]:
    """(figure, period) of all that the version's rules read."""
    return {
        (figure, period_of(leaf, half_year))
        for leaf in leaves(content)
        for source in leaf.sources
        if source.is_counted
        for figure in source.figures
    }


@dataclass(frozen=True, slots=True)
class Place:
    """One of the assessed: the branches at and below it, and who it is ranked among."""

    pk: int
    branches: Sequence[int] = ()
    peers: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one of the assessed before the engine is asked.

    facts: indicator -> the facts of each of its rules. read: indicator -> for each of its rules
    what was read for it, so that its rows can be opened. exempt: indicator -> mode. waiting:
    indicators of which a fact is missing: not marked yet, or a figure that nobody can tell. awards,
    happened: what brings a bonus, and which vetoes there were; none where nobody gave any.
    """

    facts: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    read: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    exempt: dict[str, str] = field(default_factory=dict)
    waiting: list[str] = field(default_factory=list)
    awards: list[dict[str, Any]] = field(default_factory=list)
    happened: list[str] = field(default_factory=list)

    def as_data(self) -> dict[str, Any]:
        """All of it as data: what is stored beside the score, and is part of its digest."""
        return {
            "facts": self.facts,
            "read": self.read,
            "exempt": self.exempt,
            "waiting": self.waiting,
            "awards": self.awards,
            "happened": self.happened,
        }


def replaced(
    stored: Mapping[str, Any], indicator: str, facts: Mapping[int, Mapping[str, Any]], rules: int
) -> dict[str, Any]:
    """What is known of one of the assessed (`Known.as_data`) with other facts of one indicator, rule
    -> facts, or of `AWARDS` or `VETOES`; what is not named stays. Raises Refused for an indicator of
    which a rule would have none."""
    new: dict[str, Any] = {**stored, "read": dict(stored["read"]), "facts": dict(stored["facts"])}
    if indicator in (AWARDS, VETOES):
        name = "awards" if indicator == AWARDS else HAPPENED
        new[name] = list(facts[0][name])
        new["read"].pop(indicator, None)
        return new
    rows = list(stored["facts"].get(indicator) or [])
    read = list(stored["read"].get(indicator) or [])
    found, told = [], []
    for number in range(rules):
        if number in facts:
            found.append(dict(facts[number]))
            told.append({"by": "hand"})
        elif number < len(rows):
            found.append(rows[number])
            told.append(read[number] if number < len(read) else {"by": "hand"})
        else:
            raise Refused("form", f"还没有写第 {number + 1} 条规则的事实", indicator)
    new["facts"][indicator], new["read"][indicator] = found, told
    new["exempt"] = {key: mode for key, mode in stored["exempt"].items() if key != indicator}
    new["waiting"] = [key for key in stored["waiting"] if key != indicator]
    return new


def unknown_indicator() -> Refused:
    """Of facts of something that the version does not have."""
    return Refused("unknown_item", "细则里没有这一项。", "indicator")


def nothing_changed() -> Refused:
    """Of facts that give what there is already."""
    return Refused("same", "按这样的事实重算，得分不变，不用更正。", "facts")


def scored_by(scheme: Scheme, stored: Mapping[str, Any]) -> Scored:
    """The score of what is known of one of the assessed (`Known.as_data`). Raises Refused."""
    return schemes.score(
        scheme,
        stored["facts"],
        exempt=stored["exempt"],
        awards=stored["awards"],
        happened=stored["happened"],
        waiting=stored["waiting"],
    )


def known_of(
    content: Mapping[str, Any],
    half_year: str,
    place: Place,
    readings: Mapping[tuple[str, str], Values],
    *,
    marks: Mapping[tuple[str, int], Sequence[Mapping[str, Any]]] | None = None,
    exempt: Mapping[str, str] | None = None,
) -> Known:
    """What is known of one of the assessed: figures as they were read, marks by (indicator, rule),
    one for each who gave it, and exemptions by indicator. No query."""
    known = Known(exempt=dict(exempt or {}))
    for key, name, found in ((AWARDS, "awards", known.awards), (VETOES, HAPPENED, known.happened)):
        for given in (marks or {}).get((key, 0), ()):
            found.extend(given[name])
    for leaf in leaves(content):
        if leaf.key in known.exempt:
            continue
        _take(known, leaf, period_of(leaf, half_year), place, readings, marks or {})
    return known


def _take(
    known: Known,
    leaf: Leaf,
    period: str,
    place: Place,
    readings: Mapping[tuple[str, str], Values],
    marks: Mapping[tuple[str, int], Sequence[Mapping[str, Any]]],
) -> None:
    facts: list[dict[str, Any]] = []
    read: list[dict[str, Any]] = []
    for number, rule in enumerate(leaf.node.get("rules", ())):
        source = source_of(rule)
        given = [dict(one) for one in marks.get((leaf.key, number), ())]
        taken: _Taken | None = None
        if given:
            # A person's mark stands also where a figure could be read: it is there because
            # somebody looked, and says why.
            taken = _Taken(given[0] if len(given) == 1 else {"seats": given}, {"by": "hand"})
        elif source.is_counted:
            taken = _taken(rule, source, period, place, readings)
        if taken is None:
            known.waiting.append(leaf.key)
            return
        if taken.mode:
            known.exempt[leaf.key] = taken.mode
            known.read[leaf.key] = [taken.read]
            return
        facts.append(taken.facts)
        read.append(taken.read)
    known.facts[leaf.key] = facts
    known.read[leaf.key] = read


@dataclass(frozen=True, slots=True)
class _Taken:
    facts: dict[str, Any]
    read: dict[str, Any]
    mode: str = ""  # the indicator is out: there was nothing to take a share of


def _taken(
    rule: Mapping[str, Any],
    source: Source,
    period: str,
    place: Place,
    readings: Mapping[tuple[str, str], Values],
) -> _Taken | None:
    """The facts of a rule from figures; None where one of them cannot be told."""
    read: dict[str, Any] = {"by": "figure", "takes": source.takes, "period": period}

    def of(figure: str, pk: int = place.pk) -> int | None:
        return readings.get((figure, period), {}).get(pk)

    if source.takes == "missing":
        counts = {name: of(figure) for name, figure in source.items.items()}
        if any(count is None for count in counts.values()):
            return None
        read["items"] = {
            name: {"figure": source.items[name], "value": counts[name]} for name in counts
        }
        return _Taken({"missing": [name for name, count in counts.items() if count]}, read)
    value = of(source.figure)
    if value is None:
        return None
    read |= {"figure": source.figure, "value": value}
    if source.takes == "count":
        return _Taken({"count": value}, read)
    if source.takes == "counts":
        by_branch = {pk: of(source.figure, pk) for pk in place.branches}
        found = {str(pk): count for pk, count in by_branch.items() if count}
        return _Taken({"counts": found}, read)
    whole = of(source.of) if source.of else None
    if source.of:
        if whole is None:
            return None
        read |= {"of": source.of, "of_value": whole}
    if source.takes == "met":
        met = {"none": value == 0, "any": value > 0}.get(source.when, value >= (whole or 0))
        return _Taken({"met": met}, read)
    if source.of and not whole:
        return _empty(rule, source, read)
    share = Fraction(value, whole) if whole else Fraction(value)
    if source.takes == "ratio":
        return _Taken({"ratio": plain(share)}, read)
    if source.takes == "value":
        return _Taken({"value": plain(share * PERCENT if source.of else share)}, read)
    return _ranked(source, period, place, readings, read)


def facts_as_read(
    rule: Mapping[str, Any], period: str, values: Mapping[str, int]
) -> dict[str, Any] | None:
    """The facts of a rule if its figures were these, of the assessed alone: what a change of them
    would come to. None for a rule that takes branches or ranks, or has nothing to take a share of."""
    source = source_of(rule)
    if source.takes in ("counts", "rank"):
        return None
    readings = {(figure, period): {0: value} for figure, value in values.items()}
    taken = _taken(rule, source, period, Place(0), readings)
    return None if taken is None or taken.mode else taken.facts


def _empty(rule: Mapping[str, Any], source: Source, read: dict[str, Any]) -> _Taken:
    """Nothing was there of which a share could be taken."""
    read["empty"] = source.empty
    if source.empty in (FULL, RESCALE):
        return _Taken({}, read, mode=source.empty)
    return _Taken({"value" if source.takes == "value" else "ratio": "0"}, read)


def _ranked(
    source: Source,
    period: str,
    place: Place,
    readings: Mapping[tuple[str, str], Values],
    read: dict[str, Any],
) -> _Taken | None:
    """The place among the peers of whom a share can be told."""
    shares = shares_of(source, period, place.peers, readings)
    if place.pk not in shares:
        return None
    keys = list(shares)
    signs = 1 if source.best == "high" else -1
    by_pk = dict(zip(keys, ranks([signs * shares[pk] for pk in keys]), strict=True))
    rank = by_pk[place.pk]
    tied = sum(other == rank for other in by_pk.values())
    read |= {"among": len(keys)}
    return _Taken({"rank": rank, "tied": tied}, read)


def shares_of(
    source: Source,
    period: str,
    pks: Iterable[int],
    readings: Mapping[tuple[str, str], Values],
) -> dict[int, Fraction]:
    """What each of the organisations is ranked by; without those of whom it cannot be told."""
    found = {}
    values = readings.get((source.figure, period), {})
    wholes = readings.get((source.of, period), {}) if source.of else {}
    for pk in pks:
        value, whole = values.get(pk), wholes.get(pk) if source.of else 1
        if value is not None and whole:
            found[pk] = Fraction(value, whole)
    return found


def tried(rule: Mapping[str, Any], full: str, facts: Mapping[str, Any]) -> None:
    """Raises Refused for a mark that its rule does not take."""
    if rule["rule"] != HAPPENED:
        rules.evaluate(rule["rule"], full or None, rule["params"], facts)
        return
    given = facts.get(HAPPENED)
    if set(facts) != {HAPPENED} or not isinstance(given, list) or not given:
        raise Refused("form", "写明发生了哪一项", HAPPENED)
    for name in given:
        if not isinstance(name, str) or name not in rule["params"]["vetoes"]:
            raise Refused("unknown_item", f"细则里没有“{str(name)[:40]}”这一票否决", HAPPENED)


def reason_missing(rule: Mapping[str, Any], facts: Mapping[str, Any], reason: str) -> str:
    """What is said of awards and vetoes that nobody can check, for want of a document; empty where a
    reason stands or none is needed."""
    wants = {"bonus": facts.get("awards"), HAPPENED: facts.get(HAPPENED)}.get(str(rule["rule"]))
    return "写明依据的文件，如文号和日期。" if wants and not reason.strip() else ""


def seen_of(facts: Mapping[str, Any] | None, reason: str = "") -> str:
    """Tells a mark with its reason from others; what a page says it was made from. Empty for none."""
    if facts is None:
        return ""
    return hashlib.sha256(canonical({"facts": facts, "reason": reason})).hexdigest()[:16]


def counted_by_branch(contents: Collection[Mapping[str, Any]]) -> bool:
    """Whether a rule of one of the versions reads each branch by itself."""
    return any(
        source.takes == "counts"
        for content in contents
        for leaf in leaves(content)
        for source in leaf.sources
    )
