"""A record of organisation life as it is typed: what it was, who was there, what was decided."""

from collections.abc import Mapping
from typing import Any, cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import LayoutObject
from crispy_forms.utils import TEMPLATE_PACK
from django import forms
from django.forms import BaseForm
from django.template import Context
from django.template.loader import render_to_string

from core.layouts import Columns, Section, fields_helper

from ..actions.meetings import LONGEST, Mark, Written
from ..enums import AbsenceReason, MeetingKind, Presence
from ..models import Meeting
from ..queries.rolls import DayRoll, OnRoll
from ..rules import RULES

COME, NOT_COME = "present", "out"
_PREFIX = "m-"
_TEXTS = ("topic", "place", "chair_name", "recorder_name", "speaker_name")
_LONG = ("agenda", "summary", "resolutions", "guests")


def _text(name: str, rows: int = 0, **more: Any) -> forms.CharField:
    label, most = LONGEST[name]
    widget = forms.Textarea({"rows": rows}) if rows else forms.TextInput({"autocomplete": "off"})
    return forms.CharField(
        label=label,
        max_length=most,
        required=name == "topic",
        widget=widget,
        error_messages={
            "max_length": f"{label}请写在 {most} 字以内。",
            "required": "请写明主题，一句话即可。",
        },
        **more,
    )


class _Roll(LayoutObject):
    """The names of the roll, one control each; static/js/roll.js makes a grid of them."""

    def render(
        self, form: BaseForm, context: Context, template_pack: Any = TEMPLATE_PACK, **kwargs: Any
    ) -> str:
        """The names with what was marked so far; the fields of the marks count as drawn."""
        record = cast(RecordForm, form)
        for one in record.roll.people:
            form.rendered_fields.add(record.name_of(one))  # type: ignore[attr-defined]
        return render_to_string("life/roll.html", {"form": record, "roll": record.roll})


class RecordForm(forms.Form):
    """One meeting, with a control for each on the roll of its day."""

    uid = forms.UUIDField(widget=forms.HiddenInput)
    version = forms.IntegerField(
        widget=forms.HiddenInput, required=False, min_value=0, max_value=30_000
    )
    topic = _text("topic", help_text="如：第四季度支部党员大会。")
    starts_at = forms.TimeField(
        label="开始", required=False, widget=forms.TimeInput({"type": "time"}, format="%H:%M")
    )
    ends_at = forms.TimeField(
        label="结束", required=False, widget=forms.TimeInput({"type": "time"}, format="%H:%M")
    )
    place = _text("place")
    chair_name = _text("chair_name")
    recorder_name = _text("recorder_name")
    speaker_name = _text("speaker_name")
    agenda = _text("agenda", 3, help_text="一行一项。")
    summary = _text("summary", 5)
    resolutions = _text("resolutions", 3)
    guests = _text("guests", help_text="没有表决权、列席的人。")
    is_on_paper = forms.BooleanField(
        label="以纸质记录为准", required=False, help_text="保存后上传照片，上面写个大概就行。"
    )

    def __init__(
        self,
        data: Any = None,
        *,
        kind: MeetingKind,
        roll: DayRoll,
        marks: Mapping[int, str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data, **kwargs)
        self.kind, self.roll = kind, roll
        if kind != MeetingKind.LESSON:
            del self.fields["speaker_name"]
        known = marks or {}
        for one in roll.people:
            start = COME if one.is_expected and marks is None else ""
            self.fields[self.name_of(one)] = forms.ChoiceField(
                label=one.name,
                choices=_choices(one),
                required=False,
                initial=known.get(one.member_id, start),
            )

    @staticmethod
    def name_of(one: OnRoll) -> str:
        """The name of the control of one member."""
        return f"{_PREFIX}{one.member_id}"

    @property
    def helper(self) -> FormHelper:
        """What it was, who was there, what came of it."""
        speaker = ["speaker_name"] if "speaker_name" in self.fields else []
        return fields_helper(
            Section(
                "会议",
                "topic",
                Columns("starts_at", "ends_at", "place"),
                Columns("chair_name", "recorder_name", *speaker),
            ),
            _Roll(),
            Section("内容", *_LONG, "is_on_paper"),
        )

    @property
    def rows(self) -> list[tuple[OnRoll, Any]]:
        """Each on the roll with his control as it stands."""
        return [(one, self[self.name_of(one)]) for one in self.roll.people]

    def written(self, held_on: Any) -> Written:
        """What was typed but who was there, as the actions take it."""
        data = self.cleaned_data
        texts = {name: data.get(name, "") for name in (*_TEXTS, *_LONG)}
        return Written(
            kind=self.kind,
            held_on=held_on,
            starts_at=data["starts_at"],
            ends_at=data["ends_at"],
            study_minutes=self._minutes(),
            is_on_paper=data["is_on_paper"],
            **texts,
        )

    def marks(self) -> dict[int, Mark]:
        """How each was marked; who was not marked is left out."""
        found = {}
        for one in self.roll.people:
            value = self.cleaned_data.get(self.name_of(one), "")
            if value == COME:
                found[one.member_id] = Mark(Presence.PRESENT)
            elif value:
                reason = "" if value == NOT_COME else AbsenceReason(value)
                found[one.member_id] = Mark(Presence.ABSENT, reason)
        return found

    def _minutes(self) -> int:
        """How long was studied: from beginning to end, of kinds that are study."""
        first, last = self.cleaned_data["starts_at"], self.cleaned_data["ends_at"]
        if not RULES[self.kind].is_study or first is None or last is None or last <= first:
            return 0
        return (last.hour - first.hour) * 60 + last.minute - first.minute


class ReasonForm(forms.Form):
    """Why a record is sent back, or taken back."""

    reason = forms.CharField(
        label="原因",
        max_length=300,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": "请写明原因。"},
    )


def values_of(meeting: Meeting) -> dict[str, Any]:
    """What a record says, for the fields of its form."""
    names = ("uid", "version", "starts_at", "ends_at", "is_on_paper", *_TEXTS, *_LONG)
    return {name: getattr(meeting, name) for name in names}


def _choices(one: OnRoll) -> list[tuple[str, str]]:
    if not one.is_expected:
        return [("", "没来"), (COME, "来了")]
    reasons = [(value, label) for value, label in AbsenceReason.choices]
    return [("", "未登记"), (COME, "到会"), (NOT_COME, "缺席，选原因"), *reasons]
