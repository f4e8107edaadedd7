"""What can be proposed of a member as he stands."""

from ..enums import EXCLUSIONS, Category, DecisionKind, MembershipState
from ..models import Member, MembershipExit

FITTING = {
    MembershipState.NORMAL: (*EXCLUSIONS, DecisionKind.SUSPENDED),
    MembershipState.SUSPENDED: (*EXCLUSIONS, DecisionKind.RESUMED),
    MembershipState.LEFT: (DecisionKind.RESTORED,),
}


def fitting(member: Member) -> list[DecisionKind]:
    """What can be proposed of somebody as he stands. One query, for who has left."""
    found = [kind for kind in DecisionKind if kind in FITTING[MembershipState(member.state)]]
    if member.state == MembershipState.LEFT and exclusion(member) is None:
        return []
    if member.category == Category.PROBATIONARY:
        return [kind for kind in found if kind != DecisionKind.EXPELLED]
    return [kind for kind in found if kind != DecisionKind.PROBATION_CANCELLED]


def exclusion(member: Member) -> MembershipExit | None:
    """The leaving in force, when it was one by decision. One query."""
    return member.exits.filter(undone_at=None, reason__in=EXCLUSIONS).first()
