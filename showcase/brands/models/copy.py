import uuid

from django.db import models

from core.actor import Actor
from core.privacy import Personal
from core.states import Machine, Move

from ..rules import REASON, RESULT
from .brand import Brand


class BrandCopyQuerySet(models.QuerySet["BrandCopy"]):
    def visible_to(self, actor: Actor | None) -> "BrandCopyQuerySet":
        """Those of brands that the actor may read: who copies a named brand says so on its page, to
        the whole zone."""
        if actor is None:
            return self.none()
        return self.filter(brand__in=Brand.objects.visible_to(actor))


class BrandCopy(models.Model):
    """学用: an organisation that took up a named brand, what it does of it, and what came of it."""

    PRIVACY = {
        "what": Personal("what is done of the brand; may name people"),
        "result": Personal("what came of it; may name people"),
        "by_name": Personal("to know who wrote it"),
    }

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="copies")
    organization = models.ForeignKey(
        "orgs.Organization", on_delete=models.PROTECT, related_name="+", verbose_name="党组织"
    )
    what = models.CharField("怎么学用", max_length=REASON)
    begun_on = models.DateField("从哪天起")
    result = models.CharField("结果", max_length=RESULT, blank=True)
    told_on = models.DateField("写结果于", null=True)
    by_name = models.CharField(max_length=100)
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = BrandCopyQuerySet.as_manager()
    machine = Machine(
        revision="revision",
        moves={"tell": Move("改写")},
        stale="本单位另一人刚刚改过。刚才填写的内容还在下面，请对照后再保存。",
    )

    class Meta:
        verbose_name = verbose_name_plural = "品牌学用"
        ordering = ["begun_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["brand", "organization"], name="brand_copied_once"),
        ]

    def __str__(self) -> str:
        return f"{self.brand}：{self.organization}"
