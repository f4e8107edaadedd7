"""From when the usual plans are to hold."""

from typing import Any

from django import forms

from schedules.rounds.forms.base import UNSEEN, OverCapForm, WeighedForm


class UsualPlansForm(OverCapForm, WeighedForm):
    """From this month on, or for the whole year; why, where a month comes to more than the cap."""

    since = forms.ChoiceField(
        label="从什么时候起",
        choices=[("month", "从本月（本季、本年）起"), ("year", "今年 1 月起，以前的月份也列出")],
        initial="month",
        widget=forms.RadioSelect,
        help_text="已登记的立即计入。选今年 1 月起，以前没有登记的每个月都会列在支部的待办里，"
        "要一一补记，一般只在年初用。",
    )
    field_order = ("since", "over_reason", "seen")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen"].label = "我已看过上面每类组织要办多少，仍要建立"
        self.fields["seen"].required = True
        self.fields["seen"].error_messages["required"] = UNSEEN
