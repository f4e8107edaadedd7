"""Study as it is entered: what, how long, who; and how the zone has it counted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import LayoutObject
from crispy_forms.utils import TEMPLATE_PACK
from django import forms
from django.forms import BaseForm
from django.template import Context
from django.template.loader import render_to_string

from core.layouts import Columns, Remark, Section, fields_helper

from ..actions.study import Studied
from ..enums import ENTERED_KINDS, MAKE_UP_KINDS, StudyGroup, StudyKind, StudyUnit
from ..models import Meeting
from ..queries.rolls import OnRoll
from ..rules import Counting, Norm, in_hours, quarters_of


@dataclass(frozen=True, slots=True)
class Tick:
    """Somebody who can be ticked, and what is said beside his name. Who `is_done` has caught up
    already, and is shown only to whoever ticked him before he had."""

    member_id: int
    name: str
    note: str = ""
    is_done: bool = False


def ticks_of_roll(people: Sequence[OnRoll]) -> list[Tick]:
    """Everybody on the roll of the day, also who is expected at no meeting."""
    return [
        Tick(
            one.member_id,
            one.name,
            "预备" if one.is_probationary else "流动" if one.is_mobile else "",
        )
        for one in people
    ]


def ticks_of_missed(rows: Sequence[Any]) -> list[Tick]:
    """Who missed a record, with the reason."""
    found = []
    for row in rows:
        is_done = row.made_up_on is not None
        note = "已补课" if is_done else row.get_reason_display()
        found.append(Tick(row.member_id, row.member.name, note, is_done))
    return found


class _Ticks(LayoutObject):
    """The names, a box each."""

    def render(
        self, form: BaseForm, context: Context, template_pack: Any = TEMPLATE_PACK, **kwargs: Any
    ) -> str:
        """The names with what was ticked so far; the field of them counts as drawn."""
        form.rendered_fields.add("members")  # type: ignore[attr-defined]
        return render_to_string("life/study_ticks.html", {"form": form})


class StudyForm(forms.Form):
    """What was studied, by whom. With `missed` the make-up of that record, who missed it ticked."""

    batch = forms.UUIDField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(label="形式", error_messages={"required": "请选学习的形式。"})
    title = forms.CharField(
        label="学习内容",
        max_length=100,
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={
            "required": "请写明学了什么。",
            "max_length": "学习内容请写在 100 字以内。",
        },
    )
    length = forms.DecimalField(
        label="时长",
        max_digits=5,
        decimal_places=2,
        min_value=Decimal("0.25"),
        widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={
            "required": "请写明学了多久。",
            "invalid": "时长请填数字，如 1.5。",
            "min_value": "时长至少 0.25。",
            "max_decimal_places": "时长最多两位小数。",
        },
    )
    unit = forms.ChoiceField(label="单位", choices=StudyUnit.choices)
    ended_on = forms.DateField(
        label="到哪天", required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    confirmed_by_name = forms.CharField(
        label="确认人",
        max_length=50,
        required=False,
        help_text="谁送的学、谁看着学的，可以不填。",
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"max_length": "确认人请写在 50 字以内。"},
    )
    is_central_course = forms.BooleanField(
        label="属于集中轮训", required=False, help_text="书记和班子成员每年至少一次。"
    )
    members = forms.TypedMultipleChoiceField(
        label="谁学了",
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "请至少勾选一人。",
            "invalid_choice": "名单变了，有人不在这里。请核对名单后再保存。",
        },
    )

    def __init__(
        self,
        data: Any = None,
        *,
        people: Sequence[Tick],
        missed: Meeting | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data, **kwargs)
        self.people, self.missed = people, missed
        kinds = ENTERED_KINDS if missed is None else MAKE_UP_KINDS
        fields = cast(dict[str, Any], self.fields)
        fields["kind"].choices = [("", "请选择"), *((one.value, one.label) for one in kinds)]
        fields["members"].choices = [(one.member_id, one.name) for one in people]
        if missed is None:
            fields["ended_on"].help_text = "只有一天的不用填。"
            return
        del fields["unit"], fields["is_central_course"]
        fields["length"].label = "时长（小时）"
        fields["ended_on"].label = "补课日期"
        fields["ended_on"].required = True
        fields["ended_on"].error_messages["required"] = "请写明哪天补的。"

    @property
    def helper(self) -> FormHelper:
        """What, how long, who."""
        if self.missed is not None:
            return fields_helper(
                _Ticks(),
                Section(
                    "怎么补的",
                    *("kind", "title", Columns("ended_on", "length"), "confirmed_by_name"),
                ),
            )
        return fields_helper(
            Section(
                "学了什么",
                *("kind", "title", Columns("length", "unit"), "ended_on"),
                *("confirmed_by_name", "is_central_course"),
            ),
            _Ticks(),
        )

    @property
    def rows(self) -> list[tuple[Tick, bool]]:
        """Each who can be ticked, and whether he is."""
        chosen = {str(one) for one in self["members"].value() or ()}
        rows = [(one, str(one.member_id) in chosen) for one in self.people]
        return [(one, is_chosen) for one, is_chosen in rows if is_chosen or not one.is_done]

    def clean(self) -> dict[str, Any]:
        """A length in half days is a whole number of them."""
        data = cast(dict[str, Any], super().clean())
        length, unit = data.get("length"), data.get("unit", StudyUnit.HOUR)
        if length is not None and unit == StudyUnit.HALF_DAY and length % 1:
            self.add_error("length", "半天请填整数。")
        if length is not None and unit == StudyUnit.DAY and length * 2 % 1:
            self.add_error("length", "天数请填整天或半天，如 1.5。")
        return data

    def studied(self, started_on: Any) -> Studied:
        """What was typed but who, as the action takes it."""
        data = self.cleaned_data
        length, unit = data["length"], data.get("unit", StudyUnit.HOUR)
        half_days = {StudyUnit.HALF_DAY: length, StudyUnit.DAY: length * 2}.get(unit, 0)
        return Studied(
            kind=StudyKind(data["kind"]),
            title=data["title"],
            started_on=started_on,
            ended_on=data["ended_on"] or started_on,
            minutes=int(length * 60) if unit == StudyUnit.HOUR else 0,
            half_days=int(half_days),
            is_central_course=data.get("is_central_course", False),
            confirmed_by_name=data["confirmed_by_name"],
        )


# --- how study is counted ------------------------------------------------------------------------

_RULE_PARTS = (
    ("per_half_day", "每半天"),
    ("per_hour", "每小时"),
    ("most_of_half_day", "半天最多"),
)


def _in_quarters(value: Decimal) -> None:
    """Django's own step turns the number into a float, which has no room for a thousand digits."""
    if value * 4 != (value * 4).to_integral_value():
        raise forms.ValidationError("学时按 0.25 计。")


def _hours_field(label: str, most: int) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        required=False,
        max_digits=6,
        decimal_places=2,
        min_value=0,
        max_value=most,
        validators=[_in_quarters],
        widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={
            "invalid": "请填数字。",
            "min_value": "不能小于 0。",
            "max_value": f"最多 {most}。",
        },
    )


def _count_field(label: str, most: int) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=0,
        max_value=most,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            "invalid": "请填整数。",
            "min_value": "不能小于 0。",
            "max_value": f"最多 {most}。",
        },
    )


class _Rules(LayoutObject):
    """A line of small numbers for each kind of study."""

    def render(
        self, form: BaseForm, context: Context, template_pack: Any = TEMPLATE_PACK, **kwargs: Any
    ) -> str:
        """The lines with what was typed; their fields count as drawn."""
        names = [f"{kind}-{part}" for kind in StudyKind for part, _ in _RULE_PARTS]
        form.rendered_fields.update(names)  # type: ignore[attr-defined]
        lines = [
            (kind.label, [form[f"{kind}-{part}"] for part, _ in _RULE_PARTS]) for kind in StudyKind
        ]
        heads = [label for _, label in _RULE_PARTS]
        return render_to_string("life/study_counting.html", {"lines": lines, "heads": heads})


class StudyRulesForm(forms.Form):
    """How study is counted, and how much is asked, from a year on. What is left empty stays as it
    is."""

    from_year = forms.IntegerField(
        label="自哪一年起",
        min_value=2020,
        max_value=2100,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": "请写明自哪一年起。", "invalid": "请填年份。"},
    )

    def __init__(
        self,
        data: Any = None,
        *,
        counting: Mapping[StudyKind, Counting],
        norms: Mapping[StudyGroup, Norm],
        initial: Mapping[str, Any],
    ) -> None:
        values = dict(initial)
        fields: dict[str, forms.Field] = {}
        for kind in StudyKind:
            for part, label in _RULE_PARTS:
                name = f"{kind}-{part}"
                fields[name] = _hours_field(f"{kind.label}：{label}", 24)
                values[name] = f"{in_hours(getattr(counting[kind], part)):g}"
        for group in (StudyGroup.MEMBERS, StudyGroup.COMMITTEES):
            fields[f"{group}-quarters"] = _hours_field(f"{group.label}：一年学时", 1_000)
            values[f"{group}-quarters"] = f"{in_hours(norms[group].quarters):g}"
        name = f"{StudyGroup.COMMITTEES}-central_courses"
        fields[name] = _count_field(f"{StudyGroup.COMMITTEES.label}：集中轮训几次", 12)
        values[name] = norms[StudyGroup.COMMITTEES].central_courses
        for group in (StudyGroup.BEGINNERS, StudyGroup.NEW_SECRETARIES):
            for part, label, most in (
                ("courses", "培训几次", 12),
                ("within_months", "几个月内", 36),
            ):
                fields[f"{group}-{part}"] = _count_field(f"{group.label}：{label}", most)
                values[f"{group}-{part}"] = getattr(norms[group], part)
        super().__init__(data, initial=values)
        self.fields.update(fields)
        self.held = counting, norms

    @property
    def helper(self) -> FormHelper:
        """The year, the norms, a line for each kind."""
        groups = [name for name in self.fields if name.partition("-")[0] in StudyGroup.values]
        return fields_helper(
            Section("一年要学多少", Columns("from_year"), Columns(*groups)),
            Section(
                "怎么计学时",
                Remark("按半天计的填每半天，按小时计的填每小时，不用的填 0；空着的照旧。"),
                _Rules(),
            ),
        )

    def counting(self) -> dict[StudyKind, Counting]:
        """What was typed, as the action takes it."""
        held, _ = self.held
        return {
            kind: Counting(
                *(
                    self._quarters(f"{kind}-{part}", getattr(held[kind], part))
                    for part, _ in _RULE_PARTS
                )
            )
            for kind in StudyKind
        }

    def norms(self) -> dict[StudyGroup, Norm]:
        """What was typed, as the action takes it."""
        _, held = self.held
        found = {}
        for group in StudyGroup:
            values = {}
            for part in ("central_courses", "courses", "within_months"):
                given = self.cleaned_data.get(f"{group}-{part}")
                values[part] = getattr(held[group], part) if given is None else given
            quarters = self._quarters(f"{group}-quarters", held[group].quarters)
            found[group] = Norm(quarters=quarters, **values)
        return found

    def _quarters(self, name: str, held: int) -> int:
        given = self.cleaned_data.get(name)
        return held if given is None else quarters_of(given)
