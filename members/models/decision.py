from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from core.actor import Actor
from core.privacy import Personal
from core.states import Machine, Move
from orgs.access import in_scope
from orgs.enums import COMMITTEE_KINDS, OrganizationKind
from orgs.models import Organization
from orgs.permissions import Permission

from ..enums import DecisionKind

# 党章: who is expelled loses all; that goes to the county level, which here is the work committee.
HIGHEST = frozenset({DecisionKind.EXPELLED})


class MembershipDecisionQuerySet(models.QuerySet["MembershipDecision"]):
    def visible_to(
        self, actor: Actor | None, permission: str = Permission.MEMBER_VIEW
    ) -> "MembershipDecisionQuerySet":
        """Those of organisations where the actor holds `permission`."""
        if actor is None:
            return self.none()
        return self.filter(in_scope(actor, permission))

    def waiting(self) -> "MembershipDecisionQuerySet":
        """Proposed, and neither approved nor refused."""
        return self.filter(state=MembershipDecision.State.PROPOSED)

    def for_deciding(self, actor: Actor) -> "MembershipDecisionQuerySet":
        """Those that the actor's committee may decide, but what he proposed himself. One query for
        the kind of his committee."""
        kind = kind_of_body(actor)
        if kind not in COMMITTEE_KINDS or Permission.MEMBER_EDIT not in actor.permissions:
            return self.none()
        found = self.filter(in_scope(actor, Permission.MEMBER_EDIT))
        found = found.exclude(proposed_by__in=actor.persons)
        return found if kind == OrganizationKind.WORK_COMMITTEE else found.filter(is_highest=False)

    def for_withdrawing(self, actor: Actor) -> "MembershipDecisionQuerySet":
        """Those that the actor proposed, or that were proposed where he acts; while he may still
        propose for the branch."""
        if actor.user_id is None or Permission.MEMBER_EDIT not in actor.permissions:
            return self.none()
        ours = Q(proposed_by_id=actor.user_id)
        if actor.organization_id is not None:
            ours |= Q(proposed_in_id=actor.organization_id)
        return self.filter(in_scope(actor, Permission.MEMBER_EDIT)).filter(ours)


def kind_of_body(actor: Actor) -> str:
    """The kind of organisation in whose name the actor acts; empty without one. One query."""
    if actor.organization_id is None:
        return ""
    kinds = Organization.objects.filter(pk=actor.organization_id).values_list("kind", flat=True)
    return kinds.first() or ""


class MembershipDecision(models.Model):
    """党籍处理: the branch resolves, a committee above approves, by another person. Until then it
    changes nothing that is counted."""

    PRIVACY = {
        "kind": Personal("the register", "sensitive"),
        "resolved_on": Personal("the register"),
        "resolution_number": Personal("the register"),
        "basis": Personal("the register", "sensitive"),
        "approved_on": Personal("the register"),
        "document_number": Personal("the register"),
        "reason": Personal("to tell why it was not approved"),
        "proposed_by_name": Personal("to know who proposed it"),
        "decided_by_name": Personal("to know who decided"),
        "decided_at_place": Personal("to know which body decided"),
    }

    class State(models.TextChoices):
        PROPOSED = "proposed", "待批准"
        APPROVED = "approved", "已批准"
        REFUSED = "refused", "未批准"
        WITHDRAWN = "withdrawn", "已撤回"

    member = models.ForeignKey("members.Member", on_delete=models.PROTECT, related_name="decisions")
    organization = models.ForeignKey(
        "orgs.Organization", on_delete=models.PROTECT, related_name="membership_decisions"
    )
    kind = models.CharField("事项", max_length=20, choices=DecisionKind)
    is_highest = models.BooleanField("须党工委批准", default=False)
    resolved_on = models.DateField("支部大会决议日期")
    resolution_number = models.CharField("决议（请示）文号", max_length=60)
    basis = models.CharField("依据", max_length=300)
    state = models.CharField("状态", max_length=10, choices=State, default=State.PROPOSED)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    proposed_by_name = models.CharField("提请人", max_length=100)
    proposed_in = models.ForeignKey(  # the organisation that he acted for
        "orgs.Organization", null=True, on_delete=models.PROTECT, related_name="+"
    )
    proposed_at = models.DateTimeField("提请时间")
    approved_on = models.DateField("批准日期", null=True)
    document_number = models.CharField("批复文号", max_length=60, blank=True)
    reason = models.CharField("不批准的理由", max_length=300, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_by_name = models.CharField("办理人", max_length=100, blank=True)
    decided_at_place = models.CharField("批准机关", max_length=100, blank=True)
    decided_at = models.DateTimeField("办理时间", null=True)

    objects = MembershipDecisionQuerySet.as_manager()
    machine = Machine(
        state="state",
        moves={
            "approve": Move("批准", from_=[State.PROPOSED], to=State.APPROVED),
            "refuse": Move("不批准", from_=[State.PROPOSED], to=State.REFUSED),
            "withdraw": Move("撤回", from_=[State.PROPOSED], to=State.WITHDRAWN),
        },
        refusal="这项党籍处理{state}，不用再办理。",
    )

    class Meta:
        verbose_name = verbose_name_plural = "党籍处理"
        ordering = ["-proposed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["member"], condition=Q(state="proposed"), name="decision_one_waiting"
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("proposed_by")),
                name="decision_takes_two",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member}：{self.get_kind_display()}"

    def get_absolute_url(self) -> str:
        return reverse("members:decision-detail", args=[self.pk])
