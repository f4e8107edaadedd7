"""Ranks, bands, quotas and grades: from rounded totals, before the eyes of who decides."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from .numbers import plain
from .refusals import Refused


@dataclass(frozen=True, slots=True)
class Band:
    """A grade from `least` points on, up to the next better band: half-open intervals."""

    grade: str
    least: Fraction


def ordered(bands: Sequence[Band]) -> list[Band]:
    """The bands, best first. Raises Refused (`bands`) for none, for two of one name or limit."""
    found = sorted(bands, key=lambda band: band.least, reverse=True)
    limits, names = {band.least for band in found}, {band.grade for band in found}
    if not found or len(limits) < len(found) or len(names) < len(found):
        raise Refused("bands", "等次的名称和分数线不能重复，也不能为空")
    return found


def band_of(total: Fraction, bands: Sequence[Band]) -> str:
    """The grade of a rounded total. What lies below every band is in the lowest."""
    best_first = ordered(bands)
    return next((band.grade for band in best_first if total >= band.least), best_first[-1].grade)


def limited(grade: str, limit: str | None, bands: Sequence[Band]) -> str:
    """The grade with the ceiling of a veto; `lowest_grade` is the lowest band. Raises Refused
    (`unknown_item`) for a grade that no band has."""
    names = [band.grade for band in ordered(bands)]
    if limit is None:
        return grade
    if limit == "lowest_grade":
        return names[-1]
    if limit not in names:
        raise Refused("unknown_item", f"没有“{limit[:40]}”这一等次")
    return names[max(names.index(grade), names.index(limit))]


def ranks(totals: Sequence[Fraction]) -> list[int]:
    """The rank of each among all, the highest first; equals share one (1, 2, 3, 3, 5)."""
    first: dict[Fraction, int] = {}
    for place, total in enumerate(sorted(totals, reverse=True), start=1):
        first.setdefault(total, place)
    return [first[total] for total in totals]


def places(kind: str, share: Fraction, of: int) -> int:
    """How many a quota lets in: an upper one (`upper`, at most) floors, a lower one (`lower`, at
    least) ceils. Raises Refused (`form`)."""
    if not 0 <= share <= 1 or of < 0:
        raise Refused("form", f"比例 {plain(share)} 不在 0 到 1 之间", "share")
    exact = share * of
    floor = exact.numerator // exact.denominator
    if kind == "upper":
        return floor
    if kind == "lower":
        return floor + (exact.denominator != 1)
    raise Refused("form", "比例应是 upper（不超过）或 lower（不少于）", "kind")


def places_of_groups(
    kind: str, share: Fraction, sizes: Sequence[int], minimum: int
) -> tuple[int, list[int | None]]:
    """Places over the whole, and of each group: the whole part of its exact share, the rest by
    largest remainder (ties: the larger group, then the order). A group below the `minimum` takes
    no part (None). Raises Refused as `places` does."""
    taking = [number for number, size in enumerate(sizes) if size >= minimum]
    total = places(kind, share, sum(sizes[number] for number in taking))
    exact = {number: share * sizes[number] for number in taking}
    found: list[int | None] = [None] * len(sizes)
    given = 0
    for number in taking:
        whole = exact[number].numerator // exact[number].denominator
        found[number] = whole
        given += whole
    by_remainder = sorted(taking, key=lambda number: (-(exact[number] % 1), -sizes[number], number))
    for number in by_remainder[: total - given]:
        found[number] = (found[number] or 0) + 1
    return total, found


@dataclass(frozen=True, slots=True)
class Quota:
    """At most so many places in a grade (`upper`), or at least so many in it and below (`lower`)."""

    grade: str
    places: int
    kind: str = "upper"


@dataclass(frozen=True, slots=True)
class Graded:
    """One grade; `by_quota` when the band gave a better one and the places were taken."""

    grade: str
    by_quota: bool = False


def grades(
    totals: Sequence[Fraction],
    bands: Sequence[Band],
    *,
    quota: Quota | None = None,
    tie_break: Sequence[Fraction] | None = None,
    limits: Sequence[str | None] | None = None,
) -> list[Graded]:
    """Bands, then vetoes, then the quota by rank.

    `tie_break` decides between equals at the last place, the higher first; who are still equal
    there get none of the places left. Who is kept from the grade by a veto frees his place. Raises
    Refused (`form`, `unknown_item`).
    """
    names = [band.grade for band in ordered(bands)]
    for other in (tie_break, limits):
        if other is not None and len(other) != len(totals):
            raise Refused("form", "各列的个数不一样")
    found = [
        limited(band_of(total, bands), limits[number] if limits else None, bands)
        for number, total in enumerate(totals)
    ]
    if quota is None:
        return [Graded(grade) for grade in found]
    if quota.grade not in names:
        raise Refused("unknown_item", f"没有“{quota.grade[:40]}”这一等次", "quota")
    at = names.index(quota.grade)
    if quota.kind == "lower":
        wanting = [number for number, grade in enumerate(found) if names.index(grade) < at]
        room, falls_to = max(0, len(totals) - quota.places), quota.grade
    elif at + 1 < len(names):
        wanting = [number for number, grade in enumerate(found) if grade == quota.grade]
        room, falls_to = quota.places, names[at + 1]
    else:
        raise Refused("form", "最低的等次不能限名额", "quota")
    kept = _first(wanting, totals, tie_break, room)
    return [
        Graded(falls_to, by_quota=True) if number in wanting and number not in kept else Graded(one)
        for number, one in enumerate(found)
    ]


def _first(
    wanting: Sequence[int],
    totals: Sequence[Fraction],
    tie_break: Sequence[Fraction] | None,
    room: int,
) -> set[int]:
    """Those that find room, by total and tie-break; equals at the last place all stay out."""
    keys = {n: (totals[n], tie_break[n] if tie_break else Fraction(0)) for n in wanting}
    kept: set[int] = set()
    for key in sorted(set(keys.values()), reverse=True):
        equal = [number for number in wanting if keys[number] == key]
        if len(kept) + len(equal) > room:
            break
        kept.update(equal)
    return kept
