import uuid

from django.db import models
from django.db.models import Q
from django.urls import reverse

from assessments.cycles.models import Assessed
from core.actor import Actor
from core.models import Attachment
from core.privacy import Personal
from core.states import SAME, Machine, Move
from orgs.access import in_scope, not_recused
from orgs.permissions import Permission

from ..enums import ReportState
from .ballot import ABOUT


class SecretaryReportQuerySet(models.QuerySet["SecretaryReport"]):
    def visible_to(
        self, actor: Actor | None, permission: str = Permission.ASSESSMENT_VIEW
    ) -> "SecretaryReportQuerySet":
        """The own organisation's; what was sent, for who stands with whoever holds the cycle or is
        named for the organisation."""
        if actor is None:
            return self.none()
        above = in_scope(actor, permission, "assessed__cycle__organization") & not_recused(
            actor, permission, "assessed__organization", ABOUT
        )
        named = in_scope(actor, Permission.ASSESSMENT_REVIEW, "assessed__organization", ABOUT)
        own = Q(assessed__in=Assessed.objects.own(actor).values("pk"))
        return self.filter(own | (above | named) & ~Q(state=ReportState.DRAFT))


class SecretaryReport(models.Model):
    """书记述职报告 of one of the assessed, in a cycle of a second half-year."""

    PRIVACY = {
        "secretary": Personal("whose report it is"),
        "work": Personal("what the secretary says of the own work; names people"),
        "problems": Personal("what the secretary says of the own faults; names people"),
        "measures": Personal("what the secretary will do; names people"),
        "sent_by_name": Personal("to know who sent it"),
        "return_reason": Personal("what is still wanted; may name people"),
        "comment": Personal("what the holder says of the secretary"),
        "comment_by_name": Personal("to know who said it"),
    }

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    assessed = models.OneToOneField(
        Assessed, on_delete=models.CASCADE, related_name="secretary_report", verbose_name="单位"
    )
    secretary = models.CharField("述职人", max_length=60, blank=True)
    work = models.TextField("履职情况", blank=True)
    problems = models.TextField("存在问题", blank=True)
    measures = models.TextField("努力方向", blank=True)
    state = models.CharField("状态", max_length=10, choices=ReportState, default=ReportState.DRAFT)
    sent_at = models.DateTimeField("报送于", null=True)
    sent_by_name = models.CharField("报送人", max_length=100, blank=True)
    return_reason = models.CharField("退回理由", max_length=300, blank=True)
    comment = models.CharField("点评", max_length=600, blank=True)
    comment_by_name = models.CharField("点评人", max_length=100, blank=True)
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = SecretaryReportQuerySet.as_manager()
    machine = Machine(
        state="state",
        revision="revision",
        moves={
            "edit": Move("填写", from_=[ReportState.DRAFT, ReportState.RETURNED], to=SAME),
            "send": Move(
                "报送", from_=[ReportState.DRAFT, ReportState.RETURNED], to=ReportState.SENT
            ),
            "return": Move("退回", from_=[ReportState.SENT], to=ReportState.RETURNED),
            "comment": Move("点评", from_=[ReportState.SENT], to=SAME),
        },
        refusal="这份述职报告现在是“{state}”，这一步已不适用。请刷新页面查看最新情况。",
        stale="另一人刚刚改过这份述职报告。你填的内容还在下面，核对后再保存一次，就以你填的为准。",
    )

    class Meta:
        verbose_name = verbose_name_plural = "书记述职报告"

    def __str__(self) -> str:
        return f"{self.assessed_id} 述职报告"

    def get_absolute_url(self) -> str:
        return reverse("ballots:report", args=[self.assessed.uid])


class ReportFile(Attachment):
    """A file that goes with a report."""

    report = models.ForeignKey(SecretaryReport, on_delete=models.CASCADE, related_name="files")

    class Meta:
        verbose_name = verbose_name_plural = "述职附件"
        constraints = [
            models.UniqueConstraint(
                fields=["report", "sha256"], condition=Q(state="ready"), name="report_file_once"
            ),
        ]
