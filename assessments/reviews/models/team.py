import uuid

from django.conf import settings
from django.db import models
from django.urls import reverse

from assessments.cycles.models import Assessed, Cycle
from core.actor import Actor
from core.privacy import Personal
from core.states import Machine, Move
from orgs.access import in_scope
from orgs.permissions import Permission

from ..enums import ReviewState


class ReviewQuerySet(models.QuerySet["Review"]):
    def visible_to(
        self, actor: Actor | None, permission: str = Permission.ASSESSMENT_RUN
    ) -> "ReviewQuerySet":
        """Those of cycles that the actor carries on."""
        if actor is None:
            return self.none()
        return self.filter(in_scope(actor, permission, "cycle__organization"))


class Review(models.Model):
    """The review of one cycle: by which shares it goes, and the lot of its sample."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    cycle = models.OneToOneField(Cycle, on_delete=models.CASCADE, related_name="review")
    state = models.CharField("状态", max_length=10, choices=ReviewState, default="preparing")
    due_on = models.DateField("复核截止", null=True)
    # Counted items of each of the assessed that are looked at by lot, beside those with a reason.
    sampled = models.PositiveSmallIntegerField("每家抽查项数", default=2)
    # Where two lie further apart than this share of the full marks a third marks it.
    third_share = models.DecimalField(
        "请第三人的差距", max_digits=4, decimal_places=3, default="0.2"
    )
    # What the sample is drawn by, so that anybody can draw again.
    seed = models.CharField("抽样种子", max_length=80, blank=True)
    begun_at = models.DateTimeField("开始于", null=True)
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = ReviewQuerySet.as_manager()
    machine = Machine(
        state="state",
        revision="revision",
        moves={
            "arrange": Move("安排", from_=[ReviewState.PREPARING]),
            "begin": Move("开始复核", from_=[ReviewState.PREPARING], to=ReviewState.GOING),
            "change": Move("调整", from_=[ReviewState.GOING]),
        },
        refusal="复核现在是“{state}”，这一步已不适用。请刷新页面查看最新情况。",
        stale="另一人刚刚改过安排。你选的还在下面，核对后再保存一次，就以你选的为准。",
    )

    class Meta:
        verbose_name = verbose_name_plural = "考核复核"

    def __str__(self) -> str:
        return f"{self.cycle} 复核"

    def get_absolute_url(self) -> str:
        return reverse("reviews:review", args=[self.cycle.uid])


class ReviewTeam(models.Model):
    """考核组: two or more who look at the same organisations."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="teams")
    number = models.PositiveSmallIntegerField("第几组")
    name = models.CharField("名称", max_length=40)

    class Meta:
        verbose_name = verbose_name_plural = "考核组"
        ordering = ["review_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["review", "number"], name="review_team_once"),
        ]

    def __str__(self) -> str:
        return self.name


class TeamMember(models.Model):
    """考核组成员: somebody in a team. One person is in one team of a review."""

    PRIVACY = {"name": Personal("to know who reviews")}

    team = models.ForeignKey(ReviewTeam, on_delete=models.CASCADE, related_name="members")
    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    name = models.CharField("姓名", max_length=100)

    class Meta:
        verbose_name = verbose_name_plural = "考核组成员"
        ordering = ["team_id", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["review", "user"], name="team_member_once"),
        ]

    def __str__(self) -> str:
        return self.name


class ReviewCase(models.Model):
    """Whom a team looks at."""

    assessed = models.OneToOneField(Assessed, on_delete=models.CASCADE, related_name="review_case")
    team = models.ForeignKey(ReviewTeam, on_delete=models.CASCADE, related_name="cases")

    class Meta:
        verbose_name = verbose_name_plural = "复核单位"
        ordering = ["team_id", "assessed_id"]

    def __str__(self) -> str:
        return str(self.assessed)
