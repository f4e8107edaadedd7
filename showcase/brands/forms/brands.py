"""The file of a brand, its steps, what is decided about it, and what copies it."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms

from core import clock, figures
from core.layouts import Columns, Section, fields_helper
from schedules.themes.forms.themes import RevisedForm

from ..actions.cultivating import Planned
from ..enums import Phase, Verdict
from ..models import Brand, BrandCopy
from ..rules import FILE, MOST_FIGURES, MOST_STEPS, REASON, RESULT, YEARS


def _text(label: str, most: int, rows: int = 3, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=most, widget=forms.Textarea({"rows": rows}), **more
    )


def _day(label: str, **more: Any) -> forms.DateField:
    return forms.DateField(
        label=label, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"), **more
    )


def _aims() -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = [("", "不选")]
    groups: dict[str, list[tuple[str, str]]] = {}
    for key, (one, gauge) in figures.gauged().items():
        row = (key, gauge.label)
        (groups.setdefault(one.group, []) if one.group else found).append(row)
    return [*found, *groups.items()]


class TakeForm(forms.Form):
    """A bright spot becomes a candidate."""

    name = forms.CharField(
        label="品牌名称",
        min_length=2,
        max_length=FILE["name"],
        help_text="暂定的也可以，培育中还能改。",
    )


class FileForm(RevisedForm):
    """品牌档案."""

    name = forms.CharField(label="名称", min_length=2, max_length=FILE["name"])
    slogan = forms.CharField(
        label="一句话", max_length=FILE["slogan"], required=False, help_text="口号，可以没有。"
    )
    meaning = _text("内涵", FILE["meaning"], required=False, help_text="这个名称是什么意思。")
    method = forms.CharField(
        label="工作法",
        max_length=FILE["method"],
        required=False,
        help_text="有名字的写上，如 “345”工作法、“1+4+X”。",
    )
    practice = _text("做法", FILE["practice"], 5, required=False, help_text="别人照着能学的几步。")
    carriers = _text(
        "载体", FILE["carriers"], 2, required=False, help_text="阵地、队伍、平台、活动日。"
    )
    results = _text(
        "成效", FILE["results"], required=False, help_text="用数说话：办成多少件、服务多少人。"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = _aims()
        for number in range(MOST_FIGURES):
            self.fields[f"figure_{number}"] = forms.ChoiceField(
                label=f"指标 {number + 1}", choices=choices, required=False
            )

    @property
    def helper(self) -> FormHelper:
        figures = [f"figure_{number}" for number in range(MOST_FIGURES)]
        return fields_helper(
            Section("名称", Columns("name", "slogan"), "meaning"),
            Section("做法", "method", "practice", "carriers"),
            Section("成效", "results"),
            Section("看成效的指标，取自本单位已有的数，可以不选", Columns(*figures)),
            "revision",
        )

    def keys(self) -> list[str]:
        """The figures chosen."""
        return [self.cleaned_data[f"figure_{number}"] for number in range(MOST_FIGURES)]

    @staticmethod
    def values_of(brand: Brand) -> dict[str, Any]:
        """What stands in the form of a brand. One query."""
        found = {name: getattr(brand, name) for name in FILE}
        for number, one in enumerate(brand.figures.all()):
            found[f"figure_{number}"] = one.key
        return found | {"revision": brand.revision}


class StepsForm(RevisedForm):
    """培育步骤: rows of a phase, what, until when, and when it was done."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for at in range(MOST_STEPS):
            self.fields[f"phase_{at}"] = forms.ChoiceField(
                label="阶段", choices=[("", "不填"), *Phase.choices], required=False
            )
            self.fields[f"what_{at}"] = forms.CharField(
                label="做什么", max_length=80, required=False
            )
            self.fields[f"due_on_{at}"] = _day("到哪天", required=False)
            self.fields[f"done_on_{at}"] = _day("办成于", required=False)

    @property
    def helper(self) -> FormHelper:
        rows = [
            Section(
                f"第 {at + 1} 步",
                Columns(f"phase_{at}", f"what_{at}", f"due_on_{at}", f"done_on_{at}"),
            )
            for at in range(MOST_STEPS)
        ]
        return fields_helper(*rows, "revision")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        for at in range(MOST_STEPS):
            if not any(given.get(f"{one}_{at}") for one in ("phase", "what", "due_on", "done_on")):
                continue
            for name, said in (
                ("phase", "请选阶段。"),
                ("what", "请写做什么；不要这一步，就把这一行清空。"),
                ("due_on", "请填到哪天。"),
            ):
                if f"{name}_{at}" not in self.errors and not given.get(f"{name}_{at}"):
                    self.add_error(f"{name}_{at}", said)
        return given

    def steps(self) -> list[Planned]:
        """What was typed, without the rows left empty."""
        given = self.cleaned_data
        return [
            Planned(
                given[f"phase_{at}"],
                given[f"what_{at}"],
                given[f"due_on_{at}"],
                given[f"done_on_{at}"],
            )
            for at in range(MOST_STEPS)
            if given[f"phase_{at}"]
        ]

    @staticmethod
    def values_of(brand: Brand) -> dict[str, Any]:
        """What stands in the form of a brand: its steps, or the three phases to begin with. One query."""
        found: dict[str, Any] = {"revision": brand.revision}
        rows: Sequence[Any] = list(brand.steps.all())
        for at, one in enumerate(rows):
            found |= {
                f"phase_{at}": one.phase,
                f"what_{at}": one.what,
                f"due_on_{at}": one.due_on,
                f"done_on_{at}": one.done_on,
            }
        return found


class ReasonForm(forms.Form):
    """Why."""

    reason = _text("理由", REASON, 2, min_length=4)


class KeepForm(RevisedForm):
    """What is decided after a brand was looked at again."""

    verdict = forms.ChoiceField(
        label="复审",
        choices=[(Verdict.YES, "通过，保留命名"), (Verdict.NO, "不通过，撤销命名")],
        widget=forms.RadioSelect,
    )
    reason = _text("理由", REASON, 2, min_length=4)
    recheck_on = _day("下次复审", required=False, help_text=f"留空为 {YEARS} 年以后。")

    @property
    def helper(self) -> FormHelper:
        return fields_helper("verdict", "reason", "recheck_on", "revision")


class DecideForm(KeepForm):
    """What is decided after a brand was reviewed."""

    verdict = forms.ChoiceField(
        label="评审",
        choices=[(Verdict.YES, "通过，命名"), (Verdict.NO, "不通过，退回培育")],
        widget=forms.RadioSelect,
    )
    basis = forms.CharField(
        label="命名依据",
        max_length=REASON,
        required=False,
        help_text="哪次会议、哪份文件，如 党工委会议纪要〔2026〕9号。退回的不用填。",
    )
    field_order = ("verdict", "reason", "basis", "recheck_on", "revision")

    @property
    def helper(self) -> FormHelper:
        return fields_helper("verdict", "reason", "basis", "recheck_on", "revision")


class CopyForm(forms.Form):
    """An organisation begins to copy a brand."""

    what = _text("怎么学用", REASON, 2, min_length=4, help_text="学哪几条、放在哪件事上用。")
    begun_on = _day("从哪天起")

    @staticmethod
    def begun() -> dict[str, dt.date]:
        """What stands in a new form."""
        return {"begun_on": clock.today()}


class CopyTellForm(RevisedForm):
    """What is done of a brand, and what came of it."""

    what = _text("怎么学用", REASON, 2, min_length=4)
    result = _text("结果", RESULT, 3, required=False, help_text="管用的写数，不管用的也照实写。")

    @property
    def helper(self) -> FormHelper:
        return fields_helper("what", "result", "revision")

    @staticmethod
    def values_of(row: BrandCopy) -> dict[str, Any]:
        """What stands in the form."""
        return {"what": row.what, "result": row.result, "revision": row.revision}
