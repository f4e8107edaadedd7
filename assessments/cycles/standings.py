"""What scores give when they are laid beside each other: ranks, quotas, bands, means. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from assessments.scoring import grading, measuring
from assessments.scoring.numbers import number, plain, rounded
from assessments.scoring.refusals import Refused
from assessments.scoring.schemes import Scheme
from assessments.scoring.totals import mean_of, spread_of

HUNDRED = 100
LEXICAL = 10**9  # more than any indicator's points: one before the next in a tie-break


@dataclass(frozen=True, slots=True)
class One:
    """One scored organisation: its rounded total, its scheme, and what ties are broken by."""

    pk: int
    group: int | None
    scheme: Scheme
    total: Decimal
    limits: Sequence[str] = ()
    points: Mapping[str, Fraction] = field(default_factory=dict)  # indicator -> points
    by_hand: Sequence[tuple[Fraction, int]] = ()  # (full marks, how many marked it)

    @property
    def share(self) -> Fraction:
        """Of the full marks: what is compared where schemes differ."""
        return Fraction(self.total) / self.scheme.root.full


@dataclass(frozen=True, slots=True)
class Group:
    """A group with the least number for ranks and quotas."""

    pk: int
    minimum: int


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds over the whole: a quota of a grade, and by which indicators ties are broken."""

    quota_grade: str = ""
    quota_share: Fraction = Fraction(0)
    quota_kind: str = "upper"
    tie_break: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one stands: `rank` is None in a group too small, `clear` where nothing was marked by two
    (1 clearly above the mean of its group, -1 below, 0 neither)."""

    band: str
    grade: str
    by_quota: bool = False
    rank: int | None = None
    clear: int | None = None


def compared_of(
    scheme: Scheme, result: Mapping[str, Any], stored: Mapping[str, Any]
) -> dict[str, Any]:
    """What a score is laid beside others by, as data, from its result and what led to it: a tenth of
    them, so that a changed fact of one does not have the steps of all read again. `pairs` are
    differences of marks that two gave by themselves, as shares of full marks; a third marks only
    where the two lie far apart, and is no third pair."""
    pairs, by_hand = [], []
    for one in scheme.indicators:
        told = result["indicators"].get(one.key)
        if told is not None and one.full:
            marks = seat_marks(told)
            pairs += [plain((marks[0] - marks[1]) / one.full)] if len(marks) > 1 else []
        if (seats := _seats_of(stored, one.key)) > 0:
            by_hand.append([plain(one.full), seats])
    points = {key: one["points"] for key, one in result["indicators"].items() if one["points"]}
    return {
        "limits": list(result["limits"]),
        "points": points,
        "by_hand": by_hand,
        "pairs": pairs,
    }


def seat_marks(told: Mapping[str, Any]) -> list[Fraction]:
    """The points of each who marked an indicator by himself, from what the result tells of it, in the
    order of their seats; none where what was counted stood."""
    return [number(step["value"]) for step in told["steps"] if step["kind"] == "seat"]


def _seats_of(stored: Mapping[str, Any], key: str) -> int:
    """How many marked an indicator by hand; 0 for one that was counted."""
    if not any(one.get("by") == "hand" for one in stored["read"].get(key, ())):
        return 0
    facts = stored["facts"].get(key, ())
    return max(
        (len(one["seats"]) for one in facts if isinstance(one, Mapping) and "seats" in one),
        default=1,
    )


def one_of(
    pk: int, group: int | None, scheme: Scheme, total: object, compared: Mapping[str, Any]
) -> One | None:
    """A score as it is laid beside others, from what `compared_of` says; None while it has no
    total."""
    if total is None:
        return None
    return One(
        pk,
        group,
        scheme,
        Decimal(str(total)),
        tuple(compared["limits"]),
        {key: number(points) for key, points in compared["points"].items()},
        [(number(full), seats) for full, seats in compared["by_hand"]],
    )


def differences_of(compared: Iterable[Mapping[str, Any]]) -> list[Fraction]:
    """The differences of all pairs of marks."""
    return [number(pair) for one in compared for pair in one["pairs"]]


def rules_of(content: Mapping[str, Any]) -> Rules:
    """The rules over the whole that a version's content says."""
    quota = content.get("quota") or {}
    tie_break = tuple(str(key) for key in content.get("tie_break") or ())
    if not quota:
        return Rules(tie_break=tie_break)
    return Rules(
        str(quota.get("grade", "")),
        number(quota.get("share", 0), "quota.share"),
        str(quota.get("kind", "upper")),
        tie_break,
    )


def stand(
    ones: Sequence[One],
    groups: Sequence[Group],
    rules: Rules,
    differences: Sequence[Fraction] = (),
) -> tuple[dict[int, Standing], dict[str, Any]]:
    """Where each stands, and what the whole gives: of each group its number, mean and spread, the
    places of the quota, and why there is no rank where there is none. `differences` are those of
    pairs of marks, as shares of full marks."""
    by_group: dict[int | None, list[One]] = {}
    for one in ones:
        by_group.setdefault(one.group, []).append(one)
    sizes = [len(by_group.get(group.pk, ())) for group in groups]
    total_places: int | None = None
    of_groups: list[int | None] = [None] * len(groups)
    if rules.quota_grade:
        total_places, of_groups = _places(rules, sizes, groups)
    found: dict[int, Standing] = {}
    summary: dict[str, Any] = {"groups": {}, "places": total_places}
    for group, places in zip(groups, of_groups, strict=True):
        members = by_group.pop(group.pk, [])
        found |= _group(members, group.minimum, rules, places, differences)
        summary["groups"][str(group.pk)] = _summary(members, group.minimum, places)
    for members in by_group.values():
        found |= {one.pk: _alone(one) for one in members}
    return found, summary


def _places(
    rules: Rules, sizes: Sequence[int], groups: Sequence[Group]
) -> tuple[int, list[int | None]]:
    """Groups each have a least number of their own: who is below it takes no part."""
    taking = [
        size if size >= group.minimum else 0 for size, group in zip(sizes, groups, strict=True)
    ]
    total, places = grading.places_of_groups(rules.quota_kind, rules.quota_share, taking, 1)
    return total, places


def _group(
    members: Sequence[One],
    minimum: int,
    rules: Rules,
    places: int | None,
    differences: Sequence[Fraction],
) -> dict[int, Standing]:
    if len(members) < minimum:
        return {one.pk: _alone(one) for one in members}
    shares = [one.share for one in members]
    ranks = grading.ranks(shares)
    grades = _grades(members, shares, rules, places)
    clear = _clear(members, differences)
    return {
        one.pk: Standing(
            _alone(one).band, grade.grade, grade.by_quota, ranks[number], clear.get(one.pk)
        )
        for number, (one, grade) in enumerate(zip(members, grades, strict=True))
    }


def _grades(
    members: Sequence[One], shares: Sequence[Fraction], rules: Rules, places: int | None
) -> list[grading.Graded]:
    """Bands and vetoes of each one's own scheme; the quota only where all of the group have the
    same bands, else nobody could say what a place is."""
    alone = [grading.Graded(_alone(one).grade) for one in members]
    bands = _scaled(members[0].scheme)
    is_shared = all(_scaled(one.scheme) == bands for one in members)
    if places is None or not bands or not is_shared:
        return alone
    if rules.quota_grade not in [band.grade for band in bands]:
        return alone
    limits = [_lowest(one.limits, bands) for one in members]
    return grading.grades(
        shares,
        bands,
        quota=grading.Quota(rules.quota_grade, places, rules.quota_kind),
        tie_break=[_tie(one, rules.tie_break) for one in members],
        limits=limits,
    )


def _scaled(scheme: Scheme) -> list[grading.Band]:
    """The bands as shares of full marks."""
    return [grading.Band(band.grade, band.least / scheme.root.full) for band in scheme.bands]


def _lowest(limits: Sequence[str], bands: Sequence[grading.Band]) -> str | None:
    """The strictest of several vetoes."""
    best_first = [band.grade for band in grading.ordered(bands)]
    places = [
        len(best_first) - 1 if limit not in best_first else best_first.index(limit)
        for limit in limits
    ]
    return best_first[max(places)] if places else None


def _tie(one: One, keys: Sequence[str]) -> Fraction:
    """One number that is higher for who is ahead in the first indicator, then in the second …"""
    found = Fraction(0)
    for key in keys:
        found = found * LEXICAL + one.points.get(key, Fraction(0))
    return found


def _alone(one: One) -> Standing:
    """By its points alone, with what vetoes leave."""
    bands = one.scheme.bands
    if not bands:
        return Standing("", "")
    band = grade = grading.band_of(Fraction(one.total), bands)
    for limit in one.limits:
        grade = grading.limited(grade, limit, bands)
    return Standing(band, grade)


def _clear(members: Sequence[One], differences: Sequence[Fraction]) -> dict[int, int]:
    """Who lies clearly above or below the mean; nobody where too little was marked by two."""
    totals = {one.pk: one.share * HUNDRED for one in members}
    mean = mean_of(list(totals.values()))
    found: dict[int, int] = {}
    for one in members:
        items = [(full / one.scheme.root.full * HUNDRED, n) for full, n in one.by_hand]
        try:
            error = measuring.measuring_error(differences, items)
        except Refused:
            return {}
        if mean is not None:
            found[one.pk] = measuring.standing(totals[one.pk], mean, error)
    return found


def _summary(members: Sequence[One], minimum: int, places: int | None) -> dict[str, Any]:
    shares = [one.share * HUNDRED for one in members]
    mean, spread = mean_of(shares), spread_of(shares)
    return {
        "count": len(members),
        "minimum": minimum,
        "is_ranked": len(members) >= minimum,
        "places": places,
        "mean": None if mean is None else f"{rounded(mean):f}",
        "lowest": None if spread is None else plain(spread[0]),
        "highest": None if spread is None else plain(spread[1]),
    }
