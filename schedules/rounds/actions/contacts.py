"""Looking at the telephone numbers of a list: once, with a reason, counted and written down."""

import datetime as dt
from collections.abc import Collection

from core import audit, clock, periods
from core.actions import action
from core.actor import Actor
from core.errors import DomainError, NotAllowed
from core.models import AuditEntry
from orgs.models import Organization, User

from .. import fulfilment
from ..models import Plan
from ..models.vocabulary import Counted
from ..queries.missing import Contact, contacts_of, may_look, missing_list
from ..words import word_of

VERB = "schedules.report.reveal"
HOURLY_CAP = 5  # lists
LONGEST = 100  # organisations of one list
MINIMUM_REASON = 4


class TooManyLists(DomainError):
    """The person has looked at as many lists as one hour allows."""

    status = 429


@action
def look_at_phones(
    *,
    plan: Plan,
    node: Organization,
    period: str,
    shown: Counted,
    left_out: Collection[int],
    reason: str,
    by: Actor,
) -> dict[int, Contact]:
    """Organisation id -> whom to call, of those on the list that are not `left_out` (ids).

    Who looked at which list, why and at how many numbers is kept in the audit trail. Raises
    NotAllowed, DomainError without a reason of four characters and for a list of more than 100,
    TooManyLists above five an hour.
    """
    if not may_look(by, node):
        raise NotAllowed("没有查看名单电话的权限。代理期间也不能查看。")
    reason = reason.strip()
    if len(reason) < MINIMUM_REASON:
        raise DomainError(f"请写明查看的事由（至少 {MINIMUM_REASON} 个字）。", field="reason")
    if len(reason) > 200:
        raise DomainError("事由最多 200 个字。", field="reason")
    # The lock makes parallel requests of one person count one after the other.
    User.objects.select_for_update().get(pk=by.user_id or 0)
    now = clock.now()
    times = AuditEntry.objects.filter(
        verb=VERB, user_id=by.user_id, at__gt=now - dt.timedelta(hours=1)
    ).order_by("at")
    recent = list(times.values_list("at", flat=True)[: HOURLY_CAP + 1])
    if len(recent) >= HOURLY_CAP:
        wait = (recent[0] + dt.timedelta(hours=1) - now).total_seconds()
        raise TooManyLists(
            f"一小时内最多查看 {HOURLY_CAP} 份名单的电话，请 {max(1, round(wait / 60))} 分钟后再来。"
        )
    found = missing_list(by, plan, node, period, shown=shown)
    rows = [row for row in found.rows if row.organization.pk not in left_out]
    if not rows:
        raise DomainError("名单里没有勾选的党组织。")
    if len(rows) > LONGEST:
        raise DomainError(
            f"勾选了 {len(rows)} 个党组织，一次最多查看 {LONGEST} 个的电话。"
            "请点“所属”一列进入一个党委的名单，或去掉一些勾选。"
        )
    contacts = contacts_of(by, rows)
    word = word_of(fulfilment.of(plan), shown)
    audit.record(
        by=by,
        verb=VERB,
        obj=node,
        label=f"{node} {periods.label(period)}{plan.name}{word}名单",
        organization_id=node.pk,
        organization_path=node.path,
        changes={"organizations": [None, len(rows)], "phones": [None, len(contacts)]},
        note=reason,
    )
    return contacts
