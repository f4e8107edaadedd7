import uuid

from django.conf import settings
from django.db import models

from assessments.schemes.models import SchemeVersion
from core.privacy import Personal
from core.states import Machine, Move

from .team import Review


class ReviewExample(models.Model):
    """样题: a case that every reviewer marks before the real work, with the mark that it should get
    and why. The reference is told once one has marked."""

    PRIVACY = {"reason": Personal("why the case gets that mark; may name people")}

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="examples")
    version = models.ForeignKey(SchemeVersion, on_delete=models.PROTECT, related_name="+")
    indicator = models.CharField("指标", max_length=40)
    case = models.TextField("案例", max_length=2000)
    facts = models.JSONField("参考评分", default=dict)
    reason = models.CharField("理由", max_length=300)
    revision = models.PositiveIntegerField(default=1, editable=False)

    machine = Machine(
        revision="revision",
        moves={"edit": Move("修改")},
        stale="另一人刚刚改过这道样题。你填的内容还在下面，核对后再保存一次，就以你填的为准。",
    )

    class Meta:
        verbose_name = verbose_name_plural = "样题"
        ordering = ["review_id", "pk"]

    def __str__(self) -> str:
        return f"样题 {self.pk}"


class ExampleMark(models.Model):
    """What a reviewer gave an example, once."""

    PRIVACY = {
        "facts": Personal("the mark as it was given"),
        "reason": Personal("why it was given"),
    }

    example = models.ForeignKey(ReviewExample, on_delete=models.CASCADE, related_name="marks")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    facts = models.JSONField("评分", default=dict)
    reason = models.CharField("理由", max_length=300, blank=True)
    given_at = models.DateTimeField("评于")

    class Meta:
        verbose_name = verbose_name_plural = "样题评分"
        constraints = [
            models.UniqueConstraint(fields=["example", "user"], name="example_mark_once"),
        ]

    def __str__(self) -> str:
        return f"{self.example_id}"
