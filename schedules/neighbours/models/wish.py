import datetime as dt
import uuid

from django.db import models
from django.db.models import Q
from django.urls import reverse

from core import clock, crypto
from core.actor import Actor
from core.privacy import Personal
from core.states import Machine, Move
from orgs.access import in_scope
from orgs.models.organization import STEP, below
from orgs.permissions import Permission

from ..enums import Breadth, WishState
from ..rules import KEPT, NEED, REASON, RESULT, TITLE, masked

LIVE = (WishState.OPEN, WishState.CLAIMED)
COLUMN = "neighbours.wish.resident"


class WishQuerySet(models.QuerySet["Wish"]):
    def visible_to(self, actor: Actor | None) -> "WishQuerySet":
        """Those published or claimed in the actor's scope; and while they are to be fulfilled those
        published to his committee, or to the whole zone."""
        if actor is None:
            return self.none()
        own = in_scope(actor, Permission.NEIGHBOUR_VIEW)
        taken = in_scope(actor, Permission.NEIGHBOUR_VIEW, "claimant")
        told = Q(pk__in=[])
        if Permission.NEIGHBOUR_VIEW in actor.permissions:
            told = Q(state__in=LIVE, breadth=Breadth.ZONE)
            committee = actor.organization_path[: 2 * STEP]
            if len(committee) == 2 * STEP:
                told |= Q(state__in=LIVE) & below(committee, "organization__")
        return self.filter(own | taken | told)

    def late(self, today: dt.date) -> "WishQuerySet":
        """Whose day is over, and nobody has taken them."""
        return self.filter(state=WishState.OPEN, until__lt=today)

    def to_forget(self, today: dt.date) -> "WishQuerySet":
        """Those over long enough, or never taken long enough, that still hold a name."""
        day = today - KEPT
        over = Q(closed_on__lte=day) | Q(closed_on=None, until__lte=day)
        return self.filter(over).exclude(resident_sealed="")


class Wish(models.Model):
    """微心愿: what a resident needs, published by a branch or village, claimed by one organisation,
    fulfilled."""

    PRIVACY = {
        "resident_sealed": Personal(
            "to bring what was wished for to the right person", "sensitive"
        ),
        "need": Personal("what is needed; may name people"),
        "result": Personal("what came of it; may name people"),
        "reason": Personal("why it was withdrawn; may name people"),
        "published_by_name": Personal("to show who published"),
        "claimed_by_name": Personal("to show who claimed"),
    }

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organization = models.ForeignKey(
        "orgs.Organization", on_delete=models.PROTECT, related_name="+", verbose_name="发布组织"
    )
    title = models.CharField("心愿", max_length=TITLE)
    need = models.CharField("需要什么", max_length=NEED)
    breadth = models.CharField("认领范围", max_length=10, choices=Breadth)
    until = models.DateField("何时以前")
    resident_sealed = models.CharField(max_length=200, blank=True, editable=False)
    state = models.CharField("状态", max_length=10, choices=WishState, default=WishState.OPEN)
    published_at = models.DateTimeField("发布于")
    published_by_name = models.CharField(max_length=100, blank=True)
    claimant = models.ForeignKey(
        "orgs.Organization",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        verbose_name="认领组织",
    )
    claimed_at = models.DateTimeField("认领于", null=True)
    claimed_by_name = models.CharField(max_length=100, blank=True)
    result = models.CharField("办成了什么", max_length=RESULT, blank=True)
    reason = models.CharField("撤回理由", max_length=REASON, blank=True)
    closed_on = models.DateField("办结日期", null=True)

    objects = WishQuerySet.as_manager()
    machine = Machine(
        state="state",
        moves={
            "claim": Move("认领", from_=[WishState.OPEN], to=WishState.CLAIMED),
            "give_back": Move("退回认领", from_=[WishState.CLAIMED], to=WishState.OPEN),
            "fulfil": Move("实现", from_=[WishState.CLAIMED], to=WishState.FULFILLED),
            "withdraw": Move("撤回", from_=LIVE, to=WishState.WITHDRAWN),
        },
        refusal="这个心愿现在是“{state}”，这一步已不适用。请刷新页面查看最新情况。",
    )

    class Meta:
        verbose_name = verbose_name_plural = "微心愿"
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["state", "until"], name="wish_by_state"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("neighbours:wish-detail", args=[self.uid])

    @property
    def resident(self) -> str:
        """The resident's name; nothing when none was given, or when it is forgotten."""
        if not self.resident_sealed:
            return ""
        return crypto.unseal(self.resident_sealed, column=COLUMN, row=self.uid)

    @property
    def resident_masked(self) -> str:
        """The name as it is shown to who need not know it."""
        return masked(self.resident)

    @property
    def is_live(self) -> bool:
        """Whether there is still something to do."""
        return self.state in LIVE

    @property
    def is_late(self) -> bool:
        """Whether its day is over, and it is not fulfilled."""
        return self.is_live and self.until < clock.today()
