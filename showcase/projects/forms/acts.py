"""What is typed for the acts on a project, one form an act."""

from decimal import Decimal
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms

from core.layouts import Columns, fields_helper
from showcase.panels.forms.panels import NamingForm, RevisedForm

from ..enums import Ask, Grade
from ..models import Project
from ..rules import MOST_MONEY
from .proposals import day, longer


def _choice(label: str, choices: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect)


class CheckForm(RevisedForm, NamingForm):
    """Before the review: passed to named people, returned or rejected."""

    outcome = _choice(
        "预审结论", [("pass", "通过，送评审"), ("return", "退回修改"), ("reject", "不予立项")]
    )
    opinion = longer("意见", 400, 0, required=False, help_text="退回、不予立项的要写理由。")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["people"].required = self.fields["due_on"].required = False

    @property
    def helper(self) -> FormHelper:
        return fields_helper("outcome", "opinion", "people", "due_on", "revision")


class DecideForm(RevisedForm):
    """After the review: approved, returned or rejected."""

    outcome = _choice(
        "审批结论", [("approve", "批准立项"), ("return", "退回修改"), ("reject", "不予立项")]
    )
    opinion = longer("意见", 400, 0, required=False, help_text="退回、不予立项的要写理由。")

    @property
    def helper(self) -> FormHelper:
        return fields_helper("outcome", "opinion", "revision")


class FinishForm(RevisedForm):
    """A milestone is done."""

    done_on = day("完成于")
    evidence = longer("凭什么说完成", 200, help_text="哪份记录、哪次会议、看得见的结果。")

    @property
    def helper(self) -> FormHelper:
        return fields_helper("done_on", "evidence", "revision")


class AskForm(RevisedForm):
    """A change, an extension or the end is asked for."""

    kind = _choice("申请什么", Ask.choices)
    position = forms.TypedChoiceField(
        label="延期的节点", coerce=int, empty_value=None, required=False
    )
    due_on = day("延到哪天", required=False)
    reason = longer("理由", 400, help_text="变更的，写明改什么、怎么改。")

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        rows = project.milestones.filter(is_done=False)
        fields["position"].choices = [
            ("", "不延期"),
            *((one.position, f"{one}（{one.due_on:%-m月%-d日}）") for one in rows),
        ]

    @property
    def helper(self) -> FormHelper:
        return fields_helper("kind", Columns("position", "due_on"), "reason", "revision")


class AnswerForm(RevisedForm):
    """A request is granted or refused."""

    outcome = _choice("批复", [("grant", "同意"), ("refuse", "不同意")])
    answer = longer("说明", 200, 0, required=False, help_text="不同意的要写理由。")

    @property
    def helper(self) -> FormHelper:
        return fields_helper("outcome", "answer", "revision")


class SpendForm(RevisedForm):
    """Money that was spent."""

    on = day("哪天")
    amount = forms.DecimalField(
        label="金额（元）",
        max_digits=10,
        decimal_places=2,
        min_value=Decimal("0.01"),
        max_value=MOST_MONEY,
    )
    what = forms.CharField(label="用途", min_length=2, max_length=60)

    @property
    def helper(self) -> FormHelper:
        return fields_helper(Columns("on", "amount"), "what", "revision")


class MidtermForm(RevisedForm):
    """What was found at mid-term."""

    text = longer(
        "检查情况", 400, help_text="看了什么、进度如何、要改什么。数字页面上已有，不用抄。"
    )

    @property
    def helper(self) -> FormHelper:
        return fields_helper("text", "revision")


class CloseForm(RevisedForm):
    """The closing is asked for."""

    closing = longer("做成了什么、凭什么", 1000)
    satisfaction = forms.IntegerField(
        label="满意率（%）",
        min_value=0,
        max_value=100,
        help_text="问过的人里满意的占多少；怎么问的写在上面。",
    )

    @property
    def helper(self) -> FormHelper:
        return fields_helper("closing", "satisfaction", "revision")


class GradeForm(RevisedForm):
    """The closing is accepted with a grade, or goes back."""

    outcome = _choice("验收结论", [*Grade.choices, ("resume", "退回补充")])
    judgement = longer("验收意见", 400)

    @property
    def helper(self) -> FormHelper:
        return fields_helper("outcome", "judgement", "revision")


class SettleForm(RevisedForm):
    """What was closed is spread, or put away."""

    outcome = _choice("怎么办", [("spread", "推广"), ("archive", "归档")])

    @property
    def helper(self) -> FormHelper:
        return fields_helper("outcome", "revision")
