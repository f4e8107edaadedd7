"""How the fact of each rule is typed: its fields, and what they say in the words of the rule."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django import forms

from assessments.schemes.definitions import HAPPENED
from assessments.scoring.numbers import number, plain
from assessments.scoring.refusals import Refused
from core.text import clean, to_half_width

MOST = 60  # characters of a number or a name
REASON = 300
DOCUMENT = "文号和日期"


class Untyped(Exception):
    """What was typed is no fact: which field of the rule, and why."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(text)
        self.field, self.text = field, text


Params = Mapping[str, Any]
Typed = Mapping[str, Any]
Facts = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """One way to type facts: its fields by name (`fields`), what they hold for facts that are there
    (`shown`), and what they say (`read`: None for nothing typed, raising Untyped)."""

    fields: Callable[[Params], dict[str, forms.Field]]
    shown: Callable[[Params, Facts], dict[str, Any]]
    read: Callable[[Params, Typed], Facts | None]
    has_reason: bool = True  # a reason may stand beside it; of 酌情 it is a part of the fact
    reason_hint: str = "理由或出处"


# --- fields --------------------------------------------------------------------------------------


def _number(label: str, hint: str = "") -> forms.CharField:
    attrs = {"inputmode": "decimal", "autocomplete": "off", "size": "7", "placeholder": hint}
    return forms.CharField(
        label=label, max_length=MOST, required=False, widget=forms.TextInput(attrs)
    )


def _list(label: str, options: Sequence[tuple[str, str]]) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=[("", "未评"), *options], required=False)


def number_read(name: str, text: str) -> str:
    """A number as somebody types it, full-width too, as rules take it. Raises Untyped."""
    given = to_half_width(text).replace(" ", "").replace("−", "-")
    try:
        if given.endswith("%"):
            return plain(number(given[:-1]) / 100)
        return given if "/" in given and number(given) else plain(number(given))
    except Refused:
        raise Untyped(name, f"“{text[:20]}”不是数。") from None


def _count(name: str, text: str) -> int:
    found = number_read(name, text)
    if not found.isdigit():
        raise Untyped(name, f"“{text[:20]}”不是个数，写 0、1、2 这样的整数。")
    return int(found)


def _one(
    key: str, label: str, hint: str = "", read: Callable[[str, str], Any] = number_read
) -> Kind:
    """A rule whose fact is one number."""

    def told(params: Params, typed: Typed) -> Facts | None:
        return {key: read(key, typed[key])} if typed[key] else None

    return Kind(
        lambda params: {key: _number(label, hint)},
        lambda params, facts: {key: facts.get(key, "")},
        told,
    )


# --- the kinds -----------------------------------------------------------------------------------


def _missing_fields(params: Params) -> dict[str, forms.Field]:
    # Named as papers do, 总结 as well as 未按时换届: what a tick takes says what it means.
    items = [(name, f"{name} −{params['items'][name]}") for name in _names(params, "items")]
    return {
        "missing": forms.MultipleChoiceField(
            label="扣分的项目",
            choices=items,
            required=False,
            widget=forms.CheckboxSelectMultiple,
        ),
        "none": forms.BooleanField(label="都不扣分", required=False),
    }


def _missing_read(params: Params, typed: Typed) -> Facts | None:
    if typed["missing"] and typed["none"]:
        raise Untyped("none", "勾了扣分的项目，又勾了“都不扣分”，请去掉一个。")
    if typed["missing"]:
        return {"missing": list(typed["missing"])}
    return {"missing": []} if typed["none"] else None


def _missing_shown(params: Params, facts: Facts) -> dict[str, Any]:
    missing = facts.get("missing")
    return {"missing": missing or [], "none": missing == []}


def _by_name(params_key: str, facts_key: str, read: Callable[[str, str], Any]) -> Kind:
    """A rule whose fact is a number for each of several names: all of them, or none."""

    def fields(params: Params) -> dict[str, forms.Field]:
        return {f"n{n}": _number(name) for n, name in enumerate(_names(params, params_key))}

    def shown(params: Params, facts: Facts) -> dict[str, Any]:
        given = facts.get(facts_key)
        given = given if isinstance(given, Mapping) else {}
        return {f"n{n}": given.get(name, "") for n, name in enumerate(_names(params, params_key))}

    def told(params: Params, typed: Typed) -> Facts | None:
        names = _names(params, params_key)
        if not any(typed[f"n{n}"] for n in range(len(names))):
            return None
        found = {}
        for n, name in enumerate(names):
            if not typed[f"n{n}"]:
                raise Untyped(f"n{n}", f"还没有填“{name}”。")
            found[name] = read(f"n{n}", typed[f"n{n}"])
        return {facts_key: found}

    return Kind(fields, shown, told)


def _names(params: Params, key: str) -> list[str]:
    """The names of a parameter, those of most points first: a database does not keep the order in
    which they were typed."""
    found = params.get(key)
    if not isinstance(found, Mapping):
        return []
    return [str(name) for name in sorted(found, key=lambda name: (-_worth(found[name]), name))]


def _worth(value: Any) -> Fraction:
    try:
        return number(value)
    except Refused:
        return Fraction(0)


def _rank_read(params: Params, typed: Typed) -> Facts | None:
    if not typed["rank"]:
        if typed["tied"]:
            raise Untyped("rank", "还没有填名次。")
        return None
    found = {"rank": _count("rank", typed["rank"])}
    return found | ({"tied": _count("tied", typed["tied"])} if typed["tied"] else {})


def _discretion_read(params: Params, typed: Typed) -> Facts | None:
    reason = clean(typed["reason"])[:REASON]
    if not typed["points"]:
        if reason:
            raise Untyped("points", "写了理由，还没有给分。")
        return None
    return {"points": number_read("points", typed["points"]), "reason": reason}


def _reason(label: str = "理由") -> forms.CharField:
    attrs = {"autocomplete": "off", "placeholder": label}
    return forms.CharField(
        label=label, max_length=REASON, required=False, widget=forms.TextInput(attrs)
    )


def _factor_key(params: Params) -> tuple[str, str]:
    return ("lost", "别处扣的分") if params.get("deduct") is True else ("score", "别处的得分")


def _factor_read(params: Params, typed: Typed) -> Facts | None:
    if not typed["score"]:
        return None
    return {_factor_key(params)[0]: number_read("score", typed["score"])}


def _bonus_fields(params: Params) -> dict[str, forms.Field]:
    attrs = {"rows": 2}
    return {
        "awards": forms.CharField(
            label="奖励", max_length=1200, required=False, widget=forms.Textarea(attrs)
        )
    }


def _bonus_read(params: Params, typed: Typed) -> Facts | None:
    text = typed["awards"].strip()
    if not text:
        return None
    if text == "无":
        return {"awards": []}
    levels, found = _names(params, "levels"), []
    for line in filter(None, map(clean, text.splitlines())):
        parts = to_half_width(line).split()
        if not 2 <= len(parts) <= 3:
            raise Untyped("awards", f"“{line[:20]}”写成“事项 分值或级别 类别”，用空格隔开。")
        award = {"matter": parts[0], "category": parts[2] if len(parts) == 3 else ""}
        if parts[1] in levels:
            found.append({**award, "level": parts[1]})
        else:
            found.append({**award, "points": _worth_read(parts[1], levels)})
    return {"awards": found}


def _worth_read(text: str, levels: Sequence[str]) -> str:
    try:
        return number_read("awards", text)
    except Untyped:
        known = f"写细则里的级别（{'、'.join(levels)}）或分值" if levels else "写分值"
        raise Untyped("awards", f"“{text[:20]}”不是分值，{known}。") from None


def _bonus_shown(params: Params, facts: Facts) -> dict[str, Any]:
    awards = facts.get("awards")
    if awards is None:
        return {"awards": ""}
    lines = [
        f"{one.get('matter', '')} {one.get('level') or one.get('points', '')} "
        f"{one.get('category', '')}".strip()
        for one in awards
    ]
    return {"awards": "\n".join(lines) or "无"}


def _happened_fields(params: Params) -> dict[str, forms.Field]:
    vetoes = params.get("vetoes")
    names = sorted(vetoes) if isinstance(vetoes, Mapping) else []
    return {
        HAPPENED: forms.MultipleChoiceField(
            label="发生了的",
            choices=[(name, name) for name in names],
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )
    }


_MET = [("yes", "做到"), ("no", "没有做到")]

KINDS: Mapping[str, Kind] = {
    "deduct_each": _one("count", "次数", "次数", _count),
    "accumulate": _one("count", "次数", "次数", _count),
    "steps": _one("value", "数值", "数值"),
    "ratio_steps": _one("ratio", "实际比率", "82.9% 或 470/567"),
    "deduct_missing": Kind(_missing_fields, _missing_shown, _missing_read),
    "all_or_nothing": Kind(
        lambda params: {"met": _list("是否做到", _MET)},
        lambda params, facts: {
            "met": {True: "yes", False: "no"}.get(bool(facts["met"])) if "met" in facts else "",
        },
        lambda params, typed: {"met": typed["met"] == "yes"} if typed["met"] else None,
    ),
    "levels": Kind(
        lambda params: {
            "level": _list("档次", [(name, name) for name in _names(params, "levels")])
        },
        lambda params, facts: {"level": facts.get("level", "")},
        lambda params, typed: {"level": typed["level"]} if typed["level"] else None,
    ),
    "rank_points": Kind(
        lambda params: {"rank": _number("名次", "名次"), "tied": _number("并列家数", "几家并列")},
        lambda params, facts: {"rank": facts.get("rank", ""), "tied": facts.get("tied", "")},
        _rank_read,
    ),
    "parts": _by_name("parts", "parts", number_read),
    "ballot": _by_name("weights", "votes", _count),
    "factor": Kind(
        lambda params: {"score": _number(_factor_key(params)[1], _factor_key(params)[1])},
        lambda params, facts: {"score": facts.get(_factor_key(params)[0], "")},
        _factor_read,
    ),
    "discretion": Kind(
        lambda params: {
            "points": _number("给分", f"0 至 {params.get('bound', '')}"),
            "reason": _reason("理由（必填）"),
        },
        lambda params, facts: {
            "points": facts.get("points", ""),
            "reason": facts.get("reason", ""),
        },
        _discretion_read,
        has_reason=False,
    ),
    "bonus": Kind(_bonus_fields, _bonus_shown, _bonus_read, reason_hint=DOCUMENT),
    HAPPENED: Kind(
        _happened_fields,
        lambda params, facts: {HAPPENED: facts.get(HAPPENED, [])},
        lambda params, typed: {HAPPENED: list(typed[HAPPENED])} if typed[HAPPENED] else None,
        reason_hint=DOCUMENT,
    ),
}
"""Rule -> how its fact is typed; a rule that is not here takes none."""
