"""Reporting rates, from the figures of the board."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import BIG, PageQuery, PortalView
from orgs.access import get_organization
from orgs.permissions import Permission as P

from ..models import Rollup
from ..queries.plans import plans_offered
from ..queries.rates import reporting_rates
from .reports import PERIOD


class RateOut(serializers.Serializer[Any]):
    organization = serializers.IntegerField(allow_null=True)
    organization_name = serializers.CharField(allow_blank=True)
    is_subtree = serializers.BooleanField()
    period = serializers.CharField()
    expected = serializers.IntegerField()
    submitted = serializers.IntegerField()
    on_time = serializers.IntegerField()
    late = serializers.IntegerField()
    pending = serializers.IntegerField(help_text="待报：未到截止")
    missing = serializers.IntegerField(help_text="未报：已过截止")
    locked = serializers.IntegerField(help_text="锁定未报：不再接收")
    returned = serializers.IntegerField(help_text="现在退回待补的份数，不是退回过的次数")
    accepted = serializers.IntegerField()
    as_of = serializers.DateTimeField(help_text="数据截至")


class RateQuery(PageQuery):
    plan = serializers.IntegerField(required=False, min_value=1, max_value=BIG)
    organization = serializers.IntegerField(required=False, min_value=1, max_value=BIG)
    period_from = serializers.RegexField(PERIOD, required=False)
    period_to = serializers.RegexField(PERIOD, required=False)


class RateList(PortalView):
    permissions = (P.REPORT_VIEW,)
    query = RateQuery

    @extend_schema(
        summary="报送率",
        description=(
            "按组织和期间，与总览相同；plan 不填为第一项计划。"
            "所选组织只计本级，直接下级计其全部所属，隶属以期末最后一天为准；"
            "as_of 为数据截至。后来划出范围的组织只有数字，没有名称。"
        ),
        parameters=[RateQuery],
        responses={200: RateOut(many=True)},
    )
    def get(self, request: Request) -> Response:
        """Counts by organisation and month: `organization` (one's own) by its own duty, and each
        one that stood directly below by its whole subtree."""
        given = self.narrowed()
        pk = given.get("organization", self.actor.organization_id or 0)
        node = get_organization(self.actor, pk, P.REPORT_VIEW, whole=True)
        plans = plans_offered()
        if not plans and "plan" not in given:  # nothing was ever asked of anybody
            return self.page(Rollup.objects.none(), RateOut)
        chosen = given.get("plan", plans[0].pk if plans else 0)
        plan = next((one for one in plans if one.pk == chosen), None)
        if plan is None:
            raise Http404
        rates = reporting_rates(
            plan, node, first=given.get("period_from", ""), last=given.get("period_to", "")
        )
        return self.page(rates.rows, RateOut, lambda row: rates.shown(row, self.actor))
