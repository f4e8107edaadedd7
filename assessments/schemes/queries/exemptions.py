"""Who is exempt from what: the open list, and what is asked before an exemption is given."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from core import clock, periods
from core.actor import Actor
from orgs.access import in_scope
from orgs.models import Organization
from orgs.permissions import Permission

from ..definitions import Leaf, leaves
from ..enums import ExemptionState
from ..models import IndicatorExemption, Scheme, SchemeVersion
from .groups import Compared


class Showing(StrEnum):
    """Which exemptions a list shows."""

    ANY = ""
    PROPOSED = "proposed"
    RUNNING = "running"
    OVER = "over"
    REFUSED = "refused"


def listed(
    actor: Actor, year: int, showing: str = "", scheme: int | None = None
) -> QuerySet[IndicatorExemption]:
    """Those of a year's schemes that the actor may see: first what is to be decided, then what
    holds."""
    today = clock.today()
    rows = IndicatorExemption.objects.visible_to(actor).filter(scheme__year=year)
    if scheme is not None:
        rows = rows.filter(scheme=scheme)
    if showing == Showing.PROPOSED:
        rows = rows.proposed()
    elif showing == Showing.RUNNING:
        rows = rows.running(today)
    elif showing == Showing.OVER:
        rows = rows.over(today)
    elif showing == Showing.REFUSED:
        rows = rows.refused()
    waiting = Case(
        When(state=ExemptionState.PROPOSED, then=Value(0)),
        When(state=ExemptionState.APPROVED, until__gte=today, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return rows.select_related("scheme__organization", "organization").order_by(
        waiting, "organization__path", "scheme_id", "indicator", "-pk"
    )


def counts(actor: Actor, year: int) -> Mapping[str, int]:
    """How many of a year's the actor may see, by what the list can show. One query."""
    today = clock.today()
    rows = IndicatorExemption.objects.visible_to(actor).filter(scheme__year=year)
    found: dict[str, int] = dict.fromkeys((one.value for one in Showing if one), 0)
    states = rows.values_list("state", "approved_at", "since", "until", "ended_on")
    for state, approved_at, since, until, ended_on in states:
        if approved_at is None:
            found[str(state)] += 1
        else:
            left = until >= today and (ended_on is None or ended_on > max(today, since))
            found[Showing.RUNNING if left else Showing.OVER] += 1
    return found


def works_on(actor: Actor) -> bool:
    """Whether the actor proposes or decides exemptions anywhere. No query."""
    return actor.may(Permission.SCHEME_EDIT) or actor.may(Permission.SCHEME_PUBLISH)


def schemes_to_exempt_from(actor: Actor, year: int) -> QuerySet[Scheme]:
    """Schemes with a published version, from whose indicators the actor may propose to exempt."""
    published = SchemeVersion.objects.published().values("scheme_id")
    own = in_scope(actor, Permission.SCHEME_EDIT)
    rows = Scheme.objects.of_year(year).filter(own, pk__in=published)
    return rows.select_related("organization").order_by("organization__path", "level", "pk")


def organization_of(one: Compared) -> Organization:
    """The organisation itself. One query."""
    return Organization.objects.get(pk=one.pk)


def in_force_on(scheme: Scheme, day: dt.date) -> SchemeVersion | None:
    """The version by which the half-year of the day is measured. One query."""
    period = periods.containing(day, periods.HALF_YEAR)
    return SchemeVersion.objects.in_force(period).filter(scheme=scheme).first()


def newest_published(scheme: Scheme) -> SchemeVersion | None:
    """The newest published version, whenever it begins. One query."""
    rows = SchemeVersion.objects.published().filter(scheme=scheme)
    return rows.order_by("-number").first()


def indicators_of(version: SchemeVersion) -> list[Leaf]:
    """The indicators of a version. No query."""
    return leaves(version.content)


def names_of(exemptions: Collection[IndicatorExemption]) -> dict[tuple[int, str], str]:
    """(Scheme, key) -> what the indicator is called in the newest published version that has it.
    One query; none for nobody."""
    wanted: dict[int, set[str]] = defaultdict(set)
    for one in exemptions:
        wanted[one.scheme_id].add(one.indicator)
    if not wanted:
        return {}
    found: dict[tuple[int, str], str] = {}
    versions = SchemeVersion.objects.published().filter(scheme_id__in=wanted)
    for scheme, content in versions.order_by("number").values_list("scheme_id", "content"):
        for leaf in leaves(content):
            if leaf.key in wanted[scheme]:
                found[scheme, leaf.key] = leaf.name
    return found


@dataclass(frozen=True, slots=True)
class Line:
    """An exemption as it is listed."""

    row: IndicatorExemption
    indicator: str
    number: int = 0


def lines(exemptions: Sequence[IndicatorExemption]) -> list[Line]:
    """With the names of their indicators; the key where no published version has it any more. One
    query."""
    names = names_of(exemptions)
    return [
        Line(one, names.get((one.scheme_id, one.indicator), one.indicator), number)
        for number, one in enumerate(exemptions, start=1)
    ]


def to_decide(actor: Actor) -> QuerySet[IndicatorExemption]:
    """Those of the actor's own organisation that wait for him: proposed by another."""
    if Permission.SCHEME_PUBLISH not in actor.permissions or actor.organization_id is None:
        return IndicatorExemption.objects.none()
    rows = IndicatorExemption.objects.visible_to(actor).proposed()
    rows = rows.filter(scheme__organization=actor.organization_id)
    rows = rows.exclude(proposed_by_id__in=actor.persons)
    return rows.select_related("organization", "scheme").order_by("proposed_at", "pk")


def next_half_year(day: dt.date) -> dt.date:
    """The first day of the half-year after the day's. No query."""
    return periods.first_day(periods.shift(periods.containing(day, periods.HALF_YEAR), 1))


def same(scheme: Scheme, indicator: str, organization: int) -> list[IndicatorExemption]:
    """All that were asked for of one indicator and organisation, and not refused. One query."""
    rows = IndicatorExemption.objects.filter(
        scheme=scheme, indicator=indicator, organization=organization
    )
    return list(rows.filter(Q(approved_at__isnull=False) | Q(state=ExemptionState.PROPOSED)))
