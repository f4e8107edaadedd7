import datetime as dt

from django.db import models
from django.db.models import Q

from core.actor import Actor
from core.states import Machine, Move
from orgs.permissions import Permission

from ..rules import WORDS


class CriterionQuerySet(models.QuerySet["Criterion"]):
    def visible_to(self, actor: Actor | None) -> "CriterionQuerySet":
        """Rules for the whole zone: for everybody who may see cases."""
        if actor is None or not actor.may(Permission.WEAK_CASE_VIEW):
            return self.none()
        return self.all()

    def in_force(self, day: dt.date) -> "CriterionQuerySet":
        """Those by which one decides on a day."""
        return self.filter(in_force_from__lte=day).filter(
            Q(in_force_to=None) | Q(in_force_to__gte=day)
        )


class Criterion(models.Model):
    """认定标准: one situation in which an organisation counts as weak, with the document that says so."""

    name = models.CharField("情形", max_length=WORDS, unique=True)
    basis = models.CharField("依据", max_length=WORDS)
    in_force_from = models.DateField("起用日期")
    in_force_to = models.DateField("停用日期", null=True, blank=True)
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = CriterionQuerySet.as_manager()
    machine = Machine(
        revision="revision",
        moves={"edit": Move("修改")},
        stale="另一人刚刚改过这条标准。刚才填写的内容还在下面，请对照后再保存。",
    )

    class Meta:
        verbose_name = verbose_name_plural = "软弱涣散认定标准"
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name
