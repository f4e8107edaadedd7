"""Who was there, as it is tapped: a control for each on the roll, and who gave leave."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import LayoutObject
from crispy_forms.utils import TEMPLATE_PACK
from django import forms
from django.forms import BaseForm, BoundField
from django.template import Context
from django.template.loader import render_to_string

from core.layouts import fields_helper
from orgs.models import Organization

from ..actions.rows import Mark
from ..enums import AbsenceReason, Presence
from ..queries.rolls import DayRoll, OnRoll

COME, NOT_COME = "present", "out"
_PREFIX, _LEAVE_PREFIX = "m-", "leave-"
MOST_NAME = 50
_APPROVERS_LIST = "approvers"


@dataclass(frozen=True, slots=True)
class Line:
    """One on the roll, with the controls of how he took part and of who gave him leave."""

    one: OnRoll
    field: BoundField
    leave: BoundField | None
    group: int  # the place of his 党小组 in the order of groups; the last for who is in none


@dataclass(frozen=True, slots=True)
class Part:
    """The roll of one organisation on the form."""

    organization: Organization
    roll: DayRoll
    expected: Sequence[Line]
    extra: Sequence[Line]


class RollFields(LayoutObject):
    """The names of the roll, one control each; static/js/roll.js makes a grid of them."""

    def render(
        self, form: BaseForm, context: Context, template_pack: Any = TEMPLATE_PACK, **kwargs: Any
    ) -> str:
        """The names with what was marked so far; the fields of the marks count as drawn."""
        record = cast(RollForm, form)
        for name in record.roll_fields:
            form.rendered_fields.add(name)  # type: ignore[attr-defined]
        return render_to_string("life/roll.html", {"form": record})


class RollForm(forms.Form):
    """A control for each on the rolls of the organisations that are marked."""

    def __init__(
        self,
        data: Any = None,
        *,
        rolls: Sequence[tuple[Organization, DayRoll]],
        marks: Mapping[int, Mark] | None = None,
        approvers: Sequence[str] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(data, **kwargs)
        self.rolls, self.approvers = rolls, approvers
        self.approvers_list = _APPROVERS_LIST
        self.roll_fields: list[str] = []
        for one in self.people:
            mark = None if marks is None else marks.get(one.member_id)
            start = COME if one.is_expected and marks is None else _value(mark)
            self._add(
                name_of(one),
                forms.ChoiceField(
                    label=one.name, choices=_choices(one), required=False, initial=start
                ),
            )
            if one.is_expected:
                self._add(leave_of(one), _leave(one, mark.approver_name if mark else ""))

    def _add(self, name: str, field: forms.Field) -> None:
        self.fields[name] = field
        self.roll_fields.append(name)

    @property
    def people(self) -> Iterator[OnRoll]:
        """All on the rolls, one organisation after the other."""
        return (one for _, roll in self.rolls for one in roll.people)

    @property
    def voters(self) -> int:
        """有表决权: who may vote among those expected."""
        return sum(one.can_vote and one.is_expected for one in self.people)

    @property
    def expected_count(self) -> int:
        """应到."""
        return sum(one.is_expected for one in self.people)

    @property
    def is_empty(self) -> bool:
        """Whether there is nobody to call."""
        return all(roll.is_empty for _, roll in self.rolls)

    @property
    def has_groups(self) -> bool:
        """Whether the roll can be called by 党小组."""
        return any(roll.groups for _, roll in self.rolls)

    @property
    def parts(self) -> list[Part]:
        """The roll of each organisation with its controls as they stand."""
        found = []
        for organization, roll in self.rolls:
            places = {pk: place for place, (pk, _) in enumerate(roll.groups)}
            lines = [
                Line(
                    one,
                    self[name_of(one)],
                    self[leave_of(one)] if one.is_expected else None,
                    places.get(one.group_id, len(places)),
                )
                for one in roll.people
            ]
            expected = [line for line in lines if line.one.is_expected]
            extra = [line for line in lines if not line.one.is_expected]
            found.append(Part(organization, roll, expected, extra))
        return found

    def marks(self) -> dict[int, Mark]:
        """How each was marked; who was not marked is left out."""
        found = {}
        for one in self.people:
            value = self.cleaned_data.get(name_of(one), "")
            if value == COME:
                found[one.member_id] = Mark(Presence.PRESENT)
            elif value:
                reason = "" if value == NOT_COME else AbsenceReason(value)
                name = self.cleaned_data.get(leave_of(one), "")
                found[one.member_id] = Mark(Presence.ABSENT, reason, name)
        return found

    def stored_marks(self, marks: Mapping[int, Mark]) -> dict[str, Any]:
        """What a record says in the controls of the roll: to be held against what was typed."""
        found = {name_of(one): _value(marks.get(one.member_id)) for one in self.people}
        for one in self.people:
            if one.is_expected:
                mark = marks.get(one.member_id)
                found[leave_of(one)] = mark.approver_name if mark else ""
        return found


class PartForm(RollForm):
    """One organisation's part in a record that another one holds."""

    version = forms.IntegerField(
        widget=forms.HiddenInput, required=False, min_value=0, max_value=30_000
    )

    @property
    def helper(self) -> FormHelper:
        """The roll alone."""
        return fields_helper(RollFields())


def name_of(one: OnRoll) -> str:
    """The name of the control of one member."""
    return f"{_PREFIX}{one.member_id}"


def leave_of(one: OnRoll) -> str:
    """The name of the control of who gave a member leave."""
    return f"{_LEAVE_PREFIX}{one.member_id}"


def _value(mark: Mark | None) -> str:
    """How a mark reads in its control."""
    return str(mark.reason or mark.presence) if mark else ""


def _leave(one: OnRoll, name: str) -> forms.CharField:
    return forms.CharField(
        label=f"{one.name}的准假人",
        max_length=MOST_NAME,
        required=False,
        initial=name,
        widget=forms.TextInput(
            {"autocomplete": "off", "list": _APPROVERS_LIST, "placeholder": "准假人"}
        ),
        error_messages={"max_length": f"准假人请写在 {MOST_NAME} 字以内。"},
    )


def _choices(one: OnRoll) -> list[tuple[str, str]]:
    if not one.is_expected:
        return [("", "没来"), (COME, "来了")]
    reasons = [(value, label) for value, label in AbsenceReason.choices]
    return [("", "未登记"), (COME, "到会"), (NOT_COME, "缺席，选原因"), *reasons]
