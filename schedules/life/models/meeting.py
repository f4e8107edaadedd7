import uuid

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from core.actor import Actor
from core.models import Attachment
from core.models.step import Step
from core.privacy import Personal
from core.states import Machine, Move
from orgs.access import in_scope
from orgs.permissions import Permission

from ..enums import HELD, LifeStepKind, MeetingKind, MeetingState, Roll
from ..rules import RULES, Tally
from .joint import Invitation
from .versions import VersionedQuerySet, superseding


class MeetingQuerySet(VersionedQuerySet["Meeting"]):
    def visible_to(
        self, actor: Actor | None, permission: str = Permission.LIFE_VIEW
    ) -> "MeetingQuerySet":
        """Records in which one of the actor's organisations took part, or is said to have."""
        if actor is None:
            return self.none()
        units = MeetingUnit.objects.filter(in_scope(actor, permission))
        invited = Invitation.objects.visible_to(actor, permission).open()
        return self.filter(
            Q(pk__in=units.values("meeting_id")) | Q(uid__in=invited.values("record_uid"))
        )

    def held(self) -> "MeetingQuerySet":
        """What counts: not those that were withdrawn."""
        return self.filter(state__in=HELD)


class Meeting(models.Model):
    """One record of organisation life (一次组织生活), as it was written on one occasion.

    What was written is never changed: who writes the record anew makes another row with the same
    `uid` and the next `version`, and the one before is superseded. So a figure that was frozen finds
    the rows again that it counted. Whatever people open, count or send is the latest.
    """

    PRIVACY = {
        "topic": Personal("to know what it was about; may name people"),
        "agenda": Personal("to know what was dealt with; may name people"),
        "summary": Personal("to know what was said; may name people"),
        "resolutions": Personal("to know what was decided; may name people"),
        "guests": Personal("to know who sat in without a vote"),
        "chair_name": Personal("to know who chaired"),
        "speaker_name": Personal("to know who gave the lesson"),
        "recorder_name": Personal("to know who kept the record"),
        "written_by_name": Personal("to know who wrote it down"),
        "return_reason": Personal("to know what is still missing; may name people"),
    }

    # Made by who writes: sent again after a broken line, it is the same record.
    uid = models.UUIDField(default=uuid.uuid4, editable=False)
    version = models.PositiveSmallIntegerField(default=1)
    organization = models.ForeignKey(
        "orgs.Organization",
        on_delete=models.PROTECT,
        related_name="life_meetings",
        verbose_name="召开单位",
    )
    kind = models.CharField("类别", max_length=20, choices=MeetingKind)
    held_on = models.DateField("日期")
    starts_at = models.TimeField("开始", null=True)
    ends_at = models.TimeField("结束", null=True)
    place = models.CharField("地点", max_length=100, blank=True)
    topic = models.CharField("主题", max_length=100)
    chair_name = models.CharField("主持人", max_length=50, blank=True)
    recorder_name = models.CharField("记录人", max_length=50, blank=True)
    speaker_name = models.CharField("讲课人", max_length=50, blank=True)
    agenda = models.TextField("议题", max_length=1000, blank=True)
    summary = models.TextField("内容", max_length=4000, blank=True)
    resolutions = models.TextField("决议", max_length=2000, blank=True)
    guests = models.CharField("列席", max_length=300, blank=True)
    study_minutes = models.PositiveSmallIntegerField("学习时长（分钟）", default=0)
    # The photographed paper is the record; then what is typed may be short.
    is_on_paper = models.BooleanField("以纸质记录为准", default=False)
    # SHA-256 of what was typed without blanks and marks, to find what was copied.
    text_digest = models.CharField(max_length=64, blank=True, editable=False)
    state = models.CharField(
        "状态", max_length=10, choices=MeetingState, default=MeetingState.RECORDED
    )
    return_reason = models.CharField("退回原因", max_length=300, blank=True)
    recorded_at = models.DateTimeField("首次登记于")  # of the first version: when it was entered
    written_at = models.DateTimeField("写于")
    written_by_id = models.BigIntegerField(null=True)
    written_by_name = models.CharField("登记人", max_length=100)
    superseded_at = models.DateTimeField("被替代于", null=True)

    objects = MeetingQuerySet.as_manager()
    machine = Machine(
        state="state",
        moves={
            "thank": Move("谢谢，够了", from_=[MeetingState.RECORDED], to=MeetingState.THANKED),
            "return": Move(
                "退回",
                from_=[MeetingState.RECORDED, MeetingState.THANKED],
                to=MeetingState.RETURNED,
            ),
            "withdraw": Move("撤回", from_=HELD, to=MeetingState.WITHDRAWN),
            "add_file": Move("上传照片", from_=HELD),
            # What the level above has looked at stays as it looked at it.
            "remove_file": Move(
                "移除照片",
                from_=[MeetingState.RECORDED, MeetingState.RETURNED],
                refusal="这份记录现在是“{state}”，照片不能再移除。",
            ),
        },
        refusal="这份记录现在是“{state}”，这一步已不适用。请刷新页面查看最新情况。",
    )
    versions = superseding("另一人刚刚改过这份记录。请核对下面的最新内容后再保存，写的字都在。")

    class Meta:
        verbose_name = verbose_name_plural = "组织生活记录"
        ordering = ["-held_on", "-pk"]
        indexes = [
            models.Index(fields=["organization", "kind", "held_on"], name="life_of_organization"),
            # Of all versions: a number that was frozen is read from those of its moment.
            models.Index(fields=["held_on", "kind"], name="life_of_day"),
            models.Index(fields=["text_digest"], name="life_alike", condition=~Q(text_digest="")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["uid", "version"], name="life_version_once"),
            models.UniqueConstraint(
                fields=["uid"], condition=Q(superseded_at=None), name="life_latest_once"
            ),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(starts_at=None) | Q(ends_at__gt=F("starts_at")),
                name="life_times_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.held_on:%Y-%m-%d}"

    def get_absolute_url(self) -> str:
        return reverse("life:meeting-detail", args=[self.uid])

    @property
    def is_chosen(self) -> bool:
        """Whether nobody is expected: it says who took part."""
        return RULES[MeetingKind(self.kind)].roll == Roll.CHOSEN


class MeetingUnitQuerySet(models.QuerySet["MeetingUnit"]):
    def visible_to(
        self, actor: Actor | None, permission: str = Permission.LIFE_VIEW
    ) -> "MeetingUnitQuerySet":
        """Those of organisations for which the actor holds `permission`."""
        if actor is None:
            return self.none()
        return self.filter(in_scope(actor, permission))


class MeetingUnit(models.Model):
    """One organisation's part in a record: most have one, a joint meeting (联合开展) several.

    Counts are those of the roll as it was saved; attendances of the same rows say who.
    """

    PRIVACY: dict[str, Personal] = {}

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="units")
    organization = models.ForeignKey(
        "orgs.Organization", on_delete=models.PROTECT, related_name="life_units"
    )
    expected_count = models.PositiveSmallIntegerField("应到", default=0)
    present_count = models.PositiveSmallIntegerField("到会", default=0)
    absent_count = models.PositiveSmallIntegerField("缺席", default=0)
    extra_count = models.PositiveSmallIntegerField("不计应到而到会", default=0)
    unexcused_count = models.PositiveSmallIntegerField("没有请假", default=0)

    objects = MeetingUnitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "参加单位"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "organization"], name="unit_once"),
            models.CheckConstraint(
                condition=Q(expected_count=F("present_count") + F("absent_count")),
                name="unit_adds_up",
            ),
        ]

    def __str__(self) -> str:
        return str(self.organization)


class Vote(models.Model):
    """表决: one thing put to the vote, with who could vote and who was there just then."""

    PRIVACY = {"subject": Personal("to know what was voted on; may name people")}

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="votes")
    number = models.PositiveSmallIntegerField("次序")
    subject = models.CharField("表决事项", max_length=100)
    entitled = models.PositiveSmallIntegerField("有表决权")
    present = models.PositiveSmallIntegerField("到会有表决权")
    for_count = models.PositiveSmallIntegerField("赞成")
    against_count = models.PositiveSmallIntegerField("反对", default=0)
    abstained_count = models.PositiveSmallIntegerField("弃权", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "表决"
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "number"], name="vote_once"),
            models.CheckConstraint(
                condition=Q(entitled__gte=F("present"))
                & Q(present__gte=F("for_count") + F("against_count") + F("abstained_count")),
                name="vote_adds_up",
            ),
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def tally(self) -> Tally:
        """The figures, with what the rules say about them."""
        return Tally(
            self.entitled, self.present, self.for_count, self.against_count, self.abstained_count
        )


class LifeStep(Step):
    """A step of a record's way; of the version that it made or was about."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=12, choices=LifeStepKind)

    class Meta(Step.Meta):
        verbose_name = verbose_name_plural = "组织生活经过"


class LifeFile(Attachment):
    """A photograph or paper of a record, of whichever version; whoever may see the record may
    see it."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="files")
    record_uid = models.UUIDField(db_index=True, editable=False)
    # Made by the device that sends it: sent again after a broken line, it is the same file. Never
    # where the file lies, which `uid` says and nobody outside chooses.
    sent_as = models.UUIDField("上传号", null=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "组织生活材料"
        constraints = [
            models.UniqueConstraint(fields=["record_uid", "sent_as"], name="life_file_sent_once"),
            models.UniqueConstraint(
                fields=["record_uid", "sha256"],
                condition=Q(state="ready"),
                name="life_file_once",
            ),
        ]
