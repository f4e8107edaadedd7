"""问题清单 as it is typed."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms

from core.layouts import fields_helper

from ..actions.problems import LONGEST, Line
from ..enums import ProblemState
from ..models import Problem
from ..queries.rolls import OnRoll
from .lines import Lines, LinesForm, line_field, text_field

_STATES = [(one.value, one.label) for one in (ProblemState.OPEN, ProblemState.DONE)]


class ProblemsForm(LinesForm):
    """The lines of one list. `people` can stand on it, beside those that do already."""

    columns = (
        *("uid", "who", "text", "measure", "responsible_name"),
        *("due_text", "state", "outcome"),
    )

    def __init__(
        self,
        data: Any = None,
        *,
        people: Sequence[OnRoll],
        known: Sequence[Problem] = (),
        **kwargs: Any,
    ) -> None:
        names = {one.member_id: one.name for one in people}
        names |= {one.member_id: one.member.name for one in known if one.member_id and one.member}
        self.who = [("", "班子"), *((str(pk), name) for pk, name in names.items())]
        super().__init__(data, start=[_start(one) for one in known], **kwargs)

    def control(self, name: str, number: int, values: Mapping[str, Any]) -> forms.Field:
        if name == "uid":
            return forms.UUIDField(
                widget=forms.HiddenInput, required=False, initial=values.get(name) or uuid.uuid4()
            )
        if name == "who":
            return forms.ChoiceField(label="对象", choices=self.who, required=False)
        if name == "state":
            # Where it stands already it stays; the later list says how the line came out.
            sent = self.data.get(line_field(number, name)) if self.is_bound else values.get(name)
            carried = [(ProblemState.CARRIED.value, ProblemState.CARRIED.label)]
            choices = carried if sent == ProblemState.CARRIED else _STATES
            return forms.ChoiceField(label="整改情况", choices=choices, required=False)
        label, most = LONGEST[name]
        field = text_field(label, most, rows=2 if name in ("text", "measure") else 0)
        if name == "due_text":
            field.widget.attrs["placeholder"] = "如 6月底前"
        return field

    @property
    def helper(self) -> FormHelper:
        """The lines, and nothing else."""
        return fields_helper(Lines("life/problem_lines.html"))

    def given_lines(self) -> list[Line]:
        """What was typed, as the action takes it."""
        found = []
        for number in range(self.row_count):
            line = self.given(number)
            texts = {name: line[name] or "" for name in LONGEST}
            found.append(
                Line(
                    uid=line["uid"] or uuid.uuid4(),
                    member_id=int(line["who"]) if line["who"] else None,
                    state=ProblemState(line["state"] or ProblemState.OPEN),
                    **texts,
                )
            )
        return found


def _start(one: Problem) -> dict[str, Any]:
    return {
        "uid": one.uid,
        "who": str(one.member_id or ""),
        "state": one.state,
        **{name: getattr(one, name) for name in LONGEST},
    }
