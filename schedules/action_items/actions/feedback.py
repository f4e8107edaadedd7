"""意见建议: written by anybody, answered by somebody else, or made into an item."""

import hashlib
from typing import Any

from django.db import IntegrityError, transaction

from core import audit, clock, notifications
from core.actions import action
from core.actor import Actor
from core.errors import Conflict, DomainError, NotAllowed
from orgs.models import Organization
from orgs.permissions import Permission
from schedules.rounds.queries.calendar import load

from ..enums import FeedbackKind, FeedbackState
from ..models import ActionItem, Feedback
from ..rules import ANSWER_WITHIN_WORKING_DAYS, days_late
from . import issuing, rights
from .handing import Handed, from_source

FEEDBACK = "feedback"
LONGEST = 2000


@action
def write(*, kind: str, text: str, by: Actor, about: Organization | None = None) -> Feedback:
    """Somebody signed in says something. Raises DomainError, Conflict while the same words of his
    wait for an answer."""
    text = text.strip()
    if len(text) < 4:
        raise DomainError("请写明意见或建议（至少 4 个字）。", field="text")
    if len(text) > LONGEST:
        raise DomainError(f"最多 {LONGEST} 字。", field="text")
    if by.user_id is None:
        raise NotAllowed("登录后才能提出意见建议。")
    due_on = load().add_working_days(clock.today(), ANSWER_WITHIN_WORKING_DAYS)
    try:
        with transaction.atomic():
            feedback = Feedback.objects.create(
                kind=FeedbackKind(kind),
                text=text,
                about=about,
                organization_id=by.organization_id,
                written_by_id=by.user_id,
                written_by_name=by.name[:100],
                written_at=clock.now(),
                fingerprint=hashlib.sha256(text.encode()).hexdigest(),
                due_on=due_on,
            )
    except IntegrityError as error:
        raise Conflict("同样的意见已经提交，正在等待答复。", field="text") from error
    _note(feedback, "action_items.feedback.write", by=by)
    return feedback


@action
def answer(*, feedback: Feedback, text: str, by: Actor) -> Feedback:
    """Answers, and tells who wrote it. Raises NotAllowed for the writer himself, DomainError,
    MovedOn when somebody has answered."""
    feedback = _locked(feedback)
    _expect_answerer(feedback, by)
    text = text.strip()
    if len(text) < 2:
        raise DomainError("请写答复。", field="text")
    if len(text) > LONGEST:
        raise DomainError(f"最多 {LONGEST} 字。", field="text")
    late = days_late(feedback.due_on, clock.today(), load())
    Feedback.machine.move(
        feedback,
        "answer",
        answer=text,
        answered_by_name=by.name[:100],
        answered_at=clock.now(),
        late_days=late,
    )
    changes = {"late_days": [0, late]} if late else {}
    _note(feedback, "action_items.feedback.answer", by=by, changes=changes)
    _tell_writer(feedback, "answered", "你提的意见建议已答复", f"“{feedback}”\n{text}")
    return feedback


@action
def withdraw(*, feedback: Feedback, by: Actor) -> Feedback:
    """Who wrote it takes it back while it waits. Raises NotAllowed or MovedOn."""
    feedback = _locked(feedback)
    if feedback.written_by_id != by.user_id:
        raise NotAllowed("只能撤回自己提的意见建议。")
    Feedback.machine.move(feedback, "withdraw")
    _note(feedback, "action_items.feedback.withdraw", by=by)
    return feedback


@action
def make_item(*, feedback: Feedback, handed: Handed, by: Actor) -> ActionItem:
    """Makes an item of it, whose source it is; it is still to be answered, and who wrote it is
    told. Raises NotAllowed, DomainError, Conflict when there is such an item already."""
    feedback = _locked(feedback)
    _expect_answerer(feedback, by)
    if feedback.state == FeedbackState.WITHDRAWN:
        raise Conflict("这条意见建议已撤回，不能转督办。")
    origin = issuing.Origin(FEEDBACK, feedback.pk, f"意见建议：{feedback}")
    item = from_source(origin=origin, handed=handed, by=by)
    _note(
        feedback, "action_items.feedback.make_item", by=by, changes={"number": [None, item.number]}
    )
    _tell_writer(
        feedback,
        f"item:{item.pk}",
        "你提的意见建议已转督办",
        f"“{feedback}”已转{item.number}督办。",
    )
    return item


def _locked(feedback: Feedback) -> Feedback:
    return (
        Feedback.objects.select_for_update(of=("self",))
        .select_related("organization", "about")
        .get(pk=feedback.pk)
    )


def _expect_answerer(feedback: Feedback, by: Actor) -> None:
    place = feedback.organization
    may = (
        by.may(Permission.FEEDBACK_ANSWER)
        if place is None
        else by.may_at(Permission.FEEDBACK_ANSWER, place.path)
    )
    if not may:
        raise NotAllowed("意见建议由党工委工作人员答复。")
    rights.expect_another(by, {feedback.written_by_id}, "答复")


def _note(
    feedback: Feedback, verb: str, *, by: Actor, changes: dict[str, Any] | None = None
) -> None:
    place = feedback.organization
    audit.record(
        by=by,
        verb=verb,
        obj=feedback,
        label=f"{feedback.get_kind_display()}意见建议",
        organization_id=feedback.organization_id,
        organization_path=place.path if place else "",
        changes=changes or {},
    )


def _tell_writer(feedback: Feedback, what: str, title: str, body: str) -> None:
    notifications.tell(
        [
            notifications.Message(
                user_id=feedback.written_by_id,
                key=f"feedback:{feedback.pk}:{what}",
                title=title,
                body=body,
                url=feedback.get_absolute_url(),
                about=f"feedback:{feedback.pk}",
                by_mail=False,
            )
        ]
    )
