"""The marks of one indicator, for all organisations on one page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.forms import BoundField

from assessments.scoring.refusals import Refused
from core.privacy import OFF_THE_DEVICE
from core.text import clean

from ..actions.marks import Given
from ..facts import reason_missing, seen_of, tried
from .kinds import KINDS, REASON, Kind, Untyped


@dataclass(frozen=True, slots=True)
class Line:
    """One rule for one of the assessed, with the mark that is there."""

    assessed: int
    name: str
    number: int  # of the rule
    rule: Mapping[str, Any]
    full: str
    facts: Mapping[str, Any] | None = None
    reason: str = ""

    @property
    def kind(self) -> Kind:
        """How its fact is typed."""
        return KINDS[str(self.rule["rule"])]

    @property
    def params(self) -> Mapping[str, Any]:
        """The parameters of the rule."""
        found = self.rule.get("params")
        return found if isinstance(found, Mapping) else {}

    @property
    def key(self) -> str:
        """What its fields and refusals are called by."""
        return f"{self.assessed}-{self.number}"


class MarksForm(forms.Form):
    """A line for each rule of each organisation. What is left empty is not marked; what was there
    and is emptied is taken back."""

    def __init__(self, *args: Any, lines: Sequence[Line], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = lines
        for line in lines:
            shown = line.kind.shown(line.params, dict(line.facts or {}))
            for name, field in line.kind.fields(line.params).items():
                field.initial = shown.get(name) if line.facts is not None else None
                marked: Any = field
                marked.short, marked.is_wide = field.label, name == "awards"
                field.label = f"{line.name} {field.label}"
                if name == "reason":
                    field.widget.attrs |= OFF_THE_DEVICE
                self.fields[f"{line.key}-{name}"] = field
            if line.kind.has_reason:
                hint = line.kind.reason_hint
                attrs = {**OFF_THE_DEVICE, "autocomplete": "off", "placeholder": hint}
                self.fields[f"{line.key}-why"] = forms.CharField(
                    label=f"{line.name} {hint}",
                    max_length=REASON,
                    required=False,
                    initial=line.reason,
                    widget=forms.TextInput(attrs),
                )
            self.fields[f"{line.key}-seen"] = forms.CharField(
                required=False,
                max_length=16,
                initial=seen_of(line.facts, line.reason),
                widget=forms.HiddenInput,
            )

    @property
    def helper(self) -> FormHelper:
        """The page draws the lines itself; beside them stands what each was made from."""
        helper = FormHelper()
        helper.layout = Layout(*(f"{line.key}-seen" for line in self.lines))
        return helper

    def boxes(self, line: Line) -> list[BoundField]:
        """The fields of a line's fact, without a reason."""
        names = [name for name in line.kind.fields(line.params) if name != "reason"]
        return [self[f"{line.key}-{name}"] for name in names]

    def why(self, line: Line) -> BoundField:
        """The field of its reason, which of 酌情 is a part of the fact."""
        return self[f"{line.key}-{'why' if line.kind.has_reason else 'reason'}"]

    def clean(self) -> dict[str, Any]:
        """Each line against its rule; what is wrong stands beside its field, all of it at once."""
        given = super().clean() or {}
        self.given: list[Given] = []
        for line in self.lines:
            names = list(line.kind.fields(line.params))
            if any(f"{line.key}-{name}" not in given for name in names):
                continue  # refused by a field already
            try:
                typed = {name: given[f"{line.key}-{name}"] for name in names}
                facts = facts_typed(line, typed)
            except Untyped as wrong:
                self.add_error(f"{line.key}-{wrong.field}", wrong.text)
                continue
            why = clean(given.get(f"{line.key}-why") or "")
            if facts is None and why and why != line.reason:
                self.add_error(f"{line.key}-{names[0]}", "写了理由，还没有评分。")
                continue
            if facts is not None and (text := reason_missing(line.rule, facts, why)):
                self.add_error(f"{line.key}-why", text)
                continue
            seen = given.get(f"{line.key}-seen")
            reason = why if facts is not None else ""
            self.given.append(Given(line.assessed, facts, line.number, reason, seen))
        return given


def facts_typed(line: Line, typed: Mapping[str, Any]) -> dict[str, Any] | None:
    """What was typed for a line (the fields of its kind by name), as its rule takes it; None for
    nothing. Raises Untyped for the field that does not hold."""
    facts = line.kind.read(line.params, typed)
    if facts is None:
        return None
    try:
        tried(line.rule, line.full, facts)
    except Refused as refusal:
        place = refusal.where.partition(".")[2].partition(".")[0].partition("[")[0]
        name = place if place in typed else next(iter(typed))
        raise Untyped(name, refusal.text) from refusal
    return facts
