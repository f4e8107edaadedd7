import uuid

from django.db import models
from django.db.models import Q
from django.urls import reverse

from core.actor import Actor
from core.privacy import Personal
from core.states import Machine, Move
from orgs.access import in_scope
from orgs.models.organization import STEP
from orgs.permissions import Permission

from ..enums import CampaignKind


class CampaignQuerySet(models.QuerySet["Campaign"]):
    def visible_to(self, actor: Actor | None) -> "CampaignQuerySet":
        """Those held in the actor's scope, and those held above his organisation, which he joins."""
        if actor is None or Permission.PROJECT_VIEW not in actor.permissions:
            return self.none()
        path = actor.organization_path
        above = [path[:end] for end in range(STEP, len(path) + 1, STEP)]
        here = in_scope(actor, Permission.PROJECT_VIEW)
        return self.filter(here | Q(organization__path__in=above))


class Campaign(models.Model):
    """专项行动: groups projects and joins them to the figure of the business that they serve."""

    PRIVACY = {"goal": Personal("what the campaign is to reach; may name people")}

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organization = models.ForeignKey(
        "orgs.Organization", on_delete=models.PROTECT, related_name="+", verbose_name="牵头单位"
    )
    year = models.PositiveSmallIntegerField("年度")
    kind = models.CharField("类别", max_length=10, choices=CampaignKind)
    title = models.CharField("名称", max_length=40)
    goal = models.CharField("要办成什么", max_length=200)
    figure = models.CharField("服务的数", max_length=60, blank=True)
    is_open = models.BooleanField("进行中", default=True)
    created_at = models.DateTimeField("设立于")
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = CampaignQuerySet.as_manager()
    machine = Machine(
        revision="revision",
        moves={"edit": Move("修改")},
        stale="另一人刚刚改过这个专项行动。请对照最新情况核对后再保存。",
    )

    class Meta:
        verbose_name = verbose_name_plural = "专项行动"
        ordering = ["-year", "kind", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "year", "title"], name="campaign_named_once"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return f"{reverse('projects:project-list')}?campaign={self.pk}"
