"""The own mark of one indicator in the words of its rules, or why what was counted is questioned."""

from typing import Any

from django import forms

from assessments.cycles.facts import reason_missing
from assessments.cycles.forms.kinds import DOCUMENT, Untyped
from assessments.cycles.forms.marks import Line, facts_typed
from core.text import clean

from ..actions.items import MOST_REASON
from ..queries.sheet import Row

REASON = "reason"  # of 酌情 a part of the fact: here it is what stands beside every mark


class _SaidForm(forms.Form):
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=10**6)

    def stored(self) -> dict[str, Any]:
        """What is stored, by the fields of the form: what a conflict is compared with."""
        return {name: self[name].initial for name in self.fields if name != "revision"}


class QuestionForm(_SaidForm):
    """What is wrong with what was counted."""

    reason = forms.CharField(
        label="哪里不对，依据是什么",
        max_length=MOST_REASON,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="写明是哪一次、哪一个支部、应当是多少。考核组复核时会看到，并写明采纳与否。",
    )

    def __init__(self, *args: Any, row: Row, **kwargs: Any) -> None:
        said = row.said if row.is_questioned else None
        kwargs["initial"] = {"reason": said.reason if said else "", "revision": row.revision}
        super().__init__(*args, **kwargs)


class ItemForm(_SaidForm):
    """A field or more for each rule that people mark. Left empty with a reason: it is not marked,
    and that is why."""

    def __init__(self, *args: Any, row: Row, **kwargs: Any) -> None:
        self.row = row
        said = row.said
        kwargs["initial"] = {"revision": row.revision}
        super().__init__(*args, **kwargs)
        facts = said.facts if said is not None else {}
        rules = list(row.leaf.node.get("rules", ()))
        self.lines = [
            Line(0, "", place, rules[place], str(row.leaf.node["full"]), facts.get(str(place)))
            for place in row.places
        ]
        for line in self.lines:
            shown = line.kind.shown(line.params, dict(line.facts or {}))
            for name, field in line.kind.fields(line.params).items():
                if name == REASON:
                    continue
                if name == "points":
                    field.label = "自评分"
                field.initial = shown.get(name) if line.facts is not None else None
                self.fields[f"{line.number}-{name}"] = field
        self.fields["reason"] = forms.CharField(
            label="依据的文件" if row.is_awards else "自评说明",
            max_length=MOST_REASON,
            required=False,
            initial=said.reason if said is not None else "",
            widget=forms.Textarea(attrs={"rows": 2 if row.is_awards else 4}),
            help_text=f"{DOCUMENT}，如“徐组通〔2026〕12号，6月20日”。"
            if row.is_awards
            else "写做了什么、成效在哪里看得到；不自评的写明为什么。",
        )
        self.order_fields([name for name in self.fields if name != "reason"])

    def clean(self) -> dict[str, Any]:
        """Each rule against what was typed; what is wrong stands beside its field."""
        given = super().clean() or {}
        self.facts: dict[str, dict[str, Any]] = {}
        reason = clean(given.get("reason") or "")
        for line in self.lines:
            names = list(line.kind.fields(line.params))
            if any(f"{line.number}-{name}" not in given for name in names if name != REASON):
                continue  # refused by a field already
            typed = {
                name: reason if name == REASON else given[f"{line.number}-{name}"] for name in names
            }
            if not any(value for name, value in typed.items() if name != REASON):
                continue
            try:
                facts = facts_typed(line, typed)
            except Untyped as wrong:
                name = "reason" if wrong.field == REASON else f"{line.number}-{wrong.field}"
                self.add_error(name, wrong.text)
                continue
            if facts is None:
                continue
            if text := reason_missing(line.rule, facts, reason):
                self.add_error("reason", text)
                continue
            self.facts[str(line.number)] = facts
        return given
