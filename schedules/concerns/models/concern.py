import datetime as dt
import uuid

from django.db import models
from django.db.models import Q
from django.urls import reverse

from core.actor import Actor
from core.crypto import seal, unseal
from core.models.step import Step
from core.privacy import Personal
from core.states import Machine, Move
from orgs.access import in_scope
from orgs.permissions import Permission

from ..enums import OPEN, CallBack, ConcernSource, ConcernState, ConcernStepKind, Urgency


def column(item: str) -> str:
    """The name that an item of a concern is sealed for."""
    return f"concerns.Concern.{item}"


class ConcernQuerySet(models.QuerySet["Concern"]):
    def visible_to(
        self, actor: Actor | None, permission: str = Permission.CONCERN_VIEW
    ) -> "ConcernQuerySet":
        """Those that the actor's organisations deal with, or took in."""
        if actor is None:
            return self.none()
        mine = in_scope(actor, permission) | in_scope(actor, permission, "intake")
        return self.filter(mine)

    def handled_by(self, actor: Actor, permission: str) -> "ConcernQuerySet":
        """Those that organisations deal with at which the actor holds the permission."""
        return self.filter(in_scope(actor, permission))

    def overdue(self, now: dt.datetime) -> "ConcernQuerySet":
        """Not answered in time."""
        return self.filter(state__in=OPEN, due_at__lt=now)


class Concern(models.Model):
    """群众诉求（即知即改）: what a resident asks for, in his own words, until somebody else than who
    dealt with it has called him back."""

    PRIVACY = {
        "text": Personal("to deal with it; may name people"),
        "place": Personal("to find the place; may be somebody's home"),
        "person_sealed": Personal("to answer who asked", "sensitive"),
        "phone_sealed": Personal("to answer who asked", "sensitive"),
        "answer": Personal("to answer who asked; may name people"),
        "way": Personal("how it was solved, to see what is solved alike; may name people"),
        "reason": Personal("why it is not ours; may name people"),
        "redirect": Personal("where to go instead; may name people"),
        "taken_by_name": Personal("to know who took it in"),
        "answered_by_name": Personal("to know who answered"),
        "called_by_name": Personal("to know who called back"),
        "call_note": Personal("what the resident said; may name people"),
    }

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    source = models.CharField("来源", max_length=10, choices=ConcernSource)
    order_number = models.CharField("工单编号", max_length=40, blank=True)
    kind = models.ForeignKey(
        "concerns.ConcernKind",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="concerns",
        verbose_name="类别",
    )
    urgency = models.CharField("缓急", max_length=8, choices=Urgency, default=Urgency.NORMAL)
    text = models.TextField("群众原话", max_length=1000)
    place = models.CharField("地点", max_length=100, blank=True)
    person_sealed = models.TextField("诉求人", blank=True)
    phone_sealed = models.TextField("电话", blank=True)
    is_forgotten = models.BooleanField("联系方式已删去", default=False)

    intake = models.ForeignKey(
        "orgs.Organization", on_delete=models.PROTECT, related_name="+", verbose_name="受理单位"
    )
    organization = models.ForeignKey(
        "orgs.Organization", on_delete=models.PROTECT, related_name="+", verbose_name="承办单位"
    )
    received_at = models.DateTimeField("受理时间")
    taken_by_id = models.BigIntegerField(null=True)
    taken_by_name = models.CharField("受理人", max_length=100)
    due_at = models.DateTimeField("答复期限")

    state = models.CharField(
        "状态", max_length=10, choices=ConcernState, default=ConcernState.WAITING
    )
    revision = models.PositiveIntegerField(default=1, editable=False)
    answer = models.TextField("答复", max_length=1000, blank=True)
    answered_at = models.DateTimeField("答复时间", null=True)
    answered_by_id = models.BigIntegerField(null=True)
    answered_by_name = models.CharField("答复人", max_length=100, blank=True)
    way = models.CharField("办法", max_length=40, blank=True)
    was_late = models.BooleanField("曾逾期", default=False)
    reason = models.CharField("理由", max_length=200, blank=True)
    redirect = models.CharField("该找哪里", max_length=100, blank=True)
    call_back = models.CharField("回访结果", max_length=10, choices=CallBack, blank=True)
    call_note = models.CharField("回访情况", max_length=300, blank=True)
    called_by_name = models.CharField("回访人", max_length=100, blank=True)
    called_at = models.DateTimeField("回访时间", null=True)
    ended_at = models.DateTimeField("结束时间", null=True)
    reopened_count = models.PositiveSmallIntegerField("重新办理次数", default=0)

    objects = ConcernQuerySet.as_manager()
    machine = Machine(
        state="state",
        revision="revision",
        moves={
            "assign": Move("分派", from_=OPEN, to=ConcernState.DOING),
            "pass_up": Move("向上级报送", from_=OPEN, to=ConcernState.WAITING),
            "answer": Move("答复", from_=[ConcernState.DOING], to=ConcernState.ANSWERED),
            "refuse": Move("不属本级", from_=OPEN, to=ConcernState.ELSEWHERE),
            "drop": Move("不作诉求办理", from_=OPEN, to=ConcernState.DROPPED),
            "close": Move("回访", from_=[ConcernState.ANSWERED], to=ConcernState.CLOSED),
            "again": Move("回访", from_=[ConcernState.ANSWERED], to=ConcernState.DOING),
            "reopen": Move(
                "重新办理",
                from_=[ConcernState.CLOSED, ConcernState.ELSEWHERE, ConcernState.DROPPED],
                to=ConcernState.DOING,
            ),
            "hand": Move("转督办", from_=OPEN),
            "inherit": Move("随合并转入", from_=list(ConcernState)),
        },
        refusal="这件诉求现在是“{state}”，这一步已不适用。请刷新页面查看最新情况。",
        stale="另一人刚刚办过这件诉求。刚才填写的内容还在，请对照最新情况核对后再办。",
    )

    class Meta:
        verbose_name = verbose_name_plural = "群众诉求"
        ordering = ["-received_at", "-pk"]
        indexes = [
            models.Index(fields=["organization", "state"], name="concern_of_organization"),
            models.Index(fields=["intake", "-received_at"], name="concern_of_intake"),
            models.Index(fields=["state", "due_at"], name="concern_due"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["order_number"],
                condition=~Q(order_number=""),
                name="concern_order_once",
            ),
        ]

    def __str__(self) -> str:
        text = " ".join(self.text.split())
        return text if len(text) <= 30 else f"{text[:29]}…"

    def get_absolute_url(self) -> str:
        return reverse("concerns:concern-detail", args=[self.uid])

    @property
    def is_open(self) -> bool:
        """Whether nobody has answered yet."""
        return self.state in OPEN

    @property
    def is_unverified(self) -> bool:
        """Whether it came by the public form and nobody has taken it up yet (未核实)."""
        return self.source == ConcernSource.PUBLIC and self.state == ConcernState.WAITING

    def seal_contact(self, person: str, phone: str) -> None:
        """Puts down who asked, sealed for this row."""
        self.person_sealed = seal(person, column=column("person"), row=self.uid)
        self.phone_sealed = seal(phone, column=column("phone"), row=self.uid)

    def contact(self) -> tuple[str, str]:
        """Who asked, and his phone, as they were said."""
        return (
            unseal(self.person_sealed, column=column("person"), row=self.uid),
            unseal(self.phone_sealed, column=column("phone"), row=self.uid),
        )


class ConcernStep(Step):
    """One step of a concern's way, as its timeline shows it."""

    concern = models.ForeignKey(Concern, on_delete=models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=12, choices=ConcernStepKind)

    class Meta(Step.Meta):
        verbose_name = verbose_name_plural = "诉求经过"

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%m-%d}"
