"""Who must not review whom, before anybody is named."""

import datetime as dt
from collections.abc import Collection, Iterable

from django.db.models import Q

from assessments.cycles.models import Assessed
from core import clock
from orgs.models import NamedRight, OfficeHolding, RoleGrant
from orgs.roles import Reviewer

from ..enums import Conflict
from ..relations import REVIEWER

YEARS = 2  # a post held so lately is a conflict still


def conflicts(
    people: Collection[int], assessed: Iterable[Assessed]
) -> dict[tuple[int, int], Conflict]:
    """(person, assessed) -> why he must not review it: he belongs to it or to a body below it, held
    a post there within two years, or has declared an interest (回避). Three queries, whatever
    their number."""
    paths = {one.path: one.pk for one in assessed}
    lengths = sorted({len(path) for path in paths})
    today = clock.today()
    since = _years_before(today, YEARS)
    found: dict[tuple[int, int], Conflict] = {}

    def say(user_id: int | None, path: str, why: Conflict) -> None:
        for length in lengths:
            pk = paths.get(path[:length]) if length <= len(path) else None
            if pk is not None and user_id is not None:
                found.setdefault((user_id, pk), why)

    offices = OfficeHolding.objects.filter(user__in=people).filter(
        Q(ended_on=None) | Q(ended_on__gt=since)
    )
    held = [
        *offices.values_list("user_id", "organization__path", "ended_on"),
        # Who is there as 考核组成员 does not belong to it.
        *RoleGrant.objects.filter(user__in=people, deputy_for=None)
        .exclude(role=Reviewer.key)
        .filter(Q(valid_to=None) | Q(valid_to__gt=since))
        .values_list("user_id", "organization__path", "valid_to"),
    ]
    # Whoever belongs to it now is told so, also where he held another post before.
    for is_over in (False, True):
        for user_id, path, ended in held:
            if (ended is not None and ended <= today) == is_over:
                say(user_id, path, Conflict.HELD if is_over else Conflict.BELONGS)
    recusals = NamedRight.objects.current().taking().filter(user__in=people, relation=REVIEWER.key)
    for user_id, path, reaches in recusals.values_list(
        "user_id", "organization__path", "includes_below"
    ):
        for place, pk in paths.items():
            if place == path or (reaches and place.startswith(path)):
                found.setdefault((user_id, pk), Conflict.DECLARED)
    return found


def _years_before(day: dt.date, years: int) -> dt.date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)
