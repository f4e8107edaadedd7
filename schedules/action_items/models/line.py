from django.db import models

from core.privacy import Personal
from core.states import Machine, Move

from ..enums import LineState


class ActionLine(models.Model):
    """One line of an item that came as a list: with its measure, person, date and mark.

    A line bound to a figure is done when the figure of the owner has stood at `goal` or better for
    `months` months; nobody reports it. Of a line that is `by_fact` whoever gave it out knows by
    which fact it is done, and says so when it has come about. `is_weighty`: then it waits for
    another person to verify it all the same.
    """

    PRIVACY = {
        "problem": Personal("to have it put right; may name people"),
        "measure": Personal("to have it put right; may name people"),
        "responsible_name": Personal("to know who sees to it"),
        "leader_name": Personal("to know which leader answers for it"),
        "evidence": Personal("to see that it was done; may name people"),
        "return_reason": Personal("to show what is still missing; may name people"),
        "reported_by_name": Personal("to know who reported it"),
        "verified_by_name": Personal("to know who checked it"),
    }

    item = models.ForeignKey(
        "action_items.ActionItem", on_delete=models.CASCADE, related_name="lines"
    )
    position = models.PositiveSmallIntegerField("序号")
    problem = models.CharField("问题", max_length=300)
    measure = models.CharField("措施", max_length=300, blank=True)
    leader_name = models.CharField("责任领导", max_length=50, blank=True)
    responsible_name = models.CharField("责任人", max_length=50, blank=True)
    due_on = models.DateField("期限", null=True, blank=True)
    evidence = models.CharField("佐证", max_length=300, blank=True)
    state = models.CharField("状态", max_length=10, choices=LineState, default=LineState.OPEN)
    late_days = models.PositiveSmallIntegerField("逾期天数", default=0)
    return_reason = models.CharField("退回原因", max_length=300, blank=True)
    reported_by_id = models.BigIntegerField(null=True)
    reported_by_name = models.CharField("报结人", max_length=100, blank=True)
    reported_at = models.DateTimeField(null=True)
    verified_by_name = models.CharField("核验人", max_length=100, blank=True)
    verified_at = models.DateTimeField(null=True)
    figure_key = models.CharField("数据项", max_length=60, blank=True)
    goal = models.DecimalField("目标", max_digits=14, decimal_places=2, null=True, blank=True)
    is_at_least = models.BooleanField("不低于目标", default=True)
    months = models.PositiveSmallIntegerField("连续月数", default=1)
    by_fact = models.BooleanField("随事实销号", default=False)
    is_weighty = models.BooleanField("须由另一人核验", default=False)

    machine = Machine(
        state="state",
        moves={
            "report": Move("报结", from_=[LineState.OPEN], to=LineState.REPORTED),
            "verify": Move("销号", from_=[LineState.REPORTED], to=LineState.DONE),
            "return": Move("退回", from_=[LineState.REPORTED], to=LineState.OPEN),
            "turn_good": Move(
                "随数据销号", from_=[LineState.OPEN, LineState.REPORTED], to=LineState.DONE
            ),
            "await_check": Move("待核验", from_=[LineState.OPEN], to=LineState.REPORTED),
        },
        refusal="这一条现在是“{state}”，这一步已不适用。",
    )

    class Meta:
        verbose_name = verbose_name_plural = "清单条目"
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["item", "position"], name="action_line_once"),
        ]

    def __str__(self) -> str:
        return self.problem[:40]

    @property
    def closes_itself(self) -> bool:
        """Whether nobody reports it: a fact does. What was sent back is reported by the owner."""
        return bool(self.figure_key) or (self.by_fact and not self.return_reason)
