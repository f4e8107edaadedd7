import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from core import clock
from core.actor import Actor
from core.privacy import Personal
from core.states import Machine, Move

from ..permissions import Permission
from .grant import RoleGrant
from .organization import below


class DeputyRequestQuerySet(models.QuerySet["DeputyRequest"]):
    def waiting(self) -> "DeputyRequestQuerySet":
        """Those that are not decided and not over."""
        return self.filter(state=DeputyRequest.State.ASKED, last__gte=clock.today())

    def to_decide(self, actor: Actor) -> "DeputyRequestQuerySet":
        """Those that the actor may decide: who keeps the organisations above the one concerned, and
        neither asked nor is the deputy, himself or in the stead of either."""
        if not actor.inherits or Permission.ORGANIZATION_EDIT not in actor.permissions:
            return self.none()
        return self.filter(
            below(actor.organization_path, "grant__organization__", itself=False)
        ).exclude(Q(user__in=actor.persons) | Q(grant__user__in=actor.persons))


class DeputyRequest(models.Model):
    """A deputy from outside the committee, who acts only when a level above has confirmed him."""

    PRIVACY = {
        "decided_by_name": Personal("to know who let somebody act for another"),
    }

    class State(models.TextChoices):
        ASKED = "asked", "待上级确认"
        CONFIRMED = "confirmed", "已确认"
        REFUSED = "refused", "未同意"
        WITHDRAWN = "withdrawn", "已撤回"

    grant = models.ForeignKey(RoleGrant, on_delete=models.CASCADE, related_name="deputy_requests")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name="代理人"
    )
    first = models.DateField("自")
    last = models.DateField("至")
    state = models.CharField("状态", max_length=10, choices=State, default=State.ASKED)
    asked_at = models.DateTimeField()
    decided_by_name = models.CharField(max_length=100, blank=True)
    decided_at = models.DateTimeField(null=True)

    objects = DeputyRequestQuerySet.as_manager()
    machine = Machine(
        state="state",
        moves={
            "confirm": Move("同意", from_=[State.ASKED], to=State.CONFIRMED),
            "refuse": Move("不同意", from_=[State.ASKED], to=State.REFUSED),
            "withdraw": Move("撤回", from_=[State.ASKED], to=State.WITHDRAWN),
        },
        refusal="这项委托已经办理过了。",
    )

    class Meta:
        verbose_name = verbose_name_plural = "委托申请"
        constraints = [
            models.CheckConstraint(condition=Q(last__gte=F("first")), name="deputy_days_in_order"),
            models.UniqueConstraint(
                fields=["grant", "user"], condition=Q(state="asked"), name="deputy_asked_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} 代理 {self.grant}"

    @property
    def until(self) -> dt.date:
        """The first day on which he no longer acts."""
        return self.last + dt.timedelta(days=1)
