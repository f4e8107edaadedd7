"""Identity numbers that stand elsewhere: who comes with them, and how often."""

import datetime as dt

from django.conf import settings

from core import audit, clock
from core.actor import Actor
from core.errors import DomainError
from core.models import AuditEntry

from .. import rules

VERB = "members.member.number_refused"
SHEET_VERB = "members.import.numbers_refused"


def note_in_vain(by: Actor) -> None:
    """Writes down that the person came with a number that stands where he sees nothing: also when
    his act is undone for it. Never which number."""
    audit.record_refusal(by=by, verb=VERB, object_type="members.member", label="身份号码")


def note_sheet(by: Actor, *, count: int) -> None:
    """The same of `count` rows of a sheet, which honest lists of people who moved have, too: it
    stops nothing."""
    audit.record_refusal(
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
        raise DomainError(rules.NOT_HERE, field="identity_number", code="duplicate_identity_number")
