import datetime as dt
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from core import clock
from core.actor import Actor
from core.privacy import Personal
from core.states import Machine, Move
from orgs.access import in_scope
from orgs.permissions import Permission

from ..enums import ExemptionLook, ExemptionMode, ExemptionState
from .scheme import Scheme, above


class IndicatorExemptionQuerySet(models.QuerySet["IndicatorExemption"]):
    def visible_to(
        self, actor: Actor | None, permission: str = Permission.SCHEME_VIEW
    ) -> "IndicatorExemptionQuerySet":
        """Whose work it is sees all of them: who may edit or publish the scheme. What was approved is
        listed openly: to all whom the scheme measures and who look at them from above. The
        organisation itself reads also what was decided against it; nobody else does."""
        if actor is None:
            return self.none()
        work = in_scope(actor, Permission.SCHEME_EDIT, "scheme__organization") | in_scope(
            actor, Permission.SCHEME_PUBLISH, "scheme__organization"
        )
        seen = in_scope(actor, permission, "scheme__organization")
        if not actor.organization_path or permission not in actor.permissions:
            return self.filter(work | seen & Q(approved_at__isnull=False))
        measured = Q(scheme__organization__path__in=above(actor.organization_path))
        its_own = Q(organization__path=actor.organization_path) & ~Q(state=ExemptionState.PROPOSED)
        return self.filter(work | (seen | measured) & Q(approved_at__isnull=False) | its_own)

    def proposed(self) -> "IndicatorExemptionQuerySet":
        """Those that somebody else is to decide."""
        return self.filter(state=ExemptionState.PROPOSED)

    def refused(self) -> "IndicatorExemptionQuerySet":
        """Those that were not approved."""
        return self.filter(state=ExemptionState.REFUSED)

    def running(self, day: dt.date) -> "IndicatorExemptionQuerySet":
        """Those that hold on the day or will begin after it."""
        left = self.filter(approved_at__isnull=False, until__gte=day)
        return left.filter(
            Q(ended_on=None) | Q(ended_on__gt=day) & Q(ended_on__gt=models.F("since"))
        )

    def over(self, day: dt.date) -> "IndicatorExemptionQuerySet":
        """Those that held and hold no longer."""
        approved = self.filter(approved_at__isnull=False)
        return approved.exclude(pk__in=self.model.objects.running(day).values("pk"))

    def holding(
        self, day: dt.date, known_at: dt.datetime | None = None
    ) -> "IndicatorExemptionQuerySet":
        """Those that hold on a day: approved (by the moment `known_at`, if there is one), begun,
        neither run out nor ended before it."""
        begun = self.filter(approved_at__isnull=False, since__lte=day, until__gte=day)
        if known_at is not None:
            begun = begun.filter(approved_at__lte=known_at)
        return begun.filter(Q(ended_on__isnull=True) | Q(ended_on__gt=day))


class IndicatorExemption(models.Model):
    """免考: one indicator is out for one organisation, for a reason and until a day."""

    PRIVACY = {
        "reason": Personal("why somebody is not measured; may name people"),
        "approved_by": Personal("to know who approved it"),
        "proposed_by_name": Personal("to know who asked for it"),
        "decided_by_name": Personal("to know who entered the decision"),
        "answer": Personal("why it was refused or ended; may name people"),
    }

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    scheme = models.ForeignKey(Scheme, on_delete=models.CASCADE, related_name="exemptions")
    indicator = models.CharField("指标", max_length=40)  # its key in the content
    organization = models.ForeignKey(
        "orgs.Organization", on_delete=models.PROTECT, related_name="+", verbose_name="单位"
    )
    mode = models.CharField(
        "计法", max_length=10, choices=ExemptionMode, default=ExemptionMode.RESCALE
    )
    reason = models.CharField("理由", max_length=300)
    approved_by = models.CharField("批准机关、会议或文号", max_length=100, blank=True)
    since = models.DateField("自")
    until = models.DateField("至")
    state = models.CharField(
        "状态", max_length=10, choices=ExemptionState, default=ExemptionState.PROPOSED
    )
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    proposed_by_name = models.CharField("提出人", max_length=100, blank=True)
    proposed_at = models.DateTimeField("提出于")
    decided_by_name = models.CharField("办理人", max_length=100, blank=True)
    approved_at = models.DateTimeField("批准于", null=True)
    answer = models.CharField("未批准或终止的理由", max_length=300, blank=True)
    ended_on = models.DateField("终止于", null=True)

    objects = IndicatorExemptionQuerySet.as_manager()
    machine = Machine(
        state="state",
        moves={
            "approve": Move("批准", from_=[ExemptionState.PROPOSED], to=ExemptionState.APPROVED),
            "refuse": Move("不批准", from_=[ExemptionState.PROPOSED], to=ExemptionState.REFUSED),
            "end": Move("提前终止", from_=[ExemptionState.APPROVED], to=ExemptionState.ENDED),
            # Its last day is over and another one of the same is asked for: the constraint below
            # knows no day. It has held until its last day, as before.
            "lapse": Move("到期", from_=[ExemptionState.APPROVED], to=ExemptionState.ENDED),
        },
        refusal="这项免考现在是“{state}”，这一步已不适用。请刷新页面查看最新情况。",
    )

    class Meta:
        verbose_name = verbose_name_plural = "免考"
        ordering = ["scheme_id", "indicator", "organization_id", "pk"]
        constraints = [
            # Of one indicator and organisation at most one is asked for or holds.
            models.UniqueConstraint(
                fields=["scheme", "indicator", "organization"],
                condition=Q(state__in=[ExemptionState.PROPOSED, ExemptionState.APPROVED]),
                name="indicator_exemption_once",
            ),
            models.CheckConstraint(
                condition=Q(until__gte=models.F("since")), name="indicator_exemption_span"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization} {self.indicator}"

    def get_absolute_url(self) -> str:
        return reverse("schemes:exemption", args=[self.uid])

    @property
    def held_until(self) -> dt.date:
        """The last day on which it holds; before `since` where it never held."""
        if self.ended_on is None:
            return self.until
        return min(self.until, self.ended_on - dt.timedelta(days=1))

    @property
    def look(self) -> ExemptionLook:
        """How it stands today."""
        if self.state in (ExemptionState.PROPOSED, ExemptionState.REFUSED):
            return ExemptionLook(self.state)
        today = clock.today()
        if self.held_until < self.since:
            return ExemptionLook.VOID
        if self.held_until < today:
            return ExemptionLook.EXPIRED if self.held_until == self.until else ExemptionLook.ENDED
        return ExemptionLook.HOLDING if self.since <= today else ExemptionLook.COMING
