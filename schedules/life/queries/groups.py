"""The 党小组 of a branch, and who is in which on a day."""

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from members.models import MemberStanding
from members.models.member import ON_ROLL
from orgs.enums import OrganizationKind
from orgs.models import Organization

from ..models import GroupMembership


@dataclass(frozen=True, slots=True)
class Placed:
    """One on the roll of the branch, with his 党小组; `group_id` 0 for none."""

    member_id: int
    name: str
    initial: str = ""
    group_id: int = 0
    is_leader: bool = False

    @property
    def choice(self) -> str:
        """How his place reads in the control of the form: the group, with a star for its 组长."""
        return f"{self.group_id}*" if self.is_leader else str(self.group_id or "")


def groups_of(branch: Organization) -> list[Organization]:
    """The 党小组 that the branch has today, in the order of the tree. One query."""
    rows = Organization.objects.active().filter(parent=branch, kind=OrganizationKind.PARTY_GROUP)
    return list(rows.order_by("path", "pk"))


def placed_in(branch: Organization, day: dt.date) -> list[Placed]:
    """All on the roll of the branch on the day by pinyin, each with his group. Who has come from
    another branch is in none, whatever group he was in there. Two queries."""
    rows = (
        MemberStanding.objects.on(day)
        .filter(ON_ROLL, organization=branch)
        .select_related("member")
        .order_by("member__name_pinyin", "member_id")
    )
    groups = {
        pk: (group_id, is_leader)
        for pk, group_id, is_leader in GroupMembership.objects.on(day)
        .filter(group__parent=branch)
        .values_list("member_id", "group_id", "is_leader")
    }
    return [
        Placed(
            row.member_id,
            row.member.name,
            row.member.name_initials[:1].upper(),
            *groups.get(row.member_id, (0, False)),
        )
        for row in rows
    ]


def mark_of(people: Sequence[Placed]) -> str:
    """Tells one arrangement of a branch from another, for whoever changes it."""
    said = "\n".join(f"{one.member_id}:{one.choice}" for one in people)
    return hashlib.sha256(said.encode()).hexdigest()[:16]
