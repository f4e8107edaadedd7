from django.db import models
from django.db.models import F, Q

from core.actor import Actor
from core.privacy import Personal
from core.states import GIVEN, Machine, Move
from orgs.access import in_scope
from orgs.permissions import Permission

from ..enums import AbsenceReason, ExemptionReason, Presence
from .meeting import Meeting


class Attendance(models.Model):
    """How one member took part in one record.

    Who stands on no row was not registered (未登记): that is not 缺席.
    """

    PRIVACY = {
        "presence": Personal("to know who took part"),
        "reason": Personal("to know why somebody was absent", "sensitive"),
        "approver_name": Personal("to know who gave leave"),
    }

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="attendances")
    member = models.ForeignKey(
        "members.Member", on_delete=models.PROTECT, related_name="attendances"
    )
    # For which organisation he counts: whose part in the record it is; his own, for a guest.
    organization = models.ForeignKey(
        "orgs.Organization", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    is_expected = models.BooleanField("计入应到", default=True)
    presence = models.CharField("到会", max_length=8, choices=Presence)
    reason = models.CharField("缺席原因", max_length=8, choices=AbsenceReason, blank=True)
    approver_name = models.CharField("准假人", max_length=50, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "考勤"
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["member", "presence"], name="attendance_of_member"),
            # Few among millions: what an organisation's own took part in elsewhere.
            models.Index(
                fields=["organization"],
                name="attendance_of_guest",
                condition=Q(presence=Presence.GUEST),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "member"], name="attendance_once"),
            models.CheckConstraint(
                condition=Q(presence=Presence.ABSENT) & ~Q(reason="")
                | ~Q(presence=Presence.ABSENT) & Q(reason=""),
                name="absence_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member} {self.get_presence_display()}"


class ExemptionQuerySet(models.QuerySet["Exemption"]):
    def visible_to(
        self, actor: Actor | None, permission: str = Permission.LIFE_VIEW
    ) -> "ExemptionQuerySet":
        """Those of members for whom the actor holds `permission`."""
        if actor is None:
            return self.none()
        return self.filter(in_scope(actor, permission, "member__organization"))


class Exemption(models.Model):
    """免到: a member is not expected for a time; why, and who said so."""

    PRIVACY = {
        "reason": Personal("to know why somebody is not expected", "sensitive"),
        "note": Personal("to know why somebody is not expected", "sensitive"),
        "approver_name": Personal("to know who said so"),
        "written_by_name": Personal("to know who wrote it down"),
    }

    member = models.ForeignKey(
        "members.Member", on_delete=models.PROTECT, related_name="exemptions"
    )
    reason = models.CharField("原因", max_length=8, choices=ExemptionReason)
    note = models.CharField("说明", max_length=100, blank=True)
    since = models.DateField("自")
    until = models.DateField("至", null=True)  # the last day
    approver_name = models.CharField("批准人", max_length=50)
    written_at = models.DateTimeField("登记于")
    written_by_name = models.CharField("登记人", max_length=100)
    ended_at = models.DateTimeField("撤销于", null=True)

    objects = ExemptionQuerySet.as_manager()
    machine = Machine(
        state="ended_at",
        moves={"end": Move("结束免到", from_=[None], to=GIVEN, refusal="这条免到刚刚已经结束。")},
    )

    class Meta:
        verbose_name = verbose_name_plural = "免到"
        ordering = ["-since", "-pk"]
        indexes = [
            models.Index(
                fields=["member", "since"], name="exemption_of_member", condition=Q(ended_at=None)
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="exemption_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member} {self.get_reason_display()}"
