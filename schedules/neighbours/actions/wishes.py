"""Wishes: published, claimed by one, given back, fulfilled, withdrawn; names are forgotten."""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.utils import timezone

from core import audit, clock
from core.actions import action
from core.actor import Actor
from core.crypto import seal
from core.errors import Conflict, DomainError, NotAllowed
from core.text import clean
from orgs.models import Organization
from orgs.permissions import Permission

from ..enums import Breadth, WishState
from ..models import Wish
from ..models.wish import COLUMN
from ..rules import LONGEST, NAME, NEED, REASON, RESULT, TITLE
from . import rights

MANY = 500  # names forgotten in one night's transaction


@dataclass(frozen=True, slots=True)
class Asked:
    """What a wish says. The resident's name may stay away."""

    title: str
    need: str
    until: dt.date
    breadth: str = Breadth.COMMITTEE
    resident: str = ""


@action
def publish(*, organization: Organization, asked: Asked, by: Actor) -> Wish:
    """A wish that those in its breadth may claim; the same once more, as a double click sends it, is the
    one that there is. Raises NotAllowed or DomainError."""
    rights.expect_editor(organization, by)
    values = {
        "title": rights.expect_words(asked.title, 2, TITLE, "title", "心愿名称"),
        "need": rights.expect_words(asked.need, 4, NEED, "need", "需要什么"),
        "until": _expect_until(asked.until),
        "breadth": asked.breadth,
    }
    if asked.breadth not in Breadth.values:
        raise DomainError("没有这样的范围，请重新选择。", field="breadth")
    resident = clean(asked.resident)
    if len(resident) > NAME:
        raise DomainError(f"姓名最多 {NAME} 字，可以不写。", field="resident")
    rights.held(organization)
    for one in Wish.objects.filter(organization=organization, state=WishState.OPEN, **values):
        if one.resident == resident:
            return one
    uid = uuid.uuid4()
    wish = Wish.objects.create(
        uid=uid,
        organization=organization,
        resident_sealed=seal(resident, column=COLUMN, row=uid) if resident else "",
        published_at=clock.now(),
        published_by_name=by.name[:100],
        **values,
    )
    rights.note(wish, "neighbours.wish.publish", by=by)
    return wish


def _expect_until(day: dt.date) -> dt.date:
    today = clock.today()
    if not today <= day <= today + LONGEST:
        raise DomainError("请选今天以后、一年以内的一天。", field="until")
    return day


@action
def claim(*, wish: Wish, organization: Organization, by: Actor) -> Wish:
    """The organisation takes it upon itself. Of two who claim at once one gets it; the other is told who
    has it. Raises NotAllowed or Conflict."""
    row = rights.locked_wish(wish.pk)
    rights.expect_editor(organization, by)
    if row.state == WishState.CLAIMED and row.claimant is not None:
        whom = "本组织" if row.claimant_id == organization.pk else str(row.claimant)
        raise Conflict(f"这个心愿已由{whom}认领。", code="state")
    Wish.machine.move(
        row,
        "claim",
        claimant=organization,
        claimed_at=clock.now(),
        claimed_by_name=by.name[:100],
    )
    changes = {"claimant": [None, str(organization)]}
    rights.note(row, "neighbours.wish.claim", by=by, changes=changes)
    return row


@action
def give_back(*, wish: Wish, by: Actor) -> Wish:
    """Who claimed cannot fulfil it: it waits for somebody again. Raises NotAllowed or MovedOn."""
    row = rights.locked_wish(wish.pk)
    Wish.machine.expect(row, "give_back")
    claimant = row.claimant
    if claimant is not None:
        rights.expect_editor(claimant, by)
    Wish.machine.move(row, "give_back", claimant=None, claimed_at=None, claimed_by_name="")
    changes = {"claimant": [str(claimant), None]}
    rights.note(row, "neighbours.wish.give_back", by=by, changes=changes)
    return row


@action
def fulfil(*, wish: Wish, result: str, on: dt.date, by: Actor) -> Wish:
    """It was fulfilled: a sentence and a day, by who claimed or who published. Raises NotAllowed, MovedOn
    or DomainError."""
    row = rights.locked_wish(wish.pk)
    Wish.machine.expect(row, "fulfil")
    sides = [row.organization, row.claimant]
    if not any(one and by.may_at(Permission.NEIGHBOUR_EDIT, one.path) for one in sides):
        raise NotAllowed("由认领的组织或发布的组织登记。")
    result = rights.expect_words(result, 4, RESULT, "result", "办成了什么")
    rights.expect_past(on, "on")
    if on < timezone.localdate(row.published_at):
        raise DomainError("日期不能早于发布的那天。", field="on")
    Wish.machine.move(row, "fulfil", result=result, closed_on=on)
    rights.note(row, "neighbours.wish.fulfil", by=by)
    return row


@action
def withdraw(*, wish: Wish, reason: str, by: Actor) -> Wish:
    """Who published takes it back, and says why. Raises NotAllowed, MovedOn or DomainError."""
    row = rights.locked_wish(wish.pk)
    rights.expect_editor(row.organization, by)
    Wish.machine.expect(row, "withdraw")
    reason = rights.expect_words(reason, 4, REASON, "reason", "撤回理由")
    Wish.machine.move(row, "withdraw", reason=reason, closed_on=clock.today())
    rights.note(row, "neighbours.wish.withdraw", by=by)
    return row


@action
def forget(*, by: Actor) -> int:
    """Names of residents whose wishes have been over long enough are deleted; how many. A second run
    finds none."""
    rows = Wish.objects.to_forget(clock.today()).select_for_update(of=("self",))
    pks = list(rows.order_by("pk").values_list("pk", flat=True)[:MANY])
    if not pks:
        return 0
    gone = Wish.objects.filter(pk__in=pks).update(resident_sealed="")
    audit.record(
        by=by,
        verb="neighbours.wish.forget",
        object_type="neighbours.wish",
        changes={"wishes": [None, gone]},
    )
    return gone
