"""A scheme as it is begun, submitted, given back and published."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, cast

from django import forms

from core import periods
from core.layouts import Columns, fields_helper
from orgs.enums import OrganizationClass, OrganizationKind
from orgs.models import Organization

from ..enums import Level
from ..models import Scheme, SchemeVersion
from .base import DAY, RevisedForm


class NamedForm(forms.Form):
    """What a scheme is called and for whom it is."""

    name = forms.CharField(
        label="名称",
        max_length=60,
        help_text="如 街道、镇类。",
        error_messages={"required": "请填写名称。"},
    )
    classes = forms.MultipleChoiceField(
        label="适用的组织类型",
        choices=OrganizationClass.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text="一类组织一年只用一份细则。",
        error_messages={"required": "请选择适用的组织类型。"},
    )


class SchemeForm(NamedForm):
    """A scheme to be begun."""

    year = forms.TypedChoiceField(label="年度", coerce=int)
    level = forms.ChoiceField(label="考核对象", choices=Level.choices)
    source = forms.ChoiceField(
        label="从哪里开始", required=False, help_text="沿用后可以再改；原来的那份不变。"
    )
    field_order = ("year", "level", "name", "classes", "source")

    def __init__(
        self,
        *args: Any,
        organization: Organization,
        today: dt.date,
        to_copy: Sequence[SchemeVersion],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        years = [today.year + 1, today.year, today.year - 1]
        self._offer("year", [(year, f"{year}年度") for year in years])
        if organization.kind != OrganizationKind.WORK_COMMITTEE:
            self._offer("level", [(Level.BRANCH.value, Level.BRANCH.label)])
        rows = [
            (str(one.uid), f"沿用 {one.scheme.year}年度“{one.scheme.name}”第{one.number}版")
            for one in to_copy
        ]
        self._offer("source", [("", "空白"), *rows])

    def _offer(self, name: str, choices: Sequence[tuple[Any, str]]) -> None:
        cast(forms.ChoiceField, self.fields[name]).choices = choices

    @property
    def helper(self) -> Any:
        """Year and level side by side."""
        return fields_helper(Columns("year", "level"), "name", "classes", "source")


class SubmitForm(RevisedForm):
    """From which half-year on, and the paper if there is one."""

    from_period = forms.ChoiceField(
        label="自何期起适用",
        error_messages={"required": "请选择自何期起适用。", "invalid_choice": "请选择半年。"},
    )
    note = forms.CharField(
        label="这一版改了什么、为什么改",
        max_length=400,
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )
    is_entered_later = forms.BooleanField(
        label="事后录入：期前已经以纸质文件发布",
        required=False,
        help_text="要填文号和日期，并附扫描件；页面上会注明是事后录入。",
    )
    document_number = forms.CharField(label="文号", max_length=60, required=False)
    document_on = forms.DateField(
        label="文件日期", required=False, widget=forms.DateInput(DAY, format="%Y-%m-%d")
    )
    scan = forms.CharField(required=False, widget=forms.HiddenInput)  # a refusal may name it

    def __init__(self, *args: Any, scheme: Scheme, number: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        halves = [f"{scheme.year}-H1", f"{scheme.year}-H2"]
        offered = [(one, periods.label(one)) for one in halves]
        cast(forms.ChoiceField, self.fields["from_period"]).choices = offered
        if number == 1:
            self.fields["note"].label = "说明"
            self.fields["note"].help_text = "第一版可以不写。"

    @property
    def helper(self) -> Any:
        """Number and date side by side."""
        return fields_helper(
            "from_period", "note", "is_entered_later", Columns("document_number", "document_on")
        )


class PublishForm(RevisedForm):
    """The document by which a version is published."""

    document_number = forms.CharField(
        label="文号", max_length=60, error_messages={"required": "请填写文号。"}
    )
    document_on = forms.DateField(
        label="文件日期",
        widget=forms.DateInput(DAY, format="%Y-%m-%d"),
        error_messages={"required": "请填写文件日期。"},
    )

    @property
    def helper(self) -> Any:
        """Number and date side by side."""
        return fields_helper(Columns("document_number", "document_on"))


class ReturnForm(forms.Form):
    """Why a version is given back."""

    reason = forms.CharField(
        label="退回的理由",
        max_length=400,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": "请写明退回的理由。"},
    )
