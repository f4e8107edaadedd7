"""What themes ask of organisations, as lines of the register: nothing but that records be in order. What
is to be done once is a plan, which the register has from the plans."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence

from django.db.models import Count, Max, QuerySet

from core import clock, periods
from core.actor import Actor
from orgs.enums import OrganizationKind
from orgs.models import Organization
from schedules.rounds.asks import Ask, Group, Minutes, Totals
from schedules.rounds.item_kinds.efforts import Effort
from schedules.rounds.models import Plan
from schedules.rounds.queries.years import Weighing, weigh_once, weigh_plan

from ..models import Theme, ThemePlace
from .steps import step_values

SOURCE = "themes"


def asks_of_themes(actor: Actor, year: int) -> list[Ask]:
    """The themes that run, with no minutes: nothing is filled in. Three queries."""
    running = list(
        Theme.objects.running().select_related("organization").annotate(due=Max("figures__due_on"))
    )
    reach: dict[int, dict[Group, int]] = defaultdict(dict)
    counted = (
        ThemePlace.objects.counted()
        .filter(theme__in=running)
        .order_by()
        .values_list("theme", "organization__kind", "organization__organization_class")
        .annotate(n=Count("pk"))
    )
    for theme, kind, group, count in counted:
        reach[theme][Group(kind, group)] = count
    open_to = set(Theme.objects.visible_to(actor).running().values_list("pk", flat=True))
    return [
        Ask(
            source=SOURCE,
            key=f"theme:{one.pk}",
            title=one.title,
            by=str(one.organization),
            is_of_zone=one.organization.kind == OrganizationKind.WORK_COMMITTEE,
            minutes=Minutes(0),
            groups=reach[one.pk],
            number=one.number,
            basis=one.basis,
            expires_on=one.due,
            url=one.get_absolute_url() if one.pk in open_to else "",
        )
        for one in running
    ]


def weighed_of(theme: Theme, places: QuerySet[Organization]) -> Weighing | None:
    """What those whom it concerns owe already this month and year, and with what it asks for once.
    Seven queries."""
    if theme.step_kind:
        return weigh_plan(Plan(**step_values(theme)))
    counted = places.order_by().values_list("kind", "organization_class").annotate(n=Count("pk"))
    sizes = {Group(kind, group): count for kind, group, count in counted}
    month = periods.containing(clock.today(), periods.MONTH)
    return weigh_once(month, sizes, 0)


def totals_of_themes(months: Sequence[str]) -> Totals:
    """Nothing: no minutes. No query."""
    return {}


def written_for_themes(since: dt.date) -> Iterator[tuple[Sequence[str], Effort]]:
    """Nothing: nobody writes for a theme. No query."""
    return iter(())
