"""How items keep the rules of the house: those for many say until when, and voices are answered."""

from django.urls import reverse

from core import clock
from schedules.rounds import house_rules
from schedules.rounds.house_rules import Breach, Looked
from schedules.rounds.queries.calendar import load

from .enums import Shape
from .models import ActionItem
from .queries import feedback
from .rules import overdue_line


@house_rules.check("numbered")
def _dated() -> Looked:
    shared = ActionItem.objects.under_way().filter(shape=Shape.SHARED)
    undated = [item.number for item in shared.filter(due_on=None).order_by("-year", "-serial")]
    breaches = [Breach(f"督办{number}交给多个单位，没有办理期限") for number in undated]
    return Looked(f"{shared.count()} 项交给多个单位的督办", breaches)


@house_rules.check("answered")
def _answered() -> Looked:
    line = overdue_line(clock.today(), load())
    total, late = feedback.unanswered(line)
    address = reverse("action_items:feedback-list")
    breaches = [Breach(f"{late} 条意见建议过了答复期限", address)] if late else []
    return Looked(f"{total} 条还没有答复的意见建议", breaches, late)
