"""A theme as it is drafted, its scope, its dates, the sentence of a committee, and its conclusion."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils import timezone

from core import clock, figures, periods
from core.layouts import Columns, Section, fields_helper
from orgs.enums import OrganizationClass
from orgs.models import Organization
from schedules.dispatch.enums import MeetingState
from schedules.dispatch.models import DispatchMeeting

from ..actions.drafting import AHEAD, Aim, KeyDate, Plan
from ..actions.running import LONGEST
from ..enums import Conclusion, DateKind
from ..models import Theme
from ..queries.scope import committees_of
from ..queries.steps import step_kinds
from ..rules import MOST_FIGURES, ORIGIN


class RevisedForm(forms.Form):
    """With the revision of the row that the page was made from."""

    revision = forms.IntegerField(
        widget=forms.HiddenInput, required=False, min_value=0, max_value=2**31 - 1
    )

    def clean_revision(self) -> int:
        """A form without its revision counts as old."""
        return self.cleaned_data["revision"] or 0


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


class _HeldForm(RevisedForm):
    """Of a theme that the organisation holds."""

    def __init__(self, *args: Any, holder: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.holder = holder


class _Scope(_HeldForm):
    """Whom a theme is for."""

    classes = forms.MultipleChoiceField(
        label="支部类型",
        choices=OrganizationClass.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="不选为各类支部。",
    )
    committees = forms.TypedMultipleChoiceField(
        label="党委、总支",
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="不选为全部。",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places: Any = self.fields["committees"]
        places.choices = [(one.pk, str(one)) for one in committees_of(self.holder)]


class ScopeForm(_Scope):
    """The scope of a theme that runs."""

    @property
    def helper(self) -> FormHelper:
        return fields_helper("classes", "committees", "revision")

    @staticmethod
    def values_of(theme: Theme) -> dict[str, Any]:
        """What stands in the form of a theme. One query."""
        return {
            "classes": list(theme.classes),
            "committees": [one.organization_id for one in theme.limits.all()],
            "revision": theme.revision,
        }


class _Dates(_HeldForm):
    """The key dates: a day, or a meeting or tour that is set."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        since = clock.now() - dt.timedelta(days=100)
        held = DispatchMeeting.objects.filter(organization=self.holder, starts_at__gte=since)
        held = held.exclude(state=MeetingState.CANCELLED)
        self.meetings = {one.pk: one for one in held.order_by("starts_at")}
        choices = [("", "没有定会议")] + [
            (str(pk), f"{timezone.localtime(one.starts_at):%-m月%-d日} {one}")
            for pk, one in self.meetings.items()
        ]
        for kind in DateKind:
            self.fields[f"on_{kind}"] = _day(kind.label, required=False)
            self.fields[f"meeting_{kind}"] = forms.TypedChoiceField(
                label=f"{kind.label}的会议或观摩",
                coerce=int,
                empty_value=None,
                choices=choices,
                required=False,
            )
            self.fields[f"note_{kind}"] = forms.CharField(
                label=f"{kind.label}的说明", max_length=40, required=False
            )

    @staticmethod
    def date_rows() -> list[Columns]:
        """One row for each kind."""
        return [Columns(f"on_{one}", f"meeting_{one}", f"note_{one}") for one in DateKind]

    def key_dates(self) -> list[KeyDate]:
        """What was typed; the day of a meeting is its own."""
        found = []
        for kind in DateKind:
            given = self.cleaned_data
            meeting, on = given[f"meeting_{kind}"], given[f"on_{kind}"]
            if meeting is not None:
                on = timezone.localtime(self.meetings[meeting].starts_at).date()
            if on is not None:
                found.append(KeyDate(str(kind), on, given[f"note_{kind}"], meeting))
        return found

    @staticmethod
    def dates_of(theme: Theme) -> dict[str, Any]:
        """What stands in the form of a theme. One query."""
        found: dict[str, Any] = {}
        for one in theme.dates.all():
            found |= {
                f"on_{one.kind}": one.on,
                f"meeting_{one.kind}": one.meeting_id,
                f"note_{one.kind}": one.note,
            }
        return found


class DatesForm(_Dates):
    """The key dates of a theme that runs."""

    @property
    def helper(self) -> FormHelper:
        return fields_helper(*self.date_rows(), "revision")

    @staticmethod
    def values_of(theme: Theme) -> dict[str, Any]:
        """What stands in the form of a theme. One query."""
        return {**_Dates.dates_of(theme), "revision": theme.revision}


class ThemeForm(_Scope, _Dates):
    """The draft of a theme: figures with goals are rows of three fields."""

    quarter = forms.ChoiceField(label="季度")
    title = forms.CharField(
        label="主题", min_length=2, max_length=30, help_text="一句短话，如 缺课补上。"
    )
    basis = forms.CharField(
        label="依据",
        min_length=4,
        max_length=200,
        help_text="哪份文件第几条、考核细则第几项，或哪一次会议。",
    )
    origin = forms.CharField(
        label="从哪里看出来的",
        max_length=ORIGIN,
        required=False,
        widget=forms.Textarea({"rows": 2}),
        help_text="如 上半年考核“党员教育”失分 11.4%。可以从“主题发现”带过来。",
    )
    step_kind = forms.ChoiceField(
        label="要办一次的事",
        required=False,
        help_text="确实必须办一次的才选，会作为计划派给范围里的支部，计入用时。报告和总结不能派。",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = dict(self.fields)
        now = periods.containing(clock.today(), periods.QUARTER)
        coming = periods.ending(periods.shift(now, AHEAD), AHEAD + 1)
        fields["quarter"].choices = [(one, periods.label(one)) for one in coming]
        fields["step_kind"].choices = [("", "没有"), *step_kinds()]
        choices = _aims()
        for number in range(MOST_FIGURES):
            self.fields[f"aim_{number}"] = forms.ChoiceField(
                label=f"指标 {number + 1}", choices=choices, required=False
            )
            self.fields[f"goal_{number}"] = forms.DecimalField(
                label="目标",
                max_digits=8,
                decimal_places=2,
                min_value=Decimal(0),
                required=False,
                help_text="每个支部要到的数；留空用通常的目标。" if not number else "",
            )
            self.fields[f"due_{number}"] = _day(
                "到哪天",
                required=False,
                help_text="" if number else "留空为季度最后一天。",
            )

    @property
    def helper(self) -> FormHelper:
        rows = [
            Columns(f"aim_{number}", f"goal_{number}", f"due_{number}")
            for number in range(MOST_FIGURES)
        ]
        return fields_helper(
            Section("主题", Columns("quarter", "title"), "basis", "origin"),
            Section("指标，1 至 5 个", *rows),
            Section("范围", "classes", "committees"),
            Section("日子", *self.date_rows()),
            Section("要办一次的事", "step_kind"),
            "revision",
        )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if not any(given.get(f"aim_{number}") for number in range(MOST_FIGURES)):
            self.add_error("aim_0", "请选择指标，1 至 5 个。")
        for number in range(MOST_FIGURES):
            if not given.get(f"aim_{number}") and given.get(f"goal_{number}") is not None:
                self.add_error(f"aim_{number}", "填了目标，请选指标；不要这一行，就把目标清空。")
        return given

    def plan(self) -> Plan:
        """What was typed, with the usual goal and the quarter's last day where nothing was."""
        given = self.cleaned_data
        known, last = figures.gauged(), periods.last_day(given["quarter"])
        aims = []
        for number in range(MOST_FIGURES):
            key = given[f"aim_{number}"]
            if not key:
                continue
            goal, due = given[f"goal_{number}"], given[f"due_{number}"]
            aims.append(
                Aim(key, Decimal(known[key][1].goal) if goal is None else goal, due or last)
            )
        return Plan(
            quarter=given["quarter"],
            title=given["title"],
            basis=given["basis"],
            aims=aims,
            origin=given["origin"],
            classes=given["classes"],
            committees=given["committees"],
            dates=self.key_dates(),
            step_kind=given["step_kind"],
        )

    @staticmethod
    def values_of(theme: Theme) -> dict[str, Any]:
        """What stands in the form of a theme. Three queries."""
        found = {
            name: getattr(theme, name)
            for name in ("quarter", "title", "basis", "origin", "step_kind")
        }
        for number, row in enumerate(theme.figures.all()):
            found |= {
                f"aim_{number}": row.key,
                f"goal_{number}": row.goal,
                f"due_{number}": row.due_on,
            }
        return found | ScopeForm.values_of(theme) | _Dates.dates_of(theme)

    @staticmethod
    def begun_with(aims: Sequence[str], quarter: str, origin: str = "") -> dict[str, Any]:
        """What stands in a new form: the figures chosen, with their usual goals."""
        known = figures.gauged()
        found: dict[str, Any] = {"quarter": quarter, "origin": origin}
        for number, key in enumerate(key for key in aims if key in known):
            if number < MOST_FIGURES:
                found |= {f"aim_{number}": key, f"goal_{number}": known[key][1].goal}
        return found


class PublishForm(RevisedForm):
    """The sender has seen what it costs."""

    seen = forms.BooleanField(
        label="我已看过：不向任何单位要计划、进度和总结，起点在发布时记下，之后不改",
        error_messages={"required": "请先看过上面的用时和范围，再勾选。"},
    )

    @property
    def helper(self) -> FormHelper:
        return fields_helper("seen", "revision")


class RemarkForm(forms.Form):
    """The one sentence that a committee may say, and need not."""

    text = forms.CharField(
        label="想说的一句话",
        max_length=LONGEST,
        required=False,
        help_text=f"可以不写。限 {LONGEST} 字；清空即收回。",
    )


class ConcludeForm(RevisedForm):
    """What became of a theme, with a sentence why."""

    conclusion = forms.ChoiceField(
        label="结论", choices=Conclusion.choices, widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label="理由", min_length=4, max_length=200, widget=forms.Textarea({"rows": 2})
    )

    @property
    def helper(self) -> FormHelper:
        return fields_helper("conclusion", "reason", "revision")
