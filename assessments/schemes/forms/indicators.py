"""The tree and one indicator of a draft, as forms; what they hold is data of the content."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from django import forms

from assessments.scoring.numbers import number
from core import figures, periods
from core.text import clean

from .. import comparing, parameters
from ..definitions import COUNTED_AS, FIGURE, HAND, TAKES, Source, cycle_of, source_of
from ..editing import walk
from ..parameters import KINDS, OF_INDICATORS, Parameter, Typed, params_of
from ..validation import Problem, forbidden
from .base import RevisedForm, TypedField

MOST_RULES = 6
LONGEST_NAME = 60
_READERS = {
    Typed.NUMBER: parameters.number_typed,
    Typed.SHARE: parameters.number_typed,
    Typed.COUNT: parameters.count_typed,
    Typed.NAMED: parameters.named_typed,
    Typed.STEPS: parameters.steps_typed,
    Typed.WORDS: lambda text: clean(text)[:200],
}
BEST = [("high", "高的在前"), ("low", "低的在前")]


def marks_typed(text: str) -> str:
    """Full marks as they are stored. Raises ValueError with a sentence."""
    found = parameters.number_typed(text)
    if number(found) < 0:
        raise ValueError("分值不能小于 0。")
    return found


def field_of(parameter: Parameter) -> forms.Field:
    """The field in which a parameter, or a fact, is typed."""
    label = parameter.label
    if parameter.typed == Typed.TRUTH:
        return forms.BooleanField(label=label, required=False, help_text=parameter.help)
    if parameter.typed == Typed.ONE_OF:
        return forms.ChoiceField(label=label, choices=parameter.choices, required=False)
    is_long = parameter.typed in (Typed.NAMED, Typed.STEPS)
    return TypedField(
        read=_READERS[parameter.typed],
        label=label,
        help_text=parameter.help,
        max_length=2000 if is_long else 200,
        widget=forms.Textarea({"rows": 4}) if is_long else forms.TextInput({"autocomplete": "off"}),
    )


class TreeForm(RevisedForm):
    """Full marks of all in the tree, typed where they stand; with what is added, moved or taken
    out by the same form, so that nothing typed is lost over it."""

    name = forms.CharField(
        label="名称",
        max_length=LONGEST_NAME,
        required=False,
        widget=forms.TextInput({"placeholder": "名称", "autocomplete": "off"}),
    )
    into = forms.CharField(label="放在", required=False, max_length=40, widget=forms.Select)
    key = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    up = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    down = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    group = forms.CharField(required=False, max_length=4, widget=forms.HiddenInput)

    def __init__(
        self, data: Any = None, *, content: Mapping[str, Any], revision: int, **kwargs: Any
    ) -> None:
        places = walk(content)
        root = content["root"]
        nodes = [root, *(place.node for place in places)]
        groups = [("", "整份细则（一级）")]
        groups += [
            (one.key, "　" * (one.depth - 1) + str(one.node["name"]))
            for one in places
            if one.is_group
        ]
        if data is not None:  # what another has added meanwhile has its own marks
            data = data.copy()
            for node in nodes:
                data.setdefault(self.mark_of(str(node["key"])), _text(node.get("full")))
        super().__init__(data, initial={"revision": revision}, auto_id="tree-%s", **kwargs)
        cast(Any, self.fields["into"].widget).choices = groups
        self.nodes = {str(node["key"]): node for node in nodes}
        for key, node in self.nodes.items():
            name = str(node["name"])
            self.fields[self.mark_of(key)] = TypedField(
                read=marks_typed,
                label=f"{name}的满分",
                max_length=30,
                initial=_text(node.get("full")),
                widget=forms.TextInput(
                    {"inputmode": "decimal", "autocomplete": "off", "aria-label": f"{name}的满分"}
                ),
            )

    @staticmethod
    def mark_of(key: str) -> str:
        """The name of the field of a node's marks."""
        return f"full-{key}"

    @property
    def marks(self) -> dict[str, str]:
        """Marks by key, as typed; what was left blank is 0."""
        given = self.cleaned_data
        return {key: given.get(self.mark_of(key)) or "0" for key in self.nodes}

    @property
    def differing(self) -> list[tuple[str, str, str]]:
        """Name, marks that are stored, marks that were typed; only where they differ."""
        found = []
        for key, node in self.nodes.items():
            stored, typed = _text(node.get("full")), str(self.data.get(self.mark_of(key), ""))
            if stored != typed:
                found.append((str(node["name"]), stored, typed))
        return found


def _text(value: Any) -> str:
    return "" if value is None else str(value)


class HeadForm(RevisedForm):
    """An indicator without its rules."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=40)
    count = forms.IntegerField(
        widget=forms.HiddenInput, required=False, min_value=1, max_value=MOST_RULES
    )
    name = forms.CharField(
        label="指标名称",
        max_length=LONGEST_NAME,
        error_messages={"required": "请填写指标名称。"},
    )
    full = TypedField(read=marks_typed, label="满分", max_length=30)
    text = forms.CharField(
        label="考核内容", max_length=600, required=False, widget=forms.Textarea({"rows": 3})
    )
    standard = forms.CharField(
        label="评分标准",
        max_length=800,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text="印在纸上的话；不写就按下面的规则写。",
    )
    evidence = forms.CharField(
        label="考核方式",
        max_length=200,
        required=False,
        help_text="看什么、听什么。如 查支部会议记录，访谈党员 3 人。",
    )
    cycle = forms.ChoiceField(label="周期", choices=list(comparing.CYCLES.items()), required=False)
    reviewers = forms.TypedChoiceField(
        label="几人评分", choices=[(n, f"{n} 人") for n in range(1, 6)], coerce=int, required=False
    )
    self_marked = forms.BooleanField(label="被考核单位自评", required=False)
    asks_paper = forms.BooleanField(
        label="要纸质材料", required=False, help_text="默认不要；要的必须写进考核方式。"
    )
    is_report = forms.BooleanField(
        label="书记述职评议",
        required=False,
        help_text="规则是测评投票的一项：书记述职以后当场测评。整份细则最多一项。",
    )
    plan_basis = forms.CharField(
        label="计划依据",
        max_length=200,
        required=False,
        help_text="文号和条目。如 某委〔2026〕18号 第二部分第 4 条。",
    )
    duty_entry = forms.CharField(
        label="履职事项清单",
        max_length=200,
        required=False,
        help_text="街道、镇的指标必须对应清单，清单外的不能发布。",
    )
    floor = TypedField(
        read=parameters.number_typed, label="保底", max_length=30, help_text="不填为 0 分。"
    )
    ceiling_kind = forms.ChoiceField(
        label="封顶",
        choices=[("full", "不超过满分"), ("own", "另定上限"), ("open", "不封顶")],
        required=False,
    )
    ceiling = TypedField(read=marks_typed, label="上限", max_length=30, help_text="另定上限时填。")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("ceiling_kind") == "own" and given.get("ceiling") is None:
            self.add_error("ceiling", "请填写上限。")
        return given


_PLAIN = ("text", "standard", "evidence", "plan_basis", "duty_entry")


class RuleForm(forms.Form):
    """One rule of an indicator: its parameters, and where its facts come from."""

    rule = forms.ChoiceField(
        label="规则类型", choices=[(key, KINDS[key].label) for key in OF_INDICATORS]
    )
    shown = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any, *, rule: Mapping[str, Any], prefix: str) -> None:
        stored = str(rule.get("rule", ""))
        shown = data.get(f"{prefix}-shown", "") if data is not None else stored
        self.shown_key = shown if shown in OF_INDICATORS else OF_INDICATORS[0]
        self.stored = rule if stored == self.shown_key else {}
        self.kind = KINDS[self.shown_key]
        initial = {"rule": self.shown_key, "shown": self.shown_key}
        super().__init__(data, prefix=prefix, initial=initial)
        params = params_of(self.stored)
        for one in self.kind.parameters:
            self.fields[f"p_{one.name}"] = field_of(one)
            self.initial[f"p_{one.name}"] = parameters.as_typed(one, params.get(one.name))
        self.takes = COUNTED_AS.get(self.shown_key, ())
        if self.takes:
            self._add_source(source_of(self.stored))

    def _add_source(self, source: Source) -> None:
        known = figures.registered().keys()

        def said(one: figures.Figure) -> str:
            return f"{comparing.label_of(one)}（{one.source}）"

        def choose(
            label: str, value: str, text: str = "", *, judging: bool = True
        ) -> forms.ChoiceField:
            # What is chosen already stays, so that an older version can be saved as it is.
            judging = judging and not (value in known and figures.registered()[value].only_whole)
            offered = [("", "不选"), *figures.choices(said, judging=judging)]
            more = [] if not value or value in known else [(value, f"{value}（现在没有）")]
            return forms.ChoiceField(
                label=label,
                choices=[*offered, *more],
                required=False,
                initial=value,
                help_text=text,
            )

        kinds = [(HAND, "人工评分"), (FIGURE, "自动取数")]
        self.fields["kind"] = forms.ChoiceField(
            label="来源", choices=kinds, required=False, initial=source.kind
        )
        if len(self.takes) > 1:
            self.fields["takes"] = forms.ChoiceField(
                label="怎么取",
                choices=[(key, TAKES[key]) for key in self.takes],
                required=False,
                initial=source.takes or self.takes[0],
            )
        if "missing" in self.takes:
            items = params_of(self.stored).get("items")
            self.items = sorted(items) if isinstance(items, Mapping) else []
            for place, name in enumerate(self.items):
                value = source.items.get(name, "")
                self.fields[f"item_{place}"] = choose(f"“{name}”缺不缺看", value)
        else:
            self.items = []
            self.fields["figure"] = choose("数据项", source.figure)
        if {"ratio", "value", "met", "rank"} & set(self.takes):
            needed = "ratio" in self.takes
            text = "比率的分母。" if needed else "不填就看数据项本身。"
            self.fields["of"] = choose("占哪一项的比", source.of, text, judging=False)
        if "met" in self.takes:
            self.fields["when"] = forms.ChoiceField(
                label="怎样算做到",
                choices=list(comparing.WHENS.items()),
                required=False,
                initial=source.when or "none",
            )
        if "rank" in self.takes:
            self.fields["best"] = forms.ChoiceField(
                label="名次", choices=BEST, required=False, initial=source.best
            )
        self.fields["empty"] = forms.ChoiceField(
            label="没有数时",
            choices=list(comparing.EMPTIES.items()),
            required=False,
            initial=source.empty,
            help_text="如分母为零。",
        )

    @property
    def parameters(self) -> list[forms.BoundField]:
        """The fields of its parameters."""
        return [self[f"p_{one.name}"] for one in self.kind.parameters]

    @property
    def kind_field(self) -> forms.BoundField:
        """Whether it is marked by hand or counted."""
        return self["kind"]

    @property
    def sources(self) -> list[forms.BoundField]:
        """The fields of its source but for the first, which says whether there are any."""
        names = ("takes", "figure", "of", "when", "best", "empty")
        items = [f"item_{place}" for place in range(len(getattr(self, "items", ())))]
        return [self[name] for name in (*names[:2], *items, *names[2:]) if name in self.fields]

    @property
    def is_hand(self) -> bool:
        """Whether people mark it, as the form stands."""
        return not self.takes or self["kind"].value() != FIGURE

    @property
    def sentence(self) -> str:
        """The stored rule as it reads."""
        return parameters.sentence(self.stored) if self.stored else self.kind.about

    @property
    def values(self) -> dict[str, Any]:
        """The rule as typed. Another kind of rule begins without parameters; its source stays by
        hand until it is chosen."""
        given = self.cleaned_data
        key = given["rule"]
        if key != self.shown_key:
            return {"rule": key, "params": {}, "source": {"kind": HAND}}
        params = {
            one.name: given[f"p_{one.name}"]
            for one in self.kind.parameters
            if given.get(f"p_{one.name}") not in (None, "", {}, [], False)
        }
        kept = params_of(self.stored)
        params |= {name: kept[name] for name in parameters.BOUNDS if name in kept}
        return {"rule": key, "params": params, "source": self._source(given)}

    def _source(self, given: Mapping[str, Any]) -> dict[str, Any]:
        if not self.takes or given.get("kind") != FIGURE:
            return {"kind": HAND}
        takes = given.get("takes") or self.takes[0]
        source: dict[str, Any] = {"kind": FIGURE, "takes": takes}
        for name in ("figure", "of", "when", "best", "empty"):
            if given.get(name):
                source[name] = given[name]
        if "missing" in self.takes:
            chosen = {name: given.get(f"item_{n}") for n, name in enumerate(self.items)}
            source["items"] = {name: key for name, key in chosen.items() if key}
        return source


class TryForm(forms.Form):
    """Facts of one rule, typed to see what it gives."""

    def __init__(self, data: Any, *, rule: str, prefix: str) -> None:
        super().__init__(data, prefix=prefix)
        self.rule = rule
        for one in KINDS[rule].facts:
            self.fields[one.name] = field_of(one)

    def facts(self, params: Mapping[str, Any]) -> dict[str, Any] | None:
        """The facts as the engine reads them; None when they are not all there."""
        if not self.is_valid():
            return None
        given: dict[str, Any] = {}
        for one in KINDS[self.rule].facts:
            value = self.cleaned_data.get(one.name)
            if value in (None, ""):
                if one.is_needed:
                    return None
                continue
            given[one.name] = value
        if self.rule == "deduct_missing":
            given["missing"] = [word for word in str(given.get("missing", "")).split("、") if word]
        if self.rule == "factor" and params.get("deduct"):
            given["lost"] = given.pop("score")
        return given


class PanelForm:
    """One indicator with its rules and the facts to try it on, as one form."""

    def __init__(self, data: Any, *, node: Mapping[str, Any], revision: int) -> None:
        self.node = node
        rules: Sequence[Mapping[str, Any]] = node.get("rules") or [{}]
        self.head = HeadForm(data, initial=_head_of(node, revision, len(rules)), auto_id="i-%s")
        count = len(rules)
        if data is not None:
            text = str(data.get("count", ""))
            count = int(text) if text.isascii() and text.isdigit() and len(text) < 3 else count
        count = max(1, min(count, MOST_RULES))
        self.rules = [
            RuleForm(data, rule=rules[n] if n < len(rules) else {}, prefix=f"rule-{n}")
            for n in range(count)
        ]
        self.tries = [
            TryForm(data, rule=one.shown_key, prefix=f"try-{n}") for n, one in enumerate(self.rules)
        ]
        self.refusals: list[Problem] = []

    @property
    def fields(self) -> Any:
        """Those of its head: what an action may name."""
        return self.head.fields

    def __getitem__(self, name: str) -> forms.BoundField:
        """The field of that name, of whichever part. Raises KeyError."""
        for part in self.forms:
            for key in part.fields:
                if part.add_prefix(key) == name:
                    return cast(forms.BoundField, part[key])
        raise KeyError(name)

    @property
    def forms(self) -> list[Any]:
        """All parts, for whoever looks at each."""
        return [self.head, *self.rules, *self.tries]

    @property
    def data(self) -> Any:
        """What was sent."""
        return self.head.data

    @data.setter
    def data(self, value: Any) -> None:
        self.head.data = value

    @property
    def errors(self) -> list[Any]:
        """What does not hold, of whichever part."""
        return [one.errors for one in (self.head, *self.rules) if one.errors]

    def add_error(self, field: str | None, error: Any) -> None:
        """Beside the field that it names, else on top."""
        self.head.add_error(field, error)

    def is_valid(self) -> bool:
        """Whether it holds and names nothing that is forbidden; all parts are checked, so that all
        is told at once."""
        held = [one.is_valid() for one in (self.head, *self.rules)]
        if not self.head.errors:
            self.refusals = forbidden({**self.values, "key": self.node.get("key", "")})
        return all(held) and not self.refusals

    @property
    def cleaned_data(self) -> dict[str, Any]:
        """The head's."""
        return self.head.cleaned_data

    @property
    def values(self) -> dict[str, Any]:
        """The indicator as typed, as far as its parts hold."""
        given = self.head.cleaned_data
        found: dict[str, Any] = {
            "name": clean(given.get("name", "")),
            "full": given.get("full") or "0",
            "cycle": given.get("cycle") or periods.HALF_YEAR,
            "reviewers": given.get("reviewers") or 2,
            "self_marked": bool(given.get("self_marked")),
            "asks_paper": bool(given.get("asks_paper")),
            "is_report": bool(given.get("is_report")),
            "rules": [
                one.values if not one.errors else dict(one.stored)
                for one in self.rules
                if one.is_bound
            ],
        }
        for name in _PLAIN:
            is_long = name in ("text", "standard")
            found[name] = clean(given.get(name, ""), multiline=is_long)
        if given.get("floor") not in (None, "0"):
            found["floor"] = given["floor"]
        if given.get("ceiling_kind") == "open":
            found["ceiling"] = None
        elif given.get("ceiling_kind") == "own" and given.get("ceiling") is not None:
            found["ceiling"] = given["ceiling"]
        return found

    @property
    def differing(self) -> list[tuple[str, str, str]]:
        """Label, what is stored now, what was typed; only where they differ."""
        if self.head.errors.keys() - {"__all__"}:
            return []
        typed = {**self.node, **self.values}
        found = list(comparing.between(self.node, typed))
        marks = _text(self.node.get("full")), _text(typed.get("full"))
        return [("满分", *marks), *found] if marks[0] != marks[1] else found


BOUNDS = ("floor", "ceiling")  # which an indicator has only where it says so


def _head_of(node: Mapping[str, Any], revision: int, count: int) -> dict[str, Any]:
    is_open = "ceiling" in node and node["ceiling"] is None
    ceiling = node.get("ceiling")
    return {
        **{name: node.get(name, "") for name in _PLAIN},
        "revision": revision,
        "key": node.get("key", ""),
        "count": count,
        "name": node.get("name", ""),
        "full": _text(node.get("full")),
        "cycle": cycle_of(node),
        "reviewers": node.get("reviewers", 2),
        "self_marked": node.get("self_marked", True),
        "asks_paper": node.get("asks_paper", False),
        "is_report": node.get("is_report", False),
        "floor": _text(node.get("floor")),
        "ceiling_kind": "open" if is_open else "own" if ceiling is not None else "full",
        "ceiling": _text(ceiling),
    }


class GroupNameForm(RevisedForm):
    """What a group is called."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=40)
    name = forms.CharField(
        label="这一组的名称",
        max_length=LONGEST_NAME,
        error_messages={"required": "请填写名称。"},
    )
