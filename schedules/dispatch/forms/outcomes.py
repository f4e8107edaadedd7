"""What the recorder types on a card: a decision, a new item, an item that exists."""

import re
from typing import Any

from django import forms

from core.actor import Actor
from core.privacy import OFF_THE_DEVICE
from core.text import to_half_width
from orgs.models import Organization
from schedules.action_items.forms import place_meant
from schedules.action_items.models import ActionItem

from ..actions.outcomes import Typed
from ..enums import OutcomeKind
from ..models import DispatchMeeting, Outcome
from ..queries.finding import Numbered, items_called, places_called
from .cards import LaterForm

_PARTS = re.compile(r"[、，,；;\n]")
_NUMBER = re.compile(
    r"^[〔\[(【]?(?:(\d{4})[〕\])】])?\s*(\d{1,6})\s*号?(?:之(\d{1,4}))?(?:\s|$)", re.A
)


def items_meant(actor: Actor, meeting: DispatchMeeting, text: str) -> list[ActionItem]:
    """The items that a number (74, 〔2026〕74号, with or without the title) or some words mean."""
    text = to_half_width(text).strip()[:120]
    found, number = _NUMBER.match(text), None
    if found:
        year, serial, part = found.groups()
        rest = text[found.end() :].strip()
        number = Numbered(int(year) if year else None, int(serial), int(part or 0), rest)
    return items_called(actor, meeting, text, number)


class OutcomeForm(forms.Form):
    """One outcome, as it is typed. `uid` is made by the page, and goes with a draft on the device:
    it is a text that nobody sees, as hidden fields are not kept there."""

    uid = forms.UUIDField(widget=forms.TextInput)
    version = forms.IntegerField(
        widget=forms.HiddenInput, required=False, min_value=0, max_value=2**31 - 1
    )
    kind = forms.ChoiceField(
        label="类别", choices=OutcomeKind.choices, widget=forms.RadioSelect, required=False
    )
    text = forms.CharField(
        label="内容",
        max_length=500,
        required=False,
        widget=forms.Textarea({"rows": 1}),
        error_messages={"max_length": "一条结论请写在 500 字以内，长的分成几条。"},
    )
    owners = forms.CharField(
        label="责任单位",
        max_length=400,
        required=False,
        help_text="名称、简称或拼音首字母；几个单位用顿号隔开。",
        widget=forms.TextInput({"autocomplete": "off", "list": "owner-names"}),
    )
    responsible_name = forms.CharField(label="责任人", max_length=50, required=False)
    due_on = forms.DateField(
        label="期限",
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    item = forms.CharField(
        label="已有督办",
        max_length=120,
        required=False,
        help_text="编号（如 74）或几个字。",
        widget=forms.TextInput({"autocomplete": "off", "list": "item-names"}),
    )

    def __init__(self, data: Any = None, *, meeting: DispatchMeeting, by: Actor, **kwargs: Any):
        super().__init__(data, **kwargs)
        self.meeting, self.by = meeting, by
        self.places: list[Organization] = []
        self.found: ActionItem | None = None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        data["kind"] = data.get("kind") or OutcomeKind.TEXT
        if data["kind"] == OutcomeKind.NEW_ITEM and "owners" not in self.errors:
            self._find_places(data.get("owners", ""))
        if data["kind"] == OutcomeKind.ITEM and "item" not in self.errors:
            self._find_item(data.get("item", ""))
        return data

    def _find_places(self, text: str) -> None:
        parts = [text.strip()] if places_called(self.meeting, text.strip(), exact=True) else None
        for part in parts or [part.strip() for part in _PARTS.split(text)]:
            if not part:
                continue
            try:
                self.places.append(
                    place_meant(self.meeting.organization, part[:60], "或从列出的里选")
                )
            except forms.ValidationError as error:
                self.add_error("owners", error)
        if not self.places and "owners" not in self.errors:
            self.add_error("owners", "写上责任单位，就给编号。")

    def _find_item(self, text: str) -> None:
        if not text.strip():
            self.add_error("item", "请写已有督办的编号，或其中几个字。")
            return
        found = items_meant(self.by, self.meeting, text)
        if len(found) == 1:
            self.found = found[0]
        elif not found:
            self.add_error("item", f"没有找到“{text[:60]}”，请核对编号。")
        else:
            names = "；".join(str(one) for one in found[:3])
            self.add_error("item", f"“{text[:60]}”有几件：{names}。请从列出的里选。")

    @property
    def typed(self) -> Typed:
        """What was typed, as the action takes it."""
        data = self.cleaned_data
        return Typed(
            kind=data["kind"],
            text=data["text"],
            owners=self.places,
            due_on=data["due_on"],
            responsible_name=data["responsible_name"],
            item=self.found,
        )


class RemoveForm(forms.Form):
    """Takes an outcome away, as it was seen."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)


class RoomDeferForm(LaterForm):
    """A card is put off, or comes up again at a later meeting."""

    field_order = ("revision", "how", "to", "reason")
    revision = forms.IntegerField(
        widget=forms.HiddenInput, required=False, min_value=0, max_value=2**31 - 1
    )
    how = forms.ChoiceField(
        label="怎样改",
        choices=[
            ("defer", "移到下次会：这次不再议，会议记录里写明顺延"),
            ("copy", "下次会再议一次：这次照议，另留一份"),
        ],
        initial="defer",
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label="理由",
        max_length=300,
        required=False,
        widget=forms.Textarea({"rows": 2, **OFF_THE_DEVICE}),
        help_text="已经顺延两次的，要写理由。",
    )


class AmendForm(forms.Form):
    """A correction of minutes that are locked."""

    card = forms.TypedChoiceField(
        label="关于", required=False, coerce=int, empty_value=None, choices=()
    )
    text = forms.CharField(
        label="更正",
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
        help_text="原记录不动；更正写在后面，署名。",
    )

    def __init__(self, data: Any = None, *, cards: Any, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        field: Any = self.fields["card"]
        field.choices = [("", "整次会议"), *((card.pk, str(card)) for card in cards)]


def values_of(outcome: Outcome) -> dict[str, Any]:
    """What an outcome says, for the fields of its form."""
    item = outcome.item if outcome.kind != OutcomeKind.TEXT else None
    is_new = outcome.kind == OutcomeKind.NEW_ITEM and item is not None
    return {
        "uid": outcome.uid,
        "version": outcome.revision,
        "kind": outcome.kind,
        "text": outcome.text,
        "owners": "、".join(owner_names(item)) if is_new else "",
        "responsible_name": item.responsible_name if is_new and item else "",
        "due_on": item.due_on if is_new and item else None,
        "item": str(item) if item is not None and not is_new else "",
    }


def owner_names(item: ActionItem | None) -> list[str]:
    """Who has to do it: the owner, or those of its parts. One query, none where it is prefetched."""
    if item is None:
        return []
    return [str(one) for one in owners_of(item)]


def owners_of(item: ActionItem) -> list[Organization]:
    """Whom an item reaches: of one with parts their owners. One query, none where it is prefetched."""
    return [part.owner for part in item.children.all()] or [item.owner]
