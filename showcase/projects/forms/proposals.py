"""A proposal, a campaign, and what a list of projects is narrowed by."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms

from core import clock, figures
from core.actor import Actor
from core.layouts import Columns, Section, fields_helper
from schedules.themes.models import Theme
from showcase.panels.forms.panels import RevisedForm

from ..actions.proposals import Proposal, Stage
from ..enums import CampaignKind, ProjectState
from ..models import Campaign, Project
from ..queries import indicators
from ..rules import LONGEST, MOST_MILESTONES, MOST_MONEY

PLAIN = (
    *("title", "background", "problem", "goal", "figure", "figure_goal", "measures"),
    *("owner_name", "people", "material", "budget", "indicator", "items"),
)


def day(label: str, **more: Any) -> forms.DateField:
    """A field for a day."""
    return forms.DateField(
        label=label, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"), **more
    )


def longer(label: str, most: int, least: int = 4, **more: Any) -> forms.CharField:
    """A field for some sentences."""
    more.setdefault("help_text", f"{least or ''}{' 至 ' if least else '最多 '}{most} 字。")
    return forms.CharField(
        label=label,
        min_length=least or None,
        max_length=most,
        widget=forms.Textarea({"rows": 3}),
        **more,
    )


def figure_choices(nothing: str) -> list[tuple[str, Any]]:
    """The registered figures by which things can become better. No query."""
    found: list[tuple[str, Any]] = [("", nothing)]
    groups: dict[str, list[tuple[str, str]]] = {}
    for key, (one, gauge) in figures.gauged().items():
        (groups.setdefault(one.group, []) if one.group else found).append((key, gauge.label))
    return [*found, *groups.items()]


class ProjectForm(RevisedForm):
    """The proposal of a project: milestones are rows of two fields."""

    year = forms.TypedChoiceField(label="年度", coerce=int)
    title = forms.CharField(
        label="项目名称", min_length=4, max_length=40, help_text="一句短话：办成什么。"
    )
    background = longer("背景", LONGEST, 0, required=False)
    problem = longer(
        "要解决的问题", LONGEST, help_text="写一件具体的事：谁、在哪里、差多少。不写空话。"
    )
    goal = longer("要达到的结果", 300, help_text="到年底能数出来、看得见的结果。")
    figure = forms.ChoiceField(
        label="对应的数", required=False, help_text="有对应的，进度就从记录里读，不用再填。"
    )
    figure_goal = forms.DecimalField(
        label="这个数要到多少", required=False, max_digits=8, decimal_places=2, min_value=Decimal(0)
    )
    measures = longer("措施", LONGEST)
    owner_name = forms.CharField(
        label="负责人", min_length=2, max_length=40, help_text="一般是书记。"
    )
    people = forms.CharField(label="参加人员", max_length=200, required=False)
    material = forms.CharField(label="物资", max_length=200, required=False)
    budget = forms.DecimalField(
        label="预算（元）",
        required=False,
        max_digits=10,
        decimal_places=2,
        min_value=Decimal(0),
        max_value=MOST_MONEY,
        help_text="不用钱就留空。",
    )
    campaign = forms.TypedChoiceField(
        label="专项行动", coerce=int, empty_value=None, required=False
    )
    theme = forms.TypedChoiceField(label="季度主题", coerce=int, empty_value=None, required=False)
    indicator = forms.ChoiceField(
        label="考核指标", required=False, help_text="对着现行考核细则里的哪一项。"
    )
    items = forms.CharField(
        label="督办文号",
        max_length=120,
        required=False,
        help_text="由督办转来的，写文号；申报后可在项目页关联。",
    )

    def __init__(
        self, *args: Any, actor: Actor, project: Project | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["indicator"].choices = _indicators(actor, project)
        year = clock.today().year
        fields["year"].choices = [(one, f"{one} 年") for one in (year, year + 1)]
        fields["figure"].choices = figure_choices("没有对应的数")
        campaigns = Campaign.objects.visible_to(actor).filter(is_open=True)
        themes = Theme.objects.visible_to(actor).running()
        kept = self.initial.get("campaign"), self.initial.get("theme")
        fields["campaign"].choices = _offered(campaigns[:100], "不属于", kept[0])
        fields["theme"].choices = _offered(themes[:20], "不对应", kept[1])
        for number in range(MOST_MILESTONES):
            fields[f"stage_{number}"] = forms.CharField(
                label=f"节点 {number + 1}", max_length=60, required=False
            )
            fields[f"due_{number}"] = day("到哪天", required=False)

    @property
    def helper(self) -> FormHelper:
        rows = [Columns(f"stage_{one}", f"due_{one}") for one in range(MOST_MILESTONES)]
        return fields_helper(
            Section("做什么", Columns("year", "title"), "background", "problem"),
            Section("目标", "goal", Columns("figure", "figure_goal")),
            Section("怎么做", "measures", *rows),
            Section("人、钱、物", Columns("owner_name", "people"), Columns("budget", "material")),
            Section("和哪些工作连着", Columns("campaign", "theme"), Columns("indicator", "items")),
            "revision",
        )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        for number in range(MOST_MILESTONES):
            text, due = given.get(f"stage_{number}"), given.get(f"due_{number}")
            if f"due_{number}" in self.errors or f"stage_{number}" in self.errors:
                continue
            if text and due is None:
                self.add_error(f"due_{number}", "写了节点，请选到哪天。")
            if due is not None and not text:
                self.add_error(f"stage_{number}", "选了日子，请写做成什么；不要就清空日子。")
        return given

    def proposal(self) -> Proposal:
        """What was typed."""
        given = self.cleaned_data
        stages = [
            Stage(given[f"stage_{one}"], given[f"due_{one}"])
            for one in range(MOST_MILESTONES)
            if given[f"stage_{one}"]
        ]
        values = {name: given[name] for name in PLAIN} | {"budget": given["budget"] or Decimal(0)}
        return Proposal(
            year=given["year"],
            stages=stages,
            theme=given["theme"],
            campaign=given["campaign"],
            **values,
        )

    @staticmethod
    def values_of(project: Project) -> dict[str, Any]:
        """What stands in the form of a project. One query."""
        found: dict[str, Any] = {name: getattr(project, name) for name in PLAIN}
        found |= {
            "year": project.year,
            "theme": project.theme_id,
            "campaign": project.campaign_id,
            "indicator": project.indicator_word,
            "revision": project.revision,
        }
        for number, row in enumerate(project.milestones.all()):
            found |= {f"stage_{number}": row.title, f"due_{number}": row.due_on}
        return found


def _indicators(actor: Actor, project: Project | None) -> list[tuple[str, Any]]:
    """The indicators in force by scheme, and the one that stands there. One query."""
    groups = [
        (str(scheme), [(indicators.word_of(scheme.pk, key), name) for key, name in rows])
        for scheme, rows in indicators.offered(actor)
    ]
    found: list[tuple[str, Any]] = [("", "不对应"), *groups]
    known = {word for _, rows in groups for word, _ in rows}
    if project is not None and project.indicator and project.indicator_word not in known:
        found.append((project.indicator_word, f"{project.indicator}（原来选的）"))
    return found


def _offered(rows: Any, nothing: str, kept: int | None) -> list[tuple[Any, str]]:
    found = [("", nothing), *((one.pk, str(one)) for one in rows)]
    if kept and kept not in [pk for pk, _ in found]:
        found.append((kept, "原来选的（已结束）"))
    return found


class CampaignForm(RevisedForm):
    """A campaign as it is set up or changed."""

    year = forms.TypedChoiceField(label="年度", coerce=int)
    kind = forms.ChoiceField(label="类别", choices=CampaignKind.choices)
    title = forms.CharField(label="名称", min_length=2, max_length=40)
    goal = longer("要办成什么", 200)
    figure = forms.ChoiceField(
        label="服务的数",
        required=False,
        help_text="廉政、意识形态、作风也对着业务的数，免得两张皮。",
    )
    is_open = forms.BooleanField(
        label="进行中", required=False, initial=True, help_text="不选即结束，不能再加入项目。"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        year = clock.today().year
        fields["year"].choices = [(one, f"{one} 年") for one in (year, year + 1, year - 1)]
        fields["figure"].choices = figure_choices("没有对应的数")

    @property
    def helper(self) -> FormHelper:
        return fields_helper(
            Columns("year", "kind", "title"), "goal", "figure", "is_open", "revision"
        )

    def values(self) -> dict[str, Any]:
        """What was typed, without the revision."""
        names = ("year", "kind", "title", "goal", "figure", "is_open")
        return {name: self.cleaned_data[name] for name in names}

    @staticmethod
    def values_of(campaign: Campaign) -> dict[str, Any]:
        """What stands in the form of a campaign. No query."""
        names = ("year", "kind", "title", "goal", "figure", "is_open", "revision")
        return {name: getattr(campaign, name) for name in names}


class ListFilter(forms.Form):
    """Which projects, and how they are shown. What makes no sense is as if it were not there."""

    view = forms.ChoiceField(
        label="看法",
        required=False,
        choices=[("", "清单"), ("board", "看板"), ("timeline", "时间线")],
    )
    year = forms.ChoiceField(label="年度", required=False)
    state = forms.ChoiceField(
        label="状态",
        required=False,
        choices=[
            ("", "全部"),
            *ProjectState.choices,
            # What waits for those above, as their home counts it.
            ("judged", "评审结束，等决定"),
            ("asked", "有申请，等批复"),
        ],
    )
    campaign = forms.ChoiceField(label="专项行动", required=False)
    # Of the page of a score, which leads here.
    scheme = forms.IntegerField(
        required=False, min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput
    )
    organization = forms.IntegerField(
        required=False, min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput
    )
    q = forms.CharField(
        label="查找",
        required=False,
        max_length=40,
        widget=forms.TextInput({"placeholder": "项目名称"}),
    )

    def __init__(
        self, *args: Any, years: Sequence[int], campaigns: Sequence[Campaign], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["year"].choices = [("", "全部"), *((str(one), f"{one} 年") for one in years)]
        fields["campaign"].choices = [("", "全部"), *((str(one.pk), str(one)) for one in campaigns)]

    def narrowed(self) -> dict[str, Any]:
        """What makes sense of what was asked."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}
