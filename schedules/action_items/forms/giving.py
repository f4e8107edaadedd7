"""What somebody is given to do: to whom, what, until when; as a list of lines where it is one."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict

from core import clock, figures
from core.layouts import Columns, fields_helper
from orgs.models import Organization
from schedules.rounds.queries.calendar import load

from ..actions.issuing import Given, LineGiven
from ..models import ActionItem, ActionLine
from ..queries.places import called, to_give_to
from ..rules import LONGEST_LIST, MOST_OWNERS
from .acts import RevisedForm
from .what import WHAT, WhatForm

OR_TICK = "或在下面勾选"
BLANK_LINES = 3
MORE_LINES = 5
PREFIX = "lines"
_LINE = re.compile(rf"{PREFIX}-([0-9]{{1,2}})-")


class LineForm(forms.Form):
    """One line of a list. Left empty, it is none."""

    problem = forms.CharField(label="问题", max_length=300, required=False)
    measure = forms.CharField(label="措施", max_length=300, required=False)
    responsible_name = forms.CharField(label="责任人", max_length=50, required=False)
    due_on = forms.DateField(
        label="期限",
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    figure_key = forms.ChoiceField(label="绑定数据", required=False)
    is_at_least = forms.ChoiceField(
        label="达到", required=False, choices=[("1", "不低于"), ("0", "不高于")]
    )
    goal = forms.DecimalField(
        label="目标", required=False, max_digits=14, decimal_places=2, localize=False
    )
    months = forms.IntegerField(
        label="连续月数", required=False, min_value=1, max_value=12, initial=1
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = figures.choices(lambda one: one.label)
        choices = [("", "不绑定，报结后核验"), *known]
        cast(forms.ChoiceField, self.fields["figure_key"]).choices = choices

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        said = [data.get(name) for name in ("measure", "responsible_name", "due_on", "figure_key")]
        if any(said) and not data.get("problem") and "problem" not in self.errors:
            self.add_error("problem", "请写明这一条的问题；不要这一条，就把这一行都清空。")
        if data.get("figure_key") and data.get("goal") is None and "goal" not in self.errors:
            self.add_error("goal", "绑定了数据，请写明目标。")
        return data

    @property
    def line(self) -> LineGiven | None:
        """What was typed; None for an empty line."""
        data = self.cleaned_data
        if not data.get("problem"):
            return None
        bound = bool(data["figure_key"])
        return LineGiven(
            problem=data["problem"],
            measure=data["measure"],
            responsible_name=data["responsible_name"],
            due_on=data["due_on"],
            figure_key=data["figure_key"],
            goal=data["goal"] if bound else None,
            is_at_least=data["is_at_least"] != "0",
            months=(data["months"] or 1) if bound else 1,
        )


LineForms = forms.formset_factory(
    LineForm, extra=0, max_num=LONGEST_LIST, absolute_max=LONGEST_LIST, validate_max=False
)


@dataclass(frozen=True, slots=True)
class Ticks:
    """Organisations that can be ticked together: one, and what stands below it."""

    head: Organization
    rows: Sequence[tuple[Organization, bool]] = field(default=())
    is_ticked: bool = False

    @property
    def count(self) -> int:
        """How many below it are ticked."""
        return sum(ticked for _, ticked in self.rows)


class GivenForm(WhatForm, RevisedForm):
    """What is to be done, with the lines of a list."""

    def __init__(self, data: Any = None, *args: Any, item: ActionItem | None = None, **kwargs: Any):
        super().__init__(data, *args, **kwargs)
        self.fields["due_on"].help_text = _due_help()
        for name in ("responsible_name", "leader_name"):
            self.fields[name].widget.attrs |= {"list": "holders", "autocomplete": "off"}
        rows = [_line_values(line) for line in item.lines.all()] if item is not None else []
        blank = BLANK_LINES if not rows else min(MORE_LINES, LONGEST_LIST - len(rows))
        self.takes_lines = item is None or item.shape != "shared"
        typed = _lines_typed(data) if self.takes_lines else None
        self.lines = LineForms(typed, prefix=PREFIX, initial=rows)
        if typed is None:
            self.lines.extra = blank
        self.kept = [_line_given(line) for line in item.lines.all()] if item is not None else []

    @property
    def helper(self) -> FormHelper:
        """Short fields side by side."""
        return fields_helper(
            "title",
            "demand",
            Columns("due_on", "priority"),
            Columns("category", "cause"),
            Columns("responsible_name", "leader_name"),
        )

    @property
    def forms(self) -> Sequence[forms.BaseForm]:
        """The lines, for what looks at every field."""
        return list(self.lines.forms)

    def is_valid(self) -> bool:
        """With its lines."""
        whole = super().is_valid()
        return (not self.lines.is_bound or self.lines.is_valid()) and whole

    def with_more_lines(self) -> "GivenForm":
        """The form as typed, unchecked, with some more empty lines."""
        data = _lines_typed(self.data, MORE_LINES)
        self.lines = LineForms(data, prefix=PREFIX)
        self._errors = ErrorDict()
        lines: Any = self.lines
        for one in lines.forms:
            one._errors = ErrorDict()
        lines._errors, lines._non_form_errors = [], lines.error_class()
        return self

    @property
    def has_lines(self) -> bool:
        """Whether a line is typed, wrong or asked for: then the list is open."""
        wrong = self.lines.is_bound and bool(self.lines.total_error_count())
        filled = any(one["problem"].value() for one in self.lines.forms)
        return wrong or filled or len(self.lines.forms) > BLANK_LINES

    def given(self, responsible_id: int | None = None) -> Given:
        """What was typed, as the actions take it."""
        found = [one.line for one in self.lines.forms] if self.lines.is_bound else self.kept
        return self.said(
            responsible_id=responsible_id, lines=tuple(line for line in found if line is not None)
        )


class OwnersForm(GivenForm):
    """With to whom it is given: ticked, or called by name."""

    owners = forms.MultipleChoiceField(
        label="责任单位", required=False, widget=forms.CheckboxSelectMultiple
    )
    # Those deeper down apart, so that one tick takes all directly below and none of these.
    under = forms.MultipleChoiceField(
        label="下级组织", required=False, widget=forms.CheckboxSelectMultiple
    )
    everyone = forms.BooleanField(label="全部勾选", required=False)
    named = forms.CharField(
        label="按名称添加",
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 2}),
        help_text="每行一个，可用简称；也可以在下面勾选。",
    )

    def __init__(
        self,
        data: Any = None,
        *args: Any,
        issuer: Organization,
        places: Sequence[Organization],
        **kwargs: Any,
    ):
        super().__init__(data, *args, **kwargs)
        self.issuer = issuer
        self.places = {str(one.pk): one for one in places}
        choices = [(key, str(one)) for key, one in self.places.items()]
        for name in ("owners", "under"):
            cast(forms.MultipleChoiceField, self.fields[name]).choices = choices

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        found = self.heads if data.get("everyone") else []
        found += [self.places[key] for name in ("owners", "under") for key in data.get(name, ())]
        for text in data.get("named", "").splitlines():
            if text.strip():
                found += self._called(text.strip()[:60])
        data["chosen"] = list(dict.fromkeys(found))
        if "named" not in self.errors and "owners" not in self.errors:
            if not data["chosen"] and self.must_choose:
                self.add_error("owners", "请勾选责任单位，或按名称添加。")
            elif len(data["chosen"]) > MOST_OWNERS:
                self.add_error("owners", f"一次最多交办给 {MOST_OWNERS} 个单位。")
        return data

    @property
    def must_choose(self) -> bool:
        """Whether somebody has to be chosen."""
        return True

    def _called(self, text: str) -> list[Organization]:
        try:
            return [place_meant(self.issuer, text, OR_TICK, known=list(self.places.values()))]
        except ValidationError as error:
            self.add_error("named", error)
            return []

    @property
    def ticked(self) -> set[str]:
        """Ids of what is ticked."""
        return {str(value) for name in ("owners", "under") for value in self[name].value() or ()}

    @property
    def heads(self) -> list[Organization]:
        """What stands directly below the issuer."""
        return [one for one in self.places.values() if one.parent_id == self.issuer.pk]

    def groups(self) -> list[Ticks]:
        """What can be ticked: each organisation directly below, with what stands under it."""
        ticked, found = self.ticked, []
        under: dict[str, list[tuple[Organization, bool]]] = {}
        heads = self.heads
        for one in self.places.values():
            for head in heads:
                if one.path != head.path and one.path.startswith(head.path):
                    under.setdefault(head.path, []).append((one, str(one.pk) in ticked))
        for head in heads:
            found.append(Ticks(head, under.get(head.path, []), str(head.pk) in ticked))
        return found


class NewForm(OwnersForm):
    """A new item."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        del self.fields["revision"]


class DraftForm(OwnersForm):
    """A draft as it stands, also to whom it is to be given."""

    def __init__(
        self,
        data: Any = None,
        *,
        item: ActionItem,
        places: Sequence[Organization],
    ):
        issuer = item.issuer
        wanted, by_pk = item.owner_ids, {one.pk: one for one in places}
        there = [by_pk[pk] for pk in wanted if pk in by_pk]
        self.stored = owners_named(there, issuer)
        self.is_lost = len(there) < len(wanted)
        super().__init__(
            data,
            issuer=issuer,
            places=places,
            item=item,
            initial=values_of(item) | self.stored,
        )

    @property
    def must_choose(self) -> bool:
        """A program that says nothing of the owners changes none."""
        return any(name in self.data for name in ("owners", "under", "everyone", "named"))

    def chosen_names(self) -> str:
        """Who is chosen, as the page names them."""
        return "、".join(sorted(str(one) for one in self.cleaned_data.get("chosen", ())))


def place_meant(
    issuer: Organization,
    text: str,
    otherwise: str,
    *,
    known: Sequence[Organization] | None = None,
) -> Organization:
    """The one organisation of those that `issuer` can give items to that is called so. `known`: see
    `queries.places.called`. Raises ValidationError, with what to do `otherwise`."""
    found = called(to_give_to(issuer), text, known=known)
    if len(found) == 1:
        return found[0]
    if not found:
        raise ValidationError(f"没有找到“{text}”，请写全称，{otherwise}。")
    names = "、".join(str(one) for one in found[:3])
    raise ValidationError(f"“{text}”有几个相近的：{names}。请写清是哪一个。")


def owners_named(owners: Sequence[Organization], issuer: Organization) -> dict[str, Any]:
    """The same in the fields of `OwnersForm`: what can be ticked, and by name what cannot, as the
    issuer itself."""
    rows = sorted(owners, key=lambda one: one.path)
    return {
        "owners": [str(one.pk) for one in rows if one.parent_id == issuer.pk],
        "under": [
            str(one.pk) for one in rows if one.parent_id != issuer.pk and one.pk != issuer.pk
        ],
        "named": "\n".join(one.name for one in rows if one.pk == issuer.pk),
    }


def _due_help() -> str:
    """How days count, and which days are so many working days away. Two queries."""
    calendar, today = load(), clock.today()
    days = [(count, calendar.add_working_days(today, count)) for count in (5, 10, 20)]
    named = "，".join(f"{count} 个是 {day.month}月{day.day}日" for count, day in days)
    return f"按工作日计：从今天起 {named}。留空为没有期限，不算逾期。"


def _lines_typed(data: Any, more: int = 0) -> Any:
    """What was sent, with as many lines as there are in it, and some more; None where there is none
    (then a draft keeps those that it has)."""
    if data is None:
        return None
    numbers = [int(found[1]) for name in data if (found := _LINE.match(name))]
    if not numbers:
        return None
    given = data.copy()
    given[f"{PREFIX}-TOTAL_FORMS"] = str(min(max(numbers) + 1 + more, LONGEST_LIST))
    given[f"{PREFIX}-INITIAL_FORMS"] = "0"
    return given


def _line_given(line: ActionLine) -> LineGiven:
    return LineGiven(
        line.problem,
        line.measure,
        line.responsible_name,
        line.due_on,
        line.figure_key,
        line.goal,
        line.is_at_least,
        line.months,
    )


def _line_values(line: ActionLine) -> dict[str, Any]:
    return {
        "problem": line.problem,
        "measure": line.measure,
        "responsible_name": line.responsible_name,
        "due_on": line.due_on,
        "figure_key": line.figure_key,
        "goal": line.goal,
        "is_at_least": "1" if line.is_at_least else "0",
        "months": line.months,
    }


def values_of(item: ActionItem) -> dict[str, Any]:
    """What a draft says, for the fields of its form."""
    return {name: getattr(item, name) for name in WHAT} | {"revision": item.revision}
