from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse

from core.states import Machine, Move

from ..rules import URGENT_HOURS, WORKING_DAYS


class ConcernKind(models.Model):
    """A category of concerns with its time limits and the words with which an answer begins."""

    name = models.CharField("类别", max_length=20, unique=True)
    hours = models.PositiveSmallIntegerField(
        "紧急的，几小时内答复",
        default=URGENT_HOURS,
        validators=[MinValueValidator(1), MaxValueValidator(240)],
    )
    days = models.PositiveSmallIntegerField(
        "一般的，几个工作日内答复",
        default=WORKING_DAYS,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
    )
    template = models.TextField("答复模板", max_length=500, blank=True)
    is_used = models.BooleanField("受理时可选", default=True)
    revision = models.PositiveIntegerField(default=1, editable=False)

    machine = Machine(
        revision="revision",
        moves={"edit": Move("修改")},
        stale="另一人刚刚改过这个类别。刚才填写的内容还在下面，请核对后再保存。",
    )

    class Meta:
        verbose_name = verbose_name_plural = "诉求类别"
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("concerns:kind-edit", args=[self.pk])
