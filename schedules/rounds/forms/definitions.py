"""The forms of reports: their heads, items, and from when."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms

from core import figures, periods

from .. import item_kinds
from ..enums import ItemKind, ItemUse
from ..item_kinds.base import options_of
from ..item_kinds.numbers import WINDOWS
from ..item_kinds.picks import LONGEST_OPTION, REASONS
from ..item_kinds.tables import LONGEST_HEAD, MOST_ROWS
from ..models import ReportDefinition
from .base import ForOrganizationsForm, OverCapForm, offer, validity_field


class DefinitionForm(ForOrganizationsForm):
    """Head of a form's version: its name, and for whom it is."""

    token = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    class Meta:
        model = ReportDefinition
        fields = ("name", "kinds", "classes")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["classes"].help_text += "选了的类型优先用这份表样。"


class CopyForm(forms.Form):
    """The name of a form that is made from another."""

    name = forms.CharField(
        label="新表样名称",
        max_length=60,
        error_messages={"required": "请填写新表样的名称。"},
        widget=forms.TextInput({"placeholder": "如 非公企业党支部月报"}),
    )

    @classmethod
    def of(cls, definition: ReportDefinition, data: Any = None) -> "CopyForm":
        """With an id of its own: they stand together on one page, one for each form."""
        return cls(data, auto_id=f"%s-copy-{definition.pk}")


# The fields of an item by its kind, each with its columns of six in the editor.
_FIELDS: dict[str, tuple[tuple[str, int], ...]] = {
    ItemKind.TEXT: (("use", 3), ("max_chars", 2), ("required", 6)),
    ItemKind.ENTRIES: (("use", 2), ("max_entries", 2), ("max_chars", 2), ("required", 6)),
    ItemKind.NUMBER: (
        ("unit", 2),
        ("minimum", 2),
        ("maximum", 2),
        ("decimals", 2),
        ("at_most", 4),
        ("total_of", 6),
        ("required", 3),
        ("compares", 3),
        ("alone", 6),
    ),
    ItemKind.DATE: (("window", 3), ("required", 3)),
    ItemKind.CHOICE: (("options", 6), ("required", 6)),
    ItemKind.CHOICES: (("options", 6), ("required", 6)),
    ItemKind.YES_NO: (("reason_on", 3), ("required", 3)),
    ItemKind.TABLE: (("columns", 4), ("max_rows", 2), ("use", 3), ("required", 3)),
    ItemKind.FIGURES: (("chosen", 6),),
    ItemKind.FILES: (),
}
USES = [("", "按题目判断"), *ItemUse.choices]
_LISTS = {"options": LONGEST_OPTION, "columns": LONGEST_HEAD}  # one a line


def month_typed(text: str) -> str:
    """A month as browsers and people type it. Raises ValidationError for none."""
    text = text.strip()
    if text and not (periods.is_period(text) and periods.cadence_of(text) == periods.MONTH):
        raise forms.ValidationError("写成 2027-06 这样的年月；不停问就留空。")
    return text


class ItemForm(forms.Form):
    """One item of a form. A blank title in a new row means no item."""

    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)
    position = forms.IntegerField(
        label="顺序", min_value=1, max_value=99, required=False, widget=forms.HiddenInput
    )
    title = forms.CharField(label="题目", max_length=60, required=False)
    kind = forms.ChoiceField(
        label="填写方式",
        choices=[(kind.value, kind.label) for kind in ItemKind if kind != ItemKind.FIGURES],
        required=False,
    )
    help = forms.CharField(
        label="给书记看的说明",
        max_length=200,
        required=False,
        widget=forms.Textarea({"rows": 2}),
        help_text="写清什么算、什么不算。",
    )
    required = forms.BooleanField(label="必填", required=False)
    max_entries = forms.IntegerField(label="最多条数", min_value=1, max_value=10, required=False)
    max_chars = forms.IntegerField(label="字数上限", min_value=10, max_value=2000, required=False)
    unit = forms.CharField(label="单位", max_length=10, required=False)
    minimum = forms.DecimalField(
        label="最小", required=False, min_value=-(10**9), max_value=10**9, decimal_places=2
    )
    maximum = forms.DecimalField(
        label="最大", required=False, min_value=-(10**9), max_value=10**9, decimal_places=2
    )
    decimals = forms.IntegerField(label="小数位数", min_value=0, max_value=2, required=False)
    at_most = forms.ChoiceField(label="不大于哪一项", required=False)
    total_of = forms.MultipleChoiceField(
        label="等于哪几项的合计", required=False, widget=forms.CheckboxSelectMultiple
    )
    compares = forms.BooleanField(label="旁边显示上期数，相差 3 倍以上请写一句", required=False)
    alone = forms.BooleanField(
        label="党总支、党委只填本级的数（不含下级支部）",
        required=False,
        help_text="不勾选：上级报的是含下级的合计，汇总时不再加下级的数。",
    )
    use = forms.ChoiceField(
        label="归类",
        choices=USES,
        required=False,
        help_text="上级阅看时归到哪一类。",
    )
    window = forms.ChoiceField(label="日期范围", choices=list(WINDOWS.items()), required=False)
    options = forms.CharField(
        label="答案，一行一个",
        max_length=1000,
        required=False,
        widget=forms.Textarea({"rows": 4}),
    )
    reason_on = forms.ChoiceField(
        label="要不要写原因", choices=list(REASONS.items()), required=False
    )
    columns = forms.CharField(
        label="栏目，一行一个", max_length=200, required=False, widget=forms.Textarea({"rows": 3})
    )
    max_rows = forms.IntegerField(
        label="最多行数", min_value=1, max_value=MOST_ROWS, required=False
    )
    why = forms.CharField(
        label="为什么要问",
        max_length=100,
        required=False,
        help_text="写依据，印在表样上。如《2026年企业党建工作要点》第 9 条。",
    )
    until = forms.CharField(
        label="问到哪个月",
        max_length=7,
        required=False,
        help_text="到期自动停问；长期要问就留空。",
        widget=forms.TextInput({"type": "month"}),
    )
    chosen = forms.MultipleChoiceField(
        label="数据项", required=False, widget=forms.CheckboxSelectMultiple
    )
    remove = forms.BooleanField(label="删去这一项", required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, numbers: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "chosen", figures.choices(lambda one: f"{one.label}（{one.source}）"))
        others = [(key, title) for key, title in numbers if key != (self.initial or {}).get("key")]
        offer(self, "total_of", others)
        offer(self, "at_most", [("", "不与别项相比"), *others])
        if not others:
            self.fields["total_of"].widget = forms.MultipleHiddenInput()
        if not self.is_new:
            self.fields["title"].required = True
            self.fields["chosen"].required = self.item_kind == ItemKind.FIGURES
            self.fields["title"].error_messages["required"] = (
                "写明项目名称；不要这一项时请删去这一项。"
            )
            self.fields["chosen"].error_messages["required"] = "至少选择一项数据。"

    def clean_until(self) -> str:
        return month_typed(self.cleaned_data["until"])

    @property
    def item_kind(self) -> str:
        """The kind of the item as it stands; a new row is a text."""
        return str((self.initial or {}).get("kind", ItemKind.TEXT))

    @property
    def is_new(self) -> bool:
        """Whether the row is not an item yet."""
        return not (self.initial or {}).get("key")

    @property
    def parts(self) -> list[tuple[forms.BoundField, int]]:
        """The fields that the item's kind has, each with its columns of six."""
        names = [
            ("title", 6),
            *([] if self.is_figures else [("help", 6)]),
            *_FIELDS[self.item_kind],
        ]
        if item_kinds.of(self.item_kind).is_typed:
            names += [("why", 4), ("until", 2)]
        shown = [(self[name], width) for name, width in names]
        return [(field, width) for field, width in shown if not field.is_hidden]

    @property
    def is_figures(self) -> bool:
        """Whether it is the item that the portal fills in."""
        return self.item_kind == ItemKind.FIGURES

    @property
    def spec(self) -> dict[str, Any]:
        """The item as it stands, for its row."""
        return dict((self.initial or {}).get("spec", {}))

    @property
    def summary(self) -> str:
        """How it is filled in, in a few words."""
        return item_kinds.of(self.item_kind).summary(self.spec) if self.spec else ""

    @property
    def minutes(self) -> float:
        """What it takes the writer."""
        return item_kinds.of(self.item_kind).cost(self.spec) if self.spec else 0.0

    def entered(self) -> dict[str, Any]:
        """The item as entered; the key of a new one is empty."""
        data = self.cleaned_data
        # A browser sends them in the order of the page; those that were chosen keep theirs.
        before = {key: place for place, key in enumerate(self.spec.get("figures", []))}
        chosen = sorted(data.get("chosen") or [], key=lambda key: before.get(key, len(before)))
        kind = str(self.item_kind if not self.is_new else data.get("kind") or ItemKind.TEXT)
        spec = {
            "key": "" if self.is_new else self.initial["key"],
            "title": data["title"].strip(),
            "kind": kind,
            "help": data.get("help", "").strip(),
            "required": bool(data.get("required")),
            "figures": chosen,
            "max_entries": data.get("max_entries") or 3,
            "max_chars": data.get("max_chars") or 500,
        }
        for name, default in item_kinds.of(kind).settings.items():
            value = data.get(name)
            if name in _LISTS:
                value = options_of(value, _LISTS[name])
            elif name in ("minimum", "maximum"):
                value = None if value is None else _plain(value)
            spec[name] = default if value is None or value == "" else value
        for name in ("why", "until"):
            if data.get(name):
                spec[name] = data[name].strip()
        return spec


def _plain(number: Any) -> int | float:
    return int(number) if number == int(number) else float(number)


class ItemFormSet(forms.BaseFormSet):
    """All items of a form in their order."""

    def clean(self) -> None:
        # Rows that did not arrive would silently be items taken away.
        if len(self.forms) < len(self.initial or []):
            raise forms.ValidationError("有的项目没有传到，请刷新页面后重新填写。")
        kept = [form for form in self.forms if form.is_valid() and _is_kept(form)]
        specs = self._without_strays([form.entered() for form in kept])
        for form, spec in zip(kept, specs, strict=True):
            for name, sentence in item_kinds.of(spec["kind"]).faults(spec, specs):
                form.add_error(name if name in form.fields else None, sentence)

    def specs(self) -> list[dict[str, Any]]:
        """The items as entered, in the order of their numbers; keys of new ones are empty."""
        rows = [
            (form.cleaned_data.get("position") or 90 + index, index, form.entered())
            for index, form in enumerate(self.forms)
            if _is_kept(form)
        ]
        ordered = files_last([spec for _, _, spec in sorted(rows, key=lambda row: row[:2])])
        return self._without_strays(ordered)

    @staticmethod
    def _without_strays(specs: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The items, none of which looks to one that was taken out."""
        keys = {spec["key"] for spec in specs}
        for spec in specs:
            if spec["kind"] == ItemKind.NUMBER:
                spec["total_of"] = [key for key in spec["total_of"] if key in keys]
                spec["at_most"] = spec["at_most"] if spec["at_most"] in keys else ""
        return specs


def files_last(specs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The items with the files behind the others, where the report's page has them."""
    return sorted(specs, key=lambda spec: spec["kind"] == ItemKind.FILES)


def _is_kept(form: Any) -> bool:
    data = form.cleaned_data
    return bool(data) and not data.get("remove") and bool(data.get("title") or not form.is_new)


def item_forms(specs: Sequence[dict[str, Any]], data: Any = None) -> ItemFormSet:
    """The rows of a form's items. What is sent may have two rows more, for new items."""
    factory = forms.formset_factory(
        ItemForm, formset=ItemFormSet, extra=0, max_num=len(specs) + 2, absolute_max=len(specs) + 2
    )
    initial = [
        {
            **item_kinds.whole(spec),
            **{name: "\n".join(spec[name]) for name in _LISTS if name in spec},
            "position": number,
            "chosen": spec.get("figures", []),
            "spec": spec,
        }
        for number, spec in enumerate(specs, start=1)
    ]
    numbers = [(spec["key"], spec["title"]) for spec in specs if spec["kind"] == ItemKind.NUMBER]
    return cast(
        ItemFormSet,
        factory(data, initial=initial, prefix="item", form_kwargs={"numbers": numbers}),
    )


class PublishForm(OverCapForm):
    """From which period a version is in force; why, where a month comes to more than the cap."""

    valid_from = forms.ChoiceField(
        label="从哪一期起",
        error_messages={
            "required": "请选择从哪一期起用。",
            "invalid_choice": "起用的期间不在可选之列，请重新选择。",
        },
    )
    valid_until = validity_field()
    seen = forms.BooleanField(
        label="我已看过", error_messages={"required": "请先看过上面的用时，再勾选“我已看过”。"}
    )

    def __init__(self, *args: Any, offered: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "valid_from", list(offered))
