import datetime as dt
import uuid

from django.db import models
from django.db.models import Q
from django.urls import reverse

from core.actor import Actor
from core.privacy import Personal
from core.states import Machine, Move
from orgs.access import in_scope
from orgs.permissions import Permission

from ..enums import TO_COME, MeetingForm, MeetingState, Presence


class MeetingSeriesQuerySet(models.QuerySet["MeetingSeries"]):
    def visible_to(
        self, actor: Actor | None, permission: str = Permission.DISPATCH_VIEW
    ) -> "MeetingSeriesQuerySet":
        """Those that the actor's organisations hold."""
        if actor is None:
            return self.none()
        return self.filter(in_scope(actor, permission))

    def open_to(self, actor: Actor) -> "MeetingSeriesQuerySet":
        """Those in which the actor may propose topics: his own, and those held above him."""
        if Permission.DISPATCH_PROPOSE not in actor.permissions:
            return self.none()
        path = actor.organization_path
        above = [path[:end] for end in range(5, len(path) + 1, 5)]
        return self.filter(organization__path__in=above, is_ended=False)


class MeetingSeries(models.Model):
    """A meeting that comes again: who is called, how long it lasts, and the backlog of topics."""

    PRIVACY = {"chair_name": Personal("to know who chairs")}

    organization = models.ForeignKey(
        "orgs.Organization", on_delete=models.PROTECT, related_name="+", verbose_name="召集单位"
    )
    name = models.CharField("名称", max_length=60)
    form = models.CharField(
        "形式", max_length=20, choices=MeetingForm, default=MeetingForm.GROUP_REPORT
    )
    cap_minutes = models.PositiveSmallIntegerField("全程不超过（分钟）", default=90)
    speech_minutes = models.PositiveSmallIntegerField("每人发言不超过（分钟）", default=8)
    place = models.CharField("地点", max_length=100, blank=True)
    chair_name = models.CharField("主持人", max_length=50, blank=True)
    posts = models.JSONField("应到职务", default=list)  # values of orgs.enums.Post
    is_ended = models.BooleanField("不再召开", default=False)
    revision = models.PositiveIntegerField(default=1)

    objects = MeetingSeriesQuerySet.as_manager()
    machine = Machine(
        revision="revision",
        moves={"edit": Move("修改")},
        stale="另一人刚刚改过这个系列。请核对后再改。",
    )

    class Meta:
        verbose_name = verbose_name_plural = "调度会系列"
        constraints = [
            models.UniqueConstraint(fields=["organization", "name"], name="series_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


class DispatchMeetingQuerySet(models.QuerySet["DispatchMeeting"]):
    def visible_to(
        self, actor: Actor | None, permission: str = Permission.DISPATCH_VIEW
    ) -> "DispatchMeetingQuerySet":
        """Meetings that the actor's organisations hold, as drafts only for who keeps them; and,
        once they are called, those to which one of his organisations is called."""
        if actor is None:
            return self.none()
        called = Attendance.objects.filter(in_scope(actor, permission)).values("meeting_id")
        held = in_scope(actor, permission)
        kept = in_scope(actor, Permission.DISPATCH_EDIT)
        told = (held | Q(pk__in=called)) & ~Q(state=MeetingState.DRAFT)
        return self.filter(told | (held & kept))

    def with_counts(self) -> "DispatchMeetingQuerySet":
        """With `n_cards` on the agenda and `n_minutes` that they take."""
        on_agenda = Q(cards__is_removed=False)
        return self.annotate(
            n_cards=models.Count("cards", filter=on_agenda),
            n_minutes=models.Sum("cards__minutes", filter=on_agenda, default=0),
        )

    def to_come(self) -> "DispatchMeetingQuerySet":
        """Not begun, and not cancelled."""
        return self.filter(state__in=TO_COME)


class DispatchMeeting(models.Model):
    """一次调度会. While it is a draft nobody is told; when it is closed it is locked."""

    PRIVACY = {
        "chair_name": Personal("to know who chairs"),
        "recorder_name": Personal("to know who keeps the minutes"),
        "cancel_reason": Personal("to tell why it is not held; may name people"),
        "left_out": Personal("what could come onto the agenda; may name people"),
    }

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    series = models.ForeignKey(MeetingSeries, on_delete=models.PROTECT, related_name="meetings")
    organization = models.ForeignKey(
        "orgs.Organization", on_delete=models.PROTECT, related_name="+", verbose_name="召集单位"
    )
    period = models.CharField("期间", max_length=8)
    title = models.CharField("会议名称", max_length=80)
    form = models.CharField("形式", max_length=20, choices=MeetingForm)
    starts_at = models.DateTimeField("开始")
    place = models.CharField("地点", max_length=100, blank=True)
    chair_name = models.CharField("主持人", max_length=50, blank=True)
    recorder_name = models.CharField("记录人", max_length=50, blank=True)
    cap_minutes = models.PositiveSmallIntegerField("全程不超过（分钟）")
    speech_minutes = models.PositiveSmallIntegerField("每人发言不超过（分钟）")
    state = models.CharField(
        "状态", max_length=10, choices=MeetingState, default=MeetingState.DRAFT
    )
    revision = models.PositiveIntegerField(default=1)
    sequence = models.PositiveSmallIntegerField("日程版本", default=0)  # of RFC 5545
    changed_at = models.DateTimeField("改于")  # what its pages show; the room asks by it
    called_at = models.DateTimeField("通知于", null=True)
    opened_at = models.DateTimeField("开始于", null=True)
    closed_at = models.DateTimeField("闭会于", null=True)
    cancel_reason = models.CharField("取消原因", max_length=300, blank=True)
    # What its agenda found by itself and did not take, weightiest first: {origin, topic, title} each.
    left_out = models.JSONField("没有列入的异常", default=list)
    drafted_at = models.DateTimeField("异常算于", null=True)

    objects = DispatchMeetingQuerySet.as_manager()
    machine = Machine(
        state="state",
        revision="revision",
        touched="changed_at",
        moves={
            "edit": Move("修改", from_=TO_COME),
            "arrange": Move("排议程", from_=TO_COME),
            "record": Move("记录", from_=[MeetingState.OPEN]),
            "attend": Move("登记到会", from_=[MeetingState.CALLED, MeetingState.OPEN]),
            "call": Move("通知", from_=[MeetingState.DRAFT], to=MeetingState.CALLED),
            "open": Move("开会", from_=[MeetingState.CALLED], to=MeetingState.OPEN),
            "close": Move("闭会", from_=[MeetingState.OPEN], to=MeetingState.CLOSED),
            "cancel": Move("取消", from_=TO_COME, to=MeetingState.CANCELLED),
            "amend": Move("更正", from_=[MeetingState.CLOSED]),
        },
        refusal="这次会议现在是“{state}”，这一步已不适用。请刷新页面查看最新情况。",
        stale="另一人刚刚改过这次会议。请核对下面的最新情况后再改。",
    )

    class Meta:
        verbose_name = verbose_name_plural = "调度会"
        ordering = ["-starts_at", "-pk"]
        indexes = [models.Index(fields=["organization", "starts_at"], name="meeting_of_holder")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("dispatch:meeting-detail", args=[self.pk])

    @property
    def ends_at(self) -> dt.datetime:
        """When it is over at the latest, as planned."""
        return self.starts_at + dt.timedelta(minutes=self.cap_minutes)

    @property
    def is_tour(self) -> bool:
        """Whether it goes from stop to stop (统一观摩)."""
        return self.form == MeetingForm.OBSERVATION_TOUR

    @property
    def is_to_come(self) -> bool:
        """Neither begun nor cancelled: its agenda can be arranged."""
        return self.state in TO_COME


class Attendance(models.Model):
    """Somebody who is called to a meeting by his post; the recorder writes down who came."""

    PRIVACY = {
        "person_name": Personal("to know who is called"),
        "deputy_name": Personal("to know who comes in his stead"),
        "reason": Personal("to know why somebody does not come", "sensitive"),
    }

    meeting = models.ForeignKey(
        DispatchMeeting, on_delete=models.CASCADE, related_name="attendances"
    )
    organization = models.ForeignKey(
        "orgs.Organization", on_delete=models.PROTECT, related_name="+"
    )
    post = models.CharField("职务", max_length=32)
    person_name = models.CharField("姓名", max_length=50, blank=True)  # empty: vacant
    user_id = models.BigIntegerField(null=True)
    presence = models.CharField(
        "到会", max_length=12, choices=Presence, default=Presence.UNRECORDED
    )
    deputy_name = models.CharField("代会人", max_length=50, blank=True)
    reason = models.CharField("原因", max_length=100, blank=True)

    machine = Machine(
        state="presence",
        moves={
            "come": Move("到会", to=Presence.PRESENT),
            "deputy": Move("代会", to=Presence.DEPUTY),
            "miss": Move("缺席", to=Presence.ABSENT),
            "clear": Move("清除", to=Presence.UNRECORDED),
        },
    )

    class Meta:
        verbose_name = verbose_name_plural = "应到人员"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "organization", "post", "person_name"], name="called_once"
            ),
        ]

    def __str__(self) -> str:
        return self.person_name


class Amendment(models.Model):
    """A correction of the minutes after the meeting was closed, with the name of who made it."""

    PRIVACY = {
        "text": Personal("the minutes; may name people"),
        "by_name": Personal("to know who corrected the minutes"),
    }

    meeting = models.ForeignKey(
        DispatchMeeting, on_delete=models.CASCADE, related_name="amendments"
    )
    card = models.ForeignKey(
        "dispatch.AgendaCard", null=True, on_delete=models.CASCADE, related_name="amendments"
    )
    text = models.CharField("更正", max_length=500)
    by_name = models.CharField(max_length=100)
    at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = "更正"
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return self.text[:40]
