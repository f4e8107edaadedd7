"""Forms of the public form: what a resident types, step by step, and what the office keeps."""

import re
import uuid
from collections.abc import Sequence
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms

from core.layouts import Columns, fields_helper
from core.privacy import OFF_THE_DEVICE
from core.text import to_half_width
from orgs.models import Organization

from ..actions.filings import Raised
from ..models import Concern, OtherBody, PublicForm
from ..queries.filings import STREETS
from ..words import place_word

SAID, CONTACT = ("text", "community", "place"), ("person", "phone")


class FilingForm(forms.Form):
    """One form in steps: what a step does not ask is carried along, so that nothing is kept on the server
    before it is sent."""

    token = forms.UUIDField(widget=forms.HiddenInput)
    text = forms.CharField(
        label="是什么事",
        min_length=4,
        max_length=1000,
        widget=forms.Textarea({"rows": 5}),
        help_text="用自己的话写就行，最多 1000 字。不要写身份证号。",
    )
    community = forms.ChoiceField(
        label="在哪个村、社区", required=False, help_text="不知道可以只选街道，也可以不选。"
    )
    place = forms.CharField(
        label="具体位置", max_length=100, required=False, help_text="小区、楼栋、路口，可不填。"
    )
    person = forms.CharField(
        label="怎么称呼您",
        max_length=50,
        required=False,
        widget=forms.TextInput({"autocomplete": "off", **OFF_THE_DEVICE}),
        help_text="可不填。",
    )
    phone = forms.CharField(
        label="电话",
        max_length=30,
        required=False,
        widget=forms.TextInput({"inputmode": "tel", "autocomplete": "off", **OFF_THE_DEVICE}),
        help_text="可不填。留了电话，办完后会有人打电话回访。",
    )

    def __init__(self, *args: Any, places: Sequence[Organization], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = {str(place.pk): place for place in places}
        community: Any = self.fields["community"]
        community.choices = _grouped(places)
        self.asks: tuple[str, ...] = SAID

    @property
    def helper(self) -> FormHelper:
        """The fields of this step; all others are carried along unseen."""
        for name in (*SAID, *CONTACT):
            if name not in self.asks:
                self.fields[name].widget = forms.HiddenInput()
        return fields_helper(*self.asks, "token")

    @property
    def chosen(self) -> Organization | None:
        """The place that was chosen."""
        return self.places.get(self.cleaned_data.get("community", ""))

    def raised(self) -> Raised:
        """What was typed, for the action."""
        names = ("text", "place", "person", "phone")
        return Raised(**{name: self.cleaned_data[name] for name in names})

    def renewed(self) -> None:
        """What was typed, with the token of another form: sent again it is another concern."""
        data: Any = self.data
        self.data = data.copy()
        self.data["token"] = str(uuid.uuid4())  # type: ignore[index]


def _grouped(places: Sequence[Organization]) -> list[Any]:
    """The choices: a street's villages under its name, the street itself first."""
    choices: list[Any] = [("", "不清楚，或不选")]
    for place in places:
        word = place_word(place)
        if place.organization_class in STREETS:
            choices.append((word, [(str(place.pk), f"{word}（不清楚是哪个社区）")]))
        elif isinstance(choices[-1][1], list):
            choices[-1][1].append((str(place.pk), word))
        else:
            choices.append((str(place.pk), word))
    return choices


class QueryForm(forms.Form):
    """The number and the code, as they were written down."""

    number = forms.CharField(
        label="诉求编号",
        max_length=40,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off", **OFF_THE_DEVICE}),
        help_text="8 位数字。",
    )
    code = forms.CharField(
        label="查询码",
        max_length=40,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off", **OFF_THE_DEVICE}),
        help_text="8 位数字，提交时给的。",
    )

    def clean_number(self) -> str:
        """The digits."""
        return _digits(self.cleaned_data["number"])

    def clean_code(self) -> str:
        """The digits."""
        return _digits(self.cleaned_data["code"])


def _digits(text: str) -> str:
    return re.sub(r"[^0-9]", "", to_half_width(text))


class DropForm(forms.Form):
    """Why what came by the public form is no concern."""

    revision = forms.IntegerField(
        widget=forms.HiddenInput, required=False, min_value=0, max_value=2**31 - 1
    )
    reason = forms.CharField(
        label="理由",
        min_length=4,
        max_length=200,
        help_text="群众凭编号查询时看得到，客气地写。例如：没有说清是什么事，欢迎补充后再填。",
    )

    def clean_revision(self) -> int:
        """A form without its revision counts as old."""
        return self.cleaned_data["revision"] or 0

    @classmethod
    def of(cls, data: Any, concern: Concern) -> "DropForm":
        """The form on the page of the concern as it is."""
        return cls(data, initial={"revision": concern.revision})


class _Kept(forms.ModelForm):
    revision = forms.IntegerField(
        widget=forms.HiddenInput, required=False, min_value=0, max_value=2**31 - 1
    )

    def clean_revision(self) -> int:
        """A form without its revision counts as old."""
        return self.cleaned_data["revision"] or 0

    def validate_unique(self) -> None:
        """Left to the action, which says it in words also for two at once."""

    def validate_constraints(self) -> None:
        """As above."""


class PublicFormForm(_Kept):
    """The switch and the words of the public form."""

    class Meta:
        model = PublicForm
        fields = ("is_on", "introduction", "emergency_words", "subject_words")
        widgets = {
            "introduction": forms.Textarea({"rows": 3}),
            "emergency_words": forms.Textarea({"rows": 4}),
            "subject_words": forms.Textarea({"rows": 4}),
        }
        help_texts = {
            "is_on": "不勾选时，群众打不开填写和查询的页面。",
            "introduction": "表单最上面给群众看的话。",
            "emergency_words": "写到其中一个词，先请群众拨打 110、119、120，不收姓名电话。用空格隔开。",
            "subject_words": (
                "写到同一个词、又在同一个村居的，先告诉群众已有人反映。"
                "只写设施、环境一类的词，不写人名和家事。用空格隔开。"
            ),
        }

    @property
    def helper(self) -> FormHelper:
        return fields_helper(
            "is_on", "introduction", "emergency_words", "subject_words", "revision"
        )


class BodyForm(_Kept):
    """A body and the words of its matters."""

    class Meta:
        model = OtherBody
        fields = ("name", "words", "phone", "address", "is_used")
        help_texts = {"words": "群众写到其中一个词，就先告诉他该找这里。用空格隔开。"}

    @property
    def helper(self) -> FormHelper:
        return fields_helper("name", "words", Columns("phone", "address"), "is_used", "revision")
