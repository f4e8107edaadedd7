"""Reporting rates."""

from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import BIG, PageQuery, PortalView
from orgs.access import get_organization
from orgs.models import Organization
from orgs.permissions import Permission as P

from ..queries.rates import NODE, reporting_rates
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
    returned = serializers.IntegerField()
    accepted = serializers.IntegerField()


class RateQuery(PageQuery):
    organization = serializers.IntegerField(required=False, min_value=1, max_value=BIG)
    period_from = serializers.RegexField(MONTH, required=False)
    period_to = serializers.RegexField(MONTH, required=False)


class RateList(PortalView):
    permissions = (P.REPORT_VIEW,)
    query = RateQuery

    @extend_schema(
        summary="报送率",
        description="按组织和月份：所选组织只计本级，直接下级计其全部所属。",
        parameters=[RateQuery],
        responses={200: RateOut(many=True)},
    )
    def get(self, request: Request) -> Response:
        """Counts by organisation and month: `organization` (one's own) by its own duty, and each
        one directly below by its whole subtree."""
        given = self.narrowed()
        node = get_organization(
            self.actor, given.get("organization", self.actor.organization_id or 0), P.REPORT_VIEW
        )
        rows = reporting_rates(
            self.actor,
            node,
            first=given.get("period_from", ""),
            last=given.get("period_to", ""),
        )
        below = Organization.objects.visible_to(self.actor).below(node.path)
        named = {one.path: one for one in below.filter(depth__lte=node.depth + 1).order_by("path")}

        def shown(row: Mapping[str, Any]) -> Mapping[str, Any]:
            one = named.get(row[NODE])
            return RateOut(
                {
                    **row,
                    "organization": one.pk if one else None,
                    "organization_name": str(one or ""),
                    "is_subtree": row[NODE] != node.path,
                }
            ).data

        return self.page(rows, shown)
