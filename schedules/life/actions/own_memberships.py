"""Who has an account proves which member of the register he is."""

from django.db import IntegrityError, transaction

from core import audit, clock, crypto
from core.actions import action
from core.actor import Actor
from core.errors import DomainError, NotAllowed
from core.identity import normalise
from members.models import Member
from members.models.member import column
from orgs.models import User

from ..models import OwnMembership

MOST_FAILURES = 5  # a day


@action
def prove(*, identity_number: str, by: Actor) -> bool:
    """Whether the number is that of the member who bears the actor's name; then he is that member
    from now on. What does not fit is counted, and refused after five on one day. The number is
    written down nowhere. Raises NotAllowed or DomainError."""
    user = (
        User.objects.select_for_update(of=("self",), no_key=True).filter(pk=by.user_id or 0).first()
    )
    if user is None or user.admin_kind:
        raise NotAllowed("管理员账号不用确认党员身份。")
    row, _ = OwnMembership.objects.get_or_create(user=user)
    today = clock.today()
    failures = row.failures if row.failed_on == today else 0
    if failures >= MOST_FAILURES:
        raise DomainError(
            "今天核对了太多次，请明天再试。", field="own_identity_number", code="attempts"
        )
    number = normalise(identity_number)
    found = (
        Member.objects.on_roll()
        .filter(
            name=user.name,
            identity_index=crypto.blind_index(number, column=column("identity_number")) or "-",
        )
        .first()
    )
    if found is not None and row.member_id == found.pk:
        return True  # sent twice
    if found is not None:
        try:
            with transaction.atomic():
                OwnMembership.objects.filter(pk=row.pk).update(
                    member=found, proven_at=clock.now(), failures=0, failed_on=None
                )
        except IntegrityError:  # another account of his is that member already
            raise DomainError(
                "这名党员已由另一个账号确认。请联系系统管理员核对账号。",
                field="own_identity_number",
                code="taken",
            ) from None
        audit.record(by=by, verb="life.own_membership.prove", obj=row)
        return True
    OwnMembership.objects.filter(pk=row.pk).update(failures=failures + 1, failed_on=today)
    audit.record(by=by, verb="life.own_membership.refuse", obj=row)
    return False
