"""Results are shown to more than whom they are about: by an act, for a reason and a time."""

import datetime as dt

from django.db import IntegrityError, transaction

from assessments.cycles.enums import CycleState
from assessments.cycles.models import Cycle
from assessments.schemes.actions import telling
from core import clock
from core.actions import action
from core.actor import Actor
from core.errors import Conflict, DomainError, NotAllowed
from core.text import clean
from orgs.permissions import Permission

from ..enums import Audience, PublicationState, Shown
from ..models import Publication

MOST_REASON, MOST_DAYS = 300, 400


@action
def publish(
    *,
    cycle: Cycle,
    audience: str,
    shown: str,
    reason: str,
    since: dt.date,
    until: dt.date,
    by: Actor,
) -> Publication:
    """Shows the results of a sealed cycle. Raises NotAllowed, Conflict before the seal or while they
    are published to the same already, DomainError."""
    _expect_may(cycle, by)
    stored = Cycle.objects.locked().select_related("organization").get(pk=cycle.pk)
    if stored.state != CycleState.SEALED:
        raise Conflict("结果还没有审定，不能公布。", code="state")
    if audience not in Audience.values:
        raise DomainError("请选择公布给谁。", field="audience")
    if shown not in Shown.values:
        raise DomainError("请选择公布什么。", field="shown")
    text = _why(reason, "请写明为什么公布")
    if until < since:
        raise DomainError("截止日期早于起始日期。", field="until")
    if until < clock.today():
        raise DomainError("截止日期已经过去。", field="until")
    if (until - since).days > MOST_DAYS:
        raise DomainError(f"公布最长 {MOST_DAYS} 天。", field="until")
    there = Publication.objects.filter(cycle=stored, audience=audience, state=PublicationState.OPEN)
    over = there.filter(until__lt=clock.today()).first()
    if over is not None:  # its time is over: it makes room, as it was
        _withdraw(over, "公布期满", by.name)
    if there.exists():
        raise Conflict("这期结果已经公布给同样的人。要改，先撤回那一次。", code="there")
    try:
        with transaction.atomic():
            row = Publication.objects.create(
                cycle=stored,
                audience=audience,
                shown=shown,
                reason=text,
                since=since,
                until=until,
                by_name=by.name[:100],
                published_at=clock.now(),
            )
    except IntegrityError as error:
        raise Conflict("这期结果刚刚已经公布给同样的人。", code="there") from error
    told = {
        "audience": [None, row.get_audience_display()],
        "shown": [None, row.get_shown_display()],
        "since": [None, since.isoformat()],
        "until": [None, until.isoformat()],
    }
    telling.note(
        row,
        "decisions.publication.make",
        holder=stored.organization,
        by=by,
        changes=told,
        text=text,
    )
    return row


@action
def withdraw(*, publication: Publication, reason: str, by: Actor) -> Publication:
    """Shows them no more. Raises NotAllowed, MovedOn, DomainError."""
    _expect_may(publication.cycle, by)
    text = _why(reason, "请写明撤回的理由")
    _withdraw(publication, text, by.name)
    telling.note(
        publication,
        "decisions.publication.withdraw",
        holder=publication.cycle.organization,
        by=by,
        text=text,
    )
    return publication


def _withdraw(row: Publication, reason: str, name: str) -> None:
    Publication.machine.move(
        row,
        "withdraw",
        withdrawn_reason=reason,
        withdrawn_by_name=name[:100],
        withdrawn_at=clock.now(),
    )


def _why(reason: str, ask: str) -> str:
    text = clean(reason)
    if not 2 <= len(text) <= MOST_REASON:
        raise DomainError(f"{ask}，{MOST_REASON} 字以内。", field="reason")
    return text


def _expect_may(cycle: Cycle, by: Actor) -> None:
    path = cycle.organization.path
    if not (
        by.may_at(Permission.ASSESSMENT_RUN, path) or by.may_at(Permission.ASSESSMENT_DECIDE, path)
    ):
        raise NotAllowed("只有组织这期考核的党委或考核委员会可以公布结果。")
