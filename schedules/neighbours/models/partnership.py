import uuid

from django.db import models
from django.urls import reverse

from core.actor import Actor
from core.privacy import Personal
from core.states import GIVEN, Machine, Move
from orgs.access import in_scope
from orgs.permissions import Permission

from ..enums import LineKind, PartnershipKind
from ..rules import LINE, PARTNER


class PartnershipQuerySet(models.QuerySet["Partnership"]):
    def visible_to(self, actor: Actor | None) -> "PartnershipQuerySet":
        """Those of which either side is in the actor's scope."""
        if actor is None:
            return self.none()
        own = in_scope(actor, Permission.NEIGHBOUR_VIEW)
        return self.filter(own | in_scope(actor, Permission.NEIGHBOUR_VIEW, "partner"))

    def running(self) -> "PartnershipQuerySet":
        """Those not ended."""
        return self.filter(ended_on=None)


class Partnership(models.Model):
    """双报到、共驻共建: an organisation and its partner, of the zone or outside it by its name."""

    PRIVACY = {"created_by_name": Personal("to show who wrote it down")}

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organization = models.ForeignKey(
        "orgs.Organization", on_delete=models.PROTECT, related_name="+", verbose_name="党组织"
    )
    partner = models.ForeignKey(
        "orgs.Organization",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        verbose_name="共建党组织",
    )
    outside = models.CharField("系统外的单位", max_length=PARTNER, blank=True)
    kind = models.CharField("方式", max_length=12, choices=PartnershipKind)
    since = models.DateField("开始日期")
    ended_on = models.DateField("结束日期", null=True)
    created_at = models.DateTimeField("登记于")
    created_by_name = models.CharField(max_length=100, blank=True)

    objects = PartnershipQuerySet.as_manager()
    machine = Machine(
        state="ended_on",
        moves={"end": Move("结束", from_=[None], to=GIVEN, refusal="这项共建已经结束。")},
    )

    class Meta:
        verbose_name = verbose_name_plural = "双报到和共建"
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.organization}与{self.partner_label}"

    def get_absolute_url(self) -> str:
        return reverse("neighbours:partnership-detail", args=[self.uid])

    @property
    def partner_label(self) -> str:
        """The other side's name."""
        return str(self.partner) if self.partner is not None else self.outside

    @property
    def is_over(self) -> bool:
        """Whether it has ended."""
        return self.ended_on is not None


class PartnershipLine(models.Model):
    """What is needed, or what came of it, on a day."""

    PRIVACY = {
        "text": Personal("what is needed or was done; may name people"),
        "by_name": Personal("to show who wrote it"),
    }

    partnership = models.ForeignKey(Partnership, on_delete=models.CASCADE, related_name="lines")
    kind = models.CharField("内容", max_length=8, choices=LineKind)
    on = models.DateField("日期")
    text = models.CharField("说明", max_length=LINE)
    at = models.DateTimeField()
    by_name = models.CharField(max_length=100)
    by_organization = models.CharField(max_length=100, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "共建经过"
        ordering = ["-on", "-pk"]

    def __str__(self) -> str:
        return self.text
