"""What a list of records is narrowed by, and of which day a record is to be; in the address."""

from collections.abc import Sequence
from typing import Any

from django import forms

from ..enums import MeetingKind


class RecordFilter(forms.Form):
    """Of which time and which kind. What makes no sense is as if it were not there."""

    period = forms.ChoiceField(label="时间", required=False)
    kind = forms.ChoiceField(
        label="类别", required=False, choices=[("", "全部"), *MeetingKind.choices]
    )

    def __init__(self, *args: Any, periods: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["period"].choices = [("", "全部"), *periods]  # type: ignore[attr-defined]


class FindForm(forms.Form):
    """Branches with which it was held, by part of a name."""

    find = forms.CharField(
        label="支部名称或编码",
        required=False,
        max_length=60,
        widget=forms.TextInput({"autocomplete": "off", "placeholder": "可用拼音首字母"}),
    )


class DayForm(forms.Form):
    """The day whose roll is called."""

    on = forms.DateField(
        label="日期", widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"), required=False
    )


class YearFilter(forms.Form):
    """Of which year."""

    year = forms.ChoiceField(label="年份", required=False)

    def __init__(self, *args: Any, years: Sequence[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = [(str(one), f"{one}年") for one in years]  # type: ignore[attr-defined]


class HoursFilter(YearFilter):
    """Of which year, and of whom: all, who has studied enough, who has not yet."""

    show = forms.ChoiceField(
        label="学时",
        required=False,
        choices=[("", "全部"), ("short", "还差的"), ("reached", "已够的")],
    )


class AttendanceFilter(YearFilter):
    """Of one member: of which year, and what of it."""

    show = forms.ChoiceField(
        label="看哪些",
        required=False,
        choices=[
            ("", "全部"),
            ("expected", "应到"),
            ("present", "到会"),
            ("excused", "请假"),
            ("unexcused", "没有请假"),
            ("missed", "缺席应补课"),
            ("extra", "不计应到而到会"),
            ("elsewhere", "在外单位参加"),
        ],
    )
