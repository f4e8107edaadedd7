"""Forms of exemptions. What is typed is checked by the actions; here it takes its shape."""

from collections.abc import Sequence
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms

from core.layouts import Columns, fields_helper

from ..definitions import Leaf
from ..enums import ExemptionMode
from ..queries.exemptions import Showing
from ..queries.groups import Compared
from .groups import offer

SHOWING_WORDS = {
    Showing.PROPOSED: "待批准",
    Showing.RUNNING: "有效和未开始",
    Showing.OVER: "已到期、已终止",
    Showing.REFUSED: "未批准",
}
# What only those see whose work it is.
OF_WORK = (Showing.PROPOSED, Showing.REFUSED)


def _day(label: str, **more: Any) -> forms.DateField:
    return forms.DateField(
        label=label, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"), **more
    )


def _reason(label: str, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=300,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"max_length": "理由请写在 300 字以内。"},
        **more,
    )


class ExemptionForm(forms.Form):
    """One indicator, one organisation, why, and until when."""

    organization = forms.ChoiceField(label="单位")
    indicator = forms.ChoiceField(label="免考的指标")
    mode = forms.ChoiceField(
        label="计法",
        choices=ExemptionMode.choices,
        initial=ExemptionMode.RESCALE,
        widget=forms.RadioSelect,
        help_text="按满分计：这一项得满分。不计：去掉这一项，其余折算到满分。",
    )
    reason = _reason("理由", help_text="批准后向全体被考核单位公开，请不要写个人姓名和隐私。")
    since = _day("自")
    until = _day("至", help_text="含这一天，最晚到年底。每半年按最后一天是否有效计。")

    def __init__(
        self,
        *args: Any,
        leaves: Sequence[Leaf],
        organizations: Sequence[Compared],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.places = {str(one.pk): one for one in organizations}
        offer(
            self,
            "organization",
            [("", "请选择"), *((key, one.name) for key, one in self.places.items())],
        )
        groups: dict[str, list[tuple[str, str]]] = {}
        for leaf in leaves:
            full = leaf.node.get("full", "")
            group = " · ".join(leaf.above) or "指标"
            groups.setdefault(group, []).append((leaf.key, f"{leaf.name}（{full} 分）"))
        offer(self, "indicator", [("", "请选择"), *groups.items()])

    @property
    def helper(self) -> FormHelper:
        """Both days side by side."""
        return fields_helper(
            "organization", "indicator", "mode", "reason", Columns("since", "until")
        )


class ApproveForm(forms.Form):
    """Which body decided it, or by which document."""

    approved_by = forms.CharField(
        label="批准机关、会议或文号",
        max_length=100,
        help_text="如：党工委会议 2026年3月2日，或 某工委〔2026〕12号。会公开。",
    )


class RefuseForm(forms.Form):
    """Why not."""

    reason = _reason("不批准的理由", help_text="该单位会收到消息。")


class EndForm(forms.Form):
    """Why it ends before its last day, and from when."""

    is_error = forms.BooleanField(
        label="更正作废：批准有误，自始不算",
        required=False,
        help_text="不选，自下一个半年起照常考核：对被考核单位不利的改动不追溯。",
    )
    reason = _reason("终止的理由", help_text="该单位会收到消息，理由公开。")

    @property
    def helper(self) -> FormHelper:
        """The reason first."""
        return fields_helper("reason", "is_error")


class ExemptionFilter(forms.Form):
    """Which exemptions. What makes no sense is as if it were not there."""

    year = forms.ChoiceField(label="年度", required=False)
    show = forms.ChoiceField(label="状态", required=False)

    def __init__(self, *args: Any, years: Sequence[int], sees_all: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "year", [(str(one), f"{one}年度") for one in years])
        shown = [
            (key.value, word)
            for key, word in SHOWING_WORDS.items()
            if sees_all or key not in OF_WORK
        ]
        offer(self, "show", [("", "全部状态"), *shown])
