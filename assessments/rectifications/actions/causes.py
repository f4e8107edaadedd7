"""What many are found at is raised to who holds the cycle."""

import datetime as dt

from assessments.cycles.actions import runs
from assessments.cycles.models import Cycle
from assessments.schemes.actions import telling
from core import clock, periods
from core.actions import action
from core.actor import Actor
from core.errors import Conflict, DomainError
from schedules.action_items.actions import issuing
from schedules.action_items.enums import Cause, Priority

from ..models import CommonCause, Finding
from ..queries.lists import commons_of

COMMON = "common_cause"


@action
def raise_cause(
    *,
    cycle: Cycle,
    indicator: str,
    title: str,
    demand: str,
    due_on: dt.date,
    cause: str = Cause.UNKNOWN,
    by: Actor,
) -> CommonCause:
    """Makes one item of who holds the cycle out of a problem that many have, gives it out, and puts
    the findings under it. Raises NotAllowed, DomainError for a problem that is none of many, Conflict
    when it has been raised. As many queries for one finding as for many."""
    runs.expect_holder(cycle, by)
    Cycle.objects.locked().get(pk=cycle.pk)
    found = commons_of(cycle, indicator=indicator)
    if not found:
        raise DomainError("有这个问题的单位不够多，不列为共性问题。")
    (one,) = found
    if one.cause is not None:
        raise Conflict(f"已列为督办{one.cause.item.number}，不用再列。")
    label = f"{periods.label(cycle.period)}考核 {one.name}"
    given = issuing.Given(
        title=title, demand=demand, due_on=due_on, priority=Priority.IMPORTANT, cause=cause
    )
    item = issuing.draft(issuer=cycle.organization, owners=[cycle.organization], given=given, by=by)
    row = CommonCause.objects.create(
        cycle=cycle, indicator=indicator, item=item, raised_at=clock.now()
    )
    issuing.link(item=item, origin=issuing.Origin(COMMON, row.pk, label), by=by)
    issuing.issue(item=item, by=by, revision=item.revision)
    Finding.objects.filter(pk__in=[finding.pk for finding in one.findings]).update(cause=row)
    telling.note(
        row,
        "rectifications.cause.raise",
        holder=cycle.organization,
        by=by,
        changes={"number": [None, item.number], "findings": [None, len(one.findings)]},
    )
    return row
