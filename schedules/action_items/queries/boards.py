"""Boards of items: which there are, how many, worst first. Keys and rows; words are made above."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import (
    Case,
    Count,
    DateField,
    Exists,
    F,
    IntegerField,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Substr

from core import clock
from core.actor import Actor
from core.periods import WorkCalendar
from core.text import clean
from orgs.models import Organization
from orgs.models.organization import STEP, below
from orgs.permissions import Permission as P
from schedules.rounds.queries.calendar import end_of, load

from ..enums import UNDER_WAY, ActionState, ActionStepKind, LineState, Look, Shape
from ..models import ActionItem, ActionLine, ActionStep, Extension
from ..models.item import ActionItemQuerySet, overdue_by_either, overdue_in_receipt
from ..rules import number_in, overdue_line

RECENT = dt.timedelta(days=30)
YEAR = dt.timedelta(days=365)


class Tab(StrEnum):
    """A board: for whom the items are."""

    MINE = "mine"
    VERIFY = "verify"
    ISSUED = "issued"
    ALL = "all"
    LOOK = "look"


class Showing(StrEnum):
    """Which of a board's items; the empty one is what a board shows first."""

    RECENT = ""
    OPEN = "open"
    OVERDUE = "overdue"
    RECEIPT = "receipt"
    COMPLETION = "completion"
    WAITING = "waiting"
    HELD_UP = "held_up"
    REPORTED = "reported"
    ISSUED = "issued"
    DOING = "doing"
    ASKED = "asked"
    DRAFT = "draft"
    CLOSED = "closed"
    WAS_LATE = "was_late"
    TO_LOOK = "to_look"
    LOOKED = "looked"
    LASTING = "lasting"
    RELAPSED = "relapsed"
    CANCELLED = "cancelled"
    ANY = "any"


class Order(StrEnum):
    WORST = ""
    NEWEST = "newest"
    NUMBER = "number"
    OWNER = "owner"


@dataclass(frozen=True, slots=True)
class Moment:
    """Today as clocks count it."""

    today: dt.date
    line: dt.date  # what was due before is overdue
    calendar: WorkCalendar

    @property
    def since(self) -> dt.datetime:
        """Since when the last twelve months count."""
        return end_of(self.today - YEAR)


def this_moment() -> Moment:
    """Two queries."""
    calendar, today = load(), clock.today()
    return Moment(today, overdue_line(today, calendar), calendar)


# --- which items -----------------------------------------------------------------------------


def condition_of(tab: Tab, actor: Actor, today: dt.date) -> Q:
    """What stands on a board. What one has to check or look at is what one's own organisation gave
    out, and nobody's own work."""
    own = actor.organization_id or 0
    people = actor.persons
    issued = ~Q(issued_at=None)
    if tab == Tab.MINE:
        waits = Q(waiting_for=own, state=ActionState.WAITING)
        mine = Q(owner=own) | waits | Q(responsible_id__in=people)
        return issued & mine & ~Q(shape=Shape.SHARED)
    if tab == Tab.VERIFY:
        if P.ACTION_VERIFY not in actor.permissions:
            return Q(pk__in=[])
        lines = ActionLine.objects.filter(item=OuterRef("pk"), state=LineState.REPORTED)
        whole = Q(state=ActionState.REPORTED) & _others("reported_by_id", people)
        whole &= _others("responsible_id", people)
        parts = Q(state__in=UNDER_WAY, shape=Shape.LIST) & Q(
            Exists(lines.filter(_others("reported_by_id", people)))
        )
        return Q(issuer=own) & (whole | parts)
    if tab == Tab.ISSUED:
        return Q(issuer=own)
    if tab == Tab.LOOK:
        if P.ACTION_VERIFY not in actor.permissions:
            return Q(pk__in=[])
        found = Q(issuer=own) & _to_look(today) & _others("reported_by_id", people)
        return found & _others("verified_by_id", people) & _others("responsible_id", people)
    places = Organization.objects.visible_to(actor, P.ACTION_VIEW).values("pk")
    return issued & (Q(owner__in=places) | Q(issuer__in=places))


def _others(column: str, people: Collection[int]) -> Q:
    return Q(**{column: None}) | ~Q(**{f"{column}__in": people})


def _to_look(today: dt.date) -> Q:
    due = Q(state=ActionState.CLOSED, look=Look.NONE, look_from__lte=today)
    return due & ~Q(shape=Shape.SHARED)


def showing_of(showing: Showing, at: Moment) -> Q:
    """The condition behind a number of the board, and behind the list that it opens."""
    asked = Extension.objects.filter(item=OuterRef("pk"), state="asked")
    recently = end_of(at.today - RECENT)
    closed = Q(state=ActionState.CLOSED, verified_at__gte=at.since)
    looked = Q(state=ActionState.CLOSED, looked_at__gte=at.since)
    conditions: dict[Showing, Q] = {
        Showing.RECENT: Q(state__in=[*UNDER_WAY, ActionState.DRAFT])
        | Q(state=ActionState.CLOSED, verified_at__gte=recently)
        | Q(state=ActionState.CLOSED, looked_at__gte=recently),
        Showing.OPEN: Q(state__in=UNDER_WAY),
        Showing.OVERDUE: overdue_by_either(at.line),
        Showing.RECEIPT: overdue_in_receipt(at.line),
        Showing.COMPLETION: overdue_by_either(at.line) & ~overdue_in_receipt(at.line),
        Showing.WAITING: Q(state=ActionState.WAITING),
        Showing.HELD_UP: Q(state=ActionState.WAITING, waiting_due_on__lt=at.line),
        Showing.REPORTED: Q(state=ActionState.REPORTED),
        Showing.ISSUED: Q(state=ActionState.ISSUED),
        Showing.DOING: Q(state=ActionState.DOING),
        Showing.ASKED: Q(state__in=UNDER_WAY) & Q(Exists(asked)),
        Showing.DRAFT: Q(state=ActionState.DRAFT),
        Showing.CLOSED: closed,
        Showing.WAS_LATE: closed & Q(late_days__gt=0),
        Showing.TO_LOOK: _to_look(at.today),
        Showing.LOOKED: looked & ~Q(look=Look.NONE),
        Showing.LASTING: looked & Q(look=Look.LASTING),
        Showing.RELAPSED: looked & Q(look=Look.RELAPSED),
        Showing.CANCELLED: Q(state=ActionState.CANCELLED),
        Showing.ANY: Q(),
    }
    return conditions[showing]


def board(
    actor: Actor,
    tab: Tab,
    at: Moment,
    *,
    place: Organization | None = None,
    source: str = "",
    words: str = "",
) -> ActionItemQuerySet:
    """All items of a board, narrowed; nothing is counted or shown by it yet."""
    rows = ActionItem.objects.visible_to(actor).filter(condition_of(tab, actor, at.today))
    if place is not None:
        rows = rows.filter(below(place.path, "owner__"))
    if source:
        rows = rows.filter(source_kind=source)
    if words:
        rows = rows.filter(called(words))
    return rows


def called(text: str, *, with_owner: bool = True) -> Q:
    """Items by what people know of them: words of the title, a number, who sees to it; and by the
    name of their owner, which the one search finds by itself."""
    text = clean(text)
    found = Q(title__icontains=text) | Q(responsible_name=text)
    if with_owner:
        found |= Q(owner__short_name__icontains=text)
    year, serial = number_in(text)
    if serial:
        numbered = Q(serial=serial)
        found |= numbered & Q(year=year) if year else numbered
    return found


def listed(rows: ActionItemQuerySet, showing: Showing, at: Moment) -> QuerySet[ActionItem]:
    """The rows that a list shows. First an item for many is one row, which its parts stand behind;
    what a number opens is exactly what the number counts."""
    if showing == Showing.RECENT:
        wholes = rows.filter(shape=Shape.SHARED)
        shown = rows.filter(showing_of(showing, at)).exclude(parent__in=wholes.values("pk"))
    else:
        shown = rows.counted().filter(showing_of(showing, at))
    return shown.select_related("owner", "issuer", "parent")


def ordered(rows: QuerySet[ActionItem], order: Order, at: Moment) -> QuerySet[ActionItem]:
    """The rows in an order; worst first is: overdue, held up by others, due next, waiting, without
    a day, to be checked, drafted, to be looked at again, closed."""
    if order == Order.NEWEST:
        return rows.order_by(F("issued_at").desc(nulls_first=True), "-pk")
    if order == Order.NUMBER:
        return rows.order_by("-year", "-serial", "part", "pk")
    if order == Order.OWNER:
        return rows.order_by("owner__path", "due_on", "pk")
    late_part = ActionItem.objects.filter(overdue_by_either(at.line), parent=OuterRef("pk"))
    running = [ActionState.ISSUED, ActionState.DOING]
    rank = Case(
        When(Q(shape=Shape.SHARED) & Exists(late_part), then=0),
        When(~Q(shape=Shape.SHARED) & overdue_by_either(at.line), then=0),
        When(state=ActionState.WAITING, waiting_due_on__lt=at.line, then=1),
        When(state__in=running, due_on__isnull=False, then=2),
        When(state=ActionState.WAITING, then=3),
        When(state__in=running, then=4),
        When(state=ActionState.REPORTED, then=5),
        When(state=ActionState.DRAFT, then=6),
        When(_to_look(at.today), then=7),
        When(state=ActionState.CLOSED, then=8),
        default=Value(9),
        output_field=IntegerField(),
    )
    day = Case(
        When(
            overdue_in_receipt(at.line) & (Q(due_on=None) | Q(due_on__gte=at.line)),
            then=F("receipt_due_on"),
        ),
        When(state=ActionState.WAITING, then=F("waiting_due_on")),
        When(state__in=running, then=F("due_on")),
        When(_to_look(at.today), then=F("look_until")),
        default=Value(None),
        output_field=DateField(),
    )
    return rows.order_by(
        rank,
        Coalesce(day, Value(dt.date.max)),
        F("verified_at").desc(nulls_last=True),
        "reported_at",
        "pk",
    )


# --- how many --------------------------------------------------------------------------------


def tab_counts(actor: Actor, at: Moment) -> dict[Tab, int]:
    """How many items stand on each board: under way; to be looked at again on that one. One
    query."""
    under_way = Q(state__in=UNDER_WAY)
    asked: dict[str, Any] = {
        tab.value: Count("pk", filter=condition_of(tab, actor, at.today) & under_way)
        for tab in (Tab.MINE, Tab.VERIFY, Tab.ISSUED, Tab.ALL)
    }
    asked[Tab.LOOK.value] = Count("pk", filter=condition_of(Tab.LOOK, actor, at.today))
    found = ActionItem.objects.visible_to(actor).counted().order_by().aggregate(**asked)
    return {Tab(name): number for name, number in found.items()}


def issued_numbers(actor: Actor, at: Moment) -> tuple[int, int]:
    """Of the items that one's own organisation gave out: how many wait for an answer about more
    time, and how many are overdue. One query."""
    found = (
        board(actor, Tab.ISSUED, at)
        .counted()
        .order_by()
        .aggregate(
            asked=Count("pk", filter=showing_of(Showing.ASKED, at)),
            late=Count("pk", filter=showing_of(Showing.OVERDUE, at)),
        )
    )
    return found["asked"], found["late"]


def found(actor: Actor, words: str, limit: int) -> list[ActionItem]:
    """For the one search: what is under way first, then the newest. Two queries."""
    running = Case(When(state__in=UNDER_WAY, then=0), default=Value(1), output_field=IntegerField())
    rows = ActionItem.objects.visible_to(actor).filter(called(words, with_owner=False))
    rows = rows.prefetch_related("owner")
    return list(rows.order_by(running, "-year", "-serial", "part", "pk")[:limit])


COUNTED = tuple(
    one
    for one in Showing
    if one not in (Showing.RECENT, Showing.DOING, Showing.CANCELLED, Showing.DRAFT, Showing.ANY)
)


@dataclass(frozen=True, slots=True)
class Counts:
    """The numbers of a board, each by the list that it opens."""

    of: Mapping[Showing, int]
    reported_since: dt.datetime | None


def counts(rows: ActionItemQuerySet, at: Moment) -> Counts:
    """The numbers of a board. One query."""
    found = (
        rows.counted()
        .order_by()
        .aggregate(
            oldest=Min("reported_at", filter=showing_of(Showing.REPORTED, at)),
            **{f"n_{one}": Count("pk", filter=showing_of(one, at)) for one in COUNTED},
        )
    )
    return Counts({one: found[f"n_{one}"] for one in COUNTED}, found["oldest"])


@dataclass(frozen=True, slots=True)
class Below:
    """One organisation directly below, with what is overdue and under way at and below it."""

    organization: Organization
    overdue: int
    under_way: int


def by_child(rows: ActionItemQuerySet, node: Organization, at: Moment) -> tuple[list[Below], int]:
    """Of the organisations directly below the node those with something overdue, most first; and
    how many others have something under way. Two queries."""
    length = len(node.path) + STEP
    groups = (
        rows.counted()
        .filter(below(node.path, "owner__", itself=False))
        .order_by()
        .annotate(child=Substr("owner__path", 1, length))
        .values("child")
        .annotate(
            late=Count("pk", filter=overdue_by_either(at.line)),
            running=Count("pk", filter=Q(state__in=UNDER_WAY)),
        )
    )
    found = {one["child"]: one for one in groups if one["running"]}
    late = [path for path, one in found.items() if one["late"]]
    names = Organization.objects.filter(path__in=late)
    result = [Below(row, found[row.path]["late"], found[row.path]["running"]) for row in names]
    result.sort(key=lambda one: (-one.overdue, -one.under_way, one.organization.path))
    return result, len(found) - len(late)


# --- what rows show beside themselves --------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Beside:
    """Lines, parts, the last step upwards and open wishes for more time of some items, by item."""

    lines: Mapping[int, Sequence[ActionLine]]
    parts: Mapping[int, Sequence[ActionItem]]
    escalated: Mapping[int, ActionStep]
    asked: Mapping[int, Extension]


def beside(items: Sequence[ActionItem]) -> Beside:
    """Four queries, however many items."""
    ids = [item.pk for item in items]
    lines: dict[int, list[ActionLine]] = {}
    for line in ActionLine.objects.filter(item__in=ids):
        lines.setdefault(line.item_id, []).append(line)
    parts: dict[int, list[ActionItem]] = {}
    wholes = [item.pk for item in items if item.shape == Shape.SHARED]
    for part in (
        ActionItem.objects.filter(parent__in=wholes)
        .select_related("owner")
        .order_by("part", "year", "serial", "pk")
    ):
        parts.setdefault(part.parent_id or 0, []).append(part)
    steps = ActionStep.objects.filter(item__in=ids, kind=ActionStepKind.ESCALATED)
    escalated = {step.item_id: step for step in steps.order_by("at", "pk")}
    wishes = Extension.objects.filter(item__in=ids, state="asked")
    return Beside(lines, parts, escalated, {one.item_id: one for one in wishes})


def sources_used(rows: ActionItemQuerySet) -> list[str]:
    """Kinds of source among the items, for the filter. One query."""
    return list(rows.order_by("source_kind").values_list("source_kind", flat=True).distinct())
