"""What holds for a whole scheme, as a form: basis, grades, quota, ties, weights, bonus, vetoes."""

from collections.abc import Mapping
from typing import Any

from django import forms

from assessments.scoring.numbers import number
from core.layouts import Columns, Section, fields_helper
from core.text import clean

from .. import parameters
from ..definitions import MID_YEAR_WEIGHT, REPAIR_SHARE
from ..editing import walk
from ..parameters import KINDS
from .base import RevisedForm, TypedField
from .indicators import field_of

TIES = 3
SPARE_VETOES = 2
MOST_VETOES = 20
QUOTAS = [("", "不设名额"), ("upper", "最多占"), ("lower", "最少占")]
_BONUS = KINDS["bonus"].parameters


def share_typed(text: str) -> str:
    """A share from 0 to 1, as a percentage, a decimal or a fraction. Raises ValueError."""
    found = parameters.number_typed(text)
    if not 0 <= number(found) <= 1:
        raise ValueError("应在 0 到 1（100%）之间。")
    return found


class SettingsForm(RevisedForm):
    """The settings of a draft. Bounds of single values are asked for here, how they go together by
    `validation`."""

    basis = forms.CharField(
        label="制定依据",
        max_length=300,
        required=False,
        help_text="如《徐州经济技术开发区党建工作考核办法》（徐开工委〔2026〕3号）。",
    )
    plan_basis = forms.CharField(
        label="年度督查检查考核计划的文号",
        max_length=120,
        required=False,
        help_text="不在年度计划内的考核不能开展。没有另写计划依据的指标，也填这个文号。",
    )
    bands = TypedField(
        read=parameters.named_typed,
        label="等次",
        max_length=600,
        widget=forms.Textarea({"rows": 4}),
        help_text="一行一等：名称、空格、起始分。如 好 90。",
    )
    places = forms.IntegerField(label="总分保留几位小数", min_value=0, max_value=4, required=False)
    quota_kind = forms.ChoiceField(label="名额", choices=QUOTAS, required=False)
    quota_grade = forms.CharField(label="哪一等次", max_length=60, required=False)
    quota_share = TypedField(
        read=share_typed, label="占多少", max_length=30, help_text="如 1/3 或 15%。"
    )
    mid_year_weight = TypedField(
        read=share_typed, label="年中结果占年度", max_length=30, help_text="不填为 40%。"
    )
    repair_share = TypedField(
        read=share_typed,
        label="按期整改返还失分的",
        max_length=30,
        help_text="不填为一半（50%）。",
    )
    has_bonus = forms.BooleanField(label="设奖励加分", required=False)

    def __init__(
        self, data: Any = None, *, content: Mapping[str, Any], revision: int, **kwargs: Any
    ) -> None:
        self.content = content
        super().__init__(data, initial=_initial(content, revision), **kwargs)
        places = [("", "不再看")]
        places += [
            (one.key, "　" * (one.depth - 1) + str(one.node["name"])) for one in walk(content)
        ]
        ties = [str(key) for key in content.get("tie_break") or ()]
        for n in range(TIES):
            self.fields[f"tie_{n}"] = forms.ChoiceField(
                label=f"同分时第{'一二三'[n]}看",
                choices=places,
                required=False,
                initial=ties[n] if n < len(ties) else "",
            )
        bonus = parameters.params_of(content.get("bonus") or {})
        for one in _BONUS:
            self.fields[f"b_{one.name}"] = field_of(one)
            self.initial[f"b_{one.name}"] = parameters.as_typed(one, bonus.get(one.name))
        self.vetoes = _veto_rows(content)
        for n, (name, veto) in enumerate(self.vetoes):
            self._add_veto(n, name, veto)

    def _add_veto(self, n: int, name: str, veto: Mapping[str, Any]) -> None:
        effects = KINDS["veto"].parameters[0].choices
        self.fields[f"v_name_{n}"] = forms.CharField(
            label="情形", max_length=60, required=False, initial=name
        )
        self.fields[f"v_effect_{n}"] = forms.ChoiceField(
            label="后果", choices=effects, required=False, initial=veto.get("effect", "not_above")
        )
        self.fields[f"v_grade_{n}"] = forms.CharField(
            label="等次", max_length=60, required=False, initial=veto.get("grade", "")
        )
        self.fields[f"v_basis_{n}"] = forms.CharField(
            label="法规依据",
            max_length=200,
            required=False,
            initial=veto.get("legal_basis", ""),
            help_text="一票否决只能由有权机关规定，写明条例、办法和条款。",
        )

    @property
    def helper(self) -> Any:
        """In sections."""
        vetoes = [
            (
                Columns(f"v_name_{n}", f"v_effect_{n}"),
                Columns(f"v_grade_{n}", f"v_basis_{n}"),
            )
            for n in range(len(self.vetoes))
        ]
        return fields_helper(
            Section("依据", "basis", "plan_basis"),
            Section(
                "等次和名额",
                Columns("bands", "places"),
                Columns("quota_kind", "quota_grade", "quota_share"),
                Columns(*(f"tie_{n}" for n in range(TIES))),
            ),
            Section("年度", Columns("mid_year_weight", "repair_share")),
            Section("加分", "has_bonus", *(f"b_{one.name}" for one in _BONUS)),
            Section("一票否决", *(part for pair in vetoes for part in pair)),
        )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("quota_kind") and not (given.get("quota_grade") or "").strip():
            self.add_error("quota_grade", "请填写是哪一等次的名额。")
        if given.get("quota_kind") and given.get("quota_share") is None:
            self.add_error("quota_share", "请填写占多少。")
        names: set[str] = set()
        for n in range(len(self.vetoes)):
            name = clean(given.get(f"v_name_{n}") or "")
            if name and name in names:
                self.add_error(f"v_name_{n}", "这一情形写了两次。")
            if not name and (given.get(f"v_basis_{n}") or "").strip():
                self.add_error(f"v_name_{n}", "请填写情形。")
            names.add(name)
        return given

    @property
    def values(self) -> dict[str, Any]:
        """The settings as they are stored; None for what is not set."""
        given = self.cleaned_data
        bands = given.get("bands") or {}
        quota = None
        if given.get("quota_kind"):
            quota = {
                "grade": clean(given["quota_grade"]),
                "share": given["quota_share"],
                "kind": given["quota_kind"],
            }
        ties = [given[f"tie_{n}"] for n in range(TIES) if given.get(f"tie_{n}")]
        params = {
            one.name: given[f"b_{one.name}"]
            for one in _BONUS
            if given.get(f"b_{one.name}") not in (None, {})
        }
        vetoes = {}
        for n in range(len(self.vetoes)):
            if name := clean(given.get(f"v_name_{n}") or ""):
                vetoes[name] = self._veto(given, n)
        places = given.get("places")
        return {
            "basis": clean(given.get("basis") or "") or None,
            "plan_basis": clean(given.get("plan_basis") or "") or None,
            "bands": [[grade, least] for grade, least in bands.items()] or None,
            "places": 2 if places is None else places,
            "quota": quota,
            "tie_break": list(dict.fromkeys(ties)) or None,
            "mid_year_weight": given.get("mid_year_weight"),
            "repair_share": given.get("repair_share"),
            "bonus": {"rule": "bonus", "params": params} if given.get("has_bonus") else None,
            "vetoes": vetoes or None,
        }

    @staticmethod
    def _veto(given: Mapping[str, Any], n: int) -> dict[str, str]:
        effect = given.get(f"v_effect_{n}") or "not_above"
        found = {"effect": effect, "legal_basis": clean(given.get(f"v_basis_{n}") or "")}
        grade = clean(given.get(f"v_grade_{n}") or "")
        return {**found, "grade": grade} if effect == "not_above" and grade else found


def _veto_rows(content: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    rows: list[tuple[str, Mapping[str, Any]]] = sorted((content.get("vetoes") or {}).items())
    spare = min(SPARE_VETOES, max(0, MOST_VETOES - len(rows)))
    return [*rows, *([("", {})] * spare)]


def _initial(content: Mapping[str, Any], revision: int) -> dict[str, Any]:
    quota = content.get("quota") or {}
    bands = content.get("bands") or []

    def share(value: Any) -> str:
        return "" if value is None else parameters.percent(value)

    return {
        "revision": revision,
        "basis": content.get("basis", ""),
        "plan_basis": content.get("plan_basis", ""),
        "bands": "\n".join(f"{grade} {least}" for grade, least in bands),
        "places": content.get("places", 2),
        "quota_kind": quota.get("kind", "upper") if quota else "",
        "quota_grade": quota.get("grade", ""),
        "quota_share": share(quota.get("share")),
        "mid_year_weight": share(content.get("mid_year_weight", MID_YEAR_WEIGHT)),
        "repair_share": share(content.get("repair_share", REPAIR_SHARE)),
        "has_bonus": bool(content.get("bonus")),
    }
