import datetime as dt
import uuid

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from assessments.cycles.models import Assessed, Cycle
from core import clock
from core.actor import Actor
from core.privacy import Personal
from core.states import Machine, Move
from orgs.access import in_scope
from orgs.permissions import Permission

from ..enums import Audience, PublicationState, Shown


class PublicationQuerySet(models.QuerySet["Publication"]):
    def open_on(self, day: dt.date) -> "PublicationQuerySet":
        """Those that show something on the day."""
        return self.filter(state=PublicationState.OPEN, since__lte=day, until__gte=day)

    def work_of(self, actor: Actor | None) -> "PublicationQuerySet":
        """All of cycles whose results the actor may publish, also before and after their time."""
        if actor is None:
            return self.none()
        holder = "cycle__organization"
        return self.filter(
            in_scope(actor, Permission.ASSESSMENT_RUN, holder)
            | in_scope(actor, Permission.ASSESSMENT_DECIDE, holder)
        )

    def visible_to(
        self, actor: Actor | None, permission: str = Permission.ASSESSMENT_VIEW
    ) -> "PublicationQuerySet":
        """While it shows: everybody inside the zone, or those that were assessed; whoever publishes
        always. Where it is for those inside, anybody who may see a cycle at all."""
        if actor is None or permission not in actor.permissions or not actor.organization_path:
            return self.none()
        mine = Assessed.objects.filter(
            cycle=OuterRef("cycle"), path=actor.organization_path, is_out=False
        )
        told = Q(audience=Audience.ZONE) | Exists(mine)
        now = self.open_on(clock.today()).filter(told)
        return self.filter(Q(pk__in=now.values("pk")) | Q(pk__in=self.work_of(actor).values("pk")))


class Publication(models.Model):
    """公布: results shown to more than the one whom they are about, by somebody, for a reason and a
    time. Nothing is published by itself."""

    PRIVACY = {
        "reason": Personal("why results are published; may name people"),
        "by_name": Personal("to know who published"),
        "withdrawn_by_name": Personal("to know who took it back"),
        "withdrawn_reason": Personal("why it was taken back; may name people"),
    }

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="publications")
    audience = models.CharField("公布给", max_length=10, choices=Audience)
    shown = models.CharField("公布内容", max_length=10, choices=Shown)
    reason = models.CharField("理由", max_length=300)
    since = models.DateField("自")
    until = models.DateField("至")
    state = models.CharField(
        "状态", max_length=10, choices=PublicationState, default=PublicationState.OPEN
    )
    by_name = models.CharField("公布人", max_length=100)
    published_at = models.DateTimeField("公布于")
    withdrawn_reason = models.CharField("撤回理由", max_length=300, blank=True)
    withdrawn_by_name = models.CharField("撤回人", max_length=100, blank=True)
    withdrawn_at = models.DateTimeField("撤回于", null=True)

    objects = PublicationQuerySet.as_manager()
    machine = Machine(
        state="state",
        moves={
            "withdraw": Move(
                "撤回公布", from_=[PublicationState.OPEN], to=PublicationState.WITHDRAWN
            )
        },
        refusal="这次公布现在是“{state}”，这一步已不适用。",
    )

    class Meta:
        verbose_name = verbose_name_plural = "结果公布"
        ordering = ["-published_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["cycle", "audience"],
                condition=Q(state=PublicationState.OPEN),
                name="publication_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cycle_id} {self.get_audience_display()}"

    def get_absolute_url(self) -> str:
        return reverse("decisions:publication", args=[self.uid])
