"""More time: asked for with a reason, decided by who issued the item."""

import datetime as dt

from django.db import IntegrityError, transaction

from core import clock
from core.actions import action
from core.actor import Actor
from core.errors import Conflict, DomainError
from core.states import tell
from core.text import clean
from orgs.permissions import Permission
from schedules.rounds.queries.calendar import load

from ..enums import ActionState, ActionStepKind
from ..models import ActionItem, ActionStep, Extension
from ..rules import days_late
from . import rights, telling


@action
def ask(*, item: ActionItem, wanted_on: dt.date, reason: str, by: Actor) -> Extension:
    """The owner asks for a later date; the old one runs on until somebody decides.

    Raises NotAllowed, DomainError for a date that is not later or an item without one, Conflict
    while another wish waits.
    """
    item = rights.locked(item)
    rights.expect_owner(item, by, Permission.ACTION_REPORT)
    if item.due_on is None:
        raise DomainError("这项督办没有期限，不用延期。", field="wanted_on")
    ActionItem.machine.expect(item, "extend")
    reason = clean(reason)
    if len(reason) < 4:
        raise DomainError("请写明延期的理由（至少 4 个字）。", field="reason")
    if wanted_on <= max(item.due_on, clock.today()):
        raise DomainError("请填晚于今天和现在期限的日期。", field="wanted_on")
    if wanted_on > item.due_on + dt.timedelta(days=366):
        raise DomainError("一次最多延一年。", field="wanted_on")
    try:
        with transaction.atomic():
            extension = Extension.objects.create(
                item=item,
                due_before=item.due_on,
                wanted_on=wanted_on,
                reason=reason[:300],
                asked_by_id=by.user_id,
                asked_by_name=by.name[:100],
                asked_at=clock.now(),
            )
    except IntegrityError as error:
        raise Conflict("已有一项延期申请等待答复。") from error
    text = f"申请延至 {wanted_on:%Y年%-m月%-d日}：{reason}"
    tell(ActionStep(item=item, kind=ActionStepKind.ASKED, text=text), by=by)
    telling.note(
        item,
        "action_items.extension.ask",
        by=by,
        changes={"wanted_on": [item.due_on, wanted_on]},
        text=reason,
    )
    telling.tell_issuers([item], f"asked:{extension.pk}", title="申请延期：督办{item}", body=text)
    return extension


@action
def grant(
    *, extension: Extension, by: Actor, due_on: dt.date | None = None, answer: str = ""
) -> Extension:
    """The issuer gives more time, until the day asked for or another. The original date and how
    often it was put off stay on the item. Raises NotAllowed, MovedOn or DomainError."""
    item = _decided_by_issuer(extension, by, "grant")
    until = due_on or extension.wanted_on
    if item.due_on is None or until <= item.due_on:
        raise DomainError("新的期限要晚于现在的期限。", field="due_on")
    if until < clock.today():
        raise DomainError("新的期限不能早于今天。", field="due_on")
    if until > item.due_on + dt.timedelta(days=366):
        raise DomainError("一次最多延一年。", field="due_on")
    Extension.machine.move(
        extension,
        "grant",
        due_after=until,
        answer=clean(answer)[:300],
        decided_by_name=by.name[:100],
        decided_at=clock.now(),
    )
    waiting = item.state == ActionState.WAITING
    late = 0 if waiting else days_late(item.due_on, clock.today(), load())
    before = item.due_on
    ActionItem.machine.move(
        item,
        "extend",
        step=ActionStep(
            item=item,
            kind=ActionStepKind.EXTENDED,
            text=f"由 {before:%Y年%-m月%-d日}延至 {until:%Y年%-m月%-d日}",
        ),
        by=by,
        due_on=until,
        extension_count=item.extension_count + 1,
        late_days=max(item.late_days, late),
    )
    telling.note(
        item,
        "action_items.extension.grant",
        by=by,
        changes={"due_on": [before, until]},
        text=answer,
    )
    telling.tell_owners(
        [item],
        f"extension:{extension.pk}",
        title="已同意延期：督办{item}",
        body=f"延至 {until:%Y年%-m月%-d日}。",
    )
    return extension


@action
def refuse(*, extension: Extension, answer: str, by: Actor) -> Extension:
    """No more time, with the reason. Raises NotAllowed, MovedOn or DomainError."""
    item = _decided_by_issuer(extension, by, "refuse")
    answer = clean(answer)
    if len(answer) < 2:
        raise DomainError("请写明不同意的理由。", field="answer")
    Extension.machine.move(
        extension,
        "refuse",
        answer=answer[:300],
        decided_by_name=by.name[:100],
        decided_at=clock.now(),
    )
    tell(ActionStep(item=item, kind=ActionStepKind.REFUSED, text=answer), by=by)
    telling.note(item, "action_items.extension.refuse", by=by, text=answer)
    telling.tell_owners(
        [item], f"extension:{extension.pk}", title="未同意延期：督办{item}", body=answer
    )
    return extension


def _decided_by_issuer(extension: Extension, by: Actor, act: str) -> ActionItem:
    item = rights.locked(extension.item)
    extension.refresh_from_db(fields=["state"])
    Extension.machine.expect(extension, act)
    rights.expect_issuer(item, by, Permission.ACTION_ISSUE)
    rights.expect_another(by, {extension.asked_by_id}, "延期的答复")
    return item
