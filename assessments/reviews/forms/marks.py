"""One reviewer's mark of one item, or of an example."""

from collections.abc import Mapping, Sequence
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.forms import BoundField

from assessments.cycles.facts import reason_missing
from assessments.cycles.forms.kinds import REASON, Untyped
from assessments.cycles.forms.marks import Line, facts_typed
from core.text import clean

STANDS, CHANGES = "stands", "changes"
VERDICTS = [(STANDS, "认可自动计的分"), (CHANGES, "要改")]

# What is said where nothing was typed, by rule.
NOTHING = {"bonus": "还没有评：认定的一行一项写上，都不予认定的写“无”。"}

NOBODY = 0  # no one of the assessed: the form is of one item alone

Rules = Sequence[tuple[int, Mapping[str, Any]]]


class MarkForm(forms.Form):
    """The fields of each rule of an item, in the words of the rule. Of what is counted one says first
    whether it stands. `facts` is rule -> mark as it is stored: {"0": {"points": "18"}}."""

    def __init__(
        self,
        *args: Any,
        rules: Rules,
        full: str,
        is_counted: bool = False,
        facts: Mapping[str, Mapping[str, Any]] | None = None,
        is_given: bool = False,
        reason: str = "",
        revision: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.is_counted = is_counted
        facts = facts or {}
        if is_counted:
            first = None if not is_given else CHANGES if facts else STANDS
            self.fields["verdict"] = forms.ChoiceField(
                label="自动计的分", choices=VERDICTS, initial=first, widget=forms.RadioSelect
            )
        self.boxes: list[tuple[str, str]] = []
        self.has_reason = False
        self.lines = [
            Line(NOBODY, "", number, rule, full, facts.get(str(number))) for number, rule in rules
        ]
        for line in self.lines:
            self._add(line, is_given)
        if not self.has_reason:
            self.fields["reason"] = forms.CharField(
                label="理由",
                max_length=REASON,
                required=False,
                initial=reason,
                widget=forms.Textarea({"rows": 4}),
                help_text="改动自动计的分必填" if is_counted else "",
            )
        self.fields["revision"] = forms.IntegerField(initial=revision, widget=forms.HiddenInput)

    def _add(self, line: Line, is_given: bool) -> None:
        shown = line.kind.shown(line.params, dict(line.facts or {}))
        is_shown = line.facts is not None or (is_given and not self.is_counted)
        for name, field in line.kind.fields(line.params).items():
            field.initial = shown.get(name) if is_shown else None
            if name == "reason":
                self.has_reason = True
                field.label = "理由"
                field.widget = forms.Textarea({"rows": 4})
            if isinstance(field, forms.ChoiceField) and not isinstance(
                field, forms.MultipleChoiceField
            ):
                field.widget = forms.RadioSelect()
                choices: Any = field.choices
                field.choices = [one for one in choices if one[0]]
            key = f"r{line.number}-{name}"
            self.fields[key] = field
            if name != "reason":
                self.boxes.append((key, name))

    @property
    def helper(self) -> FormHelper:
        """The page draws the fields itself."""
        helper = FormHelper()
        helper.layout = Layout("revision")
        return helper

    def shown_boxes(self) -> list[BoundField]:
        """The fields of the mark itself, without the reason."""
        return [self[key] for key, _ in self.boxes]

    def why(self) -> BoundField:
        """The field of the reason, which of 酌情 is a part of the fact."""
        if "reason" in self.fields:
            return self["reason"]
        return self[next(key for key in self.fields if key.endswith("-reason"))]

    def clean(self) -> dict[str, Any]:
        """Each rule against what was typed."""
        given = super().clean() or {}
        self.facts: dict[int, dict[str, Any]] = {}
        self.reason = clean(given.get("reason") or "")
        if self.is_counted and given.get("verdict") == STANDS:
            return given
        for line in self.lines:
            names = list(line.kind.fields(line.params))
            if any(f"r{line.number}-{name}" not in given for name in names):
                continue
            try:
                facts = facts_typed(line, {name: given[f"r{line.number}-{name}"] for name in names})
                if facts is None:
                    raise Untyped(names[0], NOTHING.get(str(line.rule["rule"]), "还没有评。"))
            except Untyped as wrong:
                self.add_error(f"r{line.number}-{wrong.field}", wrong.text)
                continue
            if text := reason_missing(line.rule, facts, self.reason):
                self.add_error("reason", text)
            self.facts[line.number] = facts
        if self.is_counted and given.get("verdict") == CHANGES and len(self.reason) < 2:
            self.add_error("reason", "改动自动计的分，要写明理由。")
        return given
