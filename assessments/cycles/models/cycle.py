import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from assessments.schemes.enums import Level
from core.actor import Actor
from core.models.derived import Ledger, Mark
from core.privacy import Personal
from core.states import Machine, Move
from orgs.access import in_scope, not_recused
from orgs.permissions import Permission

from ..enums import CycleState, RunState

# While it is in these, what changes is computed anew.
COMPUTED = (CycleState.RUNNING, CycleState.FROZEN, CycleState.REVIEWING)
# In these the assessed see nothing of their score: marks of reviewers are told when all is decided.
CLOSED = (CycleState.REVIEWING, CycleState.SUBMITTED)
# The kind of thing that somebody is named for: one organisation in one cycle (`Actor.may_at`).
ASSESSED = "assessed"


class CycleQuerySet(models.QuerySet["Cycle"]):
    def visible_to(
        self, actor: Actor | None, permission: str = Permission.ASSESSMENT_VIEW
    ) -> "CycleQuerySet":
        """Those that the actor's organisations hold, and those in which they are assessed."""
        if actor is None:
            return self.none()
        own = in_scope(actor, permission)
        assessed = Assessed.objects.filter(in_scope(actor, permission)).values("cycle_id")
        return self.filter(own | Q(pk__in=assessed))

    def running(self) -> "CycleQuerySet":
        """Those whose facts still change."""
        return self.filter(state=CycleState.RUNNING)

    def locked(self) -> "CycleQuerySet":
        """Held until the transaction ends: whoever changes what a cycle counts waits for whoever
        seals it, and the other way round. Rows that refer to it may come meanwhile."""
        return self.select_for_update(of=("self",), no_key=True)


class Cycle(models.Model):
    """一期考核 of a half-year: who is assessed by which version, and the computation that counts."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organization = models.ForeignKey(
        "orgs.Organization", on_delete=models.PROTECT, related_name="+", verbose_name="考核单位"
    )
    level = models.CharField("考核对象", max_length=10, choices=Level, default=Level.DIRECT)
    period = models.CharField("期间", max_length=8)  # 2026-H1
    state = models.CharField("状态", max_length=10, choices=CycleState, default=CycleState.RUNNING)
    opened_at = models.DateTimeField("开始于")
    # What was written down by then counts, once the facts are frozen.
    known_at = models.DateTimeField("事实截至", null=True)
    # Whoever asks for the decision does not take it.
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    submitted_at = models.DateTimeField("提请审定于", null=True)
    sealed_at = models.DateTimeField("审定于", null=True)
    run = models.ForeignKey(
        "cycles.Run", null=True, on_delete=models.PROTECT, related_name="+", verbose_name="现行计算"
    )
    revision = models.PositiveIntegerField(default=1)

    objects = CycleQuerySet.as_manager()
    machine = Machine(
        state="state",
        revision="revision",
        moves={
            "point": Move("换用新的计算", from_=COMPUTED),
            "freeze": Move("冻结事实", from_=[CycleState.RUNNING], to=CycleState.FROZEN),
            "review": Move("开始复核", from_=[CycleState.FROZEN], to=CycleState.REVIEWING),
            "submit": Move(
                "提请审定",
                from_=[CycleState.FROZEN, CycleState.REVIEWING],
                to=CycleState.SUBMITTED,
            ),
            "send_back": Move("退回复核", from_=[CycleState.SUBMITTED], to=CycleState.REVIEWING),
            "seal": Move("审定", from_=[CycleState.SUBMITTED], to=CycleState.SEALED),
            "correct": Move("更正结果", from_=[CycleState.SEALED]),
        },
        refusal="这期考核现在是“{state}”，这一步已不适用。请刷新页面查看最新情况。",
        stale="另一人刚刚改过这期考核。请核对后再改。",
    )

    class Meta:
        verbose_name = verbose_name_plural = "考核"
        ordering = ["-period", "organization_id", "level"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "level", "period"], name="cycle_once"),
        ]

    def __str__(self) -> str:
        return f"{self.period} {self.organization}"

    def get_absolute_url(self) -> str:
        return reverse("cycles:cycle", args=[self.uid])

    @property
    def is_computed(self) -> bool:
        """Whether what changes is still computed anew: it may be marked."""
        return self.state in COMPUTED

    @property
    def year(self) -> int:
        """The year whose schemes measure it, and to whose account it is booked."""
        return int(self.period[:4])


class AssessedQuerySet(models.QuerySet["Assessed"]):
    def own(self, actor: Actor | None) -> "AssessedQuerySet":
        """The actor's own organisation, whatever the state: what it is asked, not what it gets."""
        if actor is None or not actor.organization_path:
            return self.none()
        if Permission.ASSESSMENT_VIEW not in actor.permissions:
            return self.none()
        return self.filter(
            in_scope(actor, Permission.ASSESSMENT_VIEW), path=actor.organization_path, is_out=False
        )

    def visible_to(
        self, actor: Actor | None, permission: str = Permission.ASSESSMENT_VIEW
    ) -> "AssessedQuerySet":
        """Whose items the actor may open: his own organisation's, but not while it is reviewed and
        decided on; those below once the facts are frozen, where he stands with who holds the cycle.
        While a cycle runs nobody but the unit itself sees points of it (国办函〔2026〕12号)."""
        if actor is None or not actor.may(permission):
            return self.none()
        own = Q(path=actor.organization_path) & ~Q(cycle__state__in=CLOSED)
        if not actor.organization_path or permission not in actor.permissions:
            own = Q(pk__in=[])
        above_them = in_scope(actor, permission, "cycle__organization") & not_recused(
            actor, permission
        )
        return self.filter(
            own & in_scope(actor, permission) | above_them & ~Q(cycle__state=CycleState.RUNNING)
        )


class Assessed(models.Model):
    """被考核单位: an organisation in a cycle, as it stood on the period's last day (or stands, while
    the period runs), with the version and the group that it is measured in."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="assessed")
    organization = models.ForeignKey(
        "orgs.Organization", on_delete=models.PROTECT, related_name="+", verbose_name="单位"
    )
    path = models.CharField("位置", max_length=120)
    name = models.CharField("名称", max_length=100)
    organization_class = models.CharField("组织类型", max_length=20)
    version = models.ForeignKey(
        "schemes.SchemeVersion", on_delete=models.PROTECT, related_name="+", verbose_name="细则"
    )
    group = models.ForeignKey(
        "schemes.AssessmentGroup", null=True, on_delete=models.PROTECT, related_name="+"
    )

    # It was assessed, and does not stand there any more while the period still runs.
    is_out = models.BooleanField("已不在考核范围", default=False)

    objects = AssessedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "被考核单位"
        ordering = ["cycle_id", "path"]
        constraints = [
            models.UniqueConstraint(fields=["cycle", "organization"], name="assessed_once"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("cycles:score", args=[self.uid])

    @property
    def is_closed(self) -> bool:
        """Whether its own people have to wait for the feedback. No query for a row with its cycle."""
        return self.cycle.state in CLOSED

    @property
    def short_name(self) -> str:
        """What pages call it: shortly, while the organisation is called as it was then. No query for
        a row that comes with its organisation."""
        organization = self.organization
        is_as_then = organization.name == self.name and organization.short_name
        return organization.short_name if is_as_then else self.name


class HandMark(models.Model):
    """What a person gives as the fact of a rule that is marked by hand: the engine reads it like any
    other. `seat` tells apart who mark the same by themselves."""

    PRIVACY = {
        "facts": Personal("the mark as it was given; may name people"),
        "reason": Personal("why it was given; may name people"),
        "by_name": Personal("to know who gave it"),
    }

    assessed = models.ForeignKey(Assessed, on_delete=models.CASCADE, related_name="hand_marks")
    indicator = models.CharField("指标", max_length=40)
    rule = models.PositiveSmallIntegerField("第几条规则", default=0)
    seat = models.PositiveSmallIntegerField("第几人", default=1)
    facts = models.JSONField("评分", default=dict)
    reason = models.CharField("理由", max_length=300, blank=True)
    by_name = models.CharField("评分人", max_length=100)
    at = models.DateTimeField("评于")

    class Meta:
        verbose_name = verbose_name_plural = "人工评分"
        ordering = ["assessed_id", "indicator", "rule", "seat"]
        constraints = [
            models.UniqueConstraint(
                fields=["assessed", "indicator", "rule", "seat"], name="hand_mark_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assessed_id} {self.indicator}/{self.rule}"


class RunQuerySet(models.QuerySet["Run"]):
    def going(self) -> "RunQuerySet":
        """Those that are on their way."""
        return self.exclude(state__in=[RunState.DONE, RunState.FAILED])

    def ended(self) -> "RunQuerySet":
        """Those that came to an end, whichever."""
        return self.filter(state__in=[RunState.DONE, RunState.FAILED])


class Run(models.Model):
    """One computation of a whole cycle. Its plan and its progress are rows, so that who is killed in
    the middle goes on where the rows say; nobody sees it before the cycle points to it."""

    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="runs")
    number = models.PositiveIntegerField("第几次")
    state = models.CharField("状态", max_length=10, choices=RunState, default=RunState.PLANNED)
    known_at = models.DateTimeField("事实截至", null=True)
    started_at = models.DateTimeField("开始于")
    finished_at = models.DateTimeField("完成于", null=True)
    n_figures = models.PositiveIntegerField("数据项", default=0)
    n_assessed = models.PositiveIntegerField("单位数", default=0)
    failure = models.CharField("原因", max_length=300, blank=True)
    # What the whole gives once it is done: means, spreads and places of each group.
    summary = models.JSONField("汇总", default=dict)

    objects = RunQuerySet.as_manager()
    machine = Machine(
        state="state",
        moves={
            "read": Move("取数", from_=[RunState.PLANNED], to=RunState.READING),
            "score": Move("计分", from_=[RunState.READING], to=RunState.SCORING),
            "finish": Move("完成", from_=[RunState.SCORING], to=RunState.DONE),
            "fail": Move(
                "放弃",
                from_=[RunState.PLANNED, RunState.READING, RunState.SCORING],
                to=RunState.FAILED,
            ),
        },
        refusal="这次计算现在是“{state}”。",
    )

    class Meta:
        verbose_name = verbose_name_plural = "考核计算"
        ordering = ["cycle_id", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["cycle", "number"], name="run_once"),
        ]

    def __str__(self) -> str:
        return f"{self.cycle_id}/{self.number}"


class Reading(models.Model):
    """What a figure was for all places of a run: one step of its plan. `values` is organisation ->
    number, null where history does not reach back; empty until it was read."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="readings")
    figure = models.CharField("数据项", max_length=60)
    period = models.CharField("期间", max_length=8)  # of the indicator's own cycle
    values = models.JSONField("数值", null=True)
    read_at = models.DateTimeField("取于", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "考核取数"
        constraints = [
            models.UniqueConstraint(fields=["run", "figure", "period"], name="reading_once"),
        ]

    def __str__(self) -> str:
        return f"{self.figure} {self.period}"


class ScoreMark(Mark):
    """Facts of this organisation may have changed since its score was written."""

    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="+")
    assessed = models.ForeignKey(Assessed, on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "待重算"

    def __str__(self) -> str:
        return f"{self.assessed_id}"


class ScoreLedger(Ledger):
    """The lock under which scores of a cycle are written, and up to which entry of the audit trail
    changes of its facts have been looked for."""

    cycle = models.OneToOneField(Cycle, on_delete=models.CASCADE, related_name="+")
    noticed = models.BigIntegerField("已看到的变更", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "考核计算核对"

    def __str__(self) -> str:
        return f"{self.cycle_id}"
