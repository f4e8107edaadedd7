"""Items, fetched and authorised at once; what a page offers to whom."""

import uuid
from dataclasses import dataclass

from django.http import Http404

from core.actor import Actor
from core.models import Attachment
from orgs.models import Organization
from orgs.permissions import Permission as P

from .enums import ActionState
from .models import ActionAttachment, ActionEvidence, ActionItem, ActionLine, Extension, Feedback


def get_item(actor: Actor, pk: int) -> ActionItem:
    """The item, if the actor's organisations have to do it, gave it out or hold it up. Raises
    Http404."""
    found = (
        ActionItem.objects.visible_to(actor)
        .select_related("owner", "issuer", "parent__issuer", "waiting_for", "relapse_of__issuer")
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise Http404
    return found


def get_line(actor: Actor, pk: int, item_id: int) -> ActionLine:
    """A line of that item, if the actor sees it. Raises Http404."""
    line = ActionLine.objects.filter(pk=pk, item=item_id).first()
    if line is None:
        raise Http404
    line.item = get_item(actor, line.item_id)
    return line


def get_extension(actor: Actor, pk: int, item_id: int) -> Extension:
    """A wish for more time about that item, if the actor sees it. Raises Http404."""
    extension = Extension.objects.filter(pk=pk, item=item_id).first()
    if extension is None:
        raise Http404
    extension.item = get_item(actor, extension.item_id)
    return extension


def get_attachment(actor: Actor, uid: uuid.UUID) -> ActionAttachment:
    """A file of an item that the actor sees. Raises Http404."""
    found = ActionAttachment.objects.filter(uid=uid, state=Attachment.State.READY).first()
    if found is None:
        raise Http404
    found.item = get_item(actor, found.item_id)
    return found


@dataclass(frozen=True, slots=True)
class Rights:
    """What an actor may do to an item, whatever its state. The actions ask again, under the lock."""

    handles: bool  # 签收, 进展
    reports: bool  # 报结, 延期, 等别的单位
    issues: bool  # 转办, 作废, 延期的答复
    verifies: bool  # 销号, 退回
    looks: bool  # 回头看
    is_own: bool  # the owner is the organisation that one works for

    @property
    def any(self) -> bool:
        """Whether the actor is one of its two sides."""
        return self.handles or self.issues or self.verifies


def rights_of(actor: Actor, item: ActionItem) -> Rights:
    """No query."""
    people = actor.persons
    verifies = actor.may_at(P.ACTION_VERIFY, item.issuer.path)
    done_by = {item.reported_by_id, item.responsible_id}
    return Rights(
        handles=actor.may_at(P.ACTION_HANDLE, item.owner.path),
        reports=actor.may_at(P.ACTION_REPORT, item.owner.path),
        issues=actor.may_at(P.ACTION_ISSUE, item.issuer.path),
        verifies=verifies and people.isdisjoint(done_by),
        looks=verifies and people.isdisjoint({*done_by, item.verified_by_id}),
        is_own=actor.organization_id == item.owner_id,
    )


def get_evidence(actor: Actor, pk: int) -> ActionEvidence:
    """A record that an item refers to whose item the actor may see. Raises Http404."""
    rows = ActionEvidence.objects.select_related("item__owner", "item__issuer")
    found = rows.filter(pk=pk, item__in=ActionItem.objects.visible_to(actor)).first()
    if found is None:
        raise Http404
    return found


def may_attach(rights: Rights, item: ActionItem) -> bool:
    """Whether files may be added now: by the owner until he has reported, by the issuer until it is
    closed or cancelled."""
    if item.state in (ActionState.CANCELLED, ActionState.CLOSED):
        return False
    running = item.state in (ActionState.ISSUED, ActionState.DOING, ActionState.WAITING)
    return rights.issues or (rights.handles and running)


def get_feedback(actor: Actor, pk: int) -> Feedback:
    """What the actor wrote, or may answer. Raises Http404."""
    rows = Feedback.objects.visible_to(actor).select_related("about", "organization")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def get_own_feedback(actor: Actor, pk: int) -> Feedback:
    """What the person wrote himself. Raises Http404."""
    found = get_feedback(actor, pk)
    if found.written_by_id != actor.user_id:
        raise Http404
    return found


def get_feedback_to_answer(actor: Actor, pk: int) -> Feedback:
    """What somebody else wrote and the actor may answer, whether it waits or not. Raises
    Http404."""
    found = get_feedback(actor, pk)
    if found.written_by_id in actor.persons or not actor.may(P.FEEDBACK_ANSWER):
        raise Http404
    return found


def get_issuer(actor: Actor) -> Organization:
    """The organisation for which the actor gives out items. Raises Http404."""
    place = Organization.objects.filter(pk=actor.organization_id or 0).first()
    if place is None or not actor.may_at(P.ACTION_ISSUE, place.path):
        raise Http404
    return place
