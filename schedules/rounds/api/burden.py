"""What is asked of organisations, and what a year comes to, as the page 基层用时 has it."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core import clock
from core.api import PageQuery, PortalView

from .. import asks
from ..asks import Ask
from ..queries.years import Burden, GroupYear, years
from ..words import ask_said, noun_of


class ReuseOut(serializers.Serializer[Any]):
    title = serializers.CharField()
    figure = serializers.CharField(source="label", help_text="可直接用的数据")


class AskOut(serializers.Serializer[Any]):
    key = serializers.CharField()
    kind = serializers.SerializerMethodField(help_text="计划、表样、督办等")
    title = serializers.SerializerMethodField(help_text="看不到内容的督办没有标题")
    number = serializers.CharField(allow_blank=True)
    basis = serializers.CharField(allow_blank=True)
    by = serializers.CharField(help_text="谁要的")
    is_of_zone = serializers.BooleanField(help_text="党工委自己要的")
    minutes = serializers.FloatField(source="minutes.minutes", help_text="每次用时，估计")
    answers = serializers.IntegerField(
        source="minutes.answers", help_text="估计依据的填写次数，0 为暂按同类项"
    )
    times = serializers.IntegerField(allow_null=True, help_text="今年次数，空为按件")
    organizations = serializers.IntegerField()
    expires_on = serializers.DateField(allow_null=True)
    reuses = ReuseOut(many=True, help_text="系统已有、可直接用的数据")

    def get_kind(self, ask: Ask) -> str:
        return noun_of(ask)

    def get_title(self, ask: Ask) -> str:
        return ask_said(ask)


class YearOut(serializers.Serializer[Any]):
    kind = serializers.CharField(source="group.kind")
    organization_class = serializers.CharField(source="group.organization_class", allow_blank=True)
    organizations = serializers.IntegerField(source="count")
    minutes = serializers.FloatField(help_text="每个组织全年，分钟")
    planned = serializers.FloatField(help_text="其中计划和表样")
    other = serializers.FloatField(help_text="其中督办等")
    last_year = serializers.FloatField(allow_null=True)
    months = serializers.ListField(child=serializers.FloatField(), help_text="1 至 12 月")


class AskList(PortalView):
    access = "signed_in"
    query = PageQuery

    @extend_schema(
        summary="要基层办的事",
        description="编号、依据、用时、有效期，与“基层用时”页面相同。",
        parameters=[PageQuery],
        responses={200: AskOut(many=True)},
    )
    def get(self, request: Request) -> Response:
        """Everything that organisations are asked for, the zone's own first."""
        self.narrowed()
        found = asks.all_asks(self.actor, clock.today().year)
        return self.page(sorted(found, key=lambda one: (not one.is_of_zone, one.key)), AskOut)


class YearList(PortalView):
    access = "signed_in"
    query = PageQuery

    @extend_schema(
        summary="各类组织全年用时",
        description="按组织类别和类型，每个组织平均，分钟；与“基层用时”页面相同。",
        parameters=[PageQuery],
        responses={200: YearOut(many=True)},
    )
    def get(self, request: Request) -> Response:
        """What this year asks of each kind and class, beside the last."""
        self.narrowed()
        burden = Burden.load()
        return self.page(years(burden, burden.year), YearOut, _rounded)


def _rounded(row: GroupYear) -> GroupYear:
    before = None if row.last_year is None else round(row.last_year, 1)
    months = [round(value, 1) for value in row.months]
    return GroupYear(
        row.group, row.count, round(row.planned, 1), round(row.other, 1), before, months
    )
