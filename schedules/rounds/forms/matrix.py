"""The filters of the matrix."""

from collections.abc import Sequence
from typing import Any

from django import forms

from core import periods

from ..models import Plan
from ..words import MatrixState
from .base import offer

COUNTS = ("3", "6", "12")
UNITS = {
    periods.MONTH: "个月",
    periods.QUARTER: "个季度",
    periods.HALF_YEAR: "个半年",
    periods.YEAR: "年",
}


class MatrixFilter(forms.Form):
    """Which plan, which periods and which rows of the matrix."""

    plan = forms.ChoiceField(label="计划", required=False)
    period = forms.ChoiceField(label="期间", required=False)
    months = forms.ChoiceField(label="范围", required=False)
    state = forms.ChoiceField(
        label="状态", choices=[("", "全部状态"), *MatrixState.choices], required=False
    )

    def __init__(
        self, *args: Any, plans: Sequence[Plan], plan: Plan, opened: Sequence[str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if len(plans) > 1:
            offer(self, "plan", [(one.key, one.name) for one in plans])
        else:
            del self.fields["plan"]
        offer(self, "period", [(period, periods.label(period)) for period in opened])
        if plan.cadence == periods.MONTH:
            self.fields["period"].label = "月份"
        unit = UNITS[plan.cadence]
        offer(self, "months", [(count, f"近 {count} {unit}") for count in COUNTS])

    def chosen(self, name: str, default: str) -> str:
        """The valid choice of the field, else `default`."""
        self.is_valid()
        return str(self.cleaned_data.get(name) or default)
