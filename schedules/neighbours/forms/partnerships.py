"""A partnership, and what is written of it."""

from crispy_forms.helper import FormHelper
from django import forms

from core import clock
from core.layouts import Columns, fields_helper

from ..actions.partnerships import Bond
from ..enums import LineKind, PartnershipKind
from ..rules import LINE, PARTNER
from .wishes import area, day


class PartnershipForm(forms.Form):
    """With whom, how, since when."""

    name = forms.CharField(
        label="共建单位",
        min_length=2,
        max_length=PARTNER,
        help_text="党组织写全称或简称，登记后对方也看得到。",
    )
    is_outside = forms.BooleanField(label="是系统外的单位", required=False)
    kind = forms.ChoiceField(label="方式", choices=PartnershipKind.choices)
    since = day("开始日期", initial=clock.today)

    @property
    def helper(self) -> FormHelper:
        return fields_helper("name", "is_outside", Columns("kind", "since"))

    def bond(self) -> Bond:
        """What was typed."""
        return Bond(**self.cleaned_data)


class LineForm(forms.Form):
    """A need, or what came of one."""

    kind = forms.ChoiceField(label="内容", choices=LineKind.choices)
    on = day("日期", initial=clock.today)
    text = area("说明", LINE, 3, min_length=4, help_text="对方也看得到。")

    @property
    def helper(self) -> FormHelper:
        return fields_helper(Columns("kind", "on"), "text")


class PartnershipFilter(forms.Form):
    """Which partnerships."""

    showing = forms.ChoiceField(
        label="状态", required=False, choices=[("", "进行中"), ("over", "已结束")]
    )
    kind = forms.ChoiceField(
        label="方式", required=False, choices=[("", "全部"), *PartnershipKind.choices]
    )
    q = forms.CharField(
        label="查找",
        required=False,
        max_length=50,
        widget=forms.TextInput({"placeholder": "单位名称"}),
    )
