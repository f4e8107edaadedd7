"""What items ask of organisations, as lines of the register, month by month, and as it was written."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from django.db.models import Count, Q
from django.db.models.functions import Coalesce, ExtractMonth, ExtractYear

from core import clock, periods
from core.actor import Actor
from orgs.enums import OrganizationKind
from orgs.models import Organization
from schedules.rounds.asks import Ask, Group, Minutes, Total, Totals
from schedules.rounds.item_kinds.efforts import Effort, written
from schedules.rounds.queries.estimates import Estimates

from .. import sources
from ..enums import ActionState, Shape
from ..models import ActionItem
from ..rules import MINUTES

SOURCE = "action_items"
SUBJECT = "action_item"
TOGETHER = 2000  # rows read at once


def minutes_of_item(estimates: Estimates | None = None) -> Minutes:
    """How long it takes to deal with one, writing it down included. One query, none with the
    estimates given."""
    return (estimates or Estimates.load()).of(SUBJECT, MINUTES)


def asks_of_items(actor: Actor, year: int) -> list[Ask]:
    """Each item for many organisations that is under way, and those for one together, by who gave
    them out. The title of one that the actor may not open is left out: it may name people. Five
    queries."""
    minutes = minutes_of_item()
    shared = {
        item.pk: item
        for item in ActionItem.objects.under_way()
        .filter(shape=Shape.SHARED)
        .select_related("issuer")
        .order_by("-issued_at", "-pk")
    }
    reach: dict[int, dict[Group, int]] = defaultdict(dict)
    columns = ("owner__kind", "owner__organization_class")
    parts = ActionItem.objects.filter(parent__in=shared).exclude(state=ActionState.CANCELLED)
    counted = parts.order_by().values_list("parent", *columns).annotate(n=Count("pk"))
    for parent, kind, group, count in counted:
        reach[parent][Group(kind, group)] = count
    open_to = ActionItem.objects.open_to(actor, shared)
    known = sources.registered()
    found = [
        Ask(
            source=SOURCE,
            key=f"item:{item.pk}",
            title=item.title if item.pk in open_to else "",
            by=str(item.issuer),
            is_of_zone=item.issuer.kind == OrganizationKind.WORK_COMMITTEE,
            minutes=minutes,
            groups=reach[item.pk],
            number=item.number,
            basis=known[item.source_kind].label if item.source_kind in known else item.source_kind,
            expires_on=item.due_on,
            url=item.get_absolute_url() if item.pk in open_to else "",
        )
        for item in shared.values()
    ]
    single: dict[tuple[str, bool], dict[Group, int]] = defaultdict(lambda: defaultdict(int))
    rows = ActionItem.objects.under_way().filter(parent=None).exclude(shape=Shape.SHARED)
    named = rows.order_by().values_list(
        "issuer__short_name", "issuer__name", "issuer__kind", *columns
    )
    for short, name, above, kind, group, count in named.annotate(n=Count("pk")):
        single[short or name, above == OrganizationKind.WORK_COMMITTEE][Group(kind, group)] += count
    found += [
        Ask(
            source=SOURCE,
            key=f"single:{name}",
            title="",
            by=name,
            is_of_zone=is_of_zone,
            minutes=minutes,
            groups=groups,
            together=sum(groups.values()),
        )
        for (name, is_of_zone), groups in single.items()
    ]
    return found


def totals_of_items(months: Sequence[str]) -> Totals:
    """What the items that fell due in these months asked of each group; one without a date counts in
    the month in which it was to be received. Two queries, however many items; counted behind."""
    minutes = minutes_of_item().minutes
    wanted = set(months)
    years = {int(month[:4]) for month in months}
    rows = (
        ActionItem.objects.counted()
        .exclude(Q(issued_at=None) | Q(state=ActionState.CANCELLED))
        .annotate(day=Coalesce("due_on", "receipt_due_on"))
        .filter(day__year__gte=min(years), day__year__lte=max(years))
        .order_by()
        .annotate(in_year=ExtractYear("day"), in_month=ExtractMonth("day"))
        .values_list("owner__kind", "owner__organization_class", "in_year", "in_month")
        .annotate(n=Count("pk"))
    )
    return {
        (Group(kind, group), month): Total(round(minutes * count, 1), count)
        for kind, group, year, number, count in rows
        if (month := f"{year}-{number:02d}") in wanted
    }


def written_items(since: dt.date) -> Iterator[tuple[Sequence[str], Effort]]:
    """Each item that was reported as done since the day, with what was written for it. One query,
    read piece by piece."""
    rows = ActionItem.objects.counted().filter(reported_at__date__gte=since).order_by()
    texts = rows.values_list("measure", "result").iterator(chunk_size=TOGETHER)
    for measure, result in texts:
        yield (SUBJECT,), written([measure, result])


def once(
    due_on: dt.date | None, owners: Sequence[Organization]
) -> tuple[str, dict[Group, int], float]:
    """An item for these owners as something asked once: in which month, of how many of which group,
    and how long it takes. One query."""
    month = periods.containing(due_on or clock.today(), periods.MONTH)
    counted = Counter(Group(one.kind, one.organization_class) for one in owners)
    return month, dict(counted), minutes_of_item().minutes
