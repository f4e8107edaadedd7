"""A member's post in a grid."""

from collections.abc import Sequence
from typing import Any, cast

from crispy_forms.helper import FormHelper
from django import forms

from core import clock
from core.layouts import Columns, fields_helper
from members.models import Member

from ..actions.posts import Place
from ..rules import AREA
from .wishes import day


class PostForm(forms.Form):
    """Who answers for what, where, since when."""

    member = forms.ChoiceField(label="党员", error_messages={"required": "请选党员。"})
    grid = forms.CharField(label="网格", min_length=2, max_length=40, help_text="如 第三网格。")
    title = forms.CharField(
        label="岗位", min_length=2, max_length=40, help_text="如 政策宣传岗、邻里调解岗。"
    )
    area = forms.CharField(
        label="责任区", max_length=AREA, required=False, help_text="如 3 号楼、4 号楼。"
    )
    since = day("上岗日期", initial=clock.today)

    def __init__(self, *args: Any, people: Sequence[Member], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(one.pk): one for one in people}
        field = cast(forms.ChoiceField, self.fields["member"])
        field.choices = [("", "请选择"), *((key, one.name) for key, one in self.people.items())]

    @property
    def helper(self) -> FormHelper:
        return fields_helper(Columns("member", "since"), Columns("grid", "title"), "area")

    @property
    def chosen(self) -> Member:
        """The member chosen."""
        return self.people[self.cleaned_data["member"]]

    def place(self) -> Place:
        """What was typed."""
        given = {key: value for key, value in self.cleaned_data.items() if key != "member"}
        return Place(**given)


class EndPostForm(forms.Form):
    """When, and perhaps why."""

    until = day("离岗日期", initial=clock.today)
    reason = forms.CharField(label="原因", max_length=100, required=False)


class PostFilter(forms.Form):
    """Which posts, in which order."""

    showing = forms.ChoiceField(
        label="状态", required=False, choices=[("", "在岗"), ("over", "已离岗")]
    )
    order = forms.ChoiceField(
        label="排列", required=False, choices=[("", "按网格"), ("branch", "按支部")]
    )
    q = forms.CharField(
        label="查找",
        required=False,
        max_length=50,
        widget=forms.TextInput({"placeholder": "网格、岗位、党员、支部"}),
    )
