"""One's own opinion, or why one keeps out."""

from decimal import Decimal
from typing import Any

from django import forms

from ..models import Panel, PanelSeat
from ..rules import MOST_OPINION, MOST_REASON
from .panels import RevisedForm

YES, NO = "yes", "no"


class SeatForm(RevisedForm):
    """For or against, the points where there are any, and the words."""

    agrees = forms.ChoiceField(
        label="是否同意", choices=[(YES, "同意"), (NO, "不同意")], widget=forms.RadioSelect
    )
    opinion = forms.CharField(
        label="意见",
        max_length=MOST_OPINION,
        required=False,
        widget=forms.Textarea({"rows": 5}),
        help_text="不同意的要写明理由。",
    )

    def __init__(self, *args: Any, panel: Panel, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.criteria = panel.judged_by
        for one in self.criteria:
            self.fields[f"score_{one.key}"] = forms.DecimalField(
                label=f"{one.name}（满分 {one.full}）",
                min_value=0,
                max_value=one.full,
                max_digits=6,
                decimal_places=1,
            )
        self.order_fields([*(f"score_{one.key}" for one in self.criteria), "agrees", "opinion"])

    @staticmethod
    def values_of(seat: PanelSeat) -> dict[str, Any]:
        """What was given until now."""
        values: dict[str, Any] = {f"score_{key}": points for key, points in seat.points.items()}
        if seat.is_given:
            values |= {"agrees": YES if seat.agrees else NO, "opinion": seat.opinion}
        return {"revision": seat.revision, **values}

    def given(self) -> dict[str, Any]:
        """The opinion, as the action takes it."""
        data = self.cleaned_data
        scores: dict[str, Decimal] = {one.key: data[f"score_{one.key}"] for one in self.criteria}
        return {
            "revision": data["revision"],
            "agrees": data["agrees"] == YES,
            "opinion": data["opinion"],
            "scores": scores,
        }


class ConflictForm(forms.Form):
    """Why one keeps out."""

    reason = forms.CharField(
        label="回避理由", max_length=MOST_REASON, widget=forms.Textarea({"rows": 3})
    )
