from django.db import models
from django.db.models import Q
from django.urls import reverse

from core.actor import Actor
from core.privacy import Personal
from core.states import Machine, Move
from orgs.access import in_scope
from orgs.models.organization import paths_above
from orgs.permissions import Permission


def held_over(path: str) -> Q:
    """Rows kept by the organisation at `path` or by one above it. No query."""
    return Q(organization__path__in=[*paths_above(path), path])


class ReplyTemplateQuerySet(models.QuerySet["ReplyTemplate"]):
    def visible_to(self, actor: Actor | None) -> "ReplyTemplateQuerySet":
        """Those kept in the actor's scope, and above his organisation."""
        if actor is None or Permission.CONCERN_VIEW not in actor.permissions:
            return self.none()
        kept = in_scope(actor, Permission.CONCERN_VIEW)
        return self.filter(kept | held_over(actor.organization_path))

    def for_kind(self, kind_id: int | None, path: str) -> "ReplyTemplateQuerySet":
        """Those that who deals with a concern of the category at `path` can begin with."""
        return self.filter(held_over(path), kind_id=kind_id, is_used=True)


class ReplyTemplate(models.Model):
    """答复模板: words with which an answer can begin, kept by a committee for itself and all below it."""

    PRIVACY = {"text": Personal("to answer residents alike; names nobody unless somebody types it")}

    organization = models.ForeignKey(
        "orgs.Organization", on_delete=models.PROTECT, related_name="+", verbose_name="维护单位"
    )
    kind = models.ForeignKey(
        "concerns.ConcernKind",
        on_delete=models.PROTECT,
        related_name="reply_templates",
        verbose_name="类别",
    )
    title = models.CharField("办法", max_length=40)
    text = models.TextField("答复内容", max_length=500)
    is_used = models.BooleanField("答复时可选", default=True)
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = ReplyTemplateQuerySet.as_manager()
    machine = Machine(
        revision="revision",
        moves={"edit": Move("修改"), "inherit": Move("随合并转入")},
        stale="另一人刚刚改过这个模板。刚才填写的内容还在下面，请核对后再保存。",
    )

    class Meta:
        verbose_name = verbose_name_plural = "答复模板"
        ordering = ["kind", "organization__path", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "kind", "title"], name="reply_template_once"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("concerns:template-edit", args=[self.pk])
