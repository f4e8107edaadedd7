"""What an application says, and what a list is narrowed by."""

from collections.abc import Sequence
from typing import Any, cast

from crispy_forms.helper import FormHelper
from django import forms

from core.layouts import Columns, Section, fields_helper
from orgs.enums import OrganizationClass

from ..actions.applying import Words
from ..enums import SiteLevel
from ..models import DemonstrationSite
from ..rules import BACKGROUND, PRACTICE, RESULT
from .base import RevisedForm, area


class WordsForm(RevisedForm):
    """The application: a title first, the rest as far as it has come."""

    title = forms.CharField(label="示范点名称", min_length=2, max_length=60)
    responsible_name = forms.CharField(label="负责人", max_length=50, required=False)
    background = area("背景", BACKGROUND, 3, required=False, help_text="为什么做，原来怎样。")
    practice = area("做法", PRACTICE, 6, required=False, help_text="怎么做的，可以照着学的是什么。")
    result = area(
        "成效",
        RESULT,
        4,
        required=False,
        help_text="做成了什么，尽量用系统里已有的记录说明，不另做材料。",
    )

    @property
    def helper(self) -> FormHelper:
        return fields_helper(
            Section(
                "申报", Columns("title", "responsible_name"), "background", "practice", "result"
            ),
            "revision",
        )

    def words(self) -> Words:
        """What was typed."""
        given = {key: value for key, value in self.cleaned_data.items() if key != "revision"}
        return Words(**given)

    @staticmethod
    def values_of(row: DemonstrationSite) -> dict[str, Any]:
        """What stands in the form of an application. No query."""
        names = ("title", "responsible_name", "background", "practice", "result", "revision")
        return {name: getattr(row, name) for name in names}


SHOWING_WORDS = {
    "force": "在册",
    "due": "要复核",
    "sent": "待评审",
    "mine": "申报中",
    "over": "已摘牌和未命名",
}


class SiteFilter(forms.Form):
    """Which sites. What makes no sense is as if it were not there."""

    showing = forms.ChoiceField(label="状态", required=False, choices=list(SHOWING_WORDS.items()))
    level = forms.ChoiceField(
        label="级别", required=False, choices=[("", "各级"), *SiteLevel.choices]
    )
    organization_class = forms.ChoiceField(
        label="类型", required=False, choices=[("", "各类"), *OrganizationClass.choices]
    )
    organization = forms.TypedChoiceField(label="单位", required=False, coerce=int)
    q = forms.CharField(
        label="查找",
        required=False,
        max_length=50,
        widget=forms.TextInput({"placeholder": "名称、党组织、牌号"}),
    )

    def __init__(self, *args: Any, places: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.ChoiceField, self.fields["organization"])
        field.choices = [("", "全部"), *places]
