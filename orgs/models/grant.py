import datetime as dt
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from core import clock
from core.privacy import Personal
from core.states import GIVEN, Machine, Move

from ..enums import AdminKind
from ..roles import WORK_ROLE_CHOICES, WORK_ROLES, Role


class RoleGrantQuerySet(models.QuerySet["RoleGrant"]):
    def dated(self, on: Any) -> "RoleGrantQuerySet":
        """Grants whose own days include `on`. Whether a deputy's still stands, and whether its
        holder may sign in, says `current`."""
        return self.filter(Q(valid_to=None) | Q(valid_to__gt=on), valid_from__lte=on)

    def current(self) -> "RoleGrantQuerySet":
        """Grants in force today of people who can sign in."""
        today = clock.today()
        # A deputy's right stands on that of the person he acts for, whatever became of it since.
        principal = Q(
            Q(deputy_for__valid_to=None) | Q(deputy_for__valid_to__gt=today),
            deputy_for__valid_from__lte=today,
            deputy_for__user__is_active=True,
        )
        return self.dated(today).filter(Q(deputy_for=None) | principal, user__is_active=True)

    def deputies_named_by(self, user_id: int) -> "RoleGrantQuerySet":
        """Grants by which others act for `user_id`, today or later; the next to end first."""
        return (
            self.filter(deputy_for__user_id=user_id, valid_to__gt=clock.today())
            .filter(Q(deputy_for__valid_to=None) | Q(deputy_for__valid_to__gt=clock.today()))
            .select_related("user", "organization", "deputy_for")
            .order_by("valid_to", "pk")
        )


class RoleGrant(models.Model):
    """A work role held at a node of the tree, from one day to another.

    With `deputy_for` it is the right to act in somebody else's grant, named by that person
    himself, which never lasts longer than the grant it stands on.
    """

    PRIVACY = {
        "granted_by_name": Personal("to know who gave a right"),
    }

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="grants"
    )
    role = models.CharField("角色", max_length=24, choices=WORK_ROLE_CHOICES)
    organization = models.ForeignKey(
        "orgs.Organization", on_delete=models.PROTECT, related_name="grants", verbose_name="组织"
    )
    valid_from = models.DateField("自")
    valid_to = models.DateField("至", null=True, blank=True)
    granted_by_name = models.CharField("授权人", max_length=100)
    granted_at = models.DateTimeField("授权时间")
    deputy_for = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="deputies",
        verbose_name="代理",
    )

    objects = RoleGrantQuerySet.as_manager()
    # Whether it still runs on a day is a condition of the act.
    machine = Machine(
        state="valid_to",
        moves={
            "end": Move("结束", to=GIVEN, refusal="这项授权已经结束。"),
            "end_deputy": Move("结束委托", to=GIVEN, refusal="这项委托已经结束。"),
        },
    )

    class Meta:
        verbose_name = verbose_name_plural = "授权"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "organization"],
                condition=Q(valid_to=None),
                name="grant_held_once",
            ),
            models.CheckConstraint(
                condition=Q(deputy_for=None) | Q(valid_to__isnull=False),
                name="grant_of_deputy_ends",
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="grant_dates_in_order",
            ),
            models.CheckConstraint(
                condition=Q(role__in=list(WORK_ROLES)), name="grant_is_work_role"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.organization}"

    @property
    def last_day(self) -> dt.date | None:
        """The last day on which it holds; None where no end is set."""
        return self.valid_to - dt.timedelta(days=1) if self.valid_to else None

    @property
    def role_class(self) -> type[Role]:
        """The role's class in code."""
        return WORK_ROLES[self.role]

    @property
    def label(self) -> str:
        """The role's name; marked when it is held for somebody else."""
        mark = "（代）" if self.deputy_for_id else ""
        return f"{self.role_class.label}{mark}"


class AdministratorProposal(models.Model):
    """Making somebody an administrator takes two persons: one proposes, another confirms."""

    PRIVACY = {
        "reason": Personal("to know why somebody became an administrator"),
    }

    class State(models.TextChoices):
        PROPOSED = "proposed", "待确认"
        CONFIRMED = "confirmed", "已确认"
        REFUSED = "refused", "已否决"
        WITHDRAWN = "withdrawn", "已撤回"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="administrator_proposals"
    )
    admin_kind = models.CharField("拟任", max_length=10, choices=AdminKind, blank=True)
    reason = models.CharField("理由", max_length=200)
    state = models.CharField("状态", max_length=10, choices=State, default=State.PROPOSED)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)

    machine = Machine(
        state="state",
        moves={
            "confirm": Move("确认", from_=[State.PROPOSED], to=State.CONFIRMED),
            "refuse": Move("否决", from_=[State.PROPOSED], to=State.REFUSED),
            "withdraw": Move("撤回", from_=[State.PROPOSED], to=State.WITHDRAWN),
        },
        refusal="这项任免已经办理过了。",
    )

    class Meta:
        verbose_name = verbose_name_plural = "管理员任免"
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("proposed_by")),
                name="administrator_takes_two",
            ),
            models.CheckConstraint(
                condition=~Q(user=F("proposed_by")), name="administrator_not_by_oneself"
            ),
            models.UniqueConstraint(
                fields=["user"], condition=Q(state="proposed"), name="administrator_one_proposal"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.get_admin_kind_display()}"
