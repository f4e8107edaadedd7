"""Where organisations stood on a day, and what was counted there: the ground of figures.

A day that is over is read from the placements. An organisation that has ceased keeps the last
place it had: what happened in it is not lost to those above it.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Aggregate, Count, DateField, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from core import clock
from core.figures import Cut, Trees

from ..models import Organization, OrganizationPlacement
from ..models.organization import STEP, path_end

LISTED = 400  # organisations in one IN list; more are asked for by another condition
GREAT = 2  # steps of the path of what is a great part of the tree: the top, and what lies below it
RANGES = 20  # subtrees looked up one by one; more of them in one range from the first to the last
_EVER = Value(dt.date(1, 1, 1), output_field=DateField())


def within(paths: Collection[str], column: str = "path") -> Q:
    """A condition that holds for all at or below the paths; beyond 20 subtrees for others
    between them too."""
    tops: list[str] = []
    for path in sorted(paths):
        if not tops or not path.startswith(tops[-1]):
            tops.append(path)
    if len(tops) > RANGES:
        return Q(**{f"{column}__gte": tops[0], f"{column}__lt": path_end(tops[-1])})
    found = Q(pk__in=[])
    for top in tops:
        found |= Q(**{f"{column}__gte": top, f"{column}__lt": path_end(top)})
    return found


def placed(day: dt.date, known_at: dt.datetime | None = None) -> QuerySet[OrganizationPlacement]:
    """The place each organisation had on the day, or had had last, by what is known now or was at
    the moment: one row for each that had been there by then."""
    begun = OrganizationPlacement.objects.filter(
        Q(valid_from=None) | Q(valid_from__lte=day)
    ).annotate(begun_on=Coalesce("valid_from", _EVER))
    if known_at is not None:
        begun = begun.filter(Q(recorded_at=None) | Q(recorded_at__lte=known_at))
    later = begun.filter(
        Q(begun_on__gt=OuterRef("begun_on"))
        | Q(begun_on=OuterRef("begun_on"), pk__gt=OuterRef("pk")),
        organization=OuterRef("organization"),
    )
    return begun.filter(~Exists(later))


class KnownTrees:
    """Where organisations stood at cuts: what was asked once is not asked again. For one reading
    of figures (`core.figures.Reading`)."""

    def __init__(self) -> None:
        self._places: dict[tuple[Cut, frozenset[int]], dict[int, str]] = {}
        self._below: dict[tuple[Cut, frozenset[str]], dict[int, tuple[str, str]]] = {}

    def places(self, cut: Cut, pks: Collection[int]) -> dict[int, str]:
        """Primary key -> where the organisation stood at the cut, of those that were there. One
        query; none for nobody."""
        key = (cut, frozenset(pks))
        if key not in self._places:
            rows = _standing(cut, key[1]) if pks else {}
            self._places[key] = {pk: path for pk, (path, _) in rows.items()}
        return self._places[key]

    def below(
        self, cut: Cut, paths: Collection[str], kinds: Collection[str] = ()
    ) -> dict[int, str]:
        """Primary key -> path of all that stood at and below `paths` at the cut, of some kinds
        alone if given; with more than 20 subtrees also of what stood between them. One query;
        none for nothing."""
        key = (cut, frozenset(paths))
        if key not in self._below:
            self._below[key] = _standing(cut, None, within(paths)) if paths else {}
        return {
            pk: path for pk, (path, kind) in self._below[key].items() if not kinds or kind in kinds
        }


def _standing(
    cut: Cut, pks: Collection[int] | None, where: Q | None = None
) -> dict[int, tuple[str, str]]:
    is_now = cut.known_at is None and cut.day >= clock.today()
    rows: QuerySet[Any] = (
        Organization.objects.order_by() if is_now else placed(cut.day, cut.known_at)
    )
    own = "pk" if is_now else "organization_id"
    if pks is not None:
        rows = rows.filter(**{f"{own}__in": list(pks)})
    if where is not None:
        rows = rows.filter(where)
    return {pk: (path, kind) for pk, path, kind in rows.values_list(own, "path", "kind")}


def paths_on(
    organization_ids: Collection[Any], day: dt.date, known_at: dt.datetime | None = None
) -> dict[Any, str]:
    """Primary key -> path on a day that is over; without those that were not there yet. One
    query."""
    return dict(
        placed(day, known_at)
        .filter(organization__in=list(organization_ids))
        .values_list("organization_id", "path")
    )


def stood_at(
    organization: Organization,
    day: dt.date,
    *,
    below: bool = True,
    kinds: Collection[str] = (),
    known_at: dt.datetime | None = None,
) -> QuerySet[Any]:
    """Primary keys of those that stood on the day at the place the organisation had then, with
    `below` also of all that stood below it; of some kinds alone. To be used as a subquery. No
    query now; one for a day that is over."""
    of_kinds = Q(kind__in=kinds) if kinds else Q()
    if day >= clock.today():
        at = within([organization.path]) if below else Q(pk=organization.pk)
        return Organization.objects.filter(at, of_kinds).order_by().values("pk")
    path = paths_on([organization.pk], day, known_at).get(organization.pk)
    if path is None:
        return Organization.objects.none().values("pk")
    at = within([path]) if below else Q(organization=organization)
    return placed(day, known_at).filter(at, of_kinds).values("organization")


def counted(
    rows: QuerySet[Any],
    wanted: Mapping[str, Q | Aggregate],
    paths: Collection[str],
    cut: Cut,
    trees: Trees,
    *,
    relation: str = "organization",
    kinds: Collection[str] = (),
    by_time: bool = False,
) -> dict[str, dict[str, int]]:
    """Key -> path at the cut -> how many of `rows` there fulfil the key's condition, or what they
    add up to (whole numbers) where it is a sum.

    `relation` leads from a row to its organisation, which is of one of `kinds` if some are given.
    `by_time`: the rows lie in a short time of a long past and are found by that; of a great part of
    the tree they are not looked for place by place, which would read all of their past (SQLite).
    One query; for a day that is over one more for the tree of it, unless `trees` knows it.
    """
    numbers = {
        f"n{index}": one if isinstance(one, Aggregate) else Count("pk", filter=one)
        for index, one in enumerate(wanted.values())
    }
    then: Mapping[Any, str] = {}
    everywhere = by_time and not kinds
    if cut.day >= clock.today():
        place = f"{relation}__path"
        everywhere = everywhere and any(len(path) <= GREAT * STEP for path in paths)
        if everywhere:
            # No index of the place serves for what is computed, neither to find nor to group.
            rows = rows.annotate(at_path=Coalesce(F(place), Value("")))
            place = "at_path"
        else:
            rows = rows.filter(within(paths, place))
        if kinds:
            rows = rows.filter(**{f"{relation}__kind__in": kinds})
    else:
        place = f"{relation}_id"
        then = trees.below(cut, paths, kinds)
        there: Any = list(then)
        everywhere = everywhere and len(there) > LISTED
        if len(there) > LISTED:
            of_kinds = Q(kind__in=kinds) if kinds else Q()
            there = placed(cut.day, cut.known_at).filter(within(paths), of_kinds)
            there = there.values("organization")
        if not everywhere:
            rows = rows.filter(**{f"{relation}__in": there})
    tops = tuple(paths)
    found: dict[str, dict[str, int]] = {key: {} for key in wanted}
    for at, *some in _whole_numbers(rows.order_by().values_list(place).annotate(**numbers)):
        path = then.get(at, "") if then else at
        if everywhere and not path.startswith(tops):
            continue
        for key, number in zip(wanted, some, strict=True):
            if number:
                found[key][path] = number
    return found


def _whole_numbers(rows: QuerySet[Any, Any]) -> Iterable[tuple[Any, ...]]:
    """The rows as the database gives them: of a thousand places with fifty numbers each, turning a
    whole number into one takes longer than counting."""
    try:
        sql, values = rows.query.get_compiler(connection=connection).as_sql()
    except EmptyResultSet:
        return ()
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
