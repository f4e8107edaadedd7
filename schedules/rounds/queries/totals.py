"""Every number of a period's reports, added up by what stands directly below a node, beside the
period before and the same one of the year before.

What must not be added twice. A figure of the portal takes in all that lay below the organisation
(`figures.Sums`): the general branch's is already the sum of its branches, and the committee's of
both. So of the reports that give a number only the topmost count: whoever stands below one of them
is in it already. A report that was not sent, or whose form does not ask for the number, covers
nobody, and those below it are taken instead. A number that is typed counts in the same way, as
sheets are summed level by level; where the form says that it is of the level alone (`alone`), and
for figures of a place alone, every report counts.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import F, Q

from core import figures, periods
from core.actor import Actor
from orgs.models import Organization
from orgs.models.organization import below
from orgs.permissions import Permission

from ..enums import ItemKind
from ..item_kinds.numbers import parsed
from ..models import Plan, ReportItem
from .readings import NUMBERS, child_path, children_of
from .reports import EDITABLE_ITEMS, last_sent

_STANDING = "report__duty__standings__"


@dataclass(frozen=True, slots=True)
class Number:
    """A number that reports give: a figure of the portal by its key, or what forms ask for under
    one title and unit."""

    key: str
    label: str
    unit: str = ""
    is_figure: bool = False
    is_alone: bool = False
    is_moves: bool = False  # what moved below the one who gives it is none


@dataclass(frozen=True, slots=True)
class Sum:
    """A number added up: of how many reports. `value` is None where nobody gave it."""

    value: Decimal | None = None
    reports: int = 0


NOTHING = Sum()


@dataclass(slots=True)
class Compared:
    """A number in the period, in the one before, and in the same of the year before."""

    now: Sum = NOTHING
    before: Sum = NOTHING
    last_year: Sum = NOTHING

    @property
    def change(self) -> Decimal | None:
        """On the period before; None where either is missing."""
        return _less(self.now, self.before)

    @property
    def year_change(self) -> Decimal | None:
        """On the same period of the year before."""
        return _less(self.now, self.last_year)


def _less(now: Sum, then: Sum) -> Decimal | None:
    return None if now.value is None or then.value is None else now.value - then.value


@dataclass(slots=True)
class Totals:
    """The numbers of a node's period. `whole` are those of the node; `parts` of each directly below
    (None: left the reader's scope since). `own` says whether the node's own report gave it."""

    period: str
    before: str
    last_year: str
    numbers: list[Number] = field(default_factory=list)
    whole: dict[str, Compared] = field(default_factory=dict)
    parts: dict[int, tuple[Organization | None, dict[str, Compared]]] = field(default_factory=dict)
    own: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Given:
    path: str
    number: Number
    value: Decimal


def last_years(period: str) -> str:
    """The same period of the year before."""
    return f"{int(period[:4]) - 1}{period[4:]}"


def totals_of(
    actor: Actor, plan: Plan, node: Organization, period: str, places: Mapping[str, str]
) -> Totals:
    """The numbers of the period at the node; `places` says where it stood on the last day of each
    of the three periods in which something was owed there. As on the board, who has left the
    actor's scope since is counted and not named: numbers, no texts. Four queries; one fewer where
    nothing is being mended."""
    found = Totals(period, periods.shift(period, -1), last_years(period))
    wanted = {one: places[one] for one in (period, found.before, found.last_year) if one in places}
    children = children_of(plan, node, wanted)
    given = _given(plan, wanted)
    names = {"now": period, "before": found.before, "last_year": found.last_year}
    known: dict[str, Number] = {}
    order: dict[int, str] = {}
    for name, one in names.items():
        if one not in wanted:
            continue
        place, below_it = wanted[one], children[one]
        by_part: dict[str, list[_Given]] = defaultdict(list)
        for row in given[one]:
            known.setdefault(row.number.key, row.number)
            by_part[child_path(place, row.path)].append(row)
            if one == period and row.path == place:
                found.own.add(row.number.key)
        for key, total in summed(given[one]).items():
            setattr(found.whole.setdefault(key, Compared()), name, total)
        for path, rows in by_part.items():
            organization = below_it.get(path)
            if organization is None:
                continue
            order.setdefault(organization.pk, path)
            sees = actor.may_at(Permission.REPORT_VIEW, organization.path)
            shown = organization if sees else None
            _, part = found.parts.setdefault(organization.pk, (shown, {}))
            for key, total in summed(rows).items():
                setattr(part.setdefault(key, Compared()), name, total)
    found.numbers = list(known.values())
    found.parts = dict(sorted(found.parts.items(), key=lambda pair: order[pair[0]]))
    return found


def summed(given: Iterable[_Given]) -> dict[str, Sum]:
    """Number key -> the sum without what is in another one already. Pure."""
    by_key: dict[str, list[_Given]] = defaultdict(list)
    for one in given:
        by_key[one.number.key].append(one)
    found = {}
    for key, rows in by_key.items():
        taken = rows if rows[0].number.is_alone else _topmost(rows)
        found[key] = Sum(sum((one.value for one in taken), Decimal(0)), len(taken))
    return found


def _topmost(rows: Sequence[_Given]) -> list[_Given]:
    """Those above which no other gives the number. In the order of paths whoever stands below
    another comes right behind it."""
    taken: list[_Given] = []
    for one in sorted(rows, key=lambda row: row.path):
        if not taken or not one.path.startswith(taken[-1].path):
            taken.append(one)
    return taken


def _given(plan: Plan, places: Mapping[str, str]) -> dict[str, list[_Given]]:
    """Period -> each number of each report that was sent, with where its organisation stood. Two
    queries; three where one is being mended."""
    found: dict[str, list[_Given]] = {period: [] for period in places}
    there = Q(pk__in=[])
    for period, place in places.items():
        there |= Q(below(place, _STANDING), **{f"{_STANDING}period": period})
    rows = list(
        ReportItem.objects.filter(
            there,
            kind__in=NUMBERS,
            report__submitted_at__isnull=False,
            **{f"{_STANDING}plan": plan, f"{_STANDING}until": None},
        )
        .order_by(f"{_STANDING}path", "position")
        .values_list(
            F(f"{_STANDING}period"),
            F(f"{_STANDING}path"),
            "report_id",
            "report__definition_id",
            "key",
            "kind",
            "title",
            "state",
            "value",
        )
    )
    specs = {
        (pk, spec["key"]): spec
        for pk, items in plan.definitions.values_list("pk", "items")
        for spec in items
    }
    sent = last_sent({row[2] for row in rows if row[7] in EDITABLE_ITEMS})
    for period, path, report_id, form_id, key, kind, title, state, value in rows:
        if state in EDITABLE_ITEMS:
            value = sent.get(report_id, {}).get(key, {})
        spec = specs.get((form_id, key), {})
        for number, amount in _numbers(kind, title, spec, value):
            found[period].append(_Given(path, number, amount))
    return found


def _numbers(
    kind: str, title: str, spec: Mapping[str, Any], value: Mapping[str, Any]
) -> Iterable[tuple[Number, Decimal]]:
    if kind == ItemKind.FIGURES:
        registered = figures.registered()
        for row in value.get("figures", []):
            amount = parsed(str(row["value"]))
            if amount is not None:
                known = registered.get(row["key"])
                alone = known is not None and known.sums == figures.Sums.ALONE
                moves = known is not None and known.sums == figures.Sums.WHOLE
                yield Number(row["key"], row["label"], row["unit"], True, alone, moves), amount
        return
    amount = parsed(str(value.get("number", "")))
    if amount is not None:
        unit = str(spec.get("unit") or "")
        yield Number(f"{title}|{unit}", title, unit, False, bool(spec.get("alone"))), amount
