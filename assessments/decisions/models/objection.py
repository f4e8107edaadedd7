import datetime as dt
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from assessments.cycles.models import ASSESSED, Assessed, Correction
from core.actor import Actor
from core.models import Attachment
from core.privacy import Personal
from core.states import Machine, Move
from orgs.access import in_scope, not_recused
from orgs.permissions import Permission
from schedules.rounds.models import Evidence

from ..enums import ObjectionState, Outcome

OPEN = (ObjectionState.RAISED, ObjectionState.RECHECKING, ObjectionState.PROPOSED)


class ObjectionQuerySet(models.QuerySet["Objection"]):
    def visible_to(
        self, actor: Actor | None, permission: str = Permission.ASSESSMENT_ANSWER
    ) -> "ObjectionQuerySet":
        """The own organisation's, for who answers there; those of cycles that the actor holds or
        decides on, unless he keeps out of that organisation; and what he is to check again."""
        if actor is None:
            return self.none()
        checks = Q(rechecker_id=actor.user_id) if actor.user_id else Q(pk__in=[])
        return self.filter(self._own(actor, permission) | self._work(actor) | checks)

    def own(self, actor: Actor | None) -> "ObjectionQuerySet":
        """The own organisation's alone."""
        if actor is None:
            return self.none()
        return self.filter(self._own(actor, Permission.ASSESSMENT_ANSWER))

    def work_of(self, actor: Actor | None) -> "ObjectionQuerySet":
        """Those of cycles that the actor holds or decides on."""
        if actor is None:
            return self.none()
        return self.filter(self._work(actor))

    def still_open(self) -> "ObjectionQuerySet":
        """Those that wait for somebody."""
        return self.filter(state__in=OPEN)

    def overdue(self, today: dt.date) -> "ObjectionQuerySet":
        """Those that should have been answered before the day."""
        return self.still_open().filter(due_on__lt=today)

    @staticmethod
    def _own(actor: Actor, permission: str) -> Q:
        if not actor.organization_path or permission not in actor.permissions:
            return Q(pk__in=[])
        here = Q(assessed__path=actor.organization_path)
        return here & in_scope(actor, permission, "assessed__organization")

    @staticmethod
    def _work(actor: Actor) -> Q:
        holder = "assessed__cycle__organization"
        runs, decides = Permission.ASSESSMENT_RUN, Permission.ASSESSMENT_DECIDE
        place, about = "assessed__organization", {ASSESSED: "assessed_id"}
        return in_scope(actor, runs, holder) & not_recused(actor, runs, place, about) | in_scope(
            actor, decides, holder
        ) & not_recused(actor, decides, place, about)


class Objection(models.Model):
    """异议: what one of the assessed holds against its sealed result, checked again by somebody who
    took no part in it. `facts` are what the re-check found, rule -> facts in the words of the rule."""

    PRIVACY = {
        "reason": Personal("what is held against the result; may name people"),
        "raised_by_name": Personal("to know who raised it"),
        "rechecker_name": Personal("to know who checks it again"),
        "facts": Personal("facts as they were found; may name people"),
        "answer": Personal("what came of it; may name people"),
        "decided_by_name": Personal("to know who approved the correction"),
        "returned_reason": Personal("why the finding was returned; may name people"),
        "withdrawn_reason": Personal("why it was taken back; may name people"),
    }

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    assessed = models.ForeignKey(Assessed, on_delete=models.PROTECT, related_name="objections")
    indicator = models.CharField("指标", max_length=40, blank=True)  # none: the whole
    name = models.CharField("指标名称", max_length=200, blank=True)
    reason = models.CharField("理由", max_length=1000)
    state = models.CharField(
        "状态", max_length=12, choices=ObjectionState, default=ObjectionState.RAISED
    )
    raised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    raised_by_name = models.CharField("提出人", max_length=100)
    raised_at = models.DateTimeField("提出于")
    due_on = models.DateField("答复期限")
    withdrawn_reason = models.CharField("撤回理由", max_length=300, blank=True)
    rechecker = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    rechecker_name = models.CharField("复核人", max_length=100, blank=True)
    named_at = models.DateTimeField("指定于", null=True)
    outcome = models.CharField("结论", max_length=10, choices=Outcome, blank=True)
    answer = models.CharField("答复", max_length=1000, blank=True)
    corrected = models.CharField("更正的指标", max_length=40, blank=True)
    facts = models.JSONField("更正的事实", default=dict)
    answered_at = models.DateTimeField("复核于", null=True)
    returned_reason = models.CharField("退回理由", max_length=300, blank=True)
    decided_by_name = models.CharField("批准人", max_length=100, blank=True)
    closed_at = models.DateTimeField("答复于", null=True)
    correction = models.OneToOneField(
        Correction, null=True, on_delete=models.PROTECT, related_name="objection"
    )
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = ObjectionQuerySet.as_manager()
    machine = Machine(
        state="state",
        revision="revision",
        moves={
            "withdraw": Move(
                "撤回异议",
                from_=[ObjectionState.RAISED, ObjectionState.RECHECKING],
                to=ObjectionState.WITHDRAWN,
            ),
            "name": Move(
                "指定复核人",
                from_=[ObjectionState.RAISED, ObjectionState.RECHECKING],
                to=ObjectionState.RECHECKING,
            ),
            "reject": Move(
                "答复不成立", from_=[ObjectionState.RECHECKING], to=ObjectionState.CLOSED
            ),
            "propose": Move(
                "提出更正", from_=[ObjectionState.RECHECKING], to=ObjectionState.PROPOSED
            ),
            "return": Move(
                "退回复核", from_=[ObjectionState.PROPOSED], to=ObjectionState.RECHECKING
            ),
            "confirm": Move("批准更正", from_=[ObjectionState.PROPOSED], to=ObjectionState.CLOSED),
        },
        refusal="这件异议现在是“{state}”，这一步已不适用。请刷新页面查看最新情况。",
        stale="另一人刚刚办理过这件异议。请核对最新情况后再办。",
    )

    class Meta:
        verbose_name = verbose_name_plural = "考核异议"
        ordering = ["due_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["assessed", "indicator"],
                condition=Q(state__in=OPEN),
                name="objection_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name or "整个结果"

    def get_absolute_url(self) -> str:
        return reverse("decisions:objection", args=[self.uid])

    @property
    def is_open(self) -> bool:
        """Whether it waits for somebody."""
        return self.state in OPEN


class ObjectionEvidence(Evidence):
    """A record of another slice that shows what the objection says."""

    objection = models.ForeignKey(Objection, on_delete=models.CASCADE, related_name="evidence")

    class Meta(Evidence.Meta):
        verbose_name = verbose_name_plural = "异议佐证"
        indexes = [models.Index(fields=["uid"], name="objection_evidence_of")]
        constraints = [
            models.UniqueConstraint(
                fields=["objection", "kind", "uid"], name="objection_evidence_once"
            ),
        ]


class ObjectionAttachment(Attachment):
    """A file that shows what the objection says; whoever may see the objection may see it."""

    objection = models.ForeignKey(Objection, on_delete=models.CASCADE, related_name="attachments")

    class Meta:
        verbose_name = verbose_name_plural = "异议附件"
        constraints = [
            models.UniqueConstraint(
                fields=["objection", "sha256"],
                condition=Q(state="ready"),
                name="objection_attachment_once",
            ),
        ]


class ObjectionNotice(models.Model):
    """That a person was told of an objection in a digest, at one stage."""

    objection = models.ForeignKey(Objection, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    stage = models.CharField(max_length=30)

    class Meta:
        verbose_name = verbose_name_plural = "异议提醒"
        constraints = [
            models.UniqueConstraint(
                fields=["objection", "user", "stage"], name="objection_notice_once"
            ),
        ]

    def __str__(self) -> str:
        return self.stage
