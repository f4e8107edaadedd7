from django.db import models
from django.db.models import Q

from core.privacy import Personal
from core.states import Machine, Move

from ..enums import ExtensionState


class Extension(models.Model):
    """One wish for a later date. Who issued the item decides; the day before stays in sight."""

    PRIVACY = {
        "reason": Personal("to decide on more time; may name people"),
        "answer": Personal("to tell why there is no more time; may name people"),
        "asked_by_name": Personal("to know who asked for more time"),
        "decided_by_name": Personal("to know who decided"),
    }

    item = models.ForeignKey(
        "action_items.ActionItem", on_delete=models.CASCADE, related_name="extensions"
    )
    due_before = models.DateField("原期限")
    wanted_on = models.DateField("申请延至")
    reason = models.CharField("理由", max_length=300)
    state = models.CharField(
        "状态", max_length=10, choices=ExtensionState, default=ExtensionState.ASKED
    )
    asked_by_id = models.BigIntegerField(null=True)
    asked_by_name = models.CharField("申请人", max_length=100)
    asked_at = models.DateTimeField()
    due_after = models.DateField("延至", null=True)
    answer = models.CharField("答复", max_length=300, blank=True)
    decided_by_name = models.CharField("答复人", max_length=100, blank=True)
    decided_at = models.DateTimeField(null=True)

    machine = Machine(
        state="state",
        moves={
            "grant": Move("同意", from_=[ExtensionState.ASKED], to=ExtensionState.GRANTED),
            "refuse": Move("不同意", from_=[ExtensionState.ASKED], to=ExtensionState.REFUSED),
        },
        refusal="这项延期申请{state}，不用再办理。",
    )

    class Meta:
        verbose_name = verbose_name_plural = "延期申请"
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["item"], condition=Q(state="asked"), name="extension_one_waiting"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.due_before:%Y-%m-%d} → {self.wanted_on:%Y-%m-%d}"
