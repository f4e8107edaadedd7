"""免到: somebody is not expected for a time, and is again."""

import datetime as dt

from django.db.models import Q

from core import audit, clock
from core.actions import action
from core.actor import Actor
from core.errors import DomainError
from core.text import clean
from members.models import Member

from ..enums import ExemptionReason
from ..models import Exemption
from . import rights

WRITES = "免到由党员所在的支部登记。"
LONGEST = dt.timedelta(days=3 * 366)


@action
def exempt(
    *,
    member: Member,
    reason: ExemptionReason,
    since: dt.date,
    until: dt.date | None,
    approver_name: str,
    note: str = "",
    by: Actor,
) -> Exemption:
    """Writes down that the member is not expected from the day on, until the last day if it is
    known. Sent again it is the same. Records that were written stay as they are. Raises NotAllowed,
    or DomainError for days that cannot be or that lie in another one's."""
    rights.expect_writer(member.organization, by, WRITES)
    approver, note = clean(approver_name), clean(note)
    if not 1 <= len(approver) <= 50:
        raise DomainError("请填批准人，50 字以内。", field="approver_name", code="length")
    if len(note) > 100:
        raise DomainError("说明请写在 100 字以内。", field="note", code="length")
    if until is not None and until < since:
        raise DomainError("止的日期不能早于起的日期。", field="until", code="day")
    if abs(since - clock.today()) > LONGEST or (until and until - since > 10 * LONGEST):
        raise DomainError("请核对日期：只能登记前后三年以内开始的。", field="since", code="day")
    # Two who write at once write one after the other.
    Member.objects.select_for_update(no_key=True, of=("self",)).get(pk=member.pk)
    for other in _overlapping(member, since, until):
        same = (other.reason, other.since, other.until, other.approver_name, other.note)
        if same == (reason, since, until, approver, note):
            return other
        days = f"{other.since:%Y-%m-%d} 起" + (
            f"，到 {other.until:%Y-%m-%d}" if other.until else "，还没有结束"
        )
        raise DomainError(
            f"{member.name}已有一条免到（{days}）。请先结束那一条，或改日期。",
            field="since",
            code="overlap",
        )
    row = Exemption.objects.create(
        member=member,
        reason=reason,
        note=note,
        since=since,
        until=until,
        approver_name=approver,
        written_at=clock.now(),
        written_by_name=by.name[:100],
    )
    _note(row, "life.exemption.write", by=by)
    return row


@action
def end(*, exemption: Exemption, until: dt.date, by: Actor) -> Exemption | None:
    """Ends it with the day; before its first day, takes it back altogether. What it said before
    stays, for figures that counted by it. Raises NotAllowed, MovedOn when somebody has ended it
    already, or DomainError."""
    member = exemption.member
    rights.expect_writer(member.organization, by, WRITES)
    if exemption.until is not None and until > exemption.until:
        raise DomainError(
            f"本来就到 {exemption.until:%Y-%m-%d} 为止。要延长请另登记一条。",
            field="until",
            code="day",
        )
    if exemption.until == until:
        return exemption
    now = clock.now()
    Exemption.machine.move(exemption, "end", ended_at=now)
    newer = None
    if until >= exemption.since:
        newer = Exemption.objects.create(
            member=member,
            reason=exemption.reason,
            note=exemption.note,
            since=exemption.since,
            until=until,
            approver_name=exemption.approver_name,
            written_at=now,
            written_by_name=by.name[:100],
        )
    _note(exemption, "life.exemption.end", by=by)
    return newer


def _overlapping(member: Member, since: dt.date, until: dt.date | None) -> list[Exemption]:
    rows = Exemption.objects.filter(member=member, ended_at=None)
    rows = rows.filter(Q(until=None) | Q(until__gte=since))
    if until is not None:
        rows = rows.filter(since__lte=until)
    return list(rows.order_by("since", "pk"))


def _note(row: Exemption, verb: str, *, by: Actor) -> None:
    place = row.member.organization
    audit.record(
        by=by,
        verb=verb,
        obj=row,
        organization_id=place.pk,
        organization_path=place.path,
        changes={"since": [None, str(row.since)], "until": [None, str(row.until or "")]},
    )
