"""What another person does: close it (销号), send it back, look again 60 to 90 days later."""

import datetime as dt
from typing import Any

from core import clock
from core.actions import action
from core.actor import Actor
from core.errors import DomainError, NotAllowed
from core.states import tell
from core.text import clean
from orgs.permissions import Permission

from ..enums import ActionState, ActionStepKind, Cause, Look, Shape
from ..models import ActionItem, ActionStep
from ..rules import LOOK_AFTER_DAYS, LOOK_WITHIN_DAYS
from . import rights, telling
from .issuing import Given, Origin, draft

RELAPSE = "relapse"


@action
def verify(*, item: ActionItem, note: str, by: Actor, revision: int, cause: str = "") -> ActionItem:
    """Closes the item: by who gave it out or a level above, never by who reported it. `cause` is
    what it came from, as far as that is known by now.

    Raises NotAllowed, MovedOn or Stale. Of two people who close it at once, one does.
    """
    item = rights.locked(item)
    _expect_checker(item, by)
    today = clock.today()
    found = Cause(cause) if cause else item.cause
    ActionItem.machine.move(
        item,
        "verify",
        revision=revision,
        step=ActionStep(item=item, kind=ActionStepKind.CLOSED, text=clean(note)),
        by=by,
        verified_at=clock.now(),
        verified_by_id=by.user_id,
        verified_by_name=by.name[:100],
        verify_note=clean(note)[:300],
        cause=found,
        look_from=today + dt.timedelta(days=LOOK_AFTER_DAYS),
        look_until=today + dt.timedelta(days=LOOK_WITHIN_DAYS),
    )
    telling.note(item, "action_items.item.verify", by=by, text=clean(note))
    telling.tell_owners(
        [item], f"closed:{item.revision}", title="已销号：督办{item}", body=f"{by.name}核验销号。"
    )
    if item.parent_id:
        complete(whole_id=item.parent_id, by=by)
    return item


@action
def send_back(
    *,
    item: ActionItem,
    reason: str,
    by: Actor,
    revision: int,
    due_on: dt.date | None = None,
) -> ActionItem:
    """Not done yet: goes back with the reason, and with another day where the old one has passed.
    Raises as `verify`, or DomainError."""
    item = rights.locked(item)
    _expect_checker(item, by)
    reason = clean(reason)
    if len(reason) < 2:
        raise DomainError("请写明还差什么。", field="reason")
    today = clock.today()
    if due_on is not None and due_on < today:
        raise DomainError("新的期限不能早于今天。", field="due_on")
    if due_on is not None and due_on > today + dt.timedelta(days=366):
        raise DomainError("新的期限请在一年以内。", field="due_on")
    changes: dict[str, Any] = {"due_on": due_on} if due_on is not None else {}
    ActionItem.machine.move(
        item,
        "return",
        revision=revision,
        step=ActionStep(item=item, kind=ActionStepKind.RETURNED, text=reason),
        by=by,
        returned_count=item.returned_count + 1,
        reported_at=None,
        reported_by_id=None,
        reported_by_name="",
        **changes,
    )
    telling.note(item, "action_items.item.return", by=by, text=reason)
    telling.tell_owners(
        [item], f"returned:{item.revision}", title="退回：督办{item}", body=reason, by_mail=True
    )
    return item


@action
def complete(*, whole_id: int, by: Actor) -> bool:
    """Closes an item for many when its last part is closed; returns whether it did. Two who close
    the last parts at once wait for each other here."""
    whole = rights.locked(ActionItem(pk=whole_id))
    if whole.state != ActionState.DOING or whole.children.under_way().exists():
        return False
    ActionItem.machine.move(
        whole,
        "complete",
        step=ActionStep(item=whole, kind=ActionStepKind.CLOSED, text="各单位都已销号"),
        by=by,
        verified_at=clock.now(),
    )
    telling.note(whole, "action_items.item.verify", by=by)
    return True


@action
def look(
    *, item: ActionItem, lasting: bool, note: str, by: Actor
) -> tuple[ActionItem, ActionItem | None]:
    """Somebody else looks again 60 to 90 days after it was closed: only then is it 长效. What has
    relapsed becomes a draft of a new item, which is the second of what comes back.

    Raises NotAllowed for who reported or closed it, MovedOn when somebody has looked, DomainError
    before its day or without a word on what was found.
    """
    item = rights.locked(item)
    if not by.may_at(Permission.ACTION_VERIFY, item.issuer.path):
        raise NotAllowed("回头看由交办单位或上级进行。")
    rights.expect_another(
        by, {item.reported_by_id, item.verified_by_id, item.responsible_id}, "回头看"
    )
    note = clean(note)
    if len(note) < 4:
        raise DomainError("请写明看到的情况（至少 4 个字）。", field="note")
    if item.state != ActionState.CLOSED or item.shape == Shape.SHARED or item.look_from is None:
        raise DomainError("销号的单项督办才回头看。")
    if clock.today() < item.look_from:
        raise DomainError(f"{item.look_from:%Y年%-m月%-d日}起才回头看。")
    found = Look.LASTING if lasting else Look.RELAPSED
    ActionItem.looks.move(
        item,
        "last" if lasting else "relapse",
        looked_at=clock.now(),
        looked_by_name=by.name[:100],
        look_note=note[:300],
    )
    tell(ActionStep(item=item, kind=ActionStepKind.LOOKED, text=f"{found.label}：{note}"), by=by)
    telling.note(
        item, "action_items.item.look", by=by, changes={"look": [None, found.label]}, text=note
    )
    if lasting:
        return item, None
    again = draft(
        issuer=item.issuer,
        owners=[item.owner],
        given=Given(
            title=item.title,
            demand=f"{item.number}销号后反弹：{note}",
            priority=item.priority,
            category=item.category,
            cause=item.cause,
            responsible_name=item.responsible_name,
            leader_name=item.leader_name,
        ),
        by=by,
        origin=Origin(RELAPSE, item.pk, f"{item.number}反弹"),
        relapse_of=item,
    )
    return item, again


def _expect_checker(item: ActionItem, by: Actor) -> None:
    rights.expect_issuer(item, by, Permission.ACTION_VERIFY)
    rights.expect_another(by, {item.reported_by_id, item.responsible_id} - {None}, "核验")
