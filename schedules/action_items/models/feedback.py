import datetime as dt

from django.db import models
from django.db.models import Q
from django.urls import reverse

from core.actor import Actor
from core.privacy import Personal
from core.states import Machine, Move
from orgs.access import in_scope
from orgs.permissions import Permission

from ..enums import FeedbackKind, FeedbackState


class FeedbackQuerySet(models.QuerySet["Feedback"]):
    def visible_to(self, actor: Actor | None) -> "FeedbackQuerySet":
        """What the person wrote himself, and for who answers what was written in his scope. Who
        writes for no organisation, as administrators do, is heard by all who answer."""
        if actor is None:
            return self.none()
        return self.filter(Q(written_by_id=actor.user_id or 0) | self._answered_by(actor))

    def to_answer(self, actor: Actor) -> "FeedbackQuerySet":
        """What waits for an answer and may be answered by the actor: not what he wrote himself."""
        waiting = self.filter(self._answered_by(actor), state=FeedbackState.WAITING)
        return waiting.exclude(written_by_id__in=actor.persons)

    def overdue(self, line: dt.date) -> "FeedbackQuerySet":
        """Not answered in time. `line`: see `rules.overdue_line`."""
        return self.filter(state=FeedbackState.WAITING, due_on__lt=line)

    @staticmethod
    def _answered_by(actor: Actor) -> Q:
        if not actor.may(Permission.FEEDBACK_ANSWER):
            return Q(pk__in=[])
        return in_scope(actor, Permission.FEEDBACK_ANSWER, "organization") | Q(organization=None)


class Feedback(models.Model):
    """意见建议: what somebody signed in wants to be heard of. It is answered within ten working
    days; whoever answers sees who wrote it."""

    PRIVACY = {
        "text": Personal("to answer it; may name people"),
        "written_by_name": Personal("to know whom to answer"),
        "answer": Personal("to answer it; may name people"),
        "answered_by_name": Personal("to know who answered"),
    }

    kind = models.CharField("类别", max_length=10, choices=FeedbackKind)
    text = models.TextField("意见建议", max_length=2000)
    about = models.ForeignKey(
        "orgs.Organization",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="有关组织",
    )
    # For which organisation the person acted; administrators act for none.
    organization = models.ForeignKey(
        "orgs.Organization", null=True, on_delete=models.PROTECT, related_name="+"
    )
    written_by_id = models.BigIntegerField()
    written_by_name = models.CharField("提出人", max_length=100)
    written_at = models.DateTimeField("提出时间")
    fingerprint = models.CharField(max_length=64)
    due_on = models.DateField("答复期限")
    state = models.CharField(
        "状态", max_length=10, choices=FeedbackState, default=FeedbackState.WAITING
    )
    answer = models.TextField("答复", max_length=2000, blank=True)
    answered_by_name = models.CharField("答复人", max_length=100, blank=True)
    answered_at = models.DateTimeField("答复时间", null=True)
    late_days = models.PositiveSmallIntegerField("逾期天数", default=0)

    objects = FeedbackQuerySet.as_manager()
    machine = Machine(
        state="state",
        moves={
            "answer": Move("答复", from_=[FeedbackState.WAITING], to=FeedbackState.ANSWERED),
            "withdraw": Move("撤回", from_=[FeedbackState.WAITING], to=FeedbackState.WITHDRAWN),
        },
        refusal="这条意见建议{state}，这一步已不适用。",
    )

    class Meta:
        verbose_name = verbose_name_plural = "意见建议"
        ordering = ["-written_at", "-pk"]
        indexes = [
            models.Index(fields=["state", "due_on"], name="feedback_due"),
            models.Index(fields=["written_by_id", "-written_at"], name="feedback_of_person"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["written_by_id", "fingerprint"],
                condition=Q(state="waiting"),
                name="feedback_once",
            ),
        ]

    def __str__(self) -> str:
        text = " ".join(self.text.split())
        return text if len(text) <= 30 else f"{text[:29]}…"

    def get_absolute_url(self) -> str:
        return reverse("action_items:feedback-detail", args=[self.pk])


class FeedbackNotice(models.Model):
    """That somebody was told of a stage in a digest: each is told once."""

    feedback = models.ForeignKey(Feedback, on_delete=models.CASCADE, related_name="notices")
    user_id = models.BigIntegerField()
    stage = models.CharField(max_length=40)
    told_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = "意见建议提醒"
        constraints = [
            models.UniqueConstraint(
                fields=["feedback", "user_id", "stage"], name="feedback_notice_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.feedback_id} {self.stage}"
