"""The ballots of a 民主评议党员 as they are typed: a grid of members and counts."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import LayoutObject
from crispy_forms.utils import TEMPLATE_PACK
from django import forms
from django.forms import BaseForm
from django.template import Context
from django.template.loader import render_to_string

from core.layouts import Columns, fields_helper

from ..actions.appraisals import COUNTS, MOST_BALLOTS, Ballots, Result
from ..enums import Grade
from ..models import Appraisal, AppraisalResult
from ..queries.appraisals import Appraised

_LABELS = dict(zip(COUNTS, Grade.labels, strict=True))
_BALLOTS = (("given", "发出票数"), ("returned", "收回票数"), ("valid", "有效票数"))


def _number(label: str, *, required: bool = False) -> forms.IntegerField:
    words = f"{label}请填整数。"
    return forms.IntegerField(
        label=label,
        required=required,
        min_value=0,
        max_value=MOST_BALLOTS,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            "required": f"请填{label}，没有填 0。",
            **dict.fromkeys(("invalid", "min_value", "max_value"), words),
        },
    )


class _Grid(LayoutObject):
    """The members with their counts; their fields count as drawn."""

    def render(
        self, form: BaseForm, context: Context, template_pack: Any = TEMPLATE_PACK, **kwargs: Any
    ) -> str:
        """The grid with what was typed so far."""
        grid = cast(AppraisalForm, form)
        for one in grid.people:
            for name in (*COUNTS, "grade"):
                form.rendered_fields.add(cell(one.member_id, name))  # type: ignore[attr-defined]
        return render_to_string("life/appraisal_grid.html", {"form": grid, "lines": grid.lines()})


class AppraisalForm(forms.Form):
    """How many ballots there were, and for each member four counts and the grade decided."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=30_000)

    def __init__(
        self,
        data: Any = None,
        *,
        people: Sequence[Appraised],
        results: Mapping[int, AppraisalResult],
        **kwargs: Any,
    ) -> None:
        super().__init__(data, **kwargs)
        self.people = people
        for name, label in _BALLOTS:
            self.fields[name] = _number(label, required=True)
        for one in people:
            known = results.get(one.member_id)
            for name in COUNTS:
                field = _number(f"{one.name}{_LABELS[name]}票")
                count = getattr(known, f"{name}_count") if known else 0
                field.initial = count or None
                self.fields[cell(one.member_id, name)] = field
            if not one.is_probationary:
                self.fields[cell(one.member_id, "grade")] = forms.ChoiceField(
                    label=f"{one.name}的等次",
                    choices=[("", "待定"), *Grade.choices],
                    required=False,
                    initial=known.grade if known else "",
                )

    @property
    def helper(self) -> FormHelper:
        """The ballots, then the grid."""
        return fields_helper(Columns(*(name for name, _ in _BALLOTS)), _Grid())

    def lines(self) -> list[dict[str, Any]]:
        """Each member with his controls."""
        return [
            {
                "one": one,
                "counts": [self[cell(one.member_id, name)] for name in COUNTS],
                "grade": None if one.is_probationary else self[cell(one.member_id, "grade")],
                "errors": [
                    error
                    for name in (*COUNTS, "grade")
                    for error in self.errors.get(cell(one.member_id, name), [])
                ],
            }
            for one in self.people
        ]

    def clean(self) -> dict[str, Any]:
        """Refuses counts beyond the valid ballots, beside all who have them at once."""
        data = super().clean() or self.cleaned_data
        valid: int | None = data.get("valid")
        if valid is None:
            return data
        for one in self.people:
            cast_ = sum(data.get(cell(one.member_id, name)) or 0 for name in COUNTS)
            if cast_ > valid:
                words = f"{one.name}的票合计 {cast_} 张，多于有效的 {valid} 票。"
                self.add_error(cell(one.member_id, COUNTS[0]), words)
        return data

    def ballots(self) -> Ballots:
        """How many ballots there were."""
        return Ballots(*(self.cleaned_data[name] for name, _ in _BALLOTS))

    def results(self) -> dict[int, Result]:
        """What was typed of each member."""
        data, found = self.cleaned_data, {}
        for one in self.people:
            counts = tuple(data[cell(one.member_id, name)] or 0 for name in COUNTS)
            grade = data.get(cell(one.member_id, "grade"), "")
            found[one.member_id] = Result(cast(Any, counts), Grade(grade) if grade else "")
        return found


def cell(member_id: int, name: str) -> str:
    """What a control of the grid is called; the action names its refusals so."""
    return f"a-{member_id}-{name}"


def values_of_ballots(whole: Appraisal | None, came: int) -> dict[str, Any]:
    """What the form begins with: what was written, else as many ballots as people came."""
    if whole is None:
        return {"version": 0, "given": came or None}
    return {
        "version": whole.version,
        "given": whole.given_count,
        "returned": whole.returned_count,
        "valid": whole.valid_count,
    }


def stored_of_appraisal(
    form: AppraisalForm, whole: Appraisal | None, results: Mapping[int, AppraisalResult]
) -> dict[str, Any]:
    """What is written now, in all that the form asks for: to be held against what was typed."""
    values = values_of_ballots(whole, 0)
    found = {name: values.get(name) for name, _ in _BALLOTS}
    for one in form.people:
        row = results.get(one.member_id)
        for name in COUNTS:
            found[cell(one.member_id, name)] = (
                (getattr(row, f"{name}_count") or None) if row else None
            )
        if not one.is_probationary:
            found[cell(one.member_id, "grade")] = row.grade if row else ""
    return found
