"""A card of the agenda, and a topic of the backlog."""

from collections.abc import Sequence
from typing import Any, cast

from crispy_forms.helper import FormHelper
from django import forms

from core.layouts import Columns, fields_helper
from core.privacy import OFF_THE_DEVICE
from core.templatetags.words import day_zh
from orgs.models import Organization

from ..actions.cards import LONGEST, Content
from ..enums import Section, Topic
from ..models import AgendaCard, DispatchMeeting, MeetingSeries
from .meetings import RevisedForm


class CardForm(RevisedForm):
    """What a card says; the numbers that it carries stay."""

    section = forms.ChoiceField(label="部分", choices=Section.choices)
    topic = forms.ChoiceField(label="缘由", choices=Topic.choices)
    title = forms.CharField(label="议题", max_length=100)
    note = forms.CharField(
        label="说明", max_length=500, required=False, widget=forms.Textarea({"rows": 2})
    )
    organization = forms.ChoiceField(label="哪个单位", required=False)
    speaker_name = forms.CharField(label="汇报人", max_length=50, required=False)
    minutes = forms.IntegerField(label="分钟", min_value=1, max_value=LONGEST)
    is_chair = forms.BooleanField(label="主持人议题，不限发言时间", required=False)

    def __init__(self, *args: Any, places: Sequence[Organization], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = {str(one.pk): one for one in places}
        cast(forms.ChoiceField, self.fields["organization"]).choices = [
            ("", "本单位"),
            *((str(one.pk), str(one)) for one in places),
        ]

    @property
    def helper(self) -> FormHelper:
        return fields_helper(
            Columns("section", "topic"),
            "title",
            "note",
            Columns("organization", "speaker_name", "minutes"),
            "is_chair",
            "revision",
        )

    @staticmethod
    def values_of(card: AgendaCard) -> dict[str, Any]:
        """What stands in the form of a card."""
        names = ("section", "topic", "title", "note", "speaker_name", "minutes", "is_chair")
        return {name: getattr(card, name) for name in (*names, "revision")} | {
            "organization": str(card.organization_id or "")
        }

    def content(self) -> Content:
        """What was typed, as the action takes it."""
        given = self.cleaned_data
        return Content(
            section=given["section"],
            topic=given["topic"],
            title=given["title"],
            minutes=given["minutes"],
            note=given["note"],
            speaker_name=given["speaker_name"],
            organization=self.places.get(given["organization"]),
            is_chair=given["is_chair"],
        )


class TopicForm(RevisedForm):
    """A topic that is proposed for a meeting to come."""

    series = forms.ChoiceField(label="哪个会")
    title = forms.CharField(label="议题", max_length=100, help_text="一句话说清要会上定什么。")
    note = forms.CharField(
        label="说明", max_length=500, required=False, widget=forms.Textarea({"rows": 3})
    )
    speaker_name = forms.CharField(label="汇报人", max_length=50, required=False)
    minutes = forms.IntegerField(label="约需几分钟", min_value=1, max_value=60)

    def __init__(self, *args: Any, series: Sequence[MeetingSeries], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = {str(one.pk): one for one in series}
        cast(forms.ChoiceField, self.fields["series"]).choices = [
            (str(one.pk), f"{one.organization} {one}") for one in series
        ]

    @property
    def helper(self) -> FormHelper:
        return fields_helper(
            "series", "title", "note", Columns("speaker_name", "minutes"), "revision"
        )

    @staticmethod
    def values_of(card: AgendaCard) -> dict[str, Any]:
        """What stands in the form of a topic."""
        names = ("title", "note", "speaker_name", "minutes", "revision")
        return {name: getattr(card, name) for name in names} | {"series": str(card.series_id)}

    def content(self, card: AgendaCard | None = None) -> Content:
        """What was typed, as the action takes it; of a topic that exists its kind stays."""
        given = self.cleaned_data
        return Content(
            section=card.section if card else Section.EXCEPTIONS,
            topic=card.topic if card else Topic.PROPOSED,
            title=given["title"],
            minutes=given["minutes"],
            note=given["note"],
            speaker_name=given["speaker_name"],
            organization=card.organization if card else None,
            is_chair=card.is_chair if card else False,
        )


class MinutesForm(forms.Form):
    """How long a card may take."""

    minutes = forms.IntegerField(label="分钟", min_value=1, max_value=LONGEST)


class ShiftForm(forms.Form):
    """Up or down within its section."""

    steps = forms.TypedChoiceField(
        label="移动", choices=[("-1", "上移"), ("1", "下移")], coerce=int
    )


class OrderForm(forms.Form):
    """The numbers of the cards in the order in which they were dragged."""

    order = forms.RegexField(r"^\d{1,18}(,\d{1,18}){0,99}$", label="次序", max_length=2000)

    def clean_order(self) -> list[int]:
        """As numbers."""
        return [int(one) for one in self.cleaned_data["order"].split(",")]


class LaterField(forms.ChoiceField):
    """Where a card goes; who says nothing means the backlog."""

    BACKLOG = "backlog"

    def clean(self, value: Any) -> Any:
        """The key of a meeting, or BACKLOG."""
        return super().clean(value or self.BACKLOG)


class LaterForm(forms.Form):
    """Where a card goes: onto the agenda of a meeting that is planned, or to the backlog. Without
    any such meeting nothing is asked."""

    to = LaterField(
        label="改到哪里",
        widget=forms.RadioSelect,
        initial=LaterField.BACKLOG,
        error_messages={"invalid_choice": "这次会已不能再排议程，请另选。"},
    )

    def __init__(self, *args: Any, later: Sequence[DispatchMeeting], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.later = {str(one.pk): one for one in later}
        field = cast(forms.ChoiceField, self.fields["to"])
        field.choices = [
            (LaterField.BACKLOG, "备选议题，排下次议程时再列入"),
            *((key, later_words(one)) for key, one in self.later.items()),
        ]
        if not later and not self.data.get("to"):
            field.widget = forms.HiddenInput()

    def clean_to(self) -> DispatchMeeting | None:
        """The meeting; None for the backlog."""
        return self.later.get(self.cleaned_data["to"])


def later_words(meeting: Any) -> str:
    """A meeting that is planned, from `with_counts`: when it is, and how full its agenda is."""
    day, state = day_zh(meeting.starts_at), meeting.get_state_display()
    return f"{meeting}（{day}，{state}，已排 {meeting.n_minutes} / {meeting.cap_minutes} 分钟）"


class DeferForm(LaterForm):
    """To a later meeting; the third time with a reason."""

    reason = forms.CharField(
        label="顺延的理由",
        max_length=300,
        required=False,
        widget=forms.TextInput(OFF_THE_DEVICE),
    )


class PlaceForm(forms.Form):
    """What comes onto the agenda: `card:12` of the backlog, `mark:3` of a report, or the origin of
    an exception that was not listed."""

    key = forms.RegexField(
        r"^(card:\d{1,18}|mark:\d{1,18}|auto:[\w:.-]{1,55})$", label="议题", max_length=60
    )
