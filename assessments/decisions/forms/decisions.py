"""The decision as it is typed, and a publication."""

import datetime as dt
from typing import Any

from django import forms

from core.layouts import Columns, fields_helper

from ..enums import Audience, Shown

DAY = {"type": "date"}


class DecideForm(forms.Form):
    """Which meeting, by which minutes; and which results were looked at."""

    met_on = forms.DateField(
        label="会议日期",
        widget=forms.DateInput(attrs=DAY),
        error_messages={"required": "请填写会议日期。", "invalid": "请填写日期。"},
    )
    minutes_number = forms.CharField(
        label="会议纪要文号",
        max_length=60,
        help_text="如 徐开工委纪要〔2026〕15号。",
        error_messages={"required": "请填写会议纪要文号。"},
    )
    note = forms.CharField(
        label="说明",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="会上定的、要写进审定意见的话；没有就不填。",
    )
    paper = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    @property
    def helper(self) -> Any:
        """Meeting and minutes side by side."""
        return fields_helper(Columns("met_on", "minutes_number"), "note", "paper")


class PublishForm(forms.Form):
    """To whom, what, why, and for how long."""

    audience = forms.ChoiceField(
        label="公布给谁",
        choices=Audience.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择公布给谁。"},
    )
    shown = forms.ChoiceField(
        label="公布什么",
        choices=Shown.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择公布什么。"},
    )
    reason = forms.CharField(
        label="为什么公布",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="如依据的文件、会议的决定。会记入操作记录。",
        error_messages={"required": "请写明为什么公布。"},
    )
    since = forms.DateField(
        label="自",
        widget=forms.DateInput(attrs=DAY),
        error_messages={"required": "请填写起始日期。", "invalid": "请填写日期。"},
    )
    until = forms.DateField(
        label="至",
        widget=forms.DateInput(attrs=DAY),
        help_text="到这一天结束，以后自动看不到。",
        error_messages={"required": "请填写截止日期。", "invalid": "请填写日期。"},
    )

    @property
    def helper(self) -> Any:
        """Both days side by side."""
        return fields_helper("audience", "shown", "reason", Columns("since", "until"))


class WhyForm(forms.Form):
    """Why something is taken back or given back."""

    reason = forms.CharField(
        label="理由",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请写明理由。"},
    )


def default_days(today: dt.date) -> dict[str, dt.date]:
    """What a publication begins with: a week from today."""
    return {"since": today, "until": today + dt.timedelta(days=6)}
