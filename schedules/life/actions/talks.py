"""A 谈心谈话 is written down, what was said in it is written anew, and it is taken back.

Who writes down what was said is one who may read it. Nothing of it goes into the audit trail, a
refusal or a log.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from core import audit, clock, crypto
from core.actions import action
from core.actor import Actor
from core.errors import Conflict, DomainError, NotAllowed
from core.text import clean
from orgs.models import Organization
from schedules.rounds.actions import fulfilling

from ..enums import TalkOccasion
from ..models import Talk
from ..models.talk import column
from ..queries.talk_readers import may_read
from ..queries.talks import Side, own_member, sides_on
from ..rules import TALK, pair_of
from . import rights
from .meetings import BACK

LONGEST = {"talk_content": ("主要内容", 4_000), "talk_advice": ("问题与建议", 2_000)}
LONGEST_PLACE = 100
_PADDED = 16  # the words of occasions are all as long as this when they are sealed
READERS = "谈话内容只由谈话双方和党支部书记填写。"


@dataclass(frozen=True, slots=True)
class Said:
    """What is for the two and the secretary alone."""

    occasion: TalkOccasion | str = ""
    content: str = ""
    advice: str = ""

    def sealed(self, uid: UUID) -> dict[str, Any]:
        """The columns, bound to the row with the id. Raises DomainError for one that is too long;
        what it says is not repeated."""
        texts = {
            "talk_content": clean(self.content, multiline=True),
            "talk_advice": clean(self.advice, multiline=True),
        }
        for name, (label, most) in LONGEST.items():
            if len(texts[name]) > most:
                raise DomainError(f"{label}请写在 {most} 字以内。", field=name, code="length")
        if self.occasion and self.occasion not in TalkOccasion.values:
            raise DomainError("没有这种谈话事由。", field="talk_occasion", code="occasion")
        occasion = str(self.occasion).ljust(_PADDED, "\0") if self.occasion else ""
        texts["talk_occasion"] = occasion
        return {
            f"{name}_sealed": crypto.seal(text, column=column(name), row=uid)
            for name, text in texts.items()
        }

    @property
    def is_empty(self) -> bool:
        """Whether nothing is said."""
        return not (self.occasion or self.content.strip() or self.advice.strip())


NOTHING = Said()


@action
def record(
    *,
    uid: UUID,
    organization: Organization,
    held_on: dt.date,
    talker: str,
    partner: str,
    by: Actor,
    place: str = "",
    is_on_paper: bool = False,
    said: Said = NOTHING,
) -> Talk:
    """Writes down that two people talked; what was said may stay on paper. `talker` and `partner`
    are keys of `sides_on` the day. `uid` is made by who writes: sent again it is the same talk.
    Raises NotAllowed, or DomainError for what cannot be."""
    same = _sent_before(uid, organization, by)
    if same is not None:
        return same
    rights.expect_writer(organization, by, "谈心谈话由所在党组织自己登记。")
    place = clean(place)
    if len(place) > LONGEST_PLACE:
        raise DomainError(f"地点请写在 {LONGEST_PLACE} 字以内。", field="place", code="length")
    one, other = _two(organization, held_on, talker, partner)
    now = clock.now()
    talk = Talk(
        uid=uid,
        organization=organization,
        held_on=held_on,
        place=place,
        pair=pair_of(one.leads, other.leads),
        talker_id=one.member_id,
        talker_name="" if one.member_id else one.name,
        talker_user_id=one.user_id,
        partner_id=other.member_id,
        partner_name="" if other.member_id else other.name,
        partner_user_id=other.user_id,
        is_on_paper=is_on_paper,
        recorded_at=now,
        written_by_id=by.user_id,
        written_by_name=by.name[:100],
    )
    if not said.is_empty:
        if not may_read(by, talk, own_member(by)):
            raise DomainError(READERS, field="talk_content", code="readers")
        for name, value in said.sealed(uid).items():
            setattr(talk, name, value)
        talk.written_at = now
    try:
        with transaction.atomic():
            talk.save(force_insert=True)
    except IntegrityError:  # sent twice at the same moment
        same = _sent_before(uid, organization, by)
        if same is None:
            raise
        return same
    _settle(talk, by=by)
    _note(talk, "life.talk.record", by=by, changes={"held_on": [None, str(held_on)]})
    return talk


@action
def write(*, talk: Talk, revision: int, said: Said, by: Actor) -> None:
    """Writes anew what was said. `revision` is the one that the page showed. Raises NotAllowed for
    who may not read it, MovedOn for a talk that was taken back, Stale when somebody else has
    written it meanwhile."""
    if not may_read(by, talk, own_member(by)):
        raise NotAllowed(READERS, code="readers")
    Talk.machine.move(
        talk, "write", revision=revision, written_at=clock.now(), **said.sealed(talk.uid)
    )
    # That it was written, never what.
    _note(talk, "life.talk.write", by=by, changes={"revision": [revision, revision + 1]})


@action
def withdraw(*, talk: Talk, by: Actor) -> None:
    """Takes back a talk that should not be there, or was of another day or person: it counts no
    more. Raises NotAllowed or MovedOn."""
    rights.expect_writer(talk.organization, by, "谈心谈话由登记的党组织自己撤回。")
    Talk.machine.move(talk, "withdraw", withdrawn_at=clock.now())
    _settle(talk, by=by)
    _note(talk, "life.talk.withdraw", by=by)


# --- private -----------------------------------------------------------------------------------


def _sent_before(uid: UUID, organization: Organization, by: Actor) -> Talk | None:
    """The talk with the id, if he who sends it has sent it already; nobody else's is answered."""
    same = Talk.objects.filter(uid=uid).select_related("organization").first()
    if same and (same.organization_id != organization.pk or same.written_by_id != by.user_id):
        raise Conflict("这次谈话已经由别人登记。请重新打开登记页。")
    return same


def _two(
    organization: Organization, held_on: dt.date, talker: str, partner: str
) -> tuple[Side, Side]:
    """The two, as they stood on the day."""
    today = clock.today()
    if held_on > today:
        raise DomainError("还没到这一天。谈完再登记。", field="held_on", code="day")
    if held_on < today - BACK:
        raise DomainError("只能补记两年以内的谈话。", field="held_on", code="day")
    if talker == partner:
        raise DomainError("谈话人和谈话对象不能是同一个人。", field="partner", code="same")
    sides = {one.key: one for one in sides_on(organization, held_on)}
    if talker not in sides:
        raise DomainError("谈话人这一天不在名册上，请重选。", field="talker", code="roll")
    if partner not in sides or sides[partner].is_above:
        raise DomainError("谈话对象这一天不在名册上，请重选。", field="partner", code="roll")
    return sides[talker], sides[partner]


def _settle(talk: Talk, *, by: Actor) -> None:
    """Has the duties counted anew that the talk fulfils, or fulfilled."""
    fulfilling.settle(kind=TALK, organizations=[talk.organization_id], days=[talk.held_on], by=by)


def _note(
    talk: Talk, verb: str, *, by: Actor, changes: Mapping[str, list[object]] | None = None
) -> None:
    """The act's entry in the audit trail, without names and without anything that was said."""
    audit.record(
        by=by,
        verb=verb,
        obj=talk,
        organization_id=talk.organization_id,
        organization_path=talk.organization.path,
        changes=changes,
    )
