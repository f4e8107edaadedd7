"""Themes for programs: the numbers of the page, to nobody more than there. Read only."""

import dataclasses
import uuid
from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import BIG, PageQuery, PortalView, StrictSerializer
from core.charts.numbers import Value, written
from core.figures import Gauge
from orgs.permissions import Permission as P

from . import words
from .access import get_theme
from .enums import Conclusion, DateKind, ThemeState
from .models import Theme
from .queries.dates import dates_of
from .queries.measuring import Aimed, aim_at, aims_of
from .queries.pacing import pace_at
from .queries.sums import Sums, by_committee, own_totals


class ThemeOut(serializers.Serializer[Any]):
    uid = serializers.UUIDField()
    organization = serializers.IntegerField(source="organization_id", help_text="主办单位")
    organization_name = serializers.CharField(source="organization")
    quarter = serializers.CharField()
    title = serializers.CharField()
    basis = serializers.CharField()
    origin = serializers.CharField(allow_blank=True)
    classes = serializers.ListField(child=serializers.CharField(), help_text="支部类型；空为各类")
    state = serializers.ChoiceField(choices=ThemeState.choices)
    state_name = serializers.CharField(source="get_state_display")
    begins_on = serializers.DateField()
    ends_on = serializers.DateField()
    published_at = serializers.DateTimeField(allow_null=True)
    read_at = serializers.DateTimeField(allow_null=True, help_text="数据截至")
    conclusion = serializers.ChoiceField(choices=Conclusion.choices, allow_blank=True)
    conclusion_name = serializers.CharField(source="get_conclusion_display", allow_blank=True)
    reason = serializers.CharField(allow_blank=True)
    concluded_at = serializers.DateTimeField(allow_null=True)


class ThemeSumsOut(serializers.Serializer[Any]):
    """A figure over the organisations that the reader sees."""

    count = serializers.IntegerField(help_text="范围里的支部数")
    measured = serializers.IntegerField(
        help_text="可以达到目标的支部数：不含没有这件事和无法回算的"
    )
    reached = serializers.IntegerField()
    short = serializers.IntegerField(help_text="还差的支部数")
    lacking = serializers.IntegerField(help_text="共差")
    none = serializers.IntegerField(help_text="没有这件事的支部数")
    unknown = serializers.IntegerField(help_text="无法回算的支部数")
    start = serializers.CharField(allow_null=True, help_text="发布时记下的起点")
    now = serializers.CharField(allow_null=True)


class ThemeFigureOut(ThemeSumsOut):
    position = serializers.IntegerField()
    key = serializers.CharField()
    name = serializers.CharField()
    unit = serializers.CharField(help_text="目标、起点和现在的单位")
    lacking_unit = serializers.CharField(help_text="共差的单位")
    fewer = serializers.BooleanField(help_text="越少越好")
    goal = serializers.CharField(help_text="每个支部的目标")
    due_on = serializers.DateField()
    should = serializers.CharField(allow_null=True, help_text="按进度应到；还不能说的为空")
    at_end = serializers.CharField(allow_null=True, help_text="照现在的速度，到期那天的数")


class ThemeDateOut(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=DateKind.choices)
    on = serializers.DateField(source="day", help_text="有会议的，随会议的日子")
    note = serializers.CharField(allow_blank=True)


class ThemeDetailOut(ThemeOut):
    figures = ThemeFigureOut(many=True)
    dates = ThemeDateOut(many=True)


class ThemeCommitteeOut(ThemeSumsOut):
    organization = serializers.IntegerField()
    organization_name = serializers.CharField()
    remark = serializers.CharField(allow_blank=True, help_text="想说的一句话，可以没有")


class ThemeCommitteesOut(serializers.Serializer[Any]):
    figure = serializers.IntegerField(help_text="第几个指标")
    committees = ThemeCommitteeOut(many=True)


class ThemeQuery(PageQuery):
    organization = serializers.IntegerField(required=False, min_value=1, max_value=BIG)
    quarter = serializers.RegexField(r"^[0-9]{4}-Q[1-4]\Z", required=False)
    state = serializers.ChoiceField(choices=ThemeState.choices, required=False)


class CommitteeQuery(StrictSerializer):
    figure = serializers.IntegerField(
        required=False, min_value=1, max_value=BIG, help_text="第几个指标；不写为第一个"
    )


class ThemeList(PortalView):
    permissions = (P.THEME_VIEW,)
    query = ThemeQuery

    @extend_schema(
        summary="季度主题",
        description="本单位和上级单位主办的；新的季度在前。草稿只给主办单位。",
        parameters=[ThemeQuery],
        responses={200: ThemeOut(many=True)},
    )
    def get(self, request: Request) -> Response:
        """The themes that the list of the page shows."""
        given = self.narrowed()
        rows = Theme.objects.visible_to(self.actor).exclude(state=ThemeState.DROPPED)
        for name in ("organization", "quarter", "state"):
            if name in given:
                rows = rows.filter(**{name: given[name]})
        rows = rows.select_related("organization").order_by("-quarter", "-pk")
        return self.page(rows, ThemeOut)


class ThemeDetail(PortalView):
    permissions = (P.THEME_VIEW,)

    @extend_schema(
        summary="一个季度主题",
        description="各指标的起点、现在和目标，达到和还差的支部数：自己看得到的支部合计，与页面相同。",
        responses={200: ThemeDetailOut},
    )
    def get(self, request: Request, uid: uuid.UUID) -> Response:
        """One theme with how far each of its figures is, over the organisations that one sees."""
        theme = get_theme(self.actor, uid)
        self.narrowed()
        totals = own_totals(self.actor, theme)
        told = {
            **ThemeOut(theme).data,
            "figures": [
                ThemeFigureOut(_figure(theme, aim, totals.get(aim.row.pk, Sums()))).data
                for aim in aims_of(theme)
            ],
            "dates": ThemeDateOut(dates_of(theme), many=True).data,
        }
        return Response(told)


class ThemeCommittees(PortalView):
    permissions = (P.THEME_VIEW,)
    query = CommitteeQuery

    @extend_schema(
        summary="一个季度主题的各党委",
        description="一个指标在各党委到了哪里：只有自己看得到的。",
        parameters=[CommitteeQuery],
        responses={200: ThemeCommitteesOut},
    )
    def get(self, request: Request, uid: uuid.UUID) -> Response:
        """The committees in which one sees organisations of the theme, at one figure."""
        theme = get_theme(self.actor, uid)
        asked = self.narrowed().get("figure", 1)
        aim = aim_at(aims_of(theme), asked)
        if aim is None or theme.is_draft:
            raise Http404
        remarks = {one.organization_id: one.text for one in theme.remarks.all()}
        rows = [
            {
                "organization": one.committee.pk,
                "organization_name": str(one.committee),
                "remark": remarks.get(one.committee.pk, ""),
                **_sums(one.sums[aim.row.pk], aim.gauge),
            }
            for one in by_committee(self.actor, theme)
            if aim.row.pk in one.sums
        ]
        return Response(ThemeCommitteesOut({"figure": asked, "committees": rows}).data)


def _number(value: Value, gauge: Gauge) -> str | None:
    return None if value is None else words.plain(value, gauge)


def _sums(sums: Sums, gauge: Gauge) -> dict[str, Any]:
    own = {one.name: getattr(sums, one.name) for one in dataclasses.fields(sums)}
    return {
        **own,
        "measured": sums.measured,
        "start": _number(sums.start(gauge), gauge),
        "now": _number(sums.now(gauge), gauge),
    }


def _figure(theme: Theme, aim: Aimed, sums: Sums) -> dict[str, Any]:
    gauge, pace = aim.gauge, pace_at(theme, aim, sums)
    return {
        **_sums(sums, gauge),
        "position": aim.row.position,
        "key": aim.key,
        "name": gauge.label,
        "unit": gauge.unit,
        "lacking_unit": aim.figure.unit,
        "fewer": gauge.fewer,
        "goal": written(aim.goal, 2),
        "due_on": aim.row.due_on,
        "should": _number(pace.should, gauge) if pace else None,
        "at_end": _number(pace.at_end, gauge) if pace else None,
    }
