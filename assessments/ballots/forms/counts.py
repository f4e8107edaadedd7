"""Counts of paper ballots: of one indicator for all organisations on one page, or of one."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Layout
from django import forms
from django.forms import BoundField

from core.layouts import fields_helper

from ..actions.rounds import Counted
from ..rules import COLLECTED, INVALID, ISSUED, MOST, Count, answers_of, fault_of

DIGITS = len(str(MOST))


@dataclass(frozen=True, slots=True)
class Line:
    """One round, with what the own person counted, or what both of two did."""

    round: int
    name: str
    rule: Any
    count: Count | None = None

    @property
    def answers(self) -> list[str]:
        """The answers, the best first."""
        return answers_of(self.rule)

    def field_of(self, about: str) -> str:
        """The name of a field by what it is about: `issued` …, or an answer."""
        if about in self.answers:
            return f"{self.round}-v{self.answers.index(about)}"
        return f"{self.round}-{about}"

    @property
    def boxes(self) -> list[tuple[str, str, int | None]]:
        """(field, label, number that is there), in the order of the sheet."""
        one = self.count
        found = [
            (self.field_of(ISSUED), "发出", one.issued if one else None),
            (self.field_of(COLLECTED), "收回", one.collected if one else None),
        ]
        found += [(self.field_of(n), n, one.votes.get(n) if one else None) for n in self.answers]
        return [*found, (self.field_of(INVALID), "无效", one.invalid if one else None)]


class CountForm(forms.Form):
    """A line for each round. What is left empty is not counted; what is begun is filled whole."""

    def __init__(self, *args: Any, lines: Sequence[Line], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = lines
        for line in lines:
            for name, label, value in line.boxes:
                field: Any = _number(f"{line.name} {label}", value, name.split("-")[-1])
                field.short = label
                self.fields[name] = field

    @property
    def helper(self) -> FormHelper:
        """The page draws the lines itself."""
        helper = FormHelper()
        helper.layout = Layout(HTML(" "))  # what is empty would draw all
        return helper

    def boxes(self, line: Line) -> list[BoundField]:
        """The fields of a line."""
        return [self[name] for name, _, _ in line.boxes]

    def errors_of(self, line: Line) -> list[str]:
        """What is wrong with a line, each thing once."""
        if not self.is_bound:
            return []
        found = [str(text) for name, _, _ in line.boxes for text in self.errors.get(name, [])]
        return list(dict.fromkeys(found))

    def clean(self) -> dict[str, Any]:
        """Each line against its rule; what is wrong stands beside its field, all of it at once."""
        given = super().clean() or {}
        self.counted: list[Counted] = []
        for line in self.lines:
            names = [name for name, _, _ in line.boxes]
            if any(name not in given for name in names):
                continue  # refused by a field already
            left = [name for name in names if given[name] is None]
            if len(left) == len(names):
                if line.count is not None:
                    self.add_error(names[0], "已经填过的票数不能清空；填错了，直接改成实数。")
                continue
            if left:
                labels = [label for name, label, _ in line.boxes if name in left]
                self.add_error(left[0], f"没有填全：还有{'、'.join(labels)}，没有的填 0。")
                continue
            votes = {one: given[line.field_of(one)] for one in line.answers}
            issued, collected = given[line.field_of(ISSUED)], given[line.field_of(COLLECTED)]
            count = Count(issued, collected, votes, given[line.field_of(INVALID)])
            about, text = fault_of(count, line.rule)
            if text:
                self.add_error(line.field_of(about), text)
                continue
            self.counted.append(Counted(line.round, count))
        return given


def _number(label: str, value: int | None, short: str) -> forms.IntegerField:
    wrong = f"请填 0 至 {MOST} 的整数。"
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=0,
        max_value=MOST,
        initial=value,
        error_messages={"invalid": wrong, "min_value": wrong, "max_value": wrong},
        widget=forms.TextInput(
            {
                "inputmode": "numeric",
                "autocomplete": "off",
                "maxlength": DIGITS,
                "data-ballot": short,
            }
        ),
    )


class SettleForm(CountForm):
    """What holds where two differ, and how it was found."""

    revision = forms.IntegerField(
        widget=forms.HiddenInput, required=False, min_value=0, max_value=2**31 - 1
    )
    reason = forms.CharField(
        label="怎样核对的",
        max_length=300,
        help_text="如 对照纸质票重点一遍，“较好”为 12 张。",
        error_messages={"required": "请写明怎样核对的。"},
        widget=forms.Textarea({"rows": 2}),
    )

    @property
    def helper(self) -> FormHelper:
        """The page draws all but what it was made from."""
        helper = FormHelper()
        helper.layout = Layout("revision")
        return helper

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if not self.counted and not self.errors:
            name = self.lines[0].boxes[0][0]
            self.add_error(name, "请把各项票数填全。")
        return given


class ArrangeForm(forms.Form):
    """When and where a ballot was held."""

    held_on = forms.DateField(
        label="测评日期",
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "请填测评日期。"},
    )
    place = forms.CharField(
        label="场合",
        max_length=100,
        help_text="如 年终述职评议会；各单位分别组织的，写“各单位党员大会”。",
        error_messages={"required": "请写明测评的场合。"},
    )

    @property
    def helper(self) -> FormHelper:
        """The day before the place."""
        return fields_helper("held_on", "place")

    def clean_held_on(self) -> dt.date:
        """A day of these years."""
        day: dt.date = self.cleaned_data["held_on"]
        if not 2000 <= day.year <= 2100:
            raise forms.ValidationError("请核对年份。")
        return day


class WhyForm(forms.Form):
    """Why a count is made anew, or a ballot is not held."""

    revision = forms.IntegerField(
        widget=forms.HiddenInput, required=False, min_value=0, max_value=2**31 - 1
    )
    reason = forms.CharField(
        label="理由",
        max_length=300,
        widget=forms.Textarea({"rows": 2}),
        error_messages={"required": "请写明理由。"},
    )
