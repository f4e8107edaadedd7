"""The calendar of working days."""

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any, cast

from django import forms

from .base import DATE


class CalendarDayForm(forms.Form):
    """One day that is not what its weekday says."""

    day = forms.DateField(label="日期", widget=forms.DateInput(DATE, format="%Y-%m-%d"))
    is_working = forms.TypedChoiceField(
        label="这一天",
        choices=[("0", "休息"), ("1", "上班（调休）")],
        coerce=lambda value: value == "1",
    )
    name = forms.CharField(label="名称", max_length=40, required=False, help_text="如 国庆节。")

    def clean_day(self) -> dt.date:
        day: dt.date = self.cleaned_data["day"]
        if not 2000 <= day.year <= 2100:
            raise forms.ValidationError("年份应在 2000 至 2100 之间。")
        return day


class DayRemovalForm(forms.Form):
    """One of the days that were entered."""

    day = forms.DateField(
        label="已录入的日子",
        input_formats=["%Y-%m-%d"],
        widget=forms.Select,
        help_text="取消后按星期推算。",
    )

    def __init__(self, *args: Any, days: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.Select, self.fields["day"].widget).choices = list(days)


class CalendarYearForm(forms.Form):
    """A year's arrangement has been entered completely."""

    source = forms.CharField(
        label="依据文件",
        max_length=100,
        help_text="如 国办发明电〔2025〕7号。",
        error_messages={"required": "写明依据的文件。"},
    )

    def clean_source(self) -> str:
        text: str = self.cleaned_data["source"].strip()
        if len(re.sub(r"\s", "", text)) < 4:
            raise forms.ValidationError("写明文件的名称或文号。")
        return text
