"""The lock-out after wrong passwords, lifted before its time."""

from axes.models import AccessAttempt

from core import audit
from core.actions import action
from core.actor import Actor
from core.errors import DomainError

from ..backends import find_user
from ..models import User


def forget_failures(user: User) -> int:
    """Forgets the account's failed sign-ins, within the running action; from how many addresses."""
    count: int = AccessAttempt.objects.filter(username=user.username).delete()[0]
    return count


@action
def unlock(*, by: Actor, username: str) -> int:
    """Forgets the failed sign-ins of the account with this login name or phone number, from all
    addresses; returns how many addresses had failed. Safe to repeat.

    Raises DomainError when there is no such account.
    """
    user = find_user(username)
    if user is None:
        raise DomainError(f"没有登录名或手机号为 {username} 的账号。", field="username")
    count = forget_failures(user)
    if count:
        audit.record(by=by, verb="orgs.user.unlocked", obj=user, changes={"locks": [count, 0]})
    return count
