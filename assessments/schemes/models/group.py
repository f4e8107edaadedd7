import uuid

from django.db import models
from django.urls import reverse

from core.actor import Actor
from core.states import Machine, Move
from orgs.access import in_scope
from orgs.models import Organization
from orgs.permissions import Permission

from ..enums import Level
from .scheme import above

LEAST = 5  # organisations without which there is neither rank nor quota


class AssessmentGroupQuerySet(models.QuerySet["AssessmentGroup"]):
    def visible_to(
        self, actor: Actor | None, permission: str = Permission.SCHEME_VIEW
    ) -> "AssessmentGroupQuerySet":
        """Those of the actor's organisations, and those made above them."""
        if actor is None:
            return self.none()
        own = in_scope(actor, permission)
        if not actor.organization_path or permission not in actor.permissions:
            return self.filter(own)
        return self.filter(own | models.Q(organization__path__in=above(actor.organization_path)))

    def alike(self, organization: Organization, year: int, level: str) -> "AssessmentGroupQuerySet":
        """Those among which an organisation has one place: of a maker, a year and a level."""
        return self.filter(organization=organization, year=year, level=level)


class AssessmentGroup(models.Model):
    """考核分组: who is compared with whom in a year, by class and by name. Schemes may differ inside
    it: what is compared is the share of full marks."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organization = models.ForeignKey(
        "orgs.Organization", on_delete=models.PROTECT, related_name="+", verbose_name="制定单位"
    )
    year = models.PositiveSmallIntegerField("年度")
    level = models.CharField("考核对象", max_length=10, choices=Level, default=Level.DIRECT)
    name = models.CharField("名称", max_length=40)
    order = models.PositiveSmallIntegerField("次序", default=0)
    minimum = models.PositiveSmallIntegerField("至少几家才排名", default=LEAST)
    classes = models.JSONField("组织类型", default=list)
    revision = models.PositiveIntegerField(default=1)

    objects = AssessmentGroupQuerySet.as_manager()
    machine = Machine(
        revision="revision",
        moves={"edit": Move("修改")},
        stale="另一人刚刚改过这个分组。请核对后再改。",
    )

    class Meta:
        verbose_name = verbose_name_plural = "考核分组"
        ordering = ["-year", "order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "year", "level", "name"], name="assessment_group_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("schemes:group", args=[self.uid])


class GroupPlace(models.Model):
    """An organisation that belongs to a group by name, whatever its class."""

    group = models.ForeignKey(AssessmentGroup, on_delete=models.CASCADE, related_name="places")
    organization = models.ForeignKey(
        "orgs.Organization", on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = verbose_name_plural = "分组单位"
        constraints = [
            models.UniqueConstraint(fields=["group", "organization"], name="group_place_once"),
        ]

    def __str__(self) -> str:
        return f"{self.organization_id}"
