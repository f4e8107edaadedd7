import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from core import clock, periods
from core.actor import Actor, Thing
from core.models.step import Step
from core.privacy import Personal
from core.states import Machine, Move
from orgs.access import in_scope
from orgs.permissions import Permission

from ..enums import Arrangement, DutyState, Phase, StepKind
from . import vocabulary
from .plan import Plan
from .vocabulary import DUTY, Counted

# When a duty was first sent late, told from its two moments.
LATE = Q(submitted_at__gt=F("late_after"))
# What the organisation itself has still to do.
OPEN_STATES = (DutyState.OPEN, DutyState.RETURNED)


class DutyQuerySet(models.QuerySet["Duty"]):
    def visible_to(
        self, actor: Actor | None, permission: str = Permission.REPORT_VIEW
    ) -> "DutyQuerySet":
        """Duties for which the actor holds `permission`."""
        if actor is None:
            return self.none()
        return self.filter(in_scope(actor, permission, subjects={DUTY: "pk"}))

    def counted(self, word: Counted) -> "DutyQuerySet":
        """Those that count as the word."""
        return self.filter(vocabulary.conditions(LATE)[word])

    def outstanding(self) -> "DutyQuerySet":
        """What the organisation itself still has to do: open or returned."""
        return self.filter(state__in=OPEN_STATES)

    def doable(self, now: dt.datetime | None = None) -> "DutyQuerySet":
        """Outstanding, and still taken: what was never sent and is locked is neither reminded of
        nor to be done."""
        locked = Q(submitted_at=None, locks_at__lt=now or clock.now())
        return self.outstanding().exclude(locked)

    def overdue(self, now: dt.datetime | None = None) -> "DutyQuerySet":
        """Outstanding and past its day: what was never sent past its deadline, what came back
        past the day by which it was to be mended."""
        now = now or clock.now()
        never, back = Q(state=DutyState.OPEN), Q(state=DutyState.RETURNED)
        return self.filter(never & Q(due_at__lt=now) | back & Q(mend_at__lt=now))


class Duty(models.Model):
    """One plan, one subject, one day: what is to be done, by when, and how it stands.

    The subject is the organisation itself, or a person or a case of it (`subject_kind` names the
    kind, as `members.probation`). `period` is the one that the duty counts in; a case has dates
    of its own.
    """

    PRIVACY = {
        "subject_label": Personal("to say whom or what a duty is about"),
        "check_begun_by_name": Personal("to show who has begun to check"),
        "reply": Personal("to show what the writer answers"),
    }

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="duties")
    organization = models.ForeignKey(
        "orgs.Organization", on_delete=models.PROTECT, related_name="duties"
    )
    subject_kind = models.CharField("对象种类", max_length=40, blank=True)
    subject_id = models.BigIntegerField(default=0)
    subject_label = models.CharField("对象", max_length=120, blank=True)
    period = models.CharField("期间", max_length=8)
    begins_on = models.DateField("起始日", null=True)  # a case's own; empty: the period's first
    due_on = models.DateField("截止日")
    due_at = models.DateTimeField("截止")  # midnight after due_on, local time
    late_after = models.DateTimeField("迟报起算")
    locks_at = models.DateTimeField("锁定", null=True)
    phase = models.CharField("时段", max_length=8, choices=Phase, default=Phase.RUNNING)
    state = models.CharField("状态", max_length=10, choices=DutyState, default=DutyState.OPEN)
    required_count = models.PositiveSmallIntegerField("应办次数", default=1)
    # As the plan said when the duty was opened: what is asked for later reaches forward only.
    needs_second_look = models.BooleanField("需上级复核", default=False)
    done_count = models.PositiveSmallIntegerField("已办次数", default=0)
    submitted_at = models.DateTimeField("首次报送", null=True)
    sent_at = models.DateTimeField("最近报送", null=True)
    returned_count = models.PositiveSmallIntegerField("退回次数", default=0)
    return_reason = models.CharField("退回原因", max_length=300, blank=True)
    reply = models.CharField("回复", max_length=300, blank=True)
    # By when what came back is to be mended; empty while nothing has come back.
    mend_by = models.DateField("补报截止日", null=True)
    mend_at = models.DateTimeField("补报截止", null=True)
    # The due day before it was put off; empty where it never was.
    extended_from = models.DateField("原截止日", null=True)
    check_begun_at = models.DateTimeField("开始核报", null=True)
    check_begun_by_id = models.BigIntegerField(null=True)
    check_begun_by_name = models.CharField("开始核报人", max_length=100, blank=True)
    finished_at = models.DateTimeField("办结", null=True)
    waived_reason = models.CharField("免报原因", max_length=200, blank=True)
    opened_at = models.DateTimeField("打开")
    revision = models.PositiveIntegerField(default=1)

    objects = DutyQuerySet.as_manager()
    # Where a record of its own fulfils it, that one says who may do what, and the duty follows;
    # what is written down on its own page moves by `record` and those after it.
    machine = Machine(
        state="state",
        revision="revision",
        moves={
            "submit": Move("报送", from_=OPEN_STATES, to=DutyState.SUBMITTED),
            "return": Move("退回", to=DutyState.RETURNED),
            "accept": Move("通过", to=DutyState.ACCEPTED),
            "confirm": Move("复核", to=DutyState.CONFIRMED),
            "waive": Move("免报", from_=OPEN_STATES, to=DutyState.WAIVED),
            "resume": Move("撤销免报", from_=[DutyState.WAIVED], to=DutyState.OPEN),
            "resume_mending": Move("撤销免报", from_=[DutyState.WAIVED], to=DutyState.RETURNED),
            "extend": Move("延期", from_=OPEN_STATES),
            "unlock": Move("重新开放", from_=[DutyState.OPEN]),
            "begin": Move("开始核报", from_=[DutyState.SUBMITTED]),
            "withdraw": Move("撤回", from_=[DutyState.SUBMITTED], to=DutyState.OPEN),
            "withdraw_mended": Move("撤回", from_=[DutyState.SUBMITTED], to=DutyState.RETURNED),
            "record": Move("登记", from_=OPEN_STATES),
            "hand_in": Move("登记", from_=OPEN_STATES, to=DutyState.SUBMITTED),
            # Records of another slice fulfil it by themselves, and no more when one is taken back.
            "fulfil": Move("完成", from_=OPEN_STATES, to=DutyState.ACCEPTED),
            "lapse": Move("不再完成", from_=[DutyState.ACCEPTED], to=DutyState.OPEN),
            "tally": Move("计次", from_=[*OPEN_STATES, DutyState.ACCEPTED]),
            "look": Move("核实", from_=[DutyState.SUBMITTED], to=DutyState.ACCEPTED),
            "send_back": Move(
                "退回",
                from_=[DutyState.SUBMITTED, DutyState.ACCEPTED],
                to=DutyState.RETURNED,
            ),
        },
        refusal="这件事现在是“{state}”，这一步已不适用。请刷新页面查看最新情况。",
        stale="另一人刚刚办过这件事。请刷新页面查看最新情况。",
    )

    class Meta:
        verbose_name = verbose_name_plural = "应办事项"
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "organization", "subject_kind", "subject_id", "due_on"],
                name="duty_once_a_day",
            ),
            # A changed rule moves the day, not what was opened.
            models.UniqueConstraint(
                fields=["plan", "organization", "period"],
                condition=Q(subject_kind=""),
                name="duty_once_a_period",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "period"], name="duty_of_organization"),
            models.Index(fields=["plan", "period", "state"], name="duty_of_period"),
            models.Index(fields=["plan", "period", "due_at"], name="duty_first_due"),
            models.Index(
                fields=["due_on"],
                name="duty_outstanding",
                condition=Q(state__in=["open", "returned"]),
            ),
            models.Index(
                fields=["organization", "due_on"],
                name="duty_outstanding_here",
                condition=Q(state__in=["open", "returned"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan} {self.period}"

    @property
    def as_thing(self) -> Thing:
        """How somebody is named for this duty alone."""
        return DUTY, self.pk

    @property
    def title(self) -> str:
        """What is to be done, as people call it: 2026年6月月报; with the case or person where it
        is about one. Reads the plan."""
        if not self.subject_kind:
            return f"{periods.label(self.period)}{self.plan.name}"
        return f"{self.plan.name}：{self.subject_label}"

    @property
    def title_without_person(self) -> str:
        """The title for what is kept outside the portal, as in a calendar: it names no person."""
        return f"{periods.label(self.period)}{self.plan.name}"

    @property
    def is_late(self) -> bool:
        """Whether it was first sent late. Stays true after everything else is put right."""
        return self.submitted_at is not None and self.submitted_at > self.late_after

    @property
    def counts_as(self) -> frozenset[Counted]:
        """The words of the vocabulary that hold for it now."""
        return vocabulary.told(
            state=self.state,
            submitted_at=self.submitted_at,
            is_late=self.is_late,
            returned_count=self.returned_count,
            phase=self.phase,
        )

    @property
    def next_due_on(self) -> dt.date:
        """The day by which the next step is due: of what came back, the day to mend it."""
        is_back = self.state == DutyState.RETURNED
        return self.mend_by if is_back and self.mend_by is not None else self.due_on

    def is_overdue(self, now: dt.datetime) -> bool:
        """Whether it is still to be done and its day has passed: for what was never sent the
        deadline, for what came back the day to mend it."""
        if self.state == DutyState.RETURNED:
            return self.mend_at is not None and now > self.mend_at
        return self.state == DutyState.OPEN and now > self.due_at

    @property
    def arranged(self) -> "models.QuerySet[DutyStep]":
        """What the level above has arranged about it, oldest first."""
        return self.steps.filter(kind__in=Arrangement.values)

    def is_locked(self, now: dt.datetime) -> bool:
        """Whether it is no longer taken. What was sent before can always be mended."""
        return self.submitted_at is None and self.locks_at is not None and now > self.locks_at

    def phase_at(self, now: dt.datetime) -> Phase:
        """Where the clock has brought it by `now`."""
        if self.locks_at is not None and now > self.locks_at:
            return Phase.LOCKED
        return Phase.DUE if now > self.due_at else Phase.RUNNING


class DutyStep(Step):
    """One step of a duty's way: what the level above has arranged about it, and where it is written
    down on its own page how that was handed in and looked at. A report keeps its own way."""

    duty = models.ForeignKey(Duty, on_delete=models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=12, choices=[*Arrangement.choices, *StepKind.choices])

    class Meta(Step.Meta):
        verbose_name = verbose_name_plural = "应办事项经过"

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%m-%d}"


class ReminderMark(models.Model):
    """A person was reminded of a duty at a stage; never twice."""

    duty = models.ForeignKey(Duty, on_delete=models.CASCADE, related_name="reminder_marks")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    stage = models.CharField(max_length=16)
    sent_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = "提醒记录"
        constraints = [
            models.UniqueConstraint(fields=["duty", "user", "stage"], name="reminder_once"),
        ]

    def __str__(self) -> str:
        return f"{self.duty_id} {self.stage}"
