"""A programme as it is drafted, and a site that is there already."""

from collections.abc import Sequence
from typing import Any, cast

from crispy_forms.helper import FormHelper
from django import forms

from core.layouts import Columns, Section, fields_helper

from ..actions.programmes import Outline
from ..enums import SiteLevel
from ..models import AwardProgramme
from ..rules import (
    CRITERION,
    MOST_CRITERIA,
    MOST_YEARS,
    PUBLIC,
    USUAL_YEARS,
    criteria_of,
)
from .base import RevisedForm, area, day


class ProgrammeForm(RevisedForm):
    """All that a programme says."""

    title = forms.CharField(
        label="项目名称", min_length=4, max_length=60, help_text="如 第二批区级党建示范点。"
    )
    level = forms.ChoiceField(label="级别", choices=SiteLevel.choices)
    basis = forms.CharField(
        label="依据",
        min_length=6,
        max_length=200,
        help_text="批准或部署的文件名称和文号。没有依据的不能办；面向街道、村、社区和企业的从严控制，不收费，不要求另做展板。",
        error_messages={
            "required": "没有依据文件的示范创建项目不能办：请写批准或部署的文件名称和文号。"
        },
    )
    awarded_by = forms.CharField(
        label="命名机关",
        min_length=4,
        max_length=100,
        help_text="区级由本单位命名；市级以上写命名的机关，本系统只作登记。",
    )
    criteria = area(
        "标准",
        MOST_CRITERIA * (CRITERION + 10),
        6,
        help_text=f"一行一条，1 至 {MOST_CRITERIA} 条，每条限 {CRITERION} 字。现场核查卡按这些条打勾。",
    )
    closes_on = day("申报截止", required=False, help_text="不填为长期受理。")
    quota = forms.IntegerField(
        label="拟命名数", min_value=1, max_value=500, required=False, help_text="不填为不限。"
    )
    review_years = forms.IntegerField(
        label="几年复核一次", min_value=1, max_value=MOST_YEARS, initial=USUAL_YEARS
    )
    plaque_prefix = forms.CharField(
        label="牌号字头",
        max_length=20,
        required=False,
        help_text="如 开区示范，命名时按顺序编成 开区示范〔2026〕01号。不填则命名时填上级给的牌号。",
    )

    @property
    def helper(self) -> FormHelper:
        return fields_helper(
            Section("项目和依据", "title", Columns("level", "awarded_by"), "basis"),
            Section("标准和复核", "criteria", Columns("closes_on", "quota")),
            Section("复核和牌号", Columns("review_years", "plaque_prefix"), "revision"),
        )

    def outline(self) -> Outline:
        """What was typed."""
        given = {key: value for key, value in self.cleaned_data.items() if key != "revision"}
        return Outline(**{**given, "criteria": criteria_of(given["criteria"])})

    @staticmethod
    def values_of(row: AwardProgramme) -> dict[str, Any]:
        """What stands in the form of a programme. No query."""
        names = ("title", "level", "basis", "awarded_by", "closes_on", "quota", "review_years")
        return {
            **{name: getattr(row, name) for name in names},
            "plaque_prefix": row.plaque_prefix,
            "criteria": "\n".join(row.criteria),
            "revision": row.revision,
        }


class RegisterForm(forms.Form):
    """A site that was named already."""

    organization = forms.TypedChoiceField(label="党组织", coerce=int)
    title = forms.CharField(label="示范点名称", min_length=2, max_length=60)
    named_on = day("命名日期")
    plaque_number = forms.CharField(
        label="牌号", max_length=40, required=False, help_text="牌子上的号；没有的可不填。"
    )
    public_text = area(
        "公开介绍",
        PUBLIC,
        4,
        min_length=10,
        help_text="全区看得到：做什么、做成了什么。不写个人隐私。",
    )

    def __init__(self, *args: Any, places: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.ChoiceField, self.fields["organization"])
        field.choices = [("", "请选择"), *places]

    @property
    def helper(self) -> FormHelper:
        return fields_helper(
            "organization", "title", Columns("named_on", "plaque_number"), "public_text"
        )
