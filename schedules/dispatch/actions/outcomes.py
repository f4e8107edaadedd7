"""Outcomes of a card, typed live while the meeting is in progress."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Max

from core import clock
from core.actions import action
from core.actor import Actor
from core.errors import DomainError
from core.text import clean
from orgs.models import Organization
from schedules.action_items.actions import issuing
from schedules.action_items.models import ActionItem

from ..enums import OutcomeKind
from ..models import AgendaCard, DispatchMeeting, Outcome
from . import cards, rights, telling

SOURCE = "dispatch"
"""The key of meetings in the register of sources of action items."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What the recorder typed: a text; for a new item its owners, date and person; or an item
    that exists."""

    kind: str
    text: str = ""
    owners: Sequence[Organization] = field(default_factory=tuple)
    due_on: dt.date | None = None
    responsible_name: str = ""
    item: ActionItem | None = None


@action
def write(
    *, card: AgendaCard, uid: UUID, typed: Typed, by: Actor, revision: int | None = None
) -> Outcome:
    """Writes an outcome of the card, or writes it anew. `uid` is the typist's: sent again it is the
    same outcome, and a new item has its number at once. `revision` is the one he saw. What it is
    can change while it is typed; the number of an item that it no longer is stays its own, as 作废.
    A card that nobody has begun begins.

    Raises NotAllowed, MovedOn while the meeting is not in progress, Stale when somebody else wrote
    it meanwhile, or DomainError.
    """
    meeting = _in_progress(card, by)
    present = Outcome.objects.select_for_update(of=("self",)).filter(uid=uid).first()
    if present is not None and (present.card_id != card.pk or present.is_removed):
        raise DomainError("这条结论已经删去。", code="gone")
    text = clean(typed.text)
    kind = OutcomeKind(typed.kind)
    if kind != OutcomeKind.ITEM and len(text) < 4:
        raise DomainError("请写结论（至少 4 个字）。", field="text")
    if present is not None and _says(present, kind, text, typed):
        return present
    DispatchMeeting.machine.move(meeting, "record")
    item = _item_of(kind, typed, text, present, meeting, card, by)
    changes: dict[str, Any] = {
        "kind": kind,
        "text": text[:500],
        "item": item,
        "written_by_name": by.name[:100],
        "written_at": clock.now(),
    }
    if present is None:
        last = card.outcomes.aggregate(last=Max("position"))["last"]
        outcome = Outcome.objects.create(uid=uid, card=card, position=(last or 0) + 1, **changes)
    else:
        outcome = present
        Outcome.machine.move(outcome, "write", revision=revision, **changes)
    if card.began_at is None:
        cards.run(card=card, meeting=meeting, by=by)
    telling.note(
        card, "dispatch.outcome.write", meeting=meeting, by=by, changes={"kind": [None, kind.label]}
    )
    return outcome


@action
def remove(*, outcome: Outcome, revision: int, by: Actor) -> Outcome:
    """Takes an outcome away; the number of an item that was drafted with it stays its own, as 作废.
    Raises NotAllowed, MovedOn or Stale."""
    meeting = _in_progress(outcome.card, by)
    DispatchMeeting.machine.move(meeting, "record")
    Outcome.machine.move(outcome, "remove", revision=revision, is_removed=True)
    _drop_item(outcome, by)
    telling.note(outcome.card, "dispatch.outcome.remove", meeting=meeting, by=by)
    return outcome


def _in_progress(card: AgendaCard, by: Actor) -> DispatchMeeting:
    """The meeting, held by its row until the transaction ends. Raises NotAllowed or MovedOn."""
    if card.meeting_id is None:
        raise DomainError("这个议题还没有列入议程。")
    meeting = rights.locked(card.meeting_id)
    rights.expect_holder(meeting.organization, by, "结论由召集单位的记录人记录。")
    DispatchMeeting.machine.expect(meeting, "record")
    return meeting


def _says(outcome: Outcome, kind: OutcomeKind, text: str, typed: Typed) -> bool:
    """Whether that is what stands there already: it was sent twice, or saved once more."""
    if (outcome.kind, outcome.text) != (kind, text[:500]):
        return False
    if kind == OutcomeKind.ITEM:
        return typed.item is not None and typed.item.pk == outcome.item_id
    if kind == OutcomeKind.TEXT:
        return True
    item = ActionItem.objects.get(pk=outcome.item_id or 0)
    return (
        item.owner_ids == {place.pk for place in typed.owners}
        and item.due_on == typed.due_on
        and item.responsible_name == clean(typed.responsible_name)[:50]
    )


def _drop_item(outcome: Outcome, by: Actor) -> None:
    """The item that was drafted with the outcome is none any more; its number stays its own."""
    if outcome.kind == OutcomeKind.NEW_ITEM and outcome.item_id is not None:
        item = ActionItem.objects.get(pk=outcome.item_id or 0)
        issuing.cancel(item=item, reason="会上删去", revision=item.revision, by=by)


def _item_of(
    kind: OutcomeKind,
    typed: Typed,
    text: str,
    present: Outcome | None,
    meeting: DispatchMeeting,
    card: AgendaCard,
    by: Actor,
) -> ActionItem | None:
    if present is not None and present.kind != kind:
        _drop_item(present, by)
    origin = issuing.Origin(SOURCE, meeting.pk, f"{meeting.title}“{card.title}”")
    if kind == OutcomeKind.ITEM:
        if typed.item is None:
            raise DomainError("请选择已有的督办。", field="item")
        issuing.link(item=typed.item, origin=origin, by=by)
        return typed.item
    if kind == OutcomeKind.TEXT:
        return None
    given = issuing.Given(
        title=text[:100],
        demand=text if len(text) > 100 else "",
        due_on=typed.due_on,
        responsible_name=typed.responsible_name,
    )
    if present is None or present.kind != kind:
        return issuing.draft(
            issuer=meeting.organization,
            owners=typed.owners,
            given=given,
            by=by,
            origin=origin,
        )
    item = ActionItem.objects.get(pk=present.item_id or 0)
    return issuing.edit(item=item, given=given, revision=item.revision, by=by, owners=typed.owners)
