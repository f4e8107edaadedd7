"""Forms of draws and visits. What is typed is checked by the actions; here it takes its shape."""

from typing import Any, cast

from crispy_forms.helper import FormHelper
from django import forms

from core.layouts import Columns, fields_helper
from orgs.models import Organization


class PlaceField(forms.ModelChoiceField):
    """An organisation below; deeper ones stand further in."""

    def label_from_instance(self, obj: Organization) -> str:
        return "　" * max(obj.depth - 2, 0) + str(obj)


class UidInput(forms.HiddenInput):
    """Out of sight, but no hidden field: those are not kept with a draft on the device. So what is
    taken back there and sent again is the same thing once more."""

    input_type = "text"
    is_hidden = True

    def __init__(self) -> None:
        super().__init__({"hidden": True})


def _text(label: str, most: int, rows: int, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=most,
        widget=forms.Textarea({"rows": rows}),
        error_messages={"max_length": f"{label}请写在 {most} 字以内。"},
        **more,
    )


class SeedForm(forms.Form):
    """By what is drawn, fixed before anybody knows what that gives."""

    title = forms.CharField(label="名称", max_length=60, help_text="如：七月现场调研。")
    seed = forms.CharField(
        label="种子",
        max_length=120,
        help_text="别人公布、谁也定不了的号码，如当期彩票开奖号码。定了不能改，一个种子只用一次。",
    )
    seed_source = forms.CharField(
        label="种子出处", max_length=200, help_text="在哪里、哪一天公布的，别人据此可以核对。"
    )
    count = forms.IntegerField(label="抽几个支部", min_value=1, max_value=60, initial=6)
    visitors_each = forms.IntegerField(label="每处几人", min_value=2, max_value=5, initial=2)

    @property
    def helper(self) -> FormHelper:
        """Both numbers side by side."""
        return fields_helper("title", "seed", "seed_source", Columns("count", "visitors_each"))


class PlanVisitForm(forms.Form):
    """A visit by hand: where to, who, when."""

    organization = PlaceField(
        label="去哪里", queryset=Organization.objects.none(), empty_label="请选择"
    )
    visitors = forms.MultipleChoiceField(
        label="调研人员",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请选择调研人员。"},
    )
    visit_on = forms.DateField(
        label="日期",
        required=False,
        help_text="可以以后再定。",
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, places: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ModelChoiceField, self.fields["organization"]).queryset = places
        self.people = {str(one.pk): one for one in people}
        choices = [(key, one.name) for key, one in self.people.items()]
        cast(forms.MultipleChoiceField, self.fields["visitors"]).choices = choices

    def clean_visitors(self) -> list[Any]:
        """The accounts that were ticked."""
        return [self.people[key] for key in self.cleaned_data["visitors"]]


class _Revised(forms.Form):
    revision = forms.IntegerField(
        widget=forms.HiddenInput, required=False, min_value=0, max_value=2**31 - 1
    )

    def clean_revision(self) -> int:
        """A form without its revision counts as old."""
        return self.cleaned_data["revision"] or 0


class DayForm(forms.Form):
    """On which day the visit is made."""

    visit_on = forms.DateField(
        label="日期", widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )


class NotesForm(_Revised):
    """What is written down on the spot."""

    notes = _text(
        "现场记录",
        4000,
        8,
        required=False,
        help_text="边看边记，只有调研人员和组织单位看得到。断网时先存在本机，连上再保存。",
    )
    conclusion = _text(
        "调研情况",
        2000,
        4,
        required=False,
        help_text="看了什么、属实不属实、怎么改。结束以后，被调研的党组织看得到这一段。",
    )


class FindingForm(forms.Form):
    """One thing that was found."""

    uid = forms.UUIDField(widget=UidInput)
    text = _text("发现的问题", 500, 2, help_text="一条一个问题，之后可以转为督办。")


class CancelVisitForm(forms.Form):
    """Why it is not made."""

    cancel_reason = forms.CharField(label="取消原因", max_length=300)
