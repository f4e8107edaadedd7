"""Reporting rates, from the figures of the board."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import BIG, PageQuery, PortalView
from orgs.access import get_organization
from orgs.permissions import Permission as P

from ..queries.rates import reporting_rates
from .reports import MONTH


class RateOut(serializers.Serializer[Any]):
    organization = serializers.IntegerField(allow_null=True)
    organization_name = serializers.CharField(allow_blank=True)
    is_subtree = serializers.BooleanField()
    period = serializers.CharField()
    expected = serializers.IntegerField()
    submitted = serializers.IntegerField()
    on_time = serializers.IntegerField()
    late = serializers.IntegerField()
    returned = serializers.IntegerField(help_text="现在退回待补的份数，不是退回过的次数")
    accepted = serializers.IntegerField()
    as_of = serializers.DateTimeField(help_text="数据截至")


class RateQuery(PageQuery):
    organization = serializers.IntegerField(required=False, min_value=1, max_value=BIG)
    period_from = serializers.RegexField(MONTH, required=False)
    period_to = serializers.RegexField(MONTH, required=False)


class RateList(PortalView):
    permissions = (P.REPORT_VIEW,)
    query = RateQuery

    @extend_schema(
        summary="报送率",
        description=(
            "按组织和月份，与总览相同：所选组织只计本级，直接下级计其全部所属，"
            "隶属以当月最后一天为准；"
            "as_of 为数据截至。后来划出范围的组织只有数字，没有名称。"
        ),
        parameters=[RateQuery],
        responses={200: RateOut(many=True)},
    )
    def get(self, request: Request) -> Response:
        """Counts by organisation and month: `organization` (one's own) by its own duty, and each
        one that stood directly below by its whole subtree."""
        given = self.narrowed()
        node = get_organization(
            self.actor, given.get("organization", self.actor.organization_id or 0), P.REPORT_VIEW
        )
        rates = reporting_rates(
            node, first=given.get("period_from", ""), last=given.get("period_to", "")
        )
        return self.page(rates.rows, RateOut, lambda row: rates.shown(row, self.actor))
