from collections.abc import Collection

from django.db import models
from django.urls import reverse

from core.actor import Actor
from core.models.step import Step
from core.privacy import Personal
from core.states import Machine, Move
from orgs.access import in_scope
from orgs.permissions import Permission

from ..enums import MarkState, MarkStepKind
from .report import Report, ReportItem
from .vocabulary import DUTY

LONGEST_NOTE, LONGEST_ANSWER = 200, 300


class ReportMarkQuerySet(models.QuerySet["ReportMark"]):
    def visible_to(
        self, actor: Actor | None, permission: str = Permission.REPORT_VIEW
    ) -> "ReportMarkQuerySet":
        """Marks of committees in the actor's scope, about reports that he may see. What its writer
        may see of a mark is its answer alone (`answered`, of a report that he sees)."""
        if actor is None:
            return self.none()
        return self.filter(
            in_scope(actor, permission, "committee"),
            in_scope(actor, permission, subjects={DUTY: "report__duty_id"}),
        )

    def for_dispatch(self) -> "ReportMarkQuerySet":
        """列入调度: what waits for a meeting of the committee that marked it, answered or not."""
        return self.filter(state=MarkState.MARKED)

    def of_committee(self, organization_id: int | None) -> "ReportMarkQuerySet":
        """Those that one committee has set."""
        return self.filter(committee_id=organization_id or 0)

    def answered(self) -> "ReportMarkQuerySet":
        """Those whose writer has an answer."""
        return self.exclude(answer="")

    def unanswered(self) -> "ReportMarkQuerySet":
        """Those whose writer still waits for one."""
        return self.filter(answer="")


class ReportMark(models.Model):
    """What a committee above makes of one thing that a report says: 列入调度, and its answer.

    One row for each committee and thing: the item, or one entry or table row of it (`row` counts
    from 1; 0 is the item as a whole). The text is kept as it was when it was marked. Whether it is
    marked and whether it is answered are told apart: either comes without the other.
    """

    PRIVACY = {
        "text": Personal("what a report says; may name people"),
        "note": Personal("why it is brought before the meeting; may name people"),
        "marked_by_name": Personal("to show who marked"),
        "answer": Personal("the answer to the branch; may name people"),
        "answered_by_name": Personal("to show who answered"),
    }

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="marks")
    item = models.ForeignKey(ReportItem, on_delete=models.PROTECT, related_name="marks")
    row = models.PositiveSmallIntegerField("第几条", default=0)
    organization = models.ForeignKey(  # whose report it is: kept here for the index
        "orgs.Organization", on_delete=models.PROTECT, related_name="+"
    )
    committee = models.ForeignKey(
        "orgs.Organization", on_delete=models.PROTECT, related_name="report_marks"
    )
    text = models.TextField("原文")
    note = models.CharField("备注", max_length=LONGEST_NOTE, blank=True)
    state = models.CharField("状态", max_length=10, choices=MarkState, default=MarkState.UNMARKED)
    revision = models.PositiveIntegerField(default=0)
    marked_by_id = models.BigIntegerField(null=True)
    marked_by_name = models.CharField("标记人", max_length=100, blank=True)
    marked_at = models.DateTimeField("标记", null=True)
    answer = models.CharField("答复", max_length=LONGEST_ANSWER, blank=True)
    answered_by_name = models.CharField("答复人", max_length=100, blank=True)
    answered_at = models.DateTimeField("答复时间", null=True)

    objects = ReportMarkQuerySet.as_manager()
    machine = Machine(
        state="state",
        revision="revision",
        moves={
            "mark": Move("列入调度", to=MarkState.MARKED),
            "unmark": Move("不再列入", from_=[MarkState.MARKED], to=MarkState.UNMARKED),
            "answer": Move("答复"),
        },
        refusal="这一条现在是“{state}”，这一步已不适用。请刷新页面查看最新情况。",
        stale="另一人刚刚处理过这一条。请刷新页面，核对后再办。",
    )

    class Meta:
        verbose_name = verbose_name_plural = "月报标记"
        constraints = [
            models.UniqueConstraint(
                fields=["item", "row", "committee"], name="report_mark_once_a_committee"
            ),
        ]
        indexes = [
            models.Index(fields=["committee", "state"], name="report_mark_backlog"),
        ]

    def __str__(self) -> str:
        return self.text[:40]

    def get_absolute_url(self) -> str:
        """The report that says it, at the item."""
        return f"{reverse('schedules:report-detail', args=[self.report_id])}#item-{self.item.key}"

    @property
    def is_marked(self) -> bool:
        """Whether it is to be brought before the committee's meeting."""
        return self.state == MarkState.MARKED

    def is_as_written(self, rows: Collection[str]) -> bool:
        """Whether the report still says what was marked, among its `rows` as sent last."""
        return self.text in rows


class ReportMarkStep(Step):
    """One step of a mark's way."""

    mark = models.ForeignKey(ReportMark, on_delete=models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=12, choices=MarkStepKind)

    class Meta(Step.Meta):
        verbose_name = verbose_name_plural = "月报标记经过"

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%m-%d}"
