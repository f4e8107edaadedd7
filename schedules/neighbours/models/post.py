import uuid

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from core.actor import Actor
from core.privacy import Personal
from core.states import GIVEN, Machine, Move
from members.models.member import ON_ROLL
from orgs.access import in_scope
from orgs.permissions import Permission

from ..rules import AREA

_KEEPS = {f"member__{name}": value for name, value in ON_ROLL.children}  # type: ignore[misc]


class GridPostQuerySet(models.QuerySet["GridPost"]):
    def visible_to(
        self, actor: Actor | None, permission: str = Permission.NEIGHBOUR_VIEW
    ) -> "GridPostQuerySet":
        """Those of organisations in the actor's scope: they name members."""
        if actor is None:
            return self.none()
        return self.filter(in_scope(actor, permission))

    def running(self) -> "GridPostQuerySet":
        """Not ended, and the member still one of the branch: who has moved or left holds none, also
        before the night has written it down."""
        return self.filter(until=None, member__organization=F("organization"), **_KEEPS)

    def left(self) -> "GridPostQuerySet":
        """Not ended, of members who have moved or left."""
        kept = Q(member__organization=F("organization"), **_KEEPS)
        return self.filter(until=None).exclude(kept)


class GridPost(models.Model):
    """带岗带责: a member of a branch answers for a post in a grid."""

    PRIVACY = {
        "area": Personal("where and for whom the member answers; may name people"),
        "reason": Personal("why the post ended; may name people"),
    }

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organization = models.ForeignKey(
        "orgs.Organization", on_delete=models.PROTECT, related_name="+", verbose_name="党支部"
    )
    member = models.ForeignKey(
        "members.Member", on_delete=models.PROTECT, related_name="+", verbose_name="党员"
    )
    grid = models.CharField("网格", max_length=40)
    title = models.CharField("岗位", max_length=40)
    area = models.CharField("责任区", max_length=AREA, blank=True)
    since = models.DateField("上岗日期")
    until = models.DateField("离岗日期", null=True)
    reason = models.CharField("离岗原因", max_length=100, blank=True)
    created_at = models.DateTimeField("登记于")

    objects = GridPostQuerySet.as_manager()
    machine = Machine(
        state="until",
        moves={"end": Move("离岗", from_=[None], to=GIVEN, refusal="这个岗已经结束。")},
    )

    class Meta:
        verbose_name = verbose_name_plural = "带岗带责"
        ordering = ["grid", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["member", "grid", "title"],
                condition=Q(until=None),
                name="grid_post_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.grid}{self.title}"

    def get_absolute_url(self) -> str:
        return reverse("neighbours:post-list")
