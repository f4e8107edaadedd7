import datetime as dt

from django.db import models
from django.db.models import Q

from core.actor import Actor
from orgs.models import Organization
from orgs.permissions import Permission

from ..enums import ActionState
from .item import ActionItem

UNKNOWN = ""  # the state of a stretch of which it is only known that nobody took it down


class ActionStandingQuerySet(models.QuerySet["ActionStanding"]):
    def visible_to(
        self, actor: Actor | None, permission: str = Permission.ACTION_VIEW
    ) -> "ActionStandingQuerySet":
        """How those items stood that the actor sees today."""
        if actor is None:
            return self.none()
        seen = ActionItem.objects.visible_to(actor, permission).order_by()
        return self.filter(item__in=seen.values("pk"))

    def at(self, moment: dt.datetime) -> "ActionStandingQuerySet":
        """How items stood at the moment: at most one row for each."""
        return self.filter(Q(until=None) | Q(until__gt=moment), since__lte=moment)


class ActionStanding(models.Model):
    """How an item stood from one moment to another while it was under way (在办): with whom, in
    which state, by which dates.

    Has the columns of `ActionItem` under the same names, so that one condition fits both. Written
    by `ActionItem.machine` in the transaction of each move. An item for many organisations has
    none: its parts have. What was under way before standings were kept has a stretch without a
    state: no day of it can be counted.
    """

    item = models.ForeignKey(ActionItem, on_delete=models.CASCADE, related_name="standings")
    owner = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,  # the first column of an index below
        verbose_name="责任单位",
    )
    state = models.CharField("状态", max_length=10, choices=ActionState, blank=True)
    receipt_due_on = models.DateField("签收期限", null=True)
    due_on = models.DateField("期限", null=True)
    since = models.DateTimeField("自")
    until = models.DateTimeField("至", null=True)  # the first moment at which it no longer holds

    objects = ActionStandingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "督办沿革"
        ordering = ["since", "pk"]
        indexes = [
            models.Index(fields=["owner", "until"], name="action_standing_owner"),
            models.Index(fields=["until", "since"], name="action_standing_when"),
            models.Index(
                fields=["until"], condition=Q(state=UNKNOWN), name="action_standing_unknown"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["item"], condition=Q(until=None), name="action_standing_one_current"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.state} {self.since:%Y-%m-%d}"
