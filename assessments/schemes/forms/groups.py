"""Forms of assessment groups. What is typed is checked by the actions; here it takes its shape."""

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, cast

from crispy_forms.helper import FormHelper
from django import forms

from assessments.scoring.numbers import number
from assessments.scoring.refusals import Refused
from core.layouts import Columns, fields_helper
from core.text import readable
from orgs.enums import OrganizationClass

from ..actions.groups import FEWEST, MOST, MOST_ORDER
from ..models import LEAST, AssessmentGroup
from ..queries.groups import Compared, named_in


def offer(form: forms.BaseForm, name: str, choices: Sequence[tuple[Any, Any]]) -> None:
    """Sets what may be chosen in the field `name`."""
    cast(forms.ChoiceField, form.fields[name]).choices = choices


class GroupForm(forms.Form):
    """A group: what it is called, and who is in it."""

    revision = forms.IntegerField(
        widget=forms.HiddenInput, required=False, min_value=0, max_value=2**31 - 1
    )
    name = forms.CharField(label="名称", max_length=40, help_text="如：街道、镇组。")
    classes = forms.MultipleChoiceField(
        label="组织类型",
        choices=OrganizationClass.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="选中的类型整类进这一组，以后新建的也算。一类只能在一组。",
    )
    places = forms.MultipleChoiceField(
        label="点名的单位",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="不按类型，单独放进这一组的；点名优先于类型。一家只能在一组。",
    )
    minimum = forms.IntegerField(
        label="至少几家才排名",
        min_value=FEWEST,
        max_value=MOST,
        initial=LEAST,
        help_text="不够的不排名、不分名额，只按分数线定等次。",
    )
    order = forms.IntegerField(
        label="次序",
        min_value=0,
        max_value=MOST_ORDER,
        initial=0,
        help_text="余数和家数都相同时，次序在前的先得名额。",
    )

    def __init__(self, *args: Any, places: Sequence[Compared], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = dict(OrganizationClass.choices)
        counted = Counter(one.organization_class for one in places)
        chosen = (self.initial.get("classes") or []) if self.initial else []
        # Classes that there are; those chosen before stay.
        offer(
            self,
            "classes",
            [
                (value, f"{label}（{counted[value]} 家）")
                for value, label in words.items()
                if counted[value] or value in chosen
            ],
        )
        offer(
            self,
            "places",
            [
                (str(one.pk), f"{one.name}（{words.get(one.organization_class, '其他')}）")
                for one in places
            ],
        )

    @property
    def helper(self) -> FormHelper:
        """Both numbers side by side."""
        return fields_helper("revision", "name", "classes", "places", Columns("minimum", "order"))

    def clean_revision(self) -> int:
        """A form without its revision counts as old."""
        return self.cleaned_data["revision"] or 0

    def clean_places(self) -> list[int]:
        """The organisations that were ticked."""
        return [int(one) for one in self.cleaned_data["places"]]

    @property
    def values(self) -> dict[str, Any]:
        """What the actions take, without the revision."""
        return {key: value for key, value in self.cleaned_data.items() if key != "revision"}


def values_of(group: AssessmentGroup) -> dict[str, Any]:
    """What the form of a stored group holds. One query."""
    return {
        "revision": group.revision,
        "name": group.name,
        "classes": group.classes,
        "places": [str(pk) for pk in sorted(named_in(group))],
        "minimum": group.minimum,
        "order": group.order,
    }


class SetFilter(forms.Form):
    """Which year, and whose groups. What makes no sense is as if it were not there."""

    year = forms.ChoiceField(label="年度", required=False)
    of = forms.ChoiceField(label="谁考核谁", required=False)

    def __init__(
        self,
        *args: Any,
        years: Sequence[int],
        sets: Sequence[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "year", [(str(one), f"{one}年度") for one in years])
        if len(sets) > 1:
            offer(self, "of", list(sets))
        else:
            del self.fields["of"]


class QuotaForm(forms.Form):
    """A share to try: how many places would each group get?"""

    kind = forms.ChoiceField(
        label="名额", choices=[("upper", "不超过"), ("lower", "不少于")], required=False
    )
    share = forms.CharField(
        label="比例",
        max_length=12,
        required=False,
        widget=forms.TextInput({"placeholder": "1/3 或 15%", "size": 10}),
        error_messages={"max_length": "请写 1/3、15%% 这样的比例。"},
    )

    def clean_share(self) -> Fraction | None:
        """The share, exactly. `1/3`, `15%`, `0.15`."""
        text = readable(self.cleaned_data["share"]).replace("％", "%").replace(" ", "")
        if not text:
            return None
        is_percent = text.endswith("%")
        try:
            share = number(text.removesuffix("%")) / (100 if is_percent else 1)
        except Refused as refusal:
            raise forms.ValidationError("请写 1/3、15% 这样的比例。") from refusal
        if not 0 < share <= 1:
            raise forms.ValidationError("比例应在 0 到 1 之间，如 1/3、15%。")
        return share
