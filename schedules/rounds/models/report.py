import datetime as dt
from collections.abc import Collection

from django.db import models
from django.db.models import Q
from django.urls import reverse

from core.actor import Actor
from core.models import Attachment
from core.models.step import Step
from core.privacy import Personal
from core.states import Machine, Move
from orgs.access import in_scope
from orgs.permissions import Permission

from ..enums import ItemKind, ItemState, ItemUse, ReportState, StepKind
from .vocabulary import DUTY

OPEN_STATES = (ReportState.DRAFT, ReportState.RETURNED)


class ReportDefinition(models.Model):
    """A form of a plan's report, for some kinds and classes of organisations. A published version
    is never changed; a change is a new version.

    `items` is a list of {key, title, kind, help, required, figures, max_entries, max_chars}, with
    the settings of the kind (`item_kinds.ItemType.settings`), what it is read as (`use`), `why` it is asked and `until` which month.
    `removed` holds what was taken out of a draft, to be put back.
    """

    PRIVACY = {
        "created_by_name": Personal("to know who changed a form"),
    }

    plan = models.ForeignKey("schedules.Plan", on_delete=models.PROTECT, related_name="definitions")
    key = models.CharField("标识", max_length=40)
    version = models.PositiveIntegerField("版本")
    name = models.CharField("名称", max_length=60)
    kinds = models.JSONField("组织类别", default=list)
    classes = models.JSONField("组织类型", default=list)  # empty: all
    items = models.JSONField("内容", default=list)
    removed = models.JSONField("删去的内容", default=list)
    is_published = models.BooleanField("启用", default=False)
    valid_from = models.CharField("自期间", max_length=8, blank=True)
    # As of a plan: given when it is published; past the day, no period is opened on it any more.
    number = models.CharField("编号", max_length=20, blank=True, editable=False)
    valid_until = models.DateField("有效至", null=True, blank=True)
    created_at = models.DateTimeField()
    created_by_name = models.CharField(max_length=100)

    machine = Machine(
        state="is_published",
        moves={
            "edit": Move("修改", from_=[False], code="published"),
            "publish": Move("启用", from_=[False], to=True, code="published"),
            "renew": Move("续期", from_=[True], refusal="草稿没有启用，不必续期。"),
        },
        refusal="这个版本已启用，不能再改。要修改请建立新版本。",
        stale="另一人刚刚改过这份草稿。请刷新页面，核对后再改。",
    )

    class Meta:
        verbose_name = verbose_name_plural = "表样"
        ordering = ["key", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["key", "version"], name="definition_version_once"),
            models.UniqueConstraint(
                fields=["number"], condition=~Q(number=""), name="definition_number_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} 第{self.version}版"

    def has_expired(self, day: dt.date) -> bool:
        """Whether it is past the day until which it holds: no period is opened on it any more."""
        return self.valid_until is not None and self.valid_until < day


class ReportQuerySet(models.QuerySet["Report"]):
    def visible_to(
        self, actor: Actor | None, permission: str = Permission.REPORT_VIEW
    ) -> "ReportQuerySet":
        """Reports for which the actor holds `permission`."""
        if actor is None:
            return self.none()
        return self.filter(in_scope(actor, permission, subjects={DUTY: "duty_id"}))


class Report(models.Model):
    """The report that fulfils a duty: figures computed, a few texts, frozen when sent.

    Organisation and period are the duty's, kept here for the indexes.
    """

    PRIVACY = {
        "submitted_by_name": Personal("to show who sent a report"),
        "saved_by_name": Personal("to show who is writing at a report"),
        "outcomes": Personal("the report; texts may name people"),
    }

    duty = models.OneToOneField("schedules.Duty", on_delete=models.PROTECT, related_name="report")
    organization = models.ForeignKey(
        "orgs.Organization", on_delete=models.PROTECT, related_name="reports"
    )
    period = models.CharField("期间", max_length=8)
    definition = models.ForeignKey(ReportDefinition, on_delete=models.PROTECT, related_name="+")
    state = models.CharField("状态", max_length=10, choices=ReportState, default=ReportState.DRAFT)
    revision = models.PositiveIntegerField(default=1)
    figures_at = models.DateTimeField("数据截至", null=True)
    started_at = models.DateTimeField("开始填写", null=True)
    submitted_by_id = models.BigIntegerField(null=True)
    submitted_by_name = models.CharField("报送人", max_length=100, blank=True)
    submitted_at = models.DateTimeField("最近报送", null=True)
    saved_by_name = models.CharField("最近保存人", max_length=100, blank=True)
    saved_at = models.DateTimeField("最近保存", null=True)
    # What became of each thing planned in the report before: {text, outcome, until}.
    outcomes = models.JSONField("上期打算的结果", default=list, blank=True)
    # Who accepted it last, and where he stood: the second look is another person's, from above.
    checked_by_id = models.BigIntegerField(null=True)
    checked_by_path = models.CharField(max_length=120, blank=True)

    objects = ReportQuerySet.as_manager()
    machine = Machine(
        state="state",
        revision="revision",
        moves={
            "save": Move("保存", from_=OPEN_STATES),
            "renew": Move("换表样", from_=[ReportState.DRAFT]),
            "submit": Move("报送", from_=OPEN_STATES, to=ReportState.SUBMITTED),
            "return": Move("退回", from_=[ReportState.SUBMITTED], to=ReportState.RETURNED),
            "accept": Move("通过", from_=[ReportState.SUBMITTED], to=ReportState.ACCEPTED),
            "withdraw": Move("撤回", from_=[ReportState.SUBMITTED], to=ReportState.DRAFT),
            "withdraw_mended": Move("撤回", from_=[ReportState.SUBMITTED], to=ReportState.RETURNED),
            "confirm": Move("复核", from_=[ReportState.ACCEPTED], to=ReportState.CONFIRMED),
            "reopen": Move(
                "重新打开",
                from_=[ReportState.ACCEPTED, ReportState.CONFIRMED],
                to=ReportState.RETURNED,
            ),
        },
        refusal="这份报表现在是“{state}”，这一步已不适用。请刷新页面查看最新情况。",
        stale="另一人刚刚保存过这份报表。下面对照两处文字，选定后再保存。",
    )

    class Meta:
        verbose_name = verbose_name_plural = "报表"
        indexes = [
            models.Index(fields=["period", "state"], name="report_period"),
            # The period before of the same organisation, and what was accepted above it.
            models.Index(fields=["organization", "period"], name="report_of_organization"),
        ]

    def __str__(self) -> str:
        return f"{self.organization} {self.period}"

    def get_absolute_url(self) -> str:
        return reverse("schedules:report-detail", args=[self.pk])

    @property
    def asked_until(self) -> dt.date | None:
        """Until when it is asked for: as long as both its form and its plan hold. No query when they came
        with it."""
        days = (self.definition.valid_until, self.duty.plan.valid_until)
        return min((day for day in days if day is not None), default=None)

    def is_work_of(self, people: Collection[int]) -> bool:
        """Whether one of these people sent it or accepted it: the second look is another's."""
        return not {self.submitted_by_id, self.checked_by_id}.isdisjoint(people)


class ReportItemQuerySet(models.QuerySet["ReportItem"]):
    def visible_to(
        self, actor: Actor | None, permission: str = Permission.REPORT_VIEW
    ) -> "ReportItemQuerySet":
        """Items of reports for which the actor holds `permission`. Drafts among them: who is no
        writer is shown what was sent (`sent_text`)."""
        if actor is None:
            return self.none()
        subjects = {DUTY: "report__duty_id"}
        return self.filter(in_scope(actor, permission, "report__organization", subjects))


class ReportItem(models.Model):
    """One item of a report, checked on its own: what is accepted stays accepted.

    `value` is what the item's kind makes of it (item_kinds/): figures — a list of {key, label, value,
    unit, source}; text — {"text"}; entries — {"entries": [text, …]}; number — {"number"} in digits.
    """

    PRIVACY = {
        "value": Personal("the report; texts may name people"),
        "sent_text": Personal("the report as sent, to be read and searched; may name people"),
        "explanation": Personal("the report; texts may name people"),
        "return_reason": Personal("to show what to correct"),
        "reply": Personal("to show what the writer answers"),
        "checked_by_name": Personal("to show who checked an item"),
    }

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField()
    # Its report's, kept here so that a search reads the items of some periods and no others.
    period = models.CharField("期间", max_length=8, blank=True)
    key = models.CharField(max_length=40)
    title = models.CharField("项目", max_length=60)
    kind = models.CharField(max_length=10, choices=ItemKind)
    use = models.CharField("归类", max_length=10, choices=ItemUse, default=ItemUse.OTHER)
    state = models.CharField("状态", max_length=10, choices=ItemState, default=ItemState.DRAFT)
    value = models.JSONField(default=dict)
    # What was sent last, in words, without what only says 无: what readers above look through.
    sent_text = models.TextField("已报送文字", blank=True)
    explanation = models.CharField("情况说明", max_length=300, blank=True)
    return_reason = models.CharField("退回原因", max_length=300, blank=True)
    reply = models.CharField("回复", max_length=300, blank=True)
    checked_by_name = models.CharField("核报人", max_length=100, blank=True)
    checked_at = models.DateTimeField(null=True)

    objects = ReportItemQuerySet.as_manager()
    machine = Machine(
        state="state",
        moves={
            "submit": Move(
                "报送", from_=[ItemState.DRAFT, ItemState.RETURNED], to=ItemState.SUBMITTED
            ),
            "return": Move("退回", from_=[ItemState.SUBMITTED], to=ItemState.RETURNED),
            "accept": Move("通过", from_=[ItemState.SUBMITTED], to=ItemState.ACCEPTED),
            "withdraw": Move("撤回", from_=[ItemState.SUBMITTED], to=ItemState.DRAFT),
            "withdraw_mended": Move("撤回", from_=[ItemState.SUBMITTED], to=ItemState.RETURNED),
            "reopen": Move(
                "重新打开",
                from_=[ItemState.ACCEPTED, ItemState.SUBMITTED],
                to=ItemState.RETURNED,
            ),
        },
        refusal="这个项目现在是“{state}”，这一步已不适用。请刷新页面查看最新情况。",
    )

    class Meta:
        verbose_name = verbose_name_plural = "报表项目"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["report", "key"], name="report_item_once"),
        ]
        indexes = [
            models.Index(fields=["period"], name="report_item_said", condition=~Q(sent_text="")),
        ]

    def __str__(self) -> str:
        return self.title


class ReportVersion(models.Model):
    """The texts of a report as somebody saved them, to look back at and to compare."""

    PRIVACY = {
        "values": Personal("to look back at a report's texts"),
        "saved_by_name": Personal("to show who saved a version"),
    }

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="versions")
    revision = models.PositiveIntegerField()
    values = models.JSONField(default=dict)  # item key -> value
    saved_by_name = models.CharField(max_length=100)
    saved_by_id = models.BigIntegerField(null=True)
    saved_at = models.DateTimeField()
    is_submission = models.BooleanField(default=False)

    class Meta:
        verbose_name = verbose_name_plural = "报表版本"
        ordering = ["-revision"]
        constraints = [
            models.UniqueConstraint(fields=["report", "revision"], name="report_version_once"),
        ]

    def __str__(self) -> str:
        return f"{self.report_id} v{self.revision}"


class ReportStep(Step):
    """One step of a report's way, as its timeline shows it."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=12, choices=StepKind)
    item_count = models.PositiveSmallIntegerField(default=0)

    class Meta(Step.Meta):
        verbose_name = verbose_name_plural = "报表经过"

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%m-%d}"


class ReportAttachment(Attachment):
    """A file added to a report; whoever may see the report may see it."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="attachments")

    class Meta:
        verbose_name = verbose_name_plural = "报表附件"
        constraints = [
            models.UniqueConstraint(
                fields=["report", "sha256"], condition=Q(state="ready"), name="attachment_once"
            ),
        ]
