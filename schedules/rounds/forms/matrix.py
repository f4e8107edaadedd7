"""The filters of the matrix."""

from typing import Any

from django import forms

from core import periods

from ..models import Plan
from ..words import GridOrder, MatrixState
from .base import PeriodFilter, offer

COUNTS = ("3", "6", "12")
UNITS = {
    periods.MONTH: "个月",
    periods.QUARTER: "个季度",
    periods.HALF_YEAR: "个半年",
    periods.YEAR: "年",
}


class MatrixFilter(PeriodFilter):
    """Which plan, which periods and which rows of the matrix."""

    months = forms.ChoiceField(label="范围", required=False)
    state = forms.ChoiceField(
        label="状态", choices=[("", "全部状态"), *MatrixState.choices], required=False
    )
    sort = forms.ChoiceField(label="排序", choices=GridOrder.choices, required=False)

    def __init__(self, *args: Any, plan: Plan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if plan.cadence == periods.MONTH:
            self.fields["period"].label = "月份"
        unit = UNITS[plan.cadence]
        offer(self, "months", [(count, f"近 {count} {unit}") for count in COUNTS])

    def chosen(self, name: str, default: str) -> str:
        """The valid choice of the field, else `default`."""
        self.is_valid()
        return str(self.cleaned_data.get(name) or default)
