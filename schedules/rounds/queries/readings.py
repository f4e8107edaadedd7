"""What was written for a period, to be read on one page: every item that says something, of the
reports that count at a node and that the reader may see, as it was sent."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Length

from core import clock, periods
from core.actor import Actor
from orgs.models import Organization
from orgs.models.organization import STEP, below

from .. import item_kinds
from ..enums import ItemKind, ItemUse, MarkState
from ..models import Plan, ReportItem, ReportMark, Rollup
from ..models.report import ReportItemQuerySet
from ..planned import carried_lines
from .reports import EDITABLE_ITEMS, last_sent
from .rollups import directly_below

# Numbers are added up (totals.py), not read one by one.
NUMBERS = (ItemKind.FIGURES, ItemKind.NUMBER)
MARKED, WAITING, ANSWERED, UNTOUCHED = "marked", "waiting", "answered", "untouched"
_STANDING = "report__duty__standings__"


@dataclass(frozen=True, slots=True)
class Sought:
    """What of the period is wanted. `place` is where the node, or one directly below it, stood on
    the period's last day; `use` empty for all texts, `standing` one of the words above or empty."""

    plan: Plan
    period: str
    place: str
    use: str = ""
    organization_class: str = ""
    words: str = ""
    standing: str = ""


def found_items(actor: Actor, sought: Sought) -> QuerySet[ReportItem]:
    """The items that say something, in the order of the tree, of what the actor may see. No query."""
    rows = _narrowed(sought).visible_to(actor)
    for word in sought.words.split():
        rows = rows.filter(sent_text__icontains=word)
    if sought.standing:
        rows = rows.filter(_standing(actor, sought.standing))
    return rows.order_by(f"{_STANDING}path", "position", "pk")


def elsewhere(sought: Sought, listed: int) -> int:
    """How many beside the `listed` count there, of organisations that have left the reader's scope
    since: counted as on the board, never looked into, so none where words or a standing are sought.
    One query at most."""
    if sought.words or sought.standing:
        return 0
    return _narrowed(sought).count() - listed


def _narrowed(sought: Sought) -> ReportItemQuerySet:
    """The items that say something of all that counts there, whoever may see them."""
    one = Q(
        below(sought.place, _STANDING),
        **{
            f"{_STANDING}plan": sought.plan,
            f"{_STANDING}period": sought.period,
            f"{_STANDING}until": None,
        },
    )
    if sought.organization_class:
        one &= Q(**{f"{_STANDING}organization_class": sought.organization_class})
    rows = (
        ReportItem.objects.filter(one, period=sought.period)
        .exclude(sent_text="")
        .exclude(kind__in=NUMBERS)
    )
    return rows.filter(use=sought.use) if sought.use else rows


def _standing(actor: Actor, word: str) -> Q:
    own = ReportMark.objects.of_committee(actor.organization_id).filter(item=OuterRef("pk"))
    waiting = own.for_dispatch()
    return {
        MARKED: Q(Exists(waiting)),
        WAITING: Q(Exists(waiting.unanswered())),
        ANSWERED: Q(Exists(own.answered())),
        UNTOUCHED: ~Q(Exists(own.filter(Q(state=MarkState.MARKED) | ~Q(answer="")))),
    }[word]


def counts(actor: Actor, sought: Sought) -> dict[str, int]:
    """How many items there are of each use, also of organisations that have left the scope since;
    and of each standing among those that the actor may see. Whatever else is sought. Two queries."""
    every = Sought(sought.plan, sought.period, sought.place)
    found = dict.fromkeys([*map(str, ItemUse), MARKED, WAITING, ANSWERED], 0)
    found |= dict(_narrowed(every).order_by().values_list("use").annotate(n=Count("pk")))
    mine = found_items(actor, every).order_by().values("pk")
    own = ReportMark.objects.of_committee(actor.organization_id).filter(item__in=mine)
    is_marked = Q(state=MarkState.MARKED)
    found |= own.aggregate(
        marked=Count("item", filter=is_marked, distinct=True),
        waiting=Count("item", filter=is_marked & Q(answer=""), distinct=True),
        answered=Count("item", filter=~Q(answer=""), distinct=True),
    )
    return found


def children_of(
    plan: Plan, node: Organization, places: Mapping[str, str]
) -> dict[str, dict[str, Organization]]:
    """Period -> path -> what stood directly below the node in that period, by the figures of the
    board; `places` says where the node stood in each. One query."""
    found: dict[str, dict[str, Organization]] = {period: {} for period in places}
    for row in (
        Rollup.objects.filter(plan=plan)
        .annotate(size=Length("path"))
        .filter(directly_below(places))
        .select_related("organization")
        .order_by("path")
    ):
        found[row.period][row.path] = row.organization
    return found


def child_path(place: str, path: str) -> str:
    """Where the one directly below `place` stands that `path` is of; `place` for itself."""
    return path[: len(place) + STEP]


# --- found by words ------------------------------------------------------------------------------

MONTHS_BACK = 12  # beside the month that we stand in


def with_words(actor: Actor, query: str, limit: int) -> list[ReportItem]:
    """The newest items, as they were sent, that have the words: of the last year, so that what is
    read does not grow with what is kept (items by an index of their period). One query."""
    month = periods.containing(clock.today(), periods.MONTH)
    since = periods.shift(month, -MONTHS_BACK)  # quarters of that time lie behind it as texts do
    rows = ReportItem.objects.visible_to(actor).filter(period__gte=since)
    rows = rows.exclude(sent_text="").exclude(kind__in=NUMBERS)
    for word in query.split():
        rows = rows.filter(sent_text__icontains=word)
    found = with_report(rows).order_by("-period", "report__organization__path", "position")
    return list(found[:limit])


def around(text: str, query: str, length: int = 60) -> str:
    """The words with what stands around the first of them, in one line."""
    line = " ".join(text.split())
    first = (query.split() or [""])[0]
    at = max(line.lower().find(first.lower()) - length // 3, 0)
    part = line[at : at + length]
    return f"{'…' if at else ''}{part}{'…' if at + length < len(line) else ''}"


# --- what a page of them shows -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ReadRow:
    """One thing that an item says, which can be marked and answered by itself."""

    number: int
    text: str
    mark: ReportMark | None = None  # of the reader's own committee
    others: Sequence[ReportMark] = ()  # of other committees that he sees

    @property
    def has_changed(self) -> bool:
        """Whether the report says something else than what was marked."""
        return self.mark is not None and self.mark.text != self.text


@dataclass(slots=True)
class Reading:
    """An item as it is read: its things, what goes on, and what the period before said."""

    item: ReportItem
    rows: list[ReadRow] = field(default_factory=list)
    carried: list[str] = field(default_factory=list)
    before: list[str] = field(default_factory=list)

    @property
    def organization(self) -> Organization:
        return self.item.report.organization

    @property
    def marks(self) -> list[ReportMark]:
        """The own committee's marks on it."""
        return [row.mark for row in self.rows if row.mark is not None]


def with_report(items: QuerySet[ReportItem]) -> QuerySet[ReportItem]:
    """The items with what reading them takes, in one query."""
    return items.select_related(
        "report__organization__parent", "report__duty__plan", "report__definition"
    )


def readings(actor: Actor, items: Iterable[ReportItem]) -> list[Reading]:
    """The items (`with_report`) as they are read. Three queries; one fewer where nothing is being
    mended."""
    rows = list(items)
    sent = last_sent({one.report_id for one in rows if one.state in EDITABLE_ITEMS})
    own: dict[tuple[int, int], ReportMark] = {}
    others: dict[tuple[int, int], list[ReportMark]] = defaultdict(list)
    for mark in (
        ReportMark.objects.visible_to(actor)
        .filter(item__in=[one.pk for one in rows])
        .select_related("committee", "report__organization", "item")
        .order_by("committee__path")
    ):
        if mark.committee_id == actor.organization_id:
            own[mark.item_id, mark.row] = mark
        else:
            others[mark.item_id, mark.row].append(mark)
    before = _before(rows)
    return [
        Reading(
            item,
            rows=[
                ReadRow(number, text, own.get((item.pk, number)), others[item.pk, number])
                for number, text in _rows_of(item, sent).items()
            ],
            carried=carried_lines(item.key, item.report.outcomes)
            if item.state not in EDITABLE_ITEMS
            else [],
            before=before.get(
                (item.report.organization_id, item.report.duty.plan_id, item.key), []
            ),
        )
        for item in rows
    ]


def _rows_of(item: ReportItem, sent: Mapping[int, Mapping[str, Any]]) -> dict[int, str]:
    value = item.value
    if item.state in EDITABLE_ITEMS:
        value = sent.get(item.report_id, {}).get(item.key, {})
    spec = next((one for one in item.report.definition.items if one["key"] == item.key), None)
    found = item_kinds.of(item.kind).rows(value, spec)
    return {number: text for number, text in found.items() if item_kinds.said([text])}


def _before(items: Sequence[ReportItem]) -> dict[tuple[int, int, str], list[str]]:
    """(organisation, plan, item key) -> what the period before said there. One query."""
    if not items:
        return {}
    wanted = Q(pk__in=[])
    by_period: dict[tuple[str, int], set[int]] = defaultdict(set)
    for one in items:
        by_period[one.report.period, one.report.duty.plan_id].add(one.report.organization_id)
    for (period, plan_id), organizations in by_period.items():
        wanted |= Q(
            report__period=periods.shift(period, -1),
            report__duty__plan=plan_id,
            report__organization__in=organizations,
        )
    keys = {one.key for one in items}
    rows = ReportItem.objects.filter(wanted, key__in=keys).exclude(sent_text="")
    return {
        (organization_id, plan_id, key): text.split("\n")
        for organization_id, plan_id, key, text in rows.values_list(
            "report__organization_id", F("report__duty__plan"), "key", "sent_text"
        )
    }
