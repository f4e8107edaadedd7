"""An objection: raised in time, checked again by somebody who took no part, answered, and where it
holds the result is corrected by the word of a third."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from assessments.cycles.actions import corrections, cycles, runs
from assessments.cycles.models import Assessed, Score
from assessments.cycles.queries.correcting import outcome_of
from assessments.schemes.actions import telling
from assessments.schemes.definitions import all_given
from core import attachments, clock, notifications, periods
from core.actions import action
from core.actor import Actor
from core.errors import Conflict, DomainError, NotAllowed
from core.notifications import Message
from core.templatetags.words import date_zh
from core.text import clean
from orgs.permissions import Permission
from schedules.rounds.actions.evidence import link
from schedules.rounds.evidence import Reference, opened
from schedules.rounds.queries.calendar import load

from ..enums import ObjectionState, Outcome
from ..models import Objection, ObjectionAttachment, ObjectionEvidence
from ..queries.people import answering, candidates, carrying_on, deciding
from ..queries.windows import window_of
from ..rules import last_day_to_answer

LEAST_REASON, MOST_REASON, MOST_WHY, MOST_ANSWER = 5, 1000, 300, 1000
ADDED_TO = (ObjectionState.RAISED, ObjectionState.RECHECKING)


@action
def raise_objection(*, assessed: Assessed, indicator: str, reason: str, by: Actor) -> Objection:
    """Holds something against one's own sealed result, against one indicator or (without) the whole.
    Raises NotAllowed, Conflict before the seal, after the last day or while one about the same is
    open, DomainError for want of a reason."""
    _expect_own(assessed, by)
    # Held: of two at once the second finds the first.
    one = (
        Assessed.objects.select_for_update(of=("self",))
        .select_related("cycle__organization", "version")
        .get(pk=assessed.pk)
    )
    calendar = load()
    window = window_of(one.cycle, calendar)
    if window is None:
        raise Conflict("结果还没有审定，审定以后才能提出异议。", code="state")
    if not window.is_open:
        raise Conflict(f"异议期到 {date_zh(window.last)}止，已过，不能再提。", code="late")
    text = clean(reason)
    if not LEAST_REASON <= len(text) <= MOST_REASON:
        raise DomainError(
            f"请写明理由，{LEAST_REASON} 至 {MOST_REASON} 字：哪里不对、应是多少、凭什么。",
            field="reason",
        )
    known = {leaf.key: leaf.name for leaf in all_given(one.version.content)}
    if indicator and indicator not in known:
        raise DomainError("细则里没有这一项。", field="indicator")
    there = Objection.objects.filter(assessed=one, indicator=indicator).still_open()
    if there.exists():
        raise Conflict("对这一项已提出异议，还没有答复。要补充的，写在那一件里。", code="there")
    today = timezone.localdate(clock.now())
    try:
        with transaction.atomic():
            row = Objection.objects.create(
                assessed=one,
                indicator=indicator,
                name=known.get(indicator, "")[:200],
                reason=text,
                raised_by_id=by.user_id,
                raised_by_name=by.name[:100],
                raised_at=clock.now(),
                due_on=last_day_to_answer(today, calendar),
            )
    except IntegrityError as error:
        raise Conflict("对这一项已提出异议，还没有答复。", code="there") from error
    _note(row, "decisions.objection.raise", by, {"indicator": [None, str(row)]}, text)
    label = periods.label(one.cycle.period)
    _tell(
        row,
        "raised",
        carrying_on([one.cycle.organization_id]).get(one.cycle.organization_id, ()),
        f"考核异议：{one.name}",
        f"{one.name}对{label}考核的{row}提出异议，{date_zh(row.due_on)}以前答复，请先指定复核人。",
    )
    return row


@action
def withdraw(*, objection: Objection, revision: int, reason: str, by: Actor) -> Objection:
    """Takes one's own objection back before it is answered. Raises NotAllowed, Stale, MovedOn,
    DomainError."""
    _expect_own(objection.assessed, by)
    text = _why(reason, "请写明撤回的理由")
    Objection.machine.move(
        objection,
        "withdraw",
        revision=revision,
        withdrawn_reason=text,
        closed_at=clock.now(),
    )
    _note(objection, "decisions.objection.withdraw", by, text=text)
    return objection


@action
def name_rechecker(*, objection: Objection, revision: int, user_id: int, by: Actor) -> Objection:
    """Names who checks it again, or another in his place: nobody who marked the organisation, belongs
    to it, held a post there lately or keeps out of it. Raises NotAllowed, Stale, MovedOn, DomainError
    for somebody who may not."""
    runs.expect_holder(objection.assessed.cycle, by)
    found = {one.user_id: one for one in candidates(objection.assessed)}
    if user_id not in found:
        raise DomainError(
            "这个人不能复核：参加过评分、是被考核单位的人、两年内在那里任过职，或者已登记回避。",
            field="user_id",
        )
    name = found[user_id].name
    Objection.machine.move(
        objection,
        "name",
        revision=revision,
        rechecker_id=user_id,
        rechecker_name=name[:100],
        named_at=clock.now(),
    )
    _note(objection, "decisions.objection.name", by, {"rechecker": [None, name]})
    _tell(
        objection,
        f"named:{objection.revision}",
        [user_id],
        f"请复核考核异议：{objection.assessed.name}",
        f"{objection.assessed.name}对{objection}提出异议，请在{date_zh(objection.due_on)}以前复核。",
    )
    return objection


@action
def answer(
    *,
    objection: Objection,
    revision: int,
    outcome: str,
    answer: str,
    by: Actor,
    indicator: str = "",
    facts: Mapping[int, Mapping[str, Any]] | None = None,
) -> Objection:
    """What the re-check found, by who was named: it does not hold, with why; or it holds, with the
    facts of the indicator as they are, which somebody else confirms. Raises NotAllowed, Stale,
    MovedOn, DomainError for facts that the rule does not take or that change nothing."""
    if by.user_id is None or objection.rechecker_id != by.user_id:
        raise NotAllowed("只有指定的复核人可以答复这件异议。")
    text = clean(answer)
    if not LEAST_REASON <= len(text) <= MOST_ANSWER:
        raise DomainError(
            f"请写明查到了什么、为什么，{LEAST_REASON} 至 {MOST_ANSWER} 字。", field="answer"
        )
    if outcome not in Outcome.values:
        raise DomainError("请选择结论。", field="outcome")
    given: dict[str, Any] = {"outcome": outcome, "answer": text, "answered_at": clock.now()}
    if outcome == Outcome.REJECTED:
        Objection.machine.move(
            objection, "reject", revision=revision, closed_at=clock.now(), **given
        )
        _note(objection, "decisions.objection.answer", by, {"outcome": [None, outcome]}, text)
        _tell_answer(objection)
        return objection
    about = objection.indicator or indicator
    score = _score(objection.assessed)
    # Tried, so that nobody is asked to confirm what cannot be.
    outcome_of(score, about, facts or {})
    Objection.machine.move(
        objection,
        "propose",
        revision=revision,
        corrected=about,
        facts={str(number): dict(one) for number, one in (facts or {}).items()},
        **given,
    )
    _note(objection, "decisions.objection.answer", by, {"outcome": [None, outcome]}, text)
    holder = objection.assessed.cycle.organization_id
    _tell(
        objection,
        f"proposed:{objection.revision}",
        [one for one in deciding([holder]).get(holder, ()) if one != by.user_id],
        f"请批准更正：{objection.assessed.name}",
        f"复核认为{objection.assessed.name}的异议（{objection}）成立，请批准更正或退回复核。",
    )
    return objection


@action
def confirm(*, objection: Objection, revision: int, by: Actor) -> Objection:
    """Has the result corrected as the re-check found, by who decides and is another than who checked.
    Raises NotAllowed, Stale, MovedOn, DomainError."""
    cycles.expect_decider(objection.assessed.cycle, by)
    if objection.rechecker_id in by.persons:
        raise NotAllowed("复核的人不能自己批准更正，请由另一人办理。")
    if by.keeps_out(Permission.ASSESSMENT_DECIDE, objection.assessed.path):
        raise NotAllowed("你已回避这个单位，要由别人批准。")
    stored = (
        Objection.objects.select_for_update(of=("self",))
        .select_related("assessed__cycle__organization")
        .get(pk=objection.pk)
    )
    Objection.machine.expect(stored, "confirm", revision)
    row = corrections.correct(
        assessed=stored.assessed,
        indicator=stored.corrected,
        facts={int(number): one for number, one in stored.facts.items()},
        reason=stored.answer[: corrections.MOST_REASON],
        key=f"objection:{stored.pk}",
        by=by,
    )
    Objection.machine.move(
        objection,
        "confirm",
        revision=revision,
        correction=row,
        decided_by_name=by.name[:100],
        closed_at=clock.now(),
    )
    _note(objection, "decisions.objection.confirm", by)
    _tell_answer(objection)
    return objection


@action
def send_back(*, objection: Objection, revision: int, reason: str, by: Actor) -> Objection:
    """Has what the re-check found looked at once more. Raises as `confirm` does."""
    cycles.expect_decider(objection.assessed.cycle, by)
    if objection.rechecker_id in by.persons:
        raise NotAllowed("复核的人不能自己退回，请由另一人办理。")
    text = _why(reason, "请写明退回的理由")
    Objection.machine.move(objection, "return", revision=revision, returned_reason=text)
    _note(objection, "decisions.objection.return", by, text=text)
    if objection.rechecker_id is not None:
        _tell(
            objection,
            f"returned:{objection.revision}",
            [objection.rechecker_id],
            f"异议退回复核：{objection.assessed.name}",
            f"{objection}的复核意见被退回：{text}",
        )
    return objection


# --- what shows it -------------------------------------------------------------------------------


@action
def attach(*, objection: Objection, file: attachments.Checked, by: Actor) -> ObjectionAttachment:
    """Adds a checked file to one's own objection before it is answered; the same twice is one. Raises
    NotAllowed, Conflict, DomainError."""
    _expect_added_to(objection, by)
    row, is_new = attachments.keep(ObjectionAttachment, file=file, by=by, objection=objection)
    if is_new:
        _note(objection, "decisions.attachment.add", by, {"file": [None, row.name]})
    return row


@action
def remove(*, attachment: ObjectionAttachment, by: Actor) -> None:
    """Takes a file away before the objection is answered. Idempotent. Raises NotAllowed, Conflict."""
    _expect_added_to(attachment.objection, by)
    if not ObjectionAttachment.objects.filter(pk=attachment.pk).exists():
        return
    _note(
        attachment.objection, "decisions.attachment.remove", by, {"file": [attachment.name, None]}
    )
    attachments.discard(attachment)


@action
def cite(*, objection: Objection, reference: Reference, by: Actor) -> ObjectionEvidence:
    """Refers to a record that is there already; the same twice is one. Raises NotAllowed, Conflict,
    DomainError for a record that the actor may not open."""
    _expect_added_to(objection, by)
    row, is_new = link(ObjectionEvidence, found=opened(by, reference), by=by, objection=objection)
    if is_new:
        _note(objection, "decisions.evidence.add", by, {"evidence": [None, row.label]})
    return row


@action
def drop(*, evidence: ObjectionEvidence, by: Actor) -> None:
    """Refers to the record no more. Idempotent. Raises NotAllowed, Conflict."""
    _expect_added_to(evidence.objection, by)
    if not ObjectionEvidence.objects.filter(pk=evidence.pk).exists():
        return
    _note(evidence.objection, "decisions.evidence.remove", by, {"evidence": [evidence.label, None]})
    evidence.delete()


def _expect_added_to(objection: Objection, by: Actor) -> None:
    _expect_own(objection.assessed, by)
    stored = Objection.objects.select_for_update(of=("self",)).get(pk=objection.pk)
    if stored.state not in ADDED_TO:
        raise Conflict(
            f"这件异议现在是“{stored.get_state_display()}”，佐证不能增减。", code="state"
        )


def _expect_own(assessed: Assessed, by: Actor) -> None:
    is_own = assessed.path == by.organization_path
    if not is_own or not by.may_at(Permission.ASSESSMENT_ANSWER, assessed.path):
        raise NotAllowed("异议由被考核单位自己提出。")


def _why(reason: str, ask: str) -> str:
    text = clean(reason)
    if not 2 <= len(text) <= MOST_WHY:
        raise DomainError(f"{ask}，{MOST_WHY} 字以内。", field="reason")
    return text


def _score(assessed: Assessed) -> Score:
    return Score.objects.select_related("assessed__version").get(
        assessed=assessed, run=assessed.cycle.run_id
    )


def _note(
    row: Objection,
    verb: str,
    by: Actor,
    changes: Mapping[str, Any] | None = None,
    text: str = "",
) -> None:
    holder = row.assessed.cycle.organization
    telling.note(row, verb, holder=holder, by=by, changes=changes, text=text)


def _tell_answer(row: Objection) -> None:
    place = row.assessed.organization_id
    said = Outcome(row.outcome).label
    _tell(
        row,
        "answered",
        answering([place]).get(place, ()),
        f"异议答复：{said}",
        f"对{row}的异议：{said}。{row.answer}",
    )


def _tell(row: Objection, what: str, users: Any, title: str, body: str) -> None:
    notifications.tell(
        Message(
            user_id=user,
            key=f"decisions.objection:{row.pk}:{what}:{user}",
            title=title,
            body=body,
            url=row.get_absolute_url(),
            about=f"objection:{row.pk}",
        )
        for user in users
    )
