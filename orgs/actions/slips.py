"""First passwords on printed slips: printed for a committee by the security administrator after
the grants or after a reset, live for seven days, and worth nothing without what only the owner
knows."""

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.hashers import make_password

from core import audit, clock
from core.actions import action
from core.actor import Actor
from core.errors import DomainError, NotAllowed
from core.states import Stale

from .. import proofs
from ..models import Organization, RoleGrant, User
from ..passwords import one_time_secret, quick_hash
from ..queries.slips import committees, owners, print_mark
from .accounts import end_sessions_of

PROOF_LIMIT = 5  # wrong answers that make a slip worthless


@dataclass(frozen=True, slots=True)
class Slip:
    """What is printed for one person. The secret is shown once and kept nowhere."""

    user: User
    grants: list[RoleGrant]
    secret: str


@action
def print_slips(
    *, by: Actor, organization: Organization, again: bool = False, seen: str | None = None
) -> list[Slip]:
    """Gives everybody at and under the committee who has a role, has never signed in or was reset,
    and can be asked something, a first password; returns them all, this once. With `again` also
    those whose slip is out already: that one is void then.

    `seen` is the `print_mark` of the page with the button: a second press prints nothing (Stale).
    Raises NotAllowed for whoever opened or reset one of the accounts, DomainError when there is
    nobody.
    """
    ids = [one.user.pk for found in committees(organization.path) for one in found.people]
    list(User.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk"))
    group = next(iter(committees(organization.path)), None)
    if seen is not None and seen != print_mark(group.people if group else []):
        raise Stale(
            "这一批密码条刚刚已经印过，或名单有变化，没有再印。密码只显示一次；"
            "没有印好的，请核对名单，勾选“连同已经印过、还没有用的”再印。",
            None,
        )
    people = [] if group is None else group.due + (group.out if again else [])
    people = [one for one in people if one.is_askable]
    if not people:
        raise DomainError("这里没有要印的密码条。")
    if by.user_id is not None and any(one.user.opened_by_id == by.user_id for one in people):
        raise NotAllowed("其中有你开户或重置的账号：你不能印它的密码条，请另一人办理。")
    now = clock.now()
    slips = []
    for one in people:
        user, secret = one.user, one_time_secret()
        user.password = quick_hash(secret)
        user.password_changed_at = user.slip_printed_at = now
        user.slip_printed_by_name = by.name
        user.secret_expires_at = now + dt.timedelta(seconds=settings.SLIP_AGE)
        user.must_change_password = True
        user.proof_failures = 0
        slips.append(Slip(user, one.grants, secret))
        audit.record(
            by=by,
            verb="orgs.slip.printed",
            obj=user,
            organization_id=organization.pk,
            organization_path=organization.path,
            changes={"valid_to": [None, user.secret_expires_at]},
        )
    User.objects.bulk_update(
        [slip.user for slip in slips],
        [
            "password",
            "password_changed_at",
            "slip_printed_at",
            "slip_printed_by_name",
            "secret_expires_at",
            "must_change_password",
            "proof_failures",
        ],
        batch_size=200,
    )
    return slips


@action
def prove_owner(*, by: Actor, answer: str) -> bool:
    """The person who came with a slip answers what only the owner knows; from then on he sets his
    own password. Returns whether it was right: what was wrong counts, and PROOF_LIMIT wrong answers
    make the slip worthless and end his sessions."""
    if by.user_id is None:
        raise NotAllowed("请先登录。")
    user = User.objects.select_for_update().get(pk=by.user_id)
    if not user.proof_due:
        return True
    if user.proof_failures >= PROOF_LIMIT:
        return False  # void already; another browser came too late
    if proofs.holds(owners([user])[0], answer):
        user.proof_due, user.proof_failures = False, 0
        user.save(update_fields=["proof_due", "proof_failures"])
        audit.record(by=by, verb="orgs.user.proved", obj=user)
        return True
    user.proof_failures += 1
    if user.proof_failures < PROOF_LIMIT:
        user.save(update_fields=["proof_failures"])
        audit.record(by=by, verb="orgs.user.not_proved", obj=user)
        return False
    user.password = make_password(None)
    user.slip_printed_at = user.secret_expires_at = None
    user.save(update_fields=["proof_failures", "password", "slip_printed_at", "secret_expires_at"])
    ended = end_sessions_of(user)
    audit.record(by=by, verb="orgs.slip.voided", obj=user, changes={"sessions": [ended, 0]})
    return False
