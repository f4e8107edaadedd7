"""A year's plan as it is typed."""

from collections.abc import Mapping, Sequence
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms

from core.layouts import fields_helper

from ..actions.year_plans import LONGEST, MOST_LINES, Line
from ..enums import MeetingKind
from ..models import PlannedMeeting
from .lines import Lines, LinesForm, text_field

_WEEKS = ("第一个", "第二个", "第三个", "第四个", "最后一个")
_DAYS = "一二三四五六日"
_MONTHS = [("", "月份"), *((month, f"{month}月") for month in range(1, 13))]


def _rules() -> list[Any]:
    by_week = [
        (f"w{week}-{day}", f"每月{word}星期{_DAYS[day - 1]}")
        for week, word in enumerate(_WEEKS, start=1)
        for day in range(1, 8)
    ]
    by_date = [(f"d{day}", f"每月{day}日") for day in range(1, 32)]
    return [("", "不固定"), ("按日期", by_date), ("按星期", by_week)]


PARTY_DAYS = _rules()
PARTY_DAY_WORDS = dict(PARTY_DAYS[1][1] + PARTY_DAYS[2][1])


class YearPlanForm(LinesForm):
    """The fixed day of 主题党日, and the meetings of the year, a line each."""

    columns = ("month", "kind", "theme", "day", "place", "preparer_name")
    most = MOST_LINES
    spare = 16

    party_day = forms.ChoiceField(
        label="主题党日固定在",
        choices=PARTY_DAYS,
        required=False,
        help_text="遇节假日和周末，在一周以内顺延到工作日。",
    )

    def __init__(
        self, data: Any = None, *, lines: Sequence[PlannedMeeting] = (), **kwargs: Any
    ) -> None:
        super().__init__(data, start=[_start(one) for one in lines], **kwargs)

    def control(self, name: str, number: int, values: Mapping[str, Any]) -> forms.Field:
        if name == "month":
            return forms.TypedChoiceField(label="月份", choices=_MONTHS, coerce=int, required=False)
        if name == "kind":
            return forms.ChoiceField(
                label="类别", choices=[("", "选类别"), *MeetingKind.choices], required=False
            )
        if name == "day":
            return forms.IntegerField(
                label="几日",
                min_value=1,
                max_value=31,
                required=False,
                widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
                error_messages=dict.fromkeys(
                    ("invalid", "min_value", "max_value"), "填 1 到 31，没定就空着。"
                ),
            )
        label, most = LONGEST[name]
        return text_field(label, most)

    @property
    def helper(self) -> FormHelper:
        """The fixed day, then the lines."""
        return fields_helper("party_day", Lines("life/plan_lines.html"))

    def given_lines(self) -> list[Line]:
        """What was typed, as the action takes it."""
        found = []
        for number in range(self.row_count):
            line = self.given(number)
            found.append(
                Line(
                    number=number,
                    month=line["month"] or 0,
                    kind=line["kind"] or "",
                    day=line["day"],
                    **{name: line[name] or "" for name in LONGEST},
                )
            )
        return found


def _start(one: PlannedMeeting) -> dict[str, Any]:
    names = ("month", "kind", "day", *LONGEST)
    return {name: getattr(one, name) for name in names}
