"""What a draw of visits goes by: organisations with what speaks for visiting them, people with
their ties. Numbers and codes; words are made in `words.py`."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Count, Max, Q

from core import clock, periods
from orgs.enums import Post
from orgs.models import NamedRight, OfficeHolding, Organization, RoleGrant
from orgs.models.organization import STEP, below
from orgs.permissions import Permission
from orgs.roles import holding
from schedules.action_items.models import ActionItem
from schedules.action_items.rules import overdue_line
from schedules.rounds.models.duty import LATE, Duty
from schedules.rounds.models.vocabulary import Counted, conditions
from schedules.rounds.queries.calendar import load

from ..enums import VisitState
from ..models import FieldVisit
from ..rules import NEW_MONTHS, Visitor

MONTHS_BACK = 6
_DAYS_OF_MONTH = 30.44


@dataclass(slots=True)
class Standing:
    """A branch and how often each thing that speaks for a visit was found (keys of `rules.LOTS`)."""

    organization: Organization
    stratum: str
    found: dict[str, int] = field(default_factory=dict)
    months_since_visit: int | None = None


def strata_of(holder: Organization) -> dict[str, Organization]:
    """What a draw is stratified by: path -> each organisation directly below the holder. One
    query."""
    rows = Organization.objects.active().filter(parent=holder).order_by("path")
    return {one.path: one for one in rows}


def standings(holder: Organization) -> list[Standing]:
    """Every branch at work below the holder, in the order of the tree. Eight queries, whatever
    their number."""
    today, strata = clock.today(), strata_of(holder)
    rows = Organization.objects.active().branches().filter(below(holder.path, itself=False))
    found: dict[int, Standing] = {}
    for one in rows.order_by("path"):
        head = strata.get(one.path[: len(holder.path) + STEP])
        found[one.pk] = Standing(one, head.code if head is not None else holder.code)
    within = below(holder.path, "organization__", itself=False)
    _count_duties(found, within, today)
    overdue = (
        ActionItem.objects.counted()
        .overdue(overdue_line(today, load()))
        .filter(below(holder.path, "owner__", itself=False))
        .values("owner_id")
        .annotate(times=Count("pk"))
        .order_by()
    )
    for row in overdue:
        _found(found, row["owner_id"], "overdue", row["times"])
    _look_at_secretaries(found, within, today)
    visits = (
        FieldVisit.objects.filter(within, state=VisitState.DONE)
        .values("organization_id")
        .annotate(last=Max("done_at"))
        .order_by()
    )
    for visited in visits:
        if visited["organization_id"] in found and visited["last"] is not None:
            days = (clock.now() - visited["last"]).days
            found[visited["organization_id"]].months_since_visit = int(days / _DAYS_OF_MONTH)
    return list(found.values())


def _found(rows: dict[int, Standing], pk: int, key: str, times: int) -> None:
    if times and pk in rows:
        rows[pk].found[key] = times


def _count_duties(rows: dict[int, Standing], within: Q, today: dt.date) -> None:
    since = periods.first_day(periods.shift(periods.containing(today, "month"), -MONTHS_BACK))
    words = conditions(LATE)
    sums = (
        Duty.objects.filter(within, due_on__gte=since, due_on__lt=today)
        .values("organization_id")
        .annotate(
            missing=Count("pk", filter=words[Counted.MISSING] | words[Counted.LOCKED]),
            late=Count("pk", filter=words[Counted.LATE]),
            returned=Count("pk", filter=words[Counted.EXPECTED] & Q(returned_count__gt=0)),
        )
        .order_by()
    )
    for row in sums:
        for key in ("missing", "late", "returned"):
            _found(rows, row["organization_id"], key, row[key])


def _look_at_secretaries(rows: dict[int, Standing], within: Q, today: dt.date) -> None:
    held: dict[int, list[dt.date | None]] = defaultdict(list)
    offices = OfficeHolding.objects.current().filter(within, post=Post.SECRETARY)
    for pk, started_on in offices.values_list("organization_id", "started_on"):
        held[pk].append(started_on)
    new_since = periods.first_day(periods.shift(periods.containing(today, "month"), -NEW_MONTHS))
    for pk in rows:
        if pk not in held:
            _found(rows, pk, "vacant", 1)
        elif all(day is not None and day >= new_since for day in held[pk]):
            _found(rows, pk, "new_secretary", 1)


def visitors(holder: Organization, standings: Iterable[Standing]) -> list[Visitor]:
    """Who can be drawn to visit: people who hold a role of the dispatch at the holder or directly
    below it. Their ties: where they hold any role or office, what stands around that, and where
    they keep out. Four queries."""
    heads = strata_of(holder)
    places = [holder.path, *heads]
    roles = holding(Permission.DISPATCH_EDIT)
    grants = list(
        RoleGrant.objects.current()
        .filter(organization__path__in=places, role__in=roles, deputy_for=None)
        .filter(user__admin_kind="")
        .select_related("user")
    )
    people = {grant.user_id: grant.user for grant in grants}
    tied: dict[int, set[str]] = defaultdict(set)
    all_grants = RoleGrant.objects.current().filter(user__in=people)
    offices = OfficeHolding.objects.current().filter(user__in=people)
    for rows in (all_grants, offices):
        for user_id, path in rows.values_list("user_id", "organization__path"):
            tied[user_id].add(path)
    recusals = NamedRight.objects.current().taking().filter(user__in=people)
    wide = recusals.values_list("user_id", "organization__path", "includes_below")
    branches = [(one.organization.path, one.organization.code) for one in standings]
    ties: dict[int, set[str]] = defaultdict(set)
    depth = len(holder.path) + STEP
    for user_id, paths in tied.items():
        for path in paths:
            # A place at or above the holder is no tie to any one below it.
            if len(path) > len(holder.path) and path.startswith(holder.path):
                ties[user_id].update(code for place, code in branches if place == path)
                if (head := heads.get(path[:depth])) is not None:
                    ties[user_id].add(head.code)
    for user_id, path, includes_below in wide:
        for place, code in branches:
            if place == path or (includes_below and place.startswith(path)):
                ties[user_id].add(code)
    return [
        Visitor(f"u{pk}", user.name, frozenset(ties[pk])) for pk, user in sorted(people.items())
    ]
