"""A wish as it is published, fulfilled and withdrawn."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms

from core import clock
from core.layouts import Columns, fields_helper
from core.privacy import OFF_THE_DEVICE

from ..actions.wishes import Asked
from ..enums import Breadth
from ..rules import NAME, NEED, REASON, RESULT, TITLE


def day(label: str, **more: Any) -> forms.DateField:
    """A field of a day."""
    return forms.DateField(
        label=label, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"), **more
    )


def area(label: str, most: int, rows: int, **more: Any) -> forms.CharField:
    """A field of some lines."""
    return forms.CharField(
        label=label, max_length=most, widget=forms.Textarea({"rows": rows}), **more
    )


class WishForm(forms.Form):
    """What is wished for, until when, and who may claim it."""

    title = forms.CharField(label="心愿", min_length=2, max_length=TITLE)
    need = area(
        "需要什么",
        NEED,
        3,
        min_length=4,
        help_text="写清要什么、要多少。认领范围里的组织都看得到，不写姓名、门牌和病情。",
    )
    until = day("何时以前", help_text="过了这天没有人认领，会在首页提醒发布的组织。")
    breadth = forms.ChoiceField(
        label="谁可以认领",
        choices=Breadth.choices,
        initial=Breadth.COMMITTEE,
        widget=forms.RadioSelect,
    )
    resident = forms.CharField(
        label="居民姓名",
        max_length=NAME,
        required=False,
        widget=forms.TextInput({**OFF_THE_DEVICE, "autocomplete": "off"}),
        help_text="可以不写。只有发布和认领的组织看得到全名，办结半年后自动删除。",
    )

    @property
    def helper(self) -> FormHelper:
        return fields_helper("title", "need", Columns("until", "resident"), "breadth")

    def asked(self) -> Asked:
        """What was typed."""
        return Asked(**self.cleaned_data)


class FulfilForm(forms.Form):
    """A sentence and a day."""

    result = area("办成了什么", RESULT, 3, min_length=4, help_text="一句话就行，4 字以上。")
    on = day("实现日期", initial=clock.today)


class WithdrawForm(forms.Form):
    """Why it is withdrawn."""

    reason = area("撤回理由", REASON, 3, min_length=4, help_text="认领的组织也看得到。")


class WishFilter(forms.Form):
    """Which wishes. What makes no sense is as if it were not there."""

    showing = forms.ChoiceField(
        label="哪些",
        required=False,
        choices=[
            ("open", "待认领"),
            ("mine", "我们认领的"),
            ("ours", "我们发布的"),
            ("late", "到期没有人认领"),
            ("over", "已办结"),
        ],
    )
    q = forms.CharField(
        label="查找",
        required=False,
        max_length=50,
        widget=forms.TextInput({"placeholder": "心愿、发布组织"}),
    )
