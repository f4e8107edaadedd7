"""What the owner does: take it on, say how far it is, wait for others, report it as done."""

import datetime as dt
from typing import Any

from core import clock
from core.actions import action
from core.actor import Actor
from core.errors import DomainError
from core.states import tell
from core.text import clean
from orgs.models import Organization
from orgs.permissions import Permission
from schedules.rounds.queries.calendar import load

from ..enums import ActionState, ActionStepKind, LineState, Shape
from ..models import ActionItem, ActionStep
from ..rules import after_waiting, days_late
from . import rights, telling

_AGAIN = dt.timedelta(minutes=10)


@action
def receive(*, item: ActionItem, by: Actor, responsible_name: str = "") -> ActionItem:
    """The owner takes the item on (签收), and may say who sees to it. Raises NotAllowed or
    MovedOn."""
    item = rights.locked(item)
    rights.expect_owner(item, by, Permission.ACTION_HANDLE)
    late = days_late(item.receipt_due_on, clock.today(), load())
    name = clean(responsible_name)[:50] or item.responsible_name
    ActionItem.machine.move(
        item,
        "receive",
        step=_step(item, ActionStepKind.RECEIVED, f"晚 {late} 天" if late else ""),
        by=by,
        received_at=clock.now(),
        received_by_name=by.name[:100],
        receipt_late_days=late,
        responsible_name=name,
    )
    telling.note(
        item, "action_items.item.receive", by=by, changes={"late_days": [0, late]} if late else {}
    )
    return item


@action
def progress(
    *, item: ActionItem, text: str, by: Actor, revision: int, measure: str | None = None
) -> ActionItem:
    """How far it is, in a sentence; with `measure` how it is to be done. It silences what reminds.
    Raises NotAllowed, MovedOn, Stale or DomainError."""
    item = rights.locked(item)
    rights.expect_owner(item, by, Permission.ACTION_HANDLE)
    text = clean(text)
    plan = item.measure if measure is None else measure.strip()[:1000]
    if not text and plan == item.measure:
        raise DomainError("请写明进展或措施。", field="text")
    ActionItem.machine.move(
        item,
        "progress",
        revision=revision,
        step=_step(item, ActionStepKind.PROGRESS, text or "填写措施"),
        by=by,
        measure=plan,
    )
    telling.note(item, "action_items.item.progress", by=by, text=text)
    return item


@action
def comment(*, item: ActionItem, text: str, by: Actor) -> ActionItem:
    """A word from either side, or from who is waited for; changes nothing else. Whoever is on the
    other side is told. The same words of the same person once more, soon after, are the same word.
    Raises NotAllowed or DomainError."""
    item = rights.locked(item)
    rights.expect_side(item, by)
    text = clean(text)
    if not text:
        raise DomainError("请写留言。", field="text")
    if item.issued_at is None:
        raise DomainError("还没有交办，不能留言。", field="text")
    last = item.steps.filter(at__gt=clock.now() - _AGAIN).last()
    if last is not None and (last.kind, last.by_name, last.text) == (
        ActionStepKind.COMMENT,
        by.name[:100],
        text[:400],
    ):
        return item
    step = _step(item, ActionStepKind.COMMENT, text)
    tell(step, by=by)
    telling.note(item, "action_items.item.comment", by=by, text=text)
    key, mine = f"comment:{step.pk}", [by.user_id or 0]
    title = f"{by.name}在督办{{item}}留言"
    telling.tell_owners([item], key, title=title, body=text, but=mine)
    telling.tell_issuers([item], key, title=title, body=text, but=mine)
    return item


@action
def wait(
    *,
    item: ActionItem,
    name: str,
    note: str,
    due_on: dt.date,
    revision: int,
    by: Actor,
    organization: Organization | None = None,
) -> ActionItem:
    """The owner can go on only when another unit has done something: his clock stands, the other's
    runs to `due_on`. The issuer is told and may end it.

    Raises NotAllowed, MovedOn, Stale or DomainError.
    """
    item = rights.locked(item)
    rights.expect_owner(item, by, Permission.ACTION_REPORT)
    name = organization.name if organization else clean(name)
    note = clean(note)
    if not name:
        raise DomainError("请写明等哪个单位。", field="name")
    if organization is not None and organization.pk == item.owner_id:
        raise DomainError("不能等自己。", field="organization")
    if len(note) < 4:
        raise DomainError("请写明等对方办什么。", field="note")
    today = clock.today()
    if due_on < today:
        raise DomainError("对方的期限不能早于今天。", field="due_on")
    if due_on > today + dt.timedelta(days=366):
        raise DomainError("对方的期限请在一年以内。", field="due_on")
    ActionItem.machine.move(
        item,
        "wait",
        revision=revision,
        step=_step(item, ActionStepKind.WAITING, f"等{name}：{note}"),
        by=by,
        waiting_for=organization,
        waiting_name=name[:100],
        waiting_note=note[:300],
        waiting_since=today,
        waiting_due_on=due_on,
        late_days=max(item.late_days, days_late(item.due_on, today, load())),
    )
    telling.note(
        item,
        "action_items.item.wait",
        by=by,
        changes={"waiting_name": [None, name], "waiting_due_on": [None, due_on]},
        text=note,
    )
    body = f"等{name}：{note}，对方期限 {due_on:%-m月%-d日}。责任单位的时限停走。"
    telling.tell_issuers(
        [item], f"waiting:{item.revision}", title="督办{item}在等别的单位", body=body
    )
    return item


@action
def resume(*, item: ActionItem, by: Actor, revision: int, note: str = "") -> ActionItem:
    """The other unit has done its part, or the issuer ends the waiting: the owner's clock runs on,
    his date moves by the working days that it stood. Raises NotAllowed, MovedOn or Stale."""
    item = rights.locked(item)
    if not by.may_at(Permission.ACTION_VERIFY, item.issuer.path):
        rights.expect_owner(item, by, Permission.ACTION_REPORT)
    ActionItem.machine.expect(item, "resume", revision)
    changes = _end_of_waiting(item)
    ActionItem.machine.move(
        item,
        "resume",
        revision=revision,
        step=_step(item, ActionStepKind.RESUMED, clean(note)),
        by=by,
        **changes,
    )
    telling.note(item, "action_items.item.resume", by=by, text=clean(note))
    return item


@action
def report(*, item: ActionItem, result: str, by: Actor, revision: int) -> ActionItem:
    """The owner says that it is done (报结). How late is kept as a mark, whatever follows.

    Raises NotAllowed, MovedOn, Stale, or DomainError while lines are open or nothing is said.
    """
    item = rights.locked(item)
    rights.expect_owner(item, by, Permission.ACTION_REPORT)
    if item.shape == Shape.SHARED:
        raise DomainError("多单位的督办在各单位都销号后自动销号。")
    ActionItem.machine.expect(item, "report", revision)
    result = result.strip()
    if len(result) < 4:
        raise DomainError("请写明办理结果（至少 4 个字）。", field="result")
    open_lines = item.lines.exclude(state=LineState.DONE).count()
    if open_lines:
        raise DomainError(
            f"清单还有 {open_lines} 条没有销号，全部销号后整件才能报结。", field="result"
        )
    changes = _end_of_waiting(item) if item.state == ActionState.WAITING else {}
    late = days_late(changes.get("due_on", item.due_on), clock.today(), load())
    ActionItem.machine.move(
        item,
        "report",
        revision=revision,
        step=_step(item, ActionStepKind.REPORTED, f"晚 {late} 天" if late else ""),
        by=by,
        result=result[:1000],
        reported_at=clock.now(),
        reported_by_id=by.user_id,
        reported_by_name=by.name[:100],
        late_days=max(item.late_days, late),
        **changes,
    )
    telling.note(
        item, "action_items.item.report", by=by, changes={"late_days": [0, late]} if late else {}
    )
    telling.tell_issuers(
        [item],
        f"reported:{item.revision}",
        title="请核验：督办{item}",
        body=f"{item.owner}{by.name}已报结。",
        but=[by.user_id or 0],
    )
    return item


@action
def withdraw(*, item: ActionItem, by: Actor, revision: int) -> ActionItem:
    """The owner takes the report back while nobody has checked it. Raises NotAllowed, MovedOn or
    Stale."""
    item = rights.locked(item)
    rights.expect_owner(item, by, Permission.ACTION_REPORT)
    ActionItem.machine.move(
        item,
        "withdraw",
        revision=revision,
        step=_step(item, ActionStepKind.WITHDRAWN),
        by=by,
        reported_at=None,
        reported_by_id=None,
        reported_by_name="",
    )
    telling.note(item, "action_items.item.withdraw", by=by)
    return item


def _end_of_waiting(item: ActionItem) -> dict[str, Any]:
    """What changes when the owner's clock runs on."""
    today = clock.today()
    due_on, days = after_waiting(item.due_on, item.waiting_since or today, today, load())
    return {
        "due_on": due_on,
        "waited_days": item.waited_days + days,
        "waiting_for": None,
        "waiting_name": "",
        "waiting_note": "",
        "waiting_since": None,
        "waiting_due_on": None,
    }


def _step(item: ActionItem, kind: ActionStepKind, text: str = "") -> ActionStep:
    return ActionStep(item=item, kind=kind, text=text)
