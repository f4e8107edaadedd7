import datetime as dt

from django.db import models
from django.db.models import F, Q

from core.privacy import Personal


class GroupMembershipQuerySet(models.QuerySet["GroupMembership"]):
    def on(self, day: dt.date) -> "GroupMembershipQuerySet":
        """Those that hold on the day."""
        return self.filter(Q(until=None) | Q(until__gte=day), since__lte=day)


class GroupMembership(models.Model):
    """Who is in which 党小组, and who leads it (组长)."""

    PRIVACY = {"is_leader": Personal("to know who leads the group")}

    group = models.ForeignKey(
        "orgs.Organization", on_delete=models.PROTECT, related_name="group_members"
    )
    member = models.ForeignKey(
        "members.Member", on_delete=models.PROTECT, related_name="group_memberships"
    )
    is_leader = models.BooleanField("组长", default=False)
    since = models.DateField("自")
    until = models.DateField("至", null=True)  # the last day

    objects = GroupMembershipQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "党小组成员"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["member"], condition=Q(until=None), name="in_one_group"
            ),
            models.UniqueConstraint(
                fields=["group"], condition=Q(until=None, is_leader=True), name="one_group_leader"
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="membership_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.group} {self.member}"
