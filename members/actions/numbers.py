"""Identity numbers that stand elsewhere: who comes with them, and how often."""

import datetime as dt
from collections.abc import Sequence

from django.conf import settings

from core import audit, clock
from core.actor import Actor
from core.batches import IN_ONE_LIST, batched
from core.models import AuditEntry

from .. import rules
from ..models import Member

VERB = "members.member.number_refused"
SHEET_VERB = "members.import.numbers_refused"


def note_in_vain(by: Actor) -> None:
    """Writes down that the person came with a number that stands where he sees nothing: also when
    his act is undone for it. Never which number."""
    audit.record_refusal(by=by, verb=VERB, object_type="members.member", label="身份号码")


def note_sheet(by: Actor, *, count: int) -> None:
    """The same of `count` rows of a sheet, within the running action. Honest lists of people who
    moved have some, too: it stops nothing."""
    audit.record(
        by=by,
        verb=SHEET_VERB,
        object_type="members.memberimport",
        label="花名册中的身份号码",
        changes={"numbers": [0, count]},
    )


def refuse_too_many(by: Actor) -> None:
    """Before a number is looked up: who came in vain too often today is told the same of every
    number. Raises DomainError. One query."""
    if by.user_id is None:
        return
    recent = AuditEntry.objects.filter(
        user_id=by.user_id, verb=VERB, at__gt=clock.now() - dt.timedelta(days=1)
    )
    if recent.count() >= settings.NUMBERS_IN_VAIN:
        raise rules.registered()


def refuse_registered(members: Sequence[Member], by: Actor) -> None:
    """One person has one record in the whole zone: raises DomainError for a number that another
    record has. Whoever may see that one is told where it stands; to all others the answer is the
    same whatever stands where, and every such try is written down. Two queries for up to IN_ONE_LIST
    numbers."""
    own = {member.identity_index: member.pk for member in members if member.identity_index}
    if len(own) != sum(1 for member in members if member.identity_index):
        raise rules.registered("同一个身份号码在这次提交中出现了两次，请核对。")
    if not own:
        return
    if len(own) == 1:  # typed; of a sheet's numbers the preview has told, and stops nobody
        refuse_too_many(by)
    for chunk in batched(own, IN_ONE_LIST):
        rows = Member.objects.filter(identity_index__in=chunk).select_related("organization")
        for row in rows.only(
            "identity_index", "organization__path", "organization__name", "organization__short_name"
        ):
            if own[str(row.identity_index)] == row.pk:
                continue
            if rules.covers(by, row.organization.path):
                raise rules.registered(f"这个身份号码已登记在{row.organization}，请到那里修改。")
            note_in_vain(by)
            raise rules.registered()
