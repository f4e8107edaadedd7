"""A record of organisation life as it is typed: what it was, who was there, what was decided."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import LayoutObject
from crispy_forms.utils import TEMPLATE_PACK
from django import forms
from django.forms import BaseForm
from django.template import Context
from django.template.loader import render_to_string

from core.layouts import Columns, Section, fields_helper

from ..actions.meetings import LONGEST, Ballot, Mark, Written
from ..enums import MeetingKind
from ..models import Attendance, Meeting, Vote
from ..queries.guests import Guest
from ..rules import RULES, Tally, minutes_between
from .guests import GuestFields, add_guests, guests_kept, guests_typed
from .rolls import RollFields, RollForm

VOTE_ROWS = 5
_MOST_VOTERS = 9_999
# What is counted of a vote: the control, what it is called, the column that stores it.
_COUNTS = (
    ("entitled", "有表决权", "entitled"),
    ("present", "到会", "present"),
    ("for_", "赞成", "for_count"),
    ("against", "反对", "against_count"),
    ("abstained", "弃权", "abstained_count"),
)
_OFFERED = ("entitled", "present")  # from the roll, until somebody types another
_TEXTS = ("topic", "place", "chair_name", "recorder_name", "speaker_name")
_HIDDEN = ("uid", "version")
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


class _Votes(LayoutObject):
    """What was put to the vote: a line of small numbers for each."""

    def render(
        self, form: BaseForm, context: Context, template_pack: Any = TEMPLATE_PACK, **kwargs: Any
    ) -> str:
        """The lines with what was typed; their fields count as drawn."""
        record = cast(RecordForm, form)
        for number in range(record.vote_rows):
            for name in ("subject", *(name for name, _, _ in _COUNTS)):
                form.rendered_fields.add(vote_field(number, name))  # type: ignore[attr-defined]
        return render_to_string("life/votes.html", {"form": record})


class RecordForm(RollForm):
    """One meeting, with a control for each on the roll of its day."""

    # Kept with a draft: what has been sent already is not sent as another.
    uid = forms.UUIDField(widget=forms.HiddenInput({"data-draft-keep": True}))
    version = forms.IntegerField(
        widget=forms.HiddenInput, required=False, min_value=0, max_value=30_000
    )
    topic = _text("topic")
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
        votes: Sequence[Vote] = (),
        guests: Sequence[Attendance] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(data, **kwargs)
        self.kind, self.known_guests = kind, guests
        add_guests(self, guests)
        if kind != MeetingKind.LESSON:
            del self.fields["speaker_name"]
        self.vote_rows = max(VOTE_ROWS, len(votes)) if RULES[kind].has_votes else 0
        self._add_votes(votes)

    def _add_votes(self, votes: Sequence[Vote]) -> None:
        voters = self.voters
        for number in range(self.vote_rows):
            vote = votes[number] if number < len(votes) else None
            self.fields[vote_field(number, "subject")] = forms.CharField(
                label="表决事项",
                max_length=100,
                required=False,
                initial=vote.subject if vote else "",
                widget=forms.TextInput({"autocomplete": "off"}),
                error_messages={"max_length": "表决事项请写在 100 字以内。"},
            )
            for name, label, column in _COUNTS:
                offered = voters if name in _OFFERED else None
                self.fields[vote_field(number, name)] = forms.IntegerField(
                    label=label,
                    required=False,
                    min_value=0,
                    max_value=_MOST_VOTERS,
                    initial=getattr(vote, column) if vote else offered,
                    widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
                    error_messages={"invalid": f"{label}请填人数。"},
                )

    @property
    def helper(self) -> FormHelper:
        """What it was, who was there, what came of it."""
        speaker = ["speaker_name"] if "speaker_name" in self.fields else []
        return fields_helper(
            "topic",
            RollFields(),
            Section(
                "时间和地点",
                Columns("starts_at", "ends_at"),
                "place",
                Columns("chair_name", "recorder_name"),
                *speaker,
            ),
            GuestFields(),
            Section("内容", *_LONG, "is_on_paper"),
            *([_Votes()] if self.vote_rows else []),
        )

    @property
    def vote_lines(self) -> list[tuple[Any, list[Any]]]:
        """For each line of the votes: what it is about, and its numbers."""
        return [
            (
                self[vote_field(number, "subject")],
                [self[vote_field(number, name)] for name, _, _ in _COUNTS],
            )
            for number in range(self.vote_rows)
        ]

    def clean(self) -> dict[str, Any]:
        """Each vote that was begun says what it was about and adds up."""
        data = cast(dict[str, Any], super().clean())
        for number in range(self.vote_rows):
            names = [vote_field(number, name) for name, _, _ in _COUNTS]
            if not self.is_begun(number) or any(name not in data for name in names):
                continue
            objections = self._tally(number).objections()  # before a refusal takes a figure away
            if len(data.get(vote_field(number, "subject"), "")) < 2:
                self._object(number, "subject", "请写明表决什么。")
            if data.get(vote_field(number, "for_")) is None:
                self._object(number, "for_", "请填赞成几票。")
            for name, words in objections:
                self._object(number, name, words)
        return data

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
            votes=[
                Ballot(data[vote_field(number, "subject")], self._tally(number))
                for number in range(self.vote_rows)
                if self.is_begun(number)
            ],
            **texts,
        )

    def visitors(self) -> list[Guest]:
        """Who came from elsewhere, as it was typed."""
        return guests_typed(self.cleaned_data)

    def visitors_kept(self) -> list[int]:
        """Which of those written down before came indeed."""
        return guests_kept(self.cleaned_data, self.known_guests)

    def is_begun(self, number: int) -> bool:
        """Whether anything was typed into the line but what the roll offers."""
        data = self.cleaned_data
        names = ("subject", *(name for name, _, _ in _COUNTS if name not in _OFFERED))
        return any(data.get(vote_field(number, name)) not in (None, "") for name in names)

    def _tally(self, number: int) -> Tally:
        data = self.cleaned_data
        return Tally(*(data[vote_field(number, name)] or 0 for name, _, _ in _COUNTS))

    def _object(self, number: int, name: str, words: str) -> None:
        if not self.has_error(vote_field(number, name)):
            self.add_error(vote_field(number, name), words)

    def _minutes(self) -> int:
        """How long was studied: from beginning to end, of kinds that are study."""
        if not RULES[self.kind].is_study:
            return 0
        return minutes_between(self.cleaned_data["starts_at"], self.cleaned_data["ends_at"])


class ReasonForm(forms.Form):
    """Why a record is sent back, or taken back."""

    reason = forms.CharField(
        label="原因",
        max_length=300,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": "请写明原因。"},
    )


def vote_field(number: int, name: str) -> str:
    """What a control of the votes is called; the actions name their refusals so."""
    return f"votes-{number}-{name}"


def stored_of(
    meeting: Meeting, form: RecordForm, marks: Mapping[int, Mark], votes: Sequence[Vote]
) -> dict[str, Any]:
    """What a record says, in all that its form asks for: to be held against what was typed."""
    found = {name: value for name, value in values_of(meeting).items() if name not in _HIDDEN}
    found |= form.stored_marks(marks)
    for number in range(form.vote_rows):
        vote = votes[number] if number < len(votes) else None
        if vote or form.is_begun(number):
            found[vote_field(number, "subject")] = vote.subject if vote else ""
            for name, _, column in _COUNTS:
                found[vote_field(number, name)] = getattr(vote, column) if vote else None
    return found


def values_of(meeting: Meeting) -> dict[str, Any]:
    """What a record says, for the fields of its form."""
    names = ("uid", "version", "starts_at", "ends_at", "is_on_paper", *_TEXTS, *_LONG)
    return {name: getattr(meeting, name) for name in names}
