import datetime as dt
from collections.abc import Iterable

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from core.actor import Actor
from core.models import Attachment
from core.models.step import Step
from core.privacy import Personal
from core.states import Kept, Machine, Move
from orgs.models import Organization
from orgs.permissions import Permission

from ..enums import (
    UNDER_WAY,
    ActionState,
    ActionStepKind,
    Category,
    Cause,
    ExtensionState,
    Look,
    Priority,
    Shape,
)
from .extension import Extension

LOOKS_ARE_TOLD_FOR = 60  # days after the first on which one can look again


def overdue_in_receipt(line: dt.date) -> Q:
    """Not received in time; of an item, or of how one stood. `line`: see `rules.overdue_line`."""
    return Q(state=ActionState.ISSUED, receipt_due_on__lt=line)


def overdue_in_completion(line: dt.date) -> Q:
    """Not reported as done in time. An item without a date never is, nor one that waits."""
    return Q(state__in=[ActionState.ISSUED, ActionState.DOING], due_on__lt=line)


def overdue_by_either(line: dt.date) -> Q:
    """The condition of `overdue`, for counting several things at once."""
    return overdue_in_receipt(line) | overdue_in_completion(line)


class ActionItemQuerySet(models.QuerySet["ActionItem"]):
    def visible_to(
        self, actor: Actor | None, permission: str = Permission.ACTION_VIEW
    ) -> "ActionItemQuerySet":
        """Items that the actor's organisations have to do, gave out, or hold up. What is only
        drafted, and what has been cancelled as a draft, is seen by those who give it out."""
        if actor is None:
            return self.none()
        # By range of the tree first: joined, three times over, the whole of it would be read.
        places = Organization.objects.visible_to(actor, permission).values("pk")
        mine = Q(owner__in=places) | Q(waiting_for__in=places)
        return self.filter((mine & ~Q(issued_at=None)) | Q(issuer__in=places))

    def open_to(self, actor: Actor, ids: Iterable[int | None]) -> set[int]:
        """Those of the ids whose items the actor may open. One query, none without ids."""
        wanted = {pk for pk in ids if pk is not None}
        return set(self.visible_to(actor).filter(pk__in=wanted).values_list("pk", flat=True))

    def under_way(self) -> "ActionItemQuerySet":
        """Issued, and neither closed nor cancelled (在办)."""
        return self.filter(state__in=UNDER_WAY)

    def counted(self) -> "ActionItemQuerySet":
        """What figures count: an item for many organisations by its parts, never beside them."""
        return self.exclude(shape=Shape.SHARED)

    def overdue(self, line: dt.date) -> "ActionItemQuerySet":
        """By either clock."""
        return self.filter(overdue_by_either(line))

    def held_up(self, line: dt.date) -> "ActionItemQuerySet":
        """The other unit, for which the owner waits, is over its own time."""
        return self.filter(state=ActionState.WAITING, waiting_due_on__lt=line)

    def held_by(self, organization: Organization) -> "ActionItemQuerySet":
        """What the organisation still has to do, drafted for it or given out to it. An item for
        many is with its parts."""
        return self.counted().filter(owner=organization, state__in=[ActionState.DRAFT, *UNDER_WAY])

    def to_tell(self, today: dt.date, near: dt.date) -> "ActionItemQuerySet":
        """Of which somebody may have to be told in a digest: not received, due by `near`, waiting
        for a unit or for who checks, to be looked at again. An item for many goes by its parts."""
        wanted = Q(state__in=[ActionState.ISSUED, ActionState.WAITING, ActionState.REPORTED])
        wanted |= Q(state=ActionState.DOING, due_on__lte=near)
        asked = Extension.objects.filter(state=ExtensionState.ASKED)
        wanted |= Q(state=ActionState.DOING, pk__in=asked.values("item_id"))
        look_from = today - dt.timedelta(days=LOOKS_ARE_TOLD_FOR)
        wanted |= Q(state=ActionState.CLOSED, look=Look.NONE, look_from__range=(look_from, today))
        return self.counted().filter(wanted)

    def to_look_at(self, today: dt.date) -> "ActionItemQuerySet":
        """Closed 60 days ago or more, and nobody else has looked again."""
        return self.filter(state=ActionState.CLOSED, look=Look.NONE, look_from__lte=today).exclude(
            shape=Shape.SHARED
        )


class ActionItem(models.Model):
    """督办事项: one organisation has to do something by a date; somebody else closes it.

    An item for many organisations (`Shape.SHARED`) is one row with a part for each, which carries
    its number with a place behind it; the whole is owned by who issued it and closes with its last part.
    """

    PRIVACY = {
        "title": Personal("to have it done; may name people"),
        "demand": Personal("to have it done; may name people"),
        "measure": Personal("to see how it is to be done; may name people"),
        "result": Personal("to see that it was done; may name people"),
        "source_label": Personal("to know what it came from; may name people"),
        "waiting_note": Personal("to know what it waits for; may name people"),
        "responsible_name": Personal("to know who sees to it"),
        "leader_name": Personal("to know which leader answers for it"),
        "issued_by_name": Personal("to know who gave it out"),
        "received_by_name": Personal("to know who took it on"),
        "reported_by_name": Personal("to know who reported it as done"),
        "verified_by_name": Personal("to know who closed it"),
        "verify_note": Personal("to know on what ground it was closed; may name people"),
        "looked_by_name": Personal("to know who looked again"),
        "look_note": Personal("to know what was found; may name people"),
    }

    # --- its number, and what it is ---
    issuer = models.ForeignKey(
        "orgs.Organization",
        on_delete=models.PROTECT,
        related_name="issued_items",
        verbose_name="交办单位",
    )
    year = models.PositiveSmallIntegerField("年度")
    serial = models.PositiveIntegerField("编号")
    part = models.PositiveSmallIntegerField("分号", default=0)
    shape = models.CharField("形式", max_length=8, choices=Shape, default=Shape.SINGLE)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    title = models.CharField("事项", max_length=100)
    demand = models.TextField("要求", max_length=2000, blank=True)
    priority = models.CharField("缓急", max_length=10, choices=Priority, default=Priority.NORMAL)
    category = models.CharField("类别", max_length=12, choices=Category, default=Category.OTHER)
    cause = models.CharField("原因", max_length=12, choices=Cause, default=Cause.UNKNOWN)
    source_kind = models.CharField("来源", max_length=20)
    source_id = models.BigIntegerField(null=True)
    source_label = models.CharField("来源说明", max_length=100, blank=True)
    relapse_of = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="relapses"
    )

    # --- who ---
    owner = models.ForeignKey(
        "orgs.Organization",
        on_delete=models.PROTECT,
        related_name="action_items",
        verbose_name="责任单位",
    )
    responsible_id = models.BigIntegerField(null=True)
    responsible_name = models.CharField("责任人", max_length=50, blank=True)
    leader_name = models.CharField("分管领导", max_length=50, blank=True)

    # --- where it stands ---
    state = models.CharField("状态", max_length=10, choices=ActionState, default=ActionState.DRAFT)
    revision = models.PositiveIntegerField(default=1)
    drafted_at = models.DateTimeField("起草于")
    drafted_by_id = models.BigIntegerField(null=True)
    issued_at = models.DateTimeField("交办于", null=True)
    issued_by_id = models.BigIntegerField(null=True)
    issued_by_name = models.CharField("交办人", max_length=100, blank=True)
    returned_count = models.PositiveSmallIntegerField("退回次数", default=0)

    # --- the first clock: receipt ---
    receipt_due_on = models.DateField("签收期限", null=True)
    received_at = models.DateTimeField("签收于", null=True)
    received_by_name = models.CharField("签收人", max_length=100, blank=True)
    receipt_late_days = models.PositiveSmallIntegerField("签收逾期天数", default=0)

    # --- the second clock: completion; without a date it does not run ---
    due_on = models.DateField("期限", null=True, blank=True)
    original_due_on = models.DateField("原定期限", null=True)
    extension_count = models.PositiveSmallIntegerField("延期次数", default=0)
    late_days = models.PositiveSmallIntegerField("逾期天数", default=0)
    measure = models.CharField("措施", max_length=1000, blank=True)
    result = models.CharField("办理结果", max_length=1000, blank=True)
    reported_at = models.DateTimeField("报结于", null=True)
    reported_by_id = models.BigIntegerField(null=True)
    reported_by_name = models.CharField("报结人", max_length=100, blank=True)

    # --- waiting for another unit: its clock runs, the owner's stands ---
    waiting_for = models.ForeignKey(
        "orgs.Organization", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    waiting_name = models.CharField("等的单位", max_length=100, blank=True)
    waiting_note = models.CharField("等什么", max_length=300, blank=True)
    waiting_since = models.DateField("起等日期", null=True)
    waiting_due_on = models.DateField("对方期限", null=True)
    waited_days = models.PositiveSmallIntegerField("累计等待工作日", default=0)

    # --- closed, and looked at again ---
    verified_at = models.DateTimeField("销号于", null=True)
    verified_by_id = models.BigIntegerField(null=True)
    verified_by_name = models.CharField("核验人", max_length=100, blank=True)
    verify_note = models.CharField("核验意见", max_length=300, blank=True)
    look_from = models.DateField("回头看起", null=True)
    look_until = models.DateField("回头看止", null=True)
    look = models.CharField("回头看", max_length=10, choices=Look, blank=True, default=Look.NONE)
    looked_at = models.DateTimeField(null=True)
    looked_by_name = models.CharField(max_length=100, blank=True)
    look_note = models.CharField("回头看情况", max_length=300, blank=True)

    objects = ActionItemQuerySet.as_manager()
    machine = Machine(
        state="state",
        revision="revision",
        moves={
            "edit": Move("修改", from_=[ActionState.DRAFT]),
            "issue": Move("交办", from_=[ActionState.DRAFT], to=ActionState.ISSUED),
            "issue_shared": Move("交办", from_=[ActionState.DRAFT], to=ActionState.DOING),
            "receive": Move("签收", from_=[ActionState.ISSUED], to=ActionState.DOING),
            "progress": Move("登记进展", from_=[ActionState.DOING, ActionState.WAITING]),
            "wait": Move("等别的单位", from_=[ActionState.DOING], to=ActionState.WAITING),
            "resume": Move("恢复办理", from_=[ActionState.WAITING], to=ActionState.DOING),
            "report": Move(
                "报结", from_=[ActionState.DOING, ActionState.WAITING], to=ActionState.REPORTED
            ),
            "withdraw": Move("撤回报结", from_=[ActionState.REPORTED], to=ActionState.DOING),
            "verify": Move("销号", from_=[ActionState.REPORTED], to=ActionState.CLOSED),
            "return": Move("退回", from_=[ActionState.REPORTED], to=ActionState.DOING),
            "complete": Move("销号", from_=[ActionState.DOING], to=ActionState.CLOSED),
            "extend": Move(
                "延期", from_=[ActionState.ISSUED, ActionState.DOING, ActionState.WAITING]
            ),
            "transfer": Move(
                "转办",
                from_=[ActionState.ISSUED, ActionState.DOING, ActionState.WAITING],
                to=ActionState.ISSUED,
            ),
            "cancel": Move("作废", from_=[ActionState.DRAFT, *UNDER_WAY], to=ActionState.CANCELLED),
            "inherit": Move("随合并转入", from_=[ActionState.DRAFT, *UNDER_WAY]),
            "gather": Move("并入", from_=UNDER_WAY),
        },
        refusal="这项督办现在是“{state}”，这一步已不适用。请刷新页面查看最新情况。",
        stale="另一人刚刚改过这项督办。请核对下面的最新情况后再办。",
        kept=Kept(
            "standings",
            ("owner", "state", "receipt_due_on", "due_on"),
            while_=Q(state__in=UNDER_WAY) & ~Q(shape=Shape.SHARED),
        ),
    )
    looks = Machine(
        state="look",
        moves={
            "last": Move("长效", from_=[Look.NONE], to=Look.LASTING),
            "relapse": Move("反弹", from_=[Look.NONE], to=Look.RELAPSED),
        },
        refusal="这项督办已经有人回头看过。",
    )

    class Meta:
        verbose_name = verbose_name_plural = "督办事项"
        ordering = ["-year", "-serial", "part"]
        indexes = [
            models.Index(fields=["owner", "state"], name="action_of_owner"),
            models.Index(fields=["state", "due_on"], name="action_due"),
            models.Index(fields=["source_kind", "source_id"], name="action_source"),
            models.Index(fields=["category", "cause"], name="action_alike"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "year", "serial", "part"], name="action_number_once"
            ),
            models.CheckConstraint(
                condition=Q(verified_by_id=None)
                | Q(reported_by_id=None)
                | ~Q(verified_by_id=F("reported_by_id")),
                name="action_closed_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("action_items:item-detail", args=[self.pk])

    @property
    def number(self) -> str:
        """Its number as documents write it: 〔2026〕62号, a part of it 〔2026〕62号之3."""
        return f"〔{self.year}〕{self.serial}号" + (f"之{self.part}" if self.part else "")

    @property
    def owner_ids(self) -> set[int]:
        """Who has to do it: the owner; of an item for many those of its parts. One query, none
        where the parts are prefetched."""
        return {part.owner_id for part in self.children.all()} or {self.owner_id}

    @property
    def is_under_way(self) -> bool:
        """Issued, and neither closed nor cancelled."""
        return self.state in UNDER_WAY


class ActionStep(Step):
    """One step of an item's way, as its timeline shows it."""

    item = models.ForeignKey(ActionItem, on_delete=models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=12, choices=ActionStepKind)

    class Meta(Step.Meta):
        verbose_name = verbose_name_plural = "督办经过"

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%m-%d}"


class ActionLink(models.Model):
    """Where an item came from or came up again: a meeting, a report, a concern."""

    PRIVACY = {"label": Personal("to know what it came from; may name people")}

    item = models.ForeignKey(ActionItem, on_delete=models.CASCADE, related_name="links")
    source_kind = models.CharField("来源", max_length=20)
    source_id = models.BigIntegerField()
    label = models.CharField("说明", max_length=100)
    at = models.DateTimeField("提到于")

    class Meta:
        verbose_name = verbose_name_plural = "督办关联"
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["source_kind", "source_id"], name="action_link_source")]
        constraints = [
            models.UniqueConstraint(
                fields=["item", "source_kind", "source_id"], name="action_link_once"
            ),
        ]

    def __str__(self) -> str:
        return self.label


class ActionNotice(models.Model):
    """That somebody was told of an item's stage in a digest: each is told once."""

    item = models.ForeignKey(ActionItem, on_delete=models.CASCADE, related_name="notices")
    user_id = models.BigIntegerField()
    stage = models.CharField(max_length=40)
    told_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = "督办提醒"
        constraints = [
            models.UniqueConstraint(fields=["item", "user_id", "stage"], name="action_notice_once"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.stage}"


class ActionAttachment(Attachment):
    """A file that shows what was done; whoever may see the item may see it."""

    item = models.ForeignKey(ActionItem, on_delete=models.CASCADE, related_name="attachments")

    class Meta:
        verbose_name = verbose_name_plural = "督办附件"
        constraints = [
            models.UniqueConstraint(
                fields=["item", "sha256"],
                condition=Q(state="ready"),
                name="action_attachment_once",
            ),
        ]
