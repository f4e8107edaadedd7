from django.db import models
from django.db.models import Q

from core.actor import Actor
from orgs.access import in_scope
from orgs.permissions import Permission

from ..enums import CallBack


class ConcernTermQuerySet(models.QuerySet["ConcernTerm"]):
    def visible_to(self, actor: Actor | None) -> "ConcernTermQuerySet":
        """Those of concerns that the actor's organisations deal with, or took in."""
        if actor is None:
            return self.none()
        view = Permission.CONCERN_VIEW
        mine = in_scope(actor, view, "concern__organization")
        return self.filter(mine | in_scope(actor, view, "concern__intake"))


class ConcernTerm(models.Model):
    """One time limit of a concern: from the moment when it was taken in or reopened until it was answered
    or shown elsewhere, and the call that followed. What figures count, one row a limit.

    It belongs to whoever deals with the concern; once the limit has passed, to who had it then.
    """

    concern = models.ForeignKey("concerns.Concern", on_delete=models.CASCADE, related_name="terms")
    organization = models.ForeignKey(
        "orgs.Organization", on_delete=models.PROTECT, related_name="+", verbose_name="承办单位"
    )
    due_at = models.DateTimeField("答复期限")
    ended_at = models.DateTimeField("答复时间", null=True)
    is_elsewhere = models.BooleanField("不属本级", default=False)
    called_at = models.DateTimeField("回访时间", null=True)
    call_back = models.CharField("回访结果", max_length=10, choices=CallBack, blank=True)

    objects = ConcernTermQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "诉求办理期限"
        ordering = ["-due_at", "-pk"]
        indexes = [
            models.Index(fields=["organization", "due_at"], name="concern_term_due"),
            models.Index(fields=["organization", "ended_at"], name="concern_term_ended"),
            models.Index(fields=["due_at"], name="concern_term_by_due"),
            models.Index(fields=["ended_at"], name="concern_term_by_ended"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["concern"], condition=Q(ended_at=None), name="concern_term_one_runs"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.concern_id} {self.due_at:%Y-%m-%d %H:%M}"
