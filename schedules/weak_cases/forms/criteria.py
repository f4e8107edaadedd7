"""A criterion as it is typed."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms

from core.layouts import Columns, fields_helper

from ..actions.criteria import Given
from ..models import Criterion
from ..rules import LEAST, WORDS
from .fields import RevisedForm, day


class CriterionForm(RevisedForm):
    """One situation, with its document and the days from and to which it holds."""

    name = forms.CharField(
        label="情形",
        min_length=LEAST,
        max_length=WORDS,
        widget=forms.Textarea({"rows": 2}),
        help_text="一条写一种情形，如 书记空缺三个月以上。",
    )
    basis = forms.CharField(
        label="依据", min_length=LEAST, max_length=WORDS, help_text="哪份文件第几条。"
    )
    in_force_from = day("起用日期")
    in_force_to = day("停用日期", required=False, help_text="留空为一直用。")

    @property
    def helper(self) -> FormHelper:
        return fields_helper("name", "basis", Columns("in_force_from", "in_force_to"), "revision")

    def given(self) -> Given:
        """What was typed."""
        typed = self.cleaned_data
        return Given(**{name: typed[name] for name in NAMES})

    @staticmethod
    def values_of(criterion: Criterion) -> dict[str, Any]:
        """What stands in the form of a criterion. No query."""
        return {name: getattr(criterion, name) for name in (*NAMES, "revision")}


NAMES = ("name", "basis", "in_force_from", "in_force_to")
