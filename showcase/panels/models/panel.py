import uuid
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.actor import Actor
from core.privacy import Personal
from core.states import Machine, Move
from orgs.access import in_scope
from orgs.permissions import Permission

from ..enums import PanelState, SeatState
from ..rules import MOST_OPINION, MOST_REASON, MOST_TITLE, Criterion, Opinion, thawed


class PanelQuerySet(models.QuerySet["Panel"]):
    def visible_to(
        self, actor: Actor | None, permission: str = Permission.SHOWCASE_MANAGE
    ) -> "PanelQuerySet":
        """Those that the actor's organisation, or one below it, arranges."""
        if actor is None:
            return self.none()
        return self.filter(in_scope(actor, permission))

    def under_way(self) -> "PanelQuerySet":
        """Neither closed nor cancelled."""
        return self.filter(state=PanelState.OPEN)


class Panel(models.Model):
    """评审: named people judge one thing, each alone. What that thing is says the register of
    subjects; title and criteria stay as they were when it was opened."""

    PRIVACY = {
        "title": Personal("what is judged; may name people"),
        "reason": Personal("why it was cancelled; may name people"),
        "opened_by_name": Personal("to know who arranged it"),
        "ended_by_name": Personal("to know who closed or cancelled it"),
    }

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField("事项", max_length=40)
    subject = models.UUIDField("评审对象")
    organization = models.ForeignKey(
        "orgs.Organization", on_delete=models.PROTECT, related_name="+", verbose_name="组织评审"
    )
    judged = models.ForeignKey(
        "orgs.Organization", on_delete=models.PROTECT, related_name="+", verbose_name="被评单位"
    )
    title = models.CharField("名称", max_length=MOST_TITLE)
    criteria = models.JSONField("评分项", default=list, blank=True)  # key, name, full points
    least = models.PositiveSmallIntegerField("至少几人")
    due_on = models.DateField("评审截止")
    state = models.CharField("状态", max_length=10, choices=PanelState, default=PanelState.OPEN)
    reason = models.CharField("取消理由", max_length=MOST_REASON, blank=True)
    opened_at = models.DateTimeField("安排于")
    opened_by_name = models.CharField(max_length=100)
    ended_at = models.DateTimeField("结束于", null=True)
    ended_by_name = models.CharField(max_length=100, blank=True)
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = PanelQuerySet.as_manager()
    machine = Machine(
        state="state",
        revision="revision",
        moves={
            "arrange": Move("调整评审人", from_=[PanelState.OPEN]),
            "close": Move("结束评审", from_=[PanelState.OPEN], to=PanelState.CLOSED),
            "inherit": Move("转给合并后的单位", from_=[PanelState.OPEN]),
            "cancel": Move("取消评审", from_=[PanelState.OPEN], to=PanelState.CANCELLED),
        },
        refusal="这次评审现在是“{state}”，这一步已不适用。请刷新页面查看最新情况。",
        stale="另一人刚刚改过这次评审的安排。你填的还在下面，核对后再保存一次，就以你填的为准。",
    )

    class Meta:
        verbose_name = verbose_name_plural = "评审"
        ordering = ["-opened_at", "-pk"]
        indexes = [
            models.Index(fields=["kind", "subject"], name="panel_of_subject"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject"],
                condition=Q(state="open"),
                name="panel_open_once",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        """Whether opinions are still given."""
        return self.state == PanelState.OPEN

    @property
    def is_closed(self) -> bool:
        """Whether it came to a result."""
        return self.state == PanelState.CLOSED

    @property
    def judged_by(self) -> list[Criterion]:
        """What it gives points for; nothing where it says yes or no alone."""
        return thawed(self.criteria)


class PanelSeatQuerySet(models.QuerySet["PanelSeat"]):
    def visible_to(self, actor: Actor | None) -> "PanelSeatQuerySet":
        """The person's own seats, of what was not cancelled, as long as he judges: nothing of
        anybody else's, and nothing of what he keeps out of."""
        if actor is None or actor.user_id is None:
            return self.none()
        return self.filter(user_id=actor.user_id, state=SeatState.SITS).exclude(
            panel__state=PanelState.CANCELLED
        )

    def sitting(self) -> "PanelSeatQuerySet":
        """Of who judges."""
        return self.filter(state=SeatState.SITS)

    def given(self) -> "PanelSeatQuerySet":
        """Of who judges and gave an opinion."""
        return self.sitting().exclude(given_at=None)


class PanelSeat(models.Model):
    """One of the people who judge, and the opinion, which nobody else sees before the panel is
    closed."""

    PRIVACY = {
        "name": Personal("to know who judges"),
        "reason": Personal("why somebody keeps out; may name people"),
        "agrees": Personal("the opinion as it was given"),
        "opinion": Personal("the opinion as it was given; may name people"),
        "scores": Personal("the points as they were given"),
    }

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    panel = models.ForeignKey(Panel, on_delete=models.CASCADE, related_name="seats")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    name = models.CharField("姓名", max_length=100)
    state = models.CharField("参加", max_length=6, choices=SeatState, default=SeatState.SITS)
    reason = models.CharField("回避理由", max_length=MOST_REASON, blank=True)
    agrees = models.BooleanField("是否同意", null=True)
    opinion = models.TextField("意见", max_length=MOST_OPINION, blank=True)
    scores = models.JSONField("评分", default=dict, blank=True)
    given_at = models.DateTimeField("评于", null=True)
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = PanelSeatQuerySet.as_manager()
    machine = Machine(
        state="state",
        revision="revision",
        moves={
            "give": Move("评审", from_=[SeatState.SITS]),
            "step_out": Move("回避", from_=[SeatState.SITS], to=SeatState.OUT),
            "leave": Move("不再参加", from_=[SeatState.SITS], to=SeatState.LEFT),
            "come_back": Move("再参加", from_=[SeatState.LEFT], to=SeatState.SITS),
        },
        refusal="你在这次评审里现在是“{state}”，这一步已不适用。",
        stale="你在另一个窗口里改过这份意见。填的内容还在下面，核对后再保存一次，就以这里填的为准。",
    )

    class Meta:
        verbose_name = verbose_name_plural = "评审席位"
        ordering = ["panel_id", "pk"]
        indexes = [models.Index(fields=["user", "state"], name="panel_seat_of_user")]
        constraints = [
            models.UniqueConstraint(fields=["panel", "user"], name="panel_seat_once"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def asked_key(self) -> str:
        """The key of the message that asks to judge."""
        return f"panel:{self.uid}:named"

    @property
    def is_given(self) -> bool:
        """Whether there is an opinion."""
        return self.given_at is not None

    @property
    def points(self) -> dict[str, Decimal]:
        """The points by criterion."""
        return {key: Decimal(text) for key, text in self.scores.items()}

    @property
    def given(self) -> Opinion:
        """The opinion, as it is counted."""
        return Opinion(bool(self.agrees), self.points)
