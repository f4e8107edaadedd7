"""A 谈心谈话 as it is typed: who with whom and when; what was said only by who may read it."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, cast

from crispy_forms.helper import FormHelper
from django import forms

from core.dates import read_date
from core.layouts import Remark, Section, fields_helper
from core.privacy import OFF_THE_DEVICE
from members.forms.fields import DayField

from ..actions.talks import LONGEST, LONGEST_PLACE, Said
from ..enums import TalkOccasion
from ..models import Talk
from ..models.talk import SEALED
from ..queries.talks import Side

_LETTERED = 30  # names in a list; longer ones have their letter in front, to be jumped to
ONLY_THE_TWO = "只有谈话双方和党支部书记看得到。不写也行：纸上有记录，这里就只登记谈过。"


def _private(name: str, rows: int) -> forms.CharField:
    label, most = LONGEST[name]
    return forms.CharField(
        label=label,
        max_length=most,
        required=False,
        widget=forms.Textarea({"rows": rows, "autocomplete": "off", **OFF_THE_DEVICE}),
        error_messages={"max_length": f"{label}请写在 {most} 字以内。"},
    )


class SaidForm(forms.Form):
    """What was said, for who may read it."""

    talk_occasion = forms.ChoiceField(
        label="谈话事由",
        required=False,
        choices=[("", "日常谈心"), *TalkOccasion.choices],
        widget=forms.Select(OFF_THE_DEVICE),
        error_messages={"invalid_choice": "请在列表里选一种事由。"},
    )
    talk_content = _private("talk_content", 5)
    talk_advice = _private("talk_advice", 3)
    revision = forms.IntegerField(
        widget=forms.HiddenInput, required=False, min_value=1, max_value=1_000_000
    )

    @property
    def helper(self) -> FormHelper:
        """Why, what and what follows."""
        return fields_helper(*SEALED, "revision")

    def said(self) -> Said:
        """What was typed, as the actions take it."""
        return said_of(self.cleaned_data)


class TalkForm(SaidForm):
    """A talk that took place. `sides`: who could talk on the day."""

    uid = forms.UUIDField(widget=forms.HiddenInput)
    talker = forms.ChoiceField(
        label="谈话人",
        error_messages={"required": "请选谈话人。", "invalid_choice": "请在名单里选谈话人。"},
    )
    partner = forms.ChoiceField(
        label="谈话对象",
        error_messages={"required": "请选谈话对象。", "invalid_choice": "请在名单里选谈话对象。"},
    )
    held_on = DayField(
        label="谈话时间",
        error_messages={"required": "请填哪一天谈的。"},
    )
    place = forms.CharField(
        label="地点",
        max_length=LONGEST_PLACE,
        required=False,
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"max_length": f"地点请写在 {LONGEST_PLACE} 字以内。"},
    )
    is_on_paper = forms.BooleanField(label="内容写在纸质记录上", required=False)

    def __init__(
        self, data: Any = None, *, sides: Sequence[Side], writes: bool, **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        del self.fields["revision"]
        if not writes:
            for name in SEALED:
                del self.fields[name]
        for name, offered in (
            ("talker", sides),
            ("partner", [one for one in sides if not one.is_above]),
        ):
            cast(forms.ChoiceField, self.fields[name]).choices = _grouped(offered)

    @property
    def helper(self) -> FormHelper:
        """Who with whom and when; what was said below it."""
        writes = SEALED[0] in self.fields
        remark = (
            ONLY_THE_TWO if writes else "谈话内容只由谈话双方和党支部书记填写，这里只登记谈过。"
        )
        private = SEALED if writes else ()
        return fields_helper(
            Section("谁和谁谈的", "talker", "partner", "held_on", "place"),
            Section("谈话内容", Remark(remark), *private, "is_on_paper"),
            "uid",
        )


class OwnMembershipForm(forms.Form):
    """What only the member himself has: his identity number, whole."""

    own_identity_number = forms.CharField(
        label="本人公民身份号码",
        max_length=30,
        widget=forms.TextInput({"autocomplete": "off", **OFF_THE_DEVICE}),
        error_messages={
            "required": "请填本人的公民身份号码。",
            "max_length": "号码太长，请核对。",
        },
    )


class TalkFilter(forms.Form):
    """Of which year; in the address. What makes no sense is as if it were not there."""

    year = forms.ChoiceField(label="年度", required=False)

    def __init__(self, *args: Any, years: Sequence[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(year), f"{year} 年") for year in years]
        cast(forms.ChoiceField, self.fields["year"]).choices = choices


def said_of(data: dict[str, Any]) -> Said:
    """What checked fields say was said; nothing where they were not asked."""
    return Said(
        occasion=data.get("talk_occasion", ""),
        content=data.get("talk_content", ""),
        advice=data.get("talk_advice", ""),
    )


def values_of(talk: Talk) -> dict[str, Any]:
    """What was said, for the fields of the form. For a reader only. Raises Unreadable."""
    return {name: talk.unsealed(name) for name in SEALED}


def day_of(text: str, today: dt.date) -> dt.date:
    """The day that an address or a form names, at most today; today where it names none."""
    try:
        return min(read_date(text).value or today, today)
    except (ValueError, OverflowError):
        return today


def _grouped(sides: Sequence[Side]) -> list[tuple[str, Any]]:
    """The names in groups: who leads, who does not, who stands above."""
    lettered = len(sides) > _LETTERED
    groups: dict[str, list[tuple[str, str]]] = {"班子成员": [], "党员": [], "上级班子成员": []}
    for one in sides:
        group = "上级班子成员" if one.is_above else "班子成员" if one.leads else "党员"
        letter = f"{one.initial} " if lettered and one.initial else ""
        groups[group].append((one.key, f"{letter}{one.name}"))
    return [("", "请选择"), *((label, rows) for label, rows in groups.items() if rows)]
