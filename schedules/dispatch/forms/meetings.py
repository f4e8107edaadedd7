"""A series, and a meeting: when, where, how long."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, cast

from crispy_forms.helper import FormHelper
from django import forms
from django.utils import timezone

from core.layouts import Columns, fields_helper
from core.privacy import OFF_THE_DEVICE
from orgs.enums import Post

from ..enums import MeetingForm as Shape
from ..models import DispatchMeeting, MeetingSeries

# Who of the organisations below can be called.
CALLED = (
    Post.SECRETARY,
    Post.DEPUTY_SECRETARY,
    Post.ORGANIZATION_COMMISSIONER,
    Post.ORGANIZATION_SECTION_CHIEF,
    Post.PARTY_AFFAIRS_OFFICER,
)


class RevisedForm(forms.Form):
    """With the revision of the row that the page was made from."""

    revision = forms.IntegerField(
        widget=forms.HiddenInput, required=False, min_value=0, max_value=2**31 - 1
    )

    def clean_revision(self) -> int:
        """A form without its revision counts as old."""
        return self.cleaned_data["revision"] or 0


def _day() -> forms.DateField:
    return forms.DateField(
        label="日期", widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )


def _time() -> forms.TimeField:
    return forms.TimeField(
        label="开始时间", widget=forms.TimeInput({"type": "time"}, format="%H:%M")
    )


def _minutes(label: str, **more: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=1, max_value=480, **more)


class SeriesForm(RevisedForm):
    """What the meetings of a series have in common."""

    name = forms.CharField(label="名称", max_length=60, help_text="如 党建工作调度会。")
    form = forms.ChoiceField(label="形式", choices=Shape.choices)
    cap_minutes = _minutes("全程不超过（分钟）", help_text="议程超过就不能通知。")
    speech_minutes = _minutes("每人发言不超过（分钟）")
    place = forms.CharField(label="地点", max_length=100, required=False)
    chair_name = forms.CharField(label="主持人", max_length=50, required=False)
    posts = forms.MultipleChoiceField(
        label="应到职务",
        choices=[(str(post.value), post.label) for post in CALLED],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "至少选一种职务。"},
        help_text="直接下级党委的这些职务，通知时按当时的任职取人。",
    )
    is_ended = forms.BooleanField(label="不再召开", required=False)

    def __init__(self, *args: Any, is_new: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_new:
            del self.fields["is_ended"]

    @property
    def helper(self) -> FormHelper:
        return fields_helper(
            "name",
            Columns("form", "place", "chair_name"),
            Columns("cap_minutes", "speech_minutes"),
            "posts",
            *(["is_ended"] if "is_ended" in self.fields else []),
            "revision",
        )

    @staticmethod
    def values_of(series: MeetingSeries) -> dict[str, Any]:
        """What stands in the form of a series."""
        names = ("name", "form", "cap_minutes", "speech_minutes", "place", "chair_name", "is_ended")
        return {name: getattr(series, name) for name in (*names, "revision")} | {
            "posts": list(series.posts)
        }

    def values(self) -> dict[str, Any]:
        """What was typed, without the revision."""
        return {name: value for name, value in self.cleaned_data.items() if name != "revision"}


class _WhenForm(forms.Form):
    """A form with a day and a time."""

    def starts_at(self) -> dt.datetime:
        """The moment that day and time say, in the portal's time zone."""
        given = self.cleaned_data
        return timezone.make_aware(dt.datetime.combine(given["day"], given["time"]))

    def clean_day(self) -> dt.date:
        day: dt.date = self.cleaned_data["day"]
        if not 2000 <= day.year <= 2100:
            raise forms.ValidationError("年份应在 2000 至 2100 之间。")
        return day


class NewMeetingForm(_WhenForm):
    """The meeting of a month."""

    series = forms.ChoiceField(label="系列")
    period = forms.ChoiceField(label="哪个月的会")
    form = forms.ChoiceField(label="形式", choices=[("", "同系列"), *Shape.choices], required=False)
    day, time = _day(), _time()
    place = forms.CharField(
        label="地点", max_length=100, required=False, help_text="不填就用系列的地点。"
    )
    recorder_name = forms.CharField(
        label="记录人", max_length=50, required=False, help_text="不填就是您。"
    )

    def __init__(
        self,
        *args: Any,
        series: Sequence[MeetingSeries],
        months: Sequence[tuple[str, str]],
        hint: str,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.offered = {str(one.pk): one for one in series}
        cast(forms.ChoiceField, self.fields["series"]).choices = [
            (str(one.pk), str(one)) for one in series
        ]
        cast(forms.ChoiceField, self.fields["period"]).choices = list(months)
        self.fields["day"].help_text = hint

    def chosen(self) -> MeetingSeries:
        """The series chosen."""
        return self.offered[self.cleaned_data["series"]]

    @property
    def helper(self) -> FormHelper:
        return fields_helper(
            Columns("series", "period", "form"),
            Columns("day", "time"),
            Columns("place", "recorder_name"),
        )


class MeetingForm(_WhenForm, RevisedForm):
    """The settings of a meeting to come."""

    title = forms.CharField(label="会议名称", max_length=80)
    form = forms.ChoiceField(label="形式", choices=Shape.choices)
    day, time = _day(), _time()
    place = forms.CharField(label="地点", max_length=100, required=False)
    chair_name = forms.CharField(label="主持人", max_length=50, required=False)
    recorder_name = forms.CharField(label="记录人", max_length=50, required=False)
    cap_minutes = _minutes("全程不超过（分钟）")
    speech_minutes = _minutes("每人发言不超过（分钟）")

    @property
    def helper(self) -> FormHelper:
        return fields_helper(
            "title",
            Columns("form", "day", "time"),
            Columns("place", "chair_name", "recorder_name"),
            Columns("cap_minutes", "speech_minutes"),
            "revision",
        )

    @staticmethod
    def values_of(meeting: DispatchMeeting) -> dict[str, Any]:
        """What stands in the form of a meeting."""
        start = timezone.localtime(meeting.starts_at)
        names = ("title", "form", "place", "chair_name", "recorder_name")
        return {
            name: getattr(meeting, name)
            for name in (*names, "cap_minutes", "speech_minutes", "revision")
        } | {"day": start.date(), "time": start.time().replace(second=0, microsecond=0)}

    def values(self) -> dict[str, Any]:
        """What was typed, as the action takes it."""
        left_out = ("day", "time", "revision")
        given = {name: one for name, one in self.cleaned_data.items() if name not in left_out}
        return given | {"starts_at": self.starts_at()}


class CancelForm(RevisedForm):
    """Why the meeting is not held."""

    reason = forms.CharField(
        label="取消的原因",
        max_length=300,
        help_text="已通知的，会写在取消通知里。",
        widget=forms.TextInput(OFF_THE_DEVICE),
    )
