import uuid

from django.conf import settings
from django.db import models

from assessments.cycles.models import ASSESSED, Assessed
from core.actor import Actor
from core.privacy import Personal
from core.states import Machine, Move
from orgs.access import in_scope
from orgs.permissions import Permission

from ..enums import ItemState, SeatState, Why


class ReviewItem(models.Model):
    """One indicator of one of the assessed that reviewers look at."""

    assessed = models.ForeignKey(Assessed, on_delete=models.CASCADE, related_name="review_items")
    indicator = models.CharField("指标", max_length=40)
    why = models.CharField("为什么看", max_length=12, choices=Why)
    # How many mark it by themselves, before a third is asked.
    wanted = models.PositiveSmallIntegerField("几人评")
    state = models.CharField("状态", max_length=8, choices=ItemState, default=ItemState.OPEN)
    done_at = models.DateTimeField("评齐于", null=True)

    machine = Machine(
        state="state",
        moves={
            "ask": Move("请第三人评", from_=[ItemState.OPEN], to=ItemState.THIRD),
            "finish": Move("评齐", from_=[ItemState.OPEN, ItemState.THIRD], to=ItemState.DONE),
            "reopen": Move("重评", from_=[ItemState.THIRD, ItemState.DONE], to=ItemState.OPEN),
        },
        refusal="这一项现在是“{state}”，这一步已不适用。",
    )

    class Meta:
        verbose_name = verbose_name_plural = "复核项"
        ordering = ["assessed_id", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["assessed", "indicator"], name="review_item_once"),
        ]

    def __str__(self) -> str:
        return f"{self.assessed_id} {self.indicator}"


class ReviewSeatQuerySet(models.QuerySet["ReviewSeat"]):
    def visible_to(
        self, actor: Actor | None, permission: str = Permission.ASSESSMENT_REVIEW
    ) -> "ReviewSeatQuerySet":
        """The person's own seats, at organisations that he is still named for in that cycle: nothing
        of whom he keeps out of, and nothing of anybody else's."""
        if actor is None or actor.user_id is None:
            return self.none()
        here = in_scope(
            actor,
            permission,
            "item__assessed__organization",
            subjects={ASSESSED: "item__assessed_id"},
        )
        return self.filter(here, user_id=actor.user_id).exclude(state=SeatState.LEFT)


class ReviewSeat(models.Model):
    """One reviewer's part of an item: his mark, which nobody sees before all are given. `facts` is
    rule -> mark, in the words of the rule; without any what was counted stands."""

    PRIVACY = {
        "name": Personal("to know who reviews"),
        "facts": Personal("the mark as it was given; may name people"),
        "reason": Personal("why it was given; may name people"),
    }

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    item = models.ForeignKey(ReviewItem, on_delete=models.CASCADE, related_name="seats")
    number = models.PositiveSmallIntegerField("第几位")
    # Nobody: somebody has to be named for it.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    name = models.CharField("姓名", max_length=100, blank=True)
    state = models.CharField("状态", max_length=8, choices=SeatState, default=SeatState.OPEN)
    facts = models.JSONField("评分", default=dict)
    reason = models.CharField("理由", max_length=300, blank=True)
    given_at = models.DateTimeField("评于", null=True)
    # What there was to look at when it was given, and how much of it had never been opened.
    n_evidence = models.PositiveSmallIntegerField("佐证份数", default=0)
    n_unopened = models.PositiveSmallIntegerField("未看份数", default=0)
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = ReviewSeatQuerySet.as_manager()
    machine = Machine(
        state="state",
        revision="revision",
        moves={
            "give": Move("评分", from_=[SeatState.OPEN, SeatState.GIVEN], to=SeatState.GIVEN),
            "again": Move("重评", from_=[SeatState.GIVEN], to=SeatState.OPEN),
            "leave": Move("移交", from_=[SeatState.OPEN, SeatState.GIVEN], to=SeatState.LEFT),
        },
        refusal="这一项现在是“{state}”，这一步已不适用。请刷新页面查看最新情况。",
        stale="你在另一个窗口里改过这一项。填的内容还在下面，核对后再保存一次，就以这里填的为准。",
    )

    class Meta:
        verbose_name = verbose_name_plural = "复核评分"
        ordering = ["item_id", "number"]
        indexes = [models.Index(fields=["user", "state"], name="review_seat_of_user")]
        constraints = [
            models.UniqueConstraint(
                fields=["item", "number"],
                condition=~models.Q(state=SeatState.LEFT),
                name="review_seat_once",
            ),
            models.UniqueConstraint(fields=["item", "user"], name="review_seat_of_one"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.number}"


class EvidenceLook(models.Model):
    """That a piece of evidence was opened from a seat. When is not kept: nobody's time is measured."""

    seat = models.ForeignKey(ReviewSeat, on_delete=models.CASCADE, related_name="looks")
    key = models.CharField("佐证", max_length=80)  # `record:<kind>:<uid>`, `file:<uid>`

    class Meta:
        verbose_name = verbose_name_plural = "已看佐证"
        constraints = [
            models.UniqueConstraint(fields=["seat", "key"], name="evidence_look_once"),
        ]

    def __str__(self) -> str:
        return self.key
