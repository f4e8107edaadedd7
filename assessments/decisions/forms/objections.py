"""Objections as they are typed: raised, given to somebody, answered."""

from collections.abc import Sequence
from typing import Any, cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms

from assessments.cycles.forms.marks import Line, MarksForm
from assessments.schemes.definitions import HAPPENED

from ..enums import Outcome


class RaiseForm(forms.Form):
    """Against what, and why."""

    indicator = forms.ChoiceField(label="对哪一项", required=False)
    reason = forms.CharField(
        label="理由",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="哪里不对，应是多少，凭什么。佐证在提出以后添加。",
        error_messages={"required": "请写明理由。"},
    )

    def __init__(self, *args: Any, indicators: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.ChoiceField, self.fields["indicator"])
        field.choices = [("", "整个结果"), *indicators]


class RevisedForm(forms.Form):
    """With the revision of the objection that the page was made from."""

    revision = forms.IntegerField(
        widget=forms.HiddenInput, required=False, min_value=0, max_value=2**31 - 1
    )

    def clean_revision(self) -> int:
        """A form without its revision counts as old."""
        return self.cleaned_data["revision"] or 0


class ReasonForm(RevisedForm):
    """Why it is taken back or given back."""

    reason = forms.CharField(
        label="理由",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "请写明理由。"},
    )


class NameForm(RevisedForm):
    """Who checks it again; only who may is offered."""

    user_id = forms.TypedChoiceField(
        label="复核人",
        coerce=int,
        help_text="参加过评分的、被考核单位的、两年内在那里任过职的、已登记回避的，不在其中。",
        error_messages={"required": "请选择复核人。", "invalid_choice": "请从列出的人中选择。"},
    )

    def __init__(self, *args: Any, people: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.ChoiceField, self.fields["user_id"])
        field.choices = [("", "请选择"), *((str(pk), name) for pk, name in people)]


class AnswerForm(MarksForm):
    """What the re-check found; where the objection holds, the facts of the indicator as they are."""

    outcome = forms.ChoiceField(
        label="结论",
        choices=Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择结论。"},
    )
    answer = forms.CharField(
        label="答复",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="查到了什么，为什么。提出异议的单位会看到。",
        error_messages={"required": "请写明答复。"},
    )
    revision = forms.IntegerField(
        widget=forms.HiddenInput, required=False, min_value=0, max_value=2**31 - 1
    )

    @property
    def helper(self) -> FormHelper:
        """The page draws the lines of facts itself."""
        helper = FormHelper()
        hidden = [f"{line.key}-seen" for line in self.lines]
        helper.layout = Layout("outcome", "answer", "revision", *hidden)
        return helper

    def clean(self) -> dict[str, Any]:
        """The facts that are another than what counts now; without any, an objection cannot hold."""
        given = super().clean()
        before = {line.number: line for line in self.lines}
        self.facts: dict[int, Any] = {}
        self.whys: list[str] = []
        for one in getattr(self, "given", ()):
            facts = one.facts
            if facts is None and _is_veto(before[one.rule]):
                facts = {HAPPENED: []}
            if facts is not None and facts != before[one.rule].facts:
                self.facts[one.rule] = facts
                self.whys += [one.reason] if one.reason else []
        holds = given.get("outcome") in (Outcome.UPHELD, Outcome.PARTLY)
        if holds and not self.facts and not self.errors:
            self.add_error(
                "outcome",
                "异议成立的，请在下面写明这一项的事实应是什么。"
                if self.lines
                else "异议成立的，请先在上面选择更正哪一项。",
            )
        return given


def _is_veto(line: Line) -> bool:
    return str(line.rule["rule"]) == HAPPENED
