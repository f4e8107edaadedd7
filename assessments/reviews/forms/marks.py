"""One reviewer's mark of one item, or of an example."""

from collections.abc import Mapping, Sequence
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.forms import BoundField

from assessments.cycles.facts import reason_missing, tried
from assessments.cycles.forms.kinds import KINDS, REASON, Kind, Untyped
from assessments.scoring.refusals import Refused
from core.text import clean

STANDS, CHANGES = "stands", "changes"
VERDICTS = [(STANDS, "认可自动计的分"), (CHANGES, "要改")]

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
        self.rules, self.full, self.is_counted = rules, full, is_counted
        facts = facts or {}
        if is_counted:
            first = None if not is_given else CHANGES if facts else STANDS
            self.fields["verdict"] = forms.ChoiceField(
                label="自动计的分", choices=VERDICTS, initial=first, widget=forms.RadioSelect
            )
        self.boxes: list[tuple[str, str]] = []
        self.has_reason = False
        for number, rule in rules:
            self._add(number, rule, facts.get(str(number)), is_given)
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

    def _add(
        self,
        number: int,
        rule: Mapping[str, Any],
        facts: Mapping[str, Any] | None,
        is_given: bool,
    ) -> None:
        kind, params = _kind(rule), _params(rule)
        shown = kind.shown(params, dict(facts or {}))
        is_shown = facts is not None or (is_given and not self.is_counted)
        for name, field in kind.fields(params).items():
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
            key = f"r{number}-{name}"
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
        for number, rule in self.rules:
            kind, params = _kind(rule), _params(rule)
            names = list(kind.fields(params))
            if any(f"r{number}-{name}" not in given for name in names):
                continue
            typed = {name: given[f"r{number}-{name}"] for name in names}
            try:
                facts = kind.read(params, typed)
                if facts is None:
                    raise Untyped(names[0], "还没有评。")
                self._try(rule, facts, names)
            except Untyped as wrong:
                self.add_error(f"r{number}-{wrong.field}", wrong.text)
                continue
            if text := reason_missing(rule, facts, self.reason):
                self.add_error("reason", text)
            self.facts[number] = facts
        if self.is_counted and given.get("verdict") == CHANGES and len(self.reason) < 2:
            self.add_error("reason", "改动自动计的分，要写明理由。")
        return given

    def _try(self, rule: Mapping[str, Any], facts: dict[str, Any], names: list[str]) -> None:
        try:
            tried(rule, self.full, facts)
        except Refused as refusal:
            place = refusal.where.partition(".")[2].partition(".")[0].partition("[")[0]
            raise Untyped(place if place in names else names[0], refusal.text) from refusal


def _kind(rule: Mapping[str, Any]) -> Kind:
    return KINDS[str(rule["rule"])]


def _params(rule: Mapping[str, Any]) -> Mapping[str, Any]:
    found = rule.get("params")
    return found if isinstance(found, Mapping) else {}
