"""A story as it is written, what its pictures show, and what a list is narrowed by."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms

from core.layouts import Columns, Remark, Section, fields_helper
from showcase.sites.forms.base import RevisedForm, area, day

from ..actions.stories import NAMES, Named, Words
from ..enums import StoryKind
from ..models import Story
from ..rules import BASIS, CAPTION, LEAD, LONG, LONGEST, MOST_PEOPLE, SHORT, TITLE, TOLD


class StoryForm(RevisedForm):
    """A title first, the rest as far as it has come; no more fields than its kind tells of."""

    title = forms.CharField(label="标题", min_length=2, max_length=TITLE)
    lead = forms.CharField(
        label="一句话", max_length=LEAD, required=False, help_text="名录和卡片上的那一句。"
    )
    origin = area(
        "从哪件事开始", LONGEST, 4, required=False, help_text="一件真事，几句话。空一行另起一段。"
    )
    practice = area(
        "怎么做",
        LONGEST,
        6,
        required=False,
        help_text="别人照着能做。写成“定岗：……”一行一条，页面就排成条目；不然空一行另起一段。",
    )
    results = area(
        "做成了什么",
        LONG,
        4,
        required=False,
        help_text="写成“64 名党员认岗”一行一条，页面就把数字排大。",
    )
    source = forms.CharField(
        label="数字从哪里来",
        max_length=SHORT,
        required=False,
        help_text="如 社区日常记录，2026年上半年。有数字的要写。",
    )
    copied = area("谁照着做了", LONG, 3, required=False)
    lacking = area(
        "还不够好的地方", LONG, 3, required=False, help_text="写了才可信，也免得别人走弯路。"
    )
    visit = forms.CharField(
        label="参观与交流",
        max_length=SHORT,
        required=False,
        help_text="地点、时间、怎么约。只写单位的值班电话。",
    )
    told_on = day("答复日期", required=False)
    is_solved = forms.TypedChoiceField(
        label="解决了没有",
        choices=[("yes", "已经解决"), ("no", "还没有解决")],
        coerce=lambda value: value == "yes",
        required=False,
    )
    promised_on = day("哪天前再回音", required=False, help_text="还没有解决的要写。")

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        fields: dict[str, Any] = self.fields
        told = TOLD[StoryKind(kind)]
        echo = ("told_on", "is_solved", "promised_on")
        for name in NAMES:
            if name != "title" and name not in (told + echo if self.is_echo else told):
                del fields[name]
        if self.is_echo:
            fields["lead"].label = "反映的事"
            fields["lead"].help_text = "用自己的话写，不照搬原话，不写诉求人。"
            fields["practice"].label = "办了什么"
            fields["practice"].help_text = "哪天办了什么；办不成的写为什么、要等谁。"
        for number in range(MOST_PEOPLE):
            fields[f"name_{number}"] = forms.CharField(label="姓名", max_length=50, required=False)
            fields[f"basis_{number}"] = forms.CharField(
                label="同意的凭据", max_length=BASIS, required=False
            )
            fields[f"agreed_{number}"] = day("同意日期", required=False)

    @property
    def is_echo(self) -> bool:
        """Whether it answers a concern."""
        return self.kind == StoryKind.ECHO

    @property
    def helper(self) -> FormHelper:
        told = [name for name in NAMES if name in self.fields]
        if self.is_echo:
            parts: list[Any] = [
                "title",
                "lead",
                "practice",
                Columns("told_on", "is_solved", "promised_on"),
            ]
        else:
            parts = list(told)
        people = [
            Columns(f"name_{number}", f"basis_{number}", f"agreed_{number}")
            for number in range(MOST_PEOPLE)
        ]
        remark = Remark("写到的每个人都要本人同意，凭据如“本人签字的同意书”。没有写到人的不填。")
        return fields_helper(
            Section("给大家看的文字", *parts), Section("文中人物", remark, *people), "revision"
        )

    def words(self) -> Words:
        """What was typed."""
        given = self.cleaned_data
        people = [
            Named(given[f"name_{n}"], given[f"basis_{n}"], given[f"agreed_{n}"])
            for n in range(MOST_PEOPLE)
        ]
        told = {name: given[name] for name in NAMES if name in given}
        told["is_solved"] = given.get("is_solved") is not False  # also where nothing was chosen
        return Words(people=people, **told)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for number in range(MOST_PEOPLE):
            name, basis = given.get(f"name_{number}", ""), given.get(f"basis_{number}", "")
            agreed_on = given.get(f"agreed_{number}")
            if name and not basis:
                self.add_error(f"basis_{number}", "写明凭什么同意。")
            if name and agreed_on is None and f"agreed_{number}" not in self.errors:
                self.add_error(f"agreed_{number}", "写明哪天同意。")
            if not name and (basis or agreed_on) and f"name_{number}" not in self.errors:
                self.add_error(f"name_{number}", "写明是谁。")
        return given

    @staticmethod
    def values_of(row: Story) -> dict[str, Any]:
        """What stands in the form of a story. One query."""
        values = {name: getattr(row, name) for name in (*NAMES, "revision")}
        values["is_solved"] = "yes" if row.is_solved else "no"
        for number, one in enumerate(row.people.all()[:MOST_PEOPLE]):
            values |= {
                f"name_{number}": one.name,
                f"basis_{number}": one.basis,
                f"agreed_{number}": one.agreed_on,
            }
        return values


class NewStoryForm(StoryForm):
    """A new one, with what it tells of."""

    subject = forms.CharField(widget=forms.HiddenInput, max_length=60)


class PictureForm(RevisedForm):
    """What a picture shows."""

    alt = forms.CharField(
        label="图上是什么",
        min_length=2,
        max_length=CAPTION,
        help_text="给看不见图的人：谁在哪里做什么，不写姓名。",
    )
    caption = forms.CharField(label="图注", max_length=CAPTION, required=False)


class StoryFilter(forms.Form):
    """Which stories. What makes no sense is as if it were not there."""

    showing = forms.ChoiceField(
        label="状态",
        required=False,
        choices=[
            ("", "全部"),
            ("waiting", "待发布"),
            ("own", "在写的"),
            ("shown", "公开着的"),
            ("down", "已撤下"),
        ],
    )
    kind = forms.ChoiceField(
        label="类别", required=False, choices=[("", "各类"), *StoryKind.choices]
    )
    q = forms.CharField(
        label="查找", required=False, max_length=50, widget=forms.TextInput({"placeholder": "标题"})
    )
