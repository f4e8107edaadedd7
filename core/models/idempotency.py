import datetime as dt

from django.conf import settings
from django.db import models

from ..actor import Actor
from ..privacy import Personal

KEPT = dt.timedelta(days=1)  # how long an answer is given again


class StoredAnswerQuerySet(models.QuerySet["StoredAnswer"]):
    def visible_to(self, actor: Actor | None) -> "StoredAnswerQuerySet":
        """The person's own."""
        return self.filter(user_id=actor.user_id or 0) if actor else self.none()

    def outlived(self, now: dt.datetime) -> "StoredAnswerQuerySet":
        """Answers too old to be given again."""
        return self.filter(created_at__lt=now - KEPT)


class StoredAnswer(models.Model):
    """What a POST with an Idempotency-Key was answered: given again when it is sent again."""

    PRIVACY = {
        "answer": Personal("to answer a repeated request alike; removed after a day", "sensitive"),
    }

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)  # of method, address, acting grant and body
    status = models.PositiveSmallIntegerField(default=0)
    answer = models.JSONField(default=dict)
    headers = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    objects = StoredAnswerQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "接口答复"
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="answer_once_a_key"),
        ]

    def __str__(self) -> str:
        return self.key
