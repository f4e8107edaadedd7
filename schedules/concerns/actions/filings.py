"""What a resident raises by the public form is taken in once; what is none of that is dropped."""

import secrets
import uuid
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone

from core import clock
from core.actions import action
from core.actor import Actor
from core.errors import Conflict, DomainError
from core.states import tell
from core.text import clean
from orgs.models import Organization
from orgs.permissions import Permission as P
from schedules.rounds.queries.calendar import load

from ..enums import ConcernSource, ConcernState, ConcernStepKind, Urgency
from ..models import Concern, ConcernStep, Filing
from ..models.intake import code_hash, code_of, token_hash
from ..queries.filings import open_form, taking
from ..rules import due_at
from . import rights

TRIES = 5  # numbers of eight digits that may be taken already


@dataclass(frozen=True, slots=True)
class Raised:
    """What a resident typed; name and phone can be left out."""

    text: str
    place: str = ""
    person: str = ""
    phone: str = ""


@action
def file(*, token: uuid.UUID, raised: Raised, community: Organization | None, by: Actor) -> Filing:
    """Takes in a concern by the public form, once for the token of a form: unassigned, at the office of
    the place. Sent twice, it is the one that there is.

    Raises DomainError, or Conflict when the form was sent with other words already.
    """
    text = raised.text.strip()[:1000]
    if len(text) < 4:
        raise DomainError("请写清是什么事（至少 4 个字）。", field="text")
    known = _known(token)
    if known is None:
        if open_form() is None:
            raise DomainError("公开表单现在没有开放，请拨打 12345。")
        intake = taking(community)
        if intake is None:
            raise DomainError("现在还没有单位受理，请拨打 12345。")
        concern = _concern(text, raised, intake)
        filing, is_new = _stored(concern, token, community)
        if is_new:
            tell(ConcernStep(concern=concern, kind=ConcernStepKind.TAKEN, text=_TAKEN), by=by)
            rights.note(concern, "concerns.filing.file", by=by)
            return filing
        known = filing
    if known.concern.text != text:
        said = f"这张表单刚才已经提交过，编号 {known.number}。"
        raise Conflict(f"{said}现在写的和那时不同：如果是另一件事，请再点一次提交。")
    return known


@action
def drop(*, concern: Concern, reason: str, revision: int, by: Actor) -> Concern:
    """What came by the public form and is no concern: the resident reads the reason. Raises NotAllowed,
    MovedOn, Stale or DomainError."""
    concern = rights.locked(concern.pk)
    rights.expect(by, P.CONCERN_ASSIGN, concern)
    if concern.source != ConcernSource.PUBLIC:
        raise DomainError("只有公开表单来的才能这样结束，其他的请选“不属本级”。")
    reason = clean(reason)[:200]
    if len(reason) < 4:
        raise DomainError("请写明理由（至少 4 个字），群众查询时看得到。", field="reason")
    Concern.machine.move(
        concern,
        "drop",
        revision=revision,
        step=ConcernStep(concern=concern, kind=ConcernStepKind.DROPPED, text=reason),
        by=by,
        reason=reason,
        ended_at=clock.now(),
    )
    rights.note(concern, "concerns.concern.drop", by=by)
    return concern


@action
def follow(*, source: Organization, target: Organization, by: Actor) -> int:
    """What residents said of `source` as their place is said of `target`. Returns how many."""
    return Filing.objects.filter(community=source).update(community=target)


_TAKEN = "群众在公开表单上填写，未核实"


def _known(token: uuid.UUID) -> Filing | None:
    return Filing.objects.select_related("concern").filter(token_hash=token_hash(token)).first()


def _concern(text: str, raised: Raised, intake: Organization) -> Concern:
    now = clock.now()
    concern = Concern(
        uid=uuid.uuid4(),
        source=ConcernSource.PUBLIC,
        urgency=Urgency.NORMAL,
        text=text,
        place=clean(raised.place)[:100],
        intake=intake,
        organization=intake,
        received_at=now,
        taken_by_name="群众自己填写",
        due_at=due_at(timezone.localtime(now), Urgency.NORMAL, load()),
        state=ConcernState.WAITING,
    )
    concern.seal_contact(clean(raised.person)[:50], clean(raised.phone)[:30])
    return concern


def _stored(
    concern: Concern, token: uuid.UUID, community: Organization | None
) -> tuple[Filing, bool]:
    """The concern with its number, and whether this call wrote it: another may have been faster."""
    for _ in range(TRIES):
        number = f"{secrets.randbelow(9 * 10**7) + 10**7}"
        filing = Filing(
            concern=concern,
            number=number,
            code_hash=code_hash(number, code_of(token)),
            token_hash=token_hash(token),
            community=community,
            filed_at=concern.received_at,
        )
        try:
            with transaction.atomic():
                concern.pk = None
                concern.save(force_insert=True)
                filing.concern = concern
                filing.save(force_insert=True)
        except IntegrityError:
            known = _known(token)
            if known is not None:
                return known, False
        else:
            return filing, True
    raise Conflict("提交的人太多，请稍后再点一次。")
