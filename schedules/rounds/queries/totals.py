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
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import F, Q

from core import figures, periods
from core.actor import Actor
from core.trends import LEAST
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

    def __add__(self, other: "Sum") -> "Sum":
        if self.value is None or other.value is None:
            return other if self.value is None else self
        return Sum(self.value + other.value, self.reports + other.reports)


NOTHING = Sum()


@dataclass(slots=True)
class Compared:
    """A number in the period, in the one before and in the same of the year before; where its line was
    asked for, also in each period up to this one that had one. Whether it has changed only the line
    says (`core.trends`)."""

    now: Sum = NOTHING
    before: Sum = NOTHING
    last_year: Sum = NOTHING
    line: dict[str, Decimal] = field(default_factory=dict)


@dataclass(slots=True)
class Totals:
    """The numbers of a node's period. `whole` are those of the node; `parts` of each directly below
    (None: left the reader's scope since). `own` says whether the node's own report gave it."""

    period: str
    before: str
    last_year: str
    span: list[str] = field(default_factory=list)
    numbers: list[Number] = field(default_factory=list)
    whole: dict[str, Compared] = field(default_factory=dict)
    parts: dict[int, tuple[Organization | None, dict[str, Compared]]] = field(default_factory=dict)
    own: set[str] = field(default_factory=set)


class Adding:
    """Adds up the numbers of one period at `place`. Reports come in the order of paths, so that
    whoever stands below another comes behind it; what one gives covers those below it."""

    def __init__(self, place: str) -> None:
        self.place = place
        self.own: dict[str, Sum] = {}
        self.parts: dict[str, dict[str, Sum]] = defaultdict(dict)
        self._part = ""
        # Of those above the one at hand, inside the part: path, what is covered there, what it gives.
        self._above: list[tuple[str, set[str], set[str]]] = []

    def add(self, path: str, given: Iterable[tuple[Number, Any]]) -> None:
        """Takes in what one item of the report at `path` gives: numbers as they are stored."""
        if path == self.place:
            _take(self.own, given, frozenset(), set())
            return
        part = child_path(self.place, path)
        if part != self._part:
            self._part, self._above = part, []
        while self._above and not path.startswith(self._above[-1][0]):
            self._above.pop()
        if not self._above or self._above[-1][0] != path:
            covered = self._above[-1][1] | self._above[-1][2] if self._above else set()
            self._above.append((path, covered, set()))
        _, covered, gives = self._above[-1]
        _take(self.parts[part], given, covered, gives)

    def whole(self, alone: Collection[str]) -> dict[str, Sum]:
        """Number key -> the sum at the place: what its own report gives, else that of the parts;
        of the numbers `alone` all together."""
        found = dict(self.own)
        for part in self.parts.values():
            for key, one in part.items():
                if key not in self.own or key in alone:
                    found[key] = found.get(key, NOTHING) + one
        return found


def _take(
    into: dict[str, Sum],
    given: Iterable[tuple[Number, Any]],
    covered: Collection[str],
    gives: set[str],
) -> None:
    for number, raw in given:
        if number.key in covered:
            continue
        value = Decimal(raw) if type(raw) is int else parsed(str(raw))
        if value is None:  # nobody could tell: it covers nothing
            continue
        into[number.key] = into.get(number.key, NOTHING) + Sum(value, 1)
        if not number.is_alone:
            gives.add(number.key)


def last_years(period: str) -> str:
    """The same period of the year before."""
    return f"{int(period[:4]) - 1}{period[4:]}"


def periods_of(period: str) -> list[str]:
    """The periods of which a number's line is made, oldest first: as many as limits need, and one."""
    return periods.ending(period, LEAST[periods.cadence_of(period)] + 1)


def totals_of(
    actor: Actor,
    plan: Plan,
    node: Organization,
    period: str,
    places: Mapping[str, str],
    *,
    number: str = "",
) -> Totals:
    """The numbers of the period at the node; of `number` also the line, which is read from the reports
    of all its periods. `places` says where the node stood on the last day of each of the periods in
    which something was owed there. As on the board, who has left the actor's scope since is counted
    and not named: numbers, no texts. Four queries, however many periods; one fewer where nothing is
    being mended."""
    span = periods_of(period) if number else []
    found = Totals(period, periods.shift(period, -1), last_years(period), span)
    three = (period, found.before, found.last_year)
    wanted = {one: places[one] for one in dict.fromkeys((*three, *span)) if one in places}
    children = children_of(plan, node, wanted)
    known, added = _added(plan, wanted, three, number)
    alone = {one.key for one in known.values() if one.is_alone}
    order: dict[int, str] = {}
    for one in wanted:
        adding = added[one]
        for key, total in adding.whole(alone).items():
            _put(found, found.whole.setdefault(key, Compared()), one, total)
        for path, sums in adding.parts.items():
            organization = children[one].get(path)
            if organization is None:
                continue
            order.setdefault(organization.pk, path)
            sees = actor.may_at(Permission.REPORT_VIEW, organization.path)
            shown = organization if sees else None
            _, part = found.parts.setdefault(organization.pk, (shown, {}))
            for key, total in sums.items():
                _put(found, part.setdefault(key, Compared()), one, total)
    found.own = set(added[period].own) if period in added else set()
    found.whole = {key: one for key, one in found.whole.items() if _is_shown(one)}
    found.numbers = [one for one in known.values() if one.key in found.whole]
    found.parts = {
        pk: (organization, kept)
        for pk, (organization, part) in sorted(found.parts.items(), key=lambda pair: order[pair[0]])
        if (kept := {key: one for key, one in part.items() if _is_shown(one)})
    }
    return found


def _put(found: Totals, into: Compared, period: str, total: Sum) -> None:
    """A number of one of the periods into where it is shown. Two places may be the same period."""
    for name, one in (
        ("now", found.period),
        ("before", found.before),
        ("last_year", found.last_year),
    ):
        if one == period:
            setattr(into, name, total)
    if period in found.span and total.value is not None:
        into.line[period] = total.value


def _is_shown(one: Compared) -> bool:
    """Whether one of the three periods shown has it: what only older ones had is gone."""
    return any(each != NOTHING for each in (one.now, one.before, one.last_year))


def _added(
    plan: Plan, places: Mapping[str, str], shown: Collection[str], line_of: str
) -> tuple[dict[str, Number], dict[str, Adding]]:
    """The numbers by key, and those of each period added up, of every report that was sent; in periods
    that are not `shown` of that number alone. Two queries; three where one is being mended."""
    added = {period: Adding(place) for period, place in places.items()}
    title = line_of.rpartition("|")[0]
    alone = Q(kind__in=NUMBERS, title=title) if title else Q(kind=ItemKind.FIGURES)
    there = Q(pk__in=[])
    for period, place in places.items():
        one = Q(below(place, _STANDING), **{f"{_STANDING}period": period})
        there |= one if period in shown else one & alone
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
    known: dict[str, Number] = {}
    for period, path, report_id, form_id, key, kind, title, state, value in rows:
        if state in EDITABLE_ITEMS:
            value = sent.get(report_id, {}).get(key, {})
        if kind == ItemKind.FIGURES:
            given = [(_figure(row, known), row["value"]) for row in value.get("figures", [])]
        else:
            number = _typed(title, specs.get((form_id, key), {}), known)
            given = [(number, value.get("number", ""))]
        added[period].add(path, given)
    return known, added


def _figure(row: Mapping[str, Any], known: dict[str, Number]) -> Number:
    key = row["key"]
    if key not in known:
        figure = figures.registered().get(key)
        sums = figure.sums if figure is not None else figures.Sums.BELOW
        alone, moves = sums == figures.Sums.ALONE, sums == figures.Sums.WHOLE
        known[key] = Number(key, row["label"], row["unit"], True, alone, moves)
    return known[key]


def _typed(title: str, spec: Mapping[str, Any], known: dict[str, Number]) -> Number:
    unit, alone = str(spec.get("unit") or ""), bool(spec.get("alone"))
    key = f"{title}|{unit}"
    if key not in known:
        known[key] = Number(key, title, unit, False, alone)
    return known[key]
