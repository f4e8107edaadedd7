"""Findings of many organisations on one page; how one organisation means to put its own right; what
many have as one item."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.forms import BoundField

from core.text import clean, whole_number
from schedules.action_items.actions.lines import Plan
from schedules.action_items.enums import Cause, LineState
from schedules.action_items.models import ActionItem

from ..actions.proposing import Line, Sheet
from ..models import Finding, Rectification
from ..words import MOST


def _day(label: str, initial: dt.date | None = None, *, required: bool = False) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        initial=initial,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )


class FindingsForm(forms.Form):
    """A row for each finding of the lists: whether it is asked for, in which words, until when."""

    def __init__(self, *args: Any, lists: Sequence[Rectification], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lists = lists
        for row in lists:
            self.fields[f"r{row.pk}-revision"] = forms.IntegerField(
                initial=row.revision,
                required=False,
                min_value=0,
                max_value=2**31,
                widget=forms.HiddenInput,
            )
            for one in row.findings.all():
                name = f"{row.assessed.short_name} {one.name}"
                self.fields[f"{one.pk}-chosen"] = forms.BooleanField(
                    label=f"{name} 列入清单", required=False, initial=one.is_chosen
                )
                self.fields[f"{one.pk}-problem"] = forms.CharField(
                    label=f"{name} 问题",
                    max_length=MOST,
                    required=False,
                    initial=one.problem,
                    widget=forms.Textarea({"rows": 2}),
                )
                self.fields[f"{one.pk}-due_on"] = _day(f"{name} 整改时限", one.due_on)

    @property
    def helper(self) -> FormHelper:
        """The page draws the rows itself; beside them stand the revisions."""
        helper = FormHelper()
        helper.layout = Layout(*(f"r{row.pk}-revision" for row in self.lists))
        return helper

    def row(self, one: Finding) -> dict[str, BoundField]:
        """The fields of one finding."""
        names = ("chosen", "problem", "due_on")
        return {name: self[f"{one.pk}-{name}"] for name in names}

    @property
    def gone(self) -> bool:
        """Whether something was typed of a list that is no draft any more."""
        known = {f"r{row.pk}-revision" for row in self.lists}
        sent = {
            name
            for name in self.data
            if name.startswith("r")
            and name.endswith("-revision")
            and whole_number(name[1 : -len("-revision")]) is not None
        }
        return bool(sent - known)

    def clean(self) -> dict[str, Any]:
        """What was ticked says what the problem is."""
        given = super().clean() or {}
        for row in self.lists:
            for one in row.findings.all():
                is_chosen, problem = given.get(f"{one.pk}-chosen"), given.get(f"{one.pk}-problem")
                if is_chosen and problem is not None and len(clean(problem)) < 4:
                    self.add_error(f"{one.pk}-problem", "请写明问题（至少 4 个字）。")
        return given

    @property
    def sheets(self) -> list[Sheet]:
        """What was typed, list by list; what was not sent is not written."""
        given = self.cleaned_data
        return [
            Sheet(
                row.pk,
                given[f"r{row.pk}-revision"],
                [
                    Line(
                        one.pk,
                        bool(given[f"{one.pk}-chosen"]),
                        given[f"{one.pk}-problem"],
                        given[f"{one.pk}-due_on"],
                    )
                    for one in row.findings.all()
                    if f"{one.pk}-problem" in self.data
                ],
            )
            for row in self.lists
            if given.get(f"r{row.pk}-revision") is not None
        ]


class PlanForm(forms.Form):
    """Measure, leader in charge and person of each line that is not done yet."""

    revision = forms.IntegerField(min_value=0, max_value=2**31, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, item: ActionItem | None, findings: Sequence[Finding], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["revision"].initial = item.revision if item is not None else 0
        self.lines = [
            one.line
            for one in findings
            if one.line is not None and one.line.state != LineState.DONE
        ]
        for line in self.lines:
            which = f"第 {line.position} 条"
            self.fields[f"{line.pk}-measure"] = forms.CharField(
                label=f"{which}整改措施",
                max_length=300,
                required=False,
                initial=line.measure,
                widget=forms.Textarea({"rows": 2}),
            )
            for name, label, value in (
                ("leader", "责任领导", line.leader_name),
                ("person", "责任人", line.responsible_name),
            ):
                self.fields[f"{line.pk}-{name}"] = forms.CharField(
                    label=f"{which}{label}", max_length=50, required=False, initial=value
                )

    @property
    def helper(self) -> FormHelper:
        """The page draws the rows itself."""
        helper = FormHelper()
        helper.layout = Layout("revision")
        return helper

    def row(self, pk: int) -> dict[str, BoundField] | None:
        """The fields of one line; None for one that is done."""
        if f"{pk}-measure" not in self.fields:
            return None
        return {name: self[f"{pk}-{name}"] for name in ("measure", "leader", "person")}

    @property
    def plans(self) -> list[Plan]:
        """What was typed, line by line."""
        given = self.cleaned_data
        return [
            Plan(
                line.pk,
                given[f"{line.pk}-measure"],
                given[f"{line.pk}-leader"],
                given[f"{line.pk}-person"],
            )
            for line in self.lines
        ]


class CauseForm(forms.Form):
    """What is to be done about a problem that many have."""

    title = forms.CharField(label="事项", max_length=100)
    demand = forms.CharField(
        label="要求",
        max_length=2000,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text="要改的是规则、培训还是数据，由谁牵头。",
    )
    cause = forms.ChoiceField(label="原因", choices=Cause.choices, initial=Cause.UNKNOWN)
    due_on = _day("办理期限", required=True)
