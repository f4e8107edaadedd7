"""Findings for programs: what was found at whom, and how far it is. As the pages show them."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import BIG, PageQuery, PortalView
from orgs.permissions import Permission as P
from schedules.action_items.enums import LineState

from .enums import Closing
from .queries.lists import findings_told


class FindingOut(serializers.Serializer[Any]):
    list = serializers.UUIDField(source="rectification.uid", help_text="整改清单")
    assessment = serializers.UUIDField(source="rectification.assessed.cycle.uid")
    period = serializers.CharField(source="rectification.assessed.cycle.period")
    organization = serializers.IntegerField(source="rectification.assessed.organization_id")
    organization_name = serializers.CharField(source="rectification.assessed.name")
    action_item = serializers.IntegerField(source="rectification.item_id")
    line = serializers.IntegerField(source="line_id")
    position = serializers.IntegerField(source="line.position")
    indicator = serializers.CharField()
    indicator_name = serializers.CharField(source="name")
    category = serializers.CharField()
    problem = serializers.CharField(source="line.problem")
    lost = serializers.DecimalField(max_digits=12, decimal_places=4)
    repair = serializers.CharField(help_text="按时限整改到位恢复的分；不恢复的为空")
    credited_at = serializers.DateTimeField(allow_null=True)
    closing = serializers.ChoiceField(choices=Closing.choices)
    closing_name = serializers.CharField(source="get_closing_display")
    is_weighty = serializers.BooleanField(help_text="须由另一人核验")
    times = serializers.IntegerField(help_text="本单位第几次有这个问题")
    measure = serializers.CharField(source="line.measure")
    leader_name = serializers.CharField(source="line.leader_name")
    responsible_name = serializers.CharField(source="line.responsible_name")
    due_on = serializers.DateField(source="line.due_on", allow_null=True)
    state = serializers.ChoiceField(source="line.state", choices=LineState.choices)
    state_name = serializers.CharField(source="line.get_state_display")
    late_days = serializers.IntegerField(source="line.late_days")
    evidence = serializers.CharField(source="line.evidence")
    verified_at = serializers.DateTimeField(source="line.verified_at", allow_null=True)
    verified_by_name = serializers.CharField(source="line.verified_by_name")


class FindingQuery(PageQuery):
    assessment = serializers.UUIDField(required=False, help_text="哪一期考核")
    organization = serializers.IntegerField(required=False, min_value=1, max_value=BIG)
    state = serializers.ChoiceField(choices=LineState.choices, required=False)


class FindingList(PortalView):
    permissions = (P.ASSESSMENT_VIEW,)
    query = FindingQuery

    @extend_schema(
        summary="整改问题",
        description="已下发的：本单位的，和本单位组织的考核里各单位的；新的在前。",
        parameters=[FindingQuery],
        responses={200: FindingOut(many=True)},
    )
    def get(self, request: Request) -> Response:
        """Issued findings of the own organisation, and of those whose cycles it holds."""
        given = self.narrowed()
        rows = findings_told(self.actor)
        if "assessment" in given:
            rows = rows.filter(rectification__assessed__cycle__uid=given["assessment"])
        if "organization" in given:
            rows = rows.filter(rectification__assessed__organization=given["organization"])
        if "state" in given:
            rows = rows.filter(line__state=given["state"])
        return self.page(rows, FindingOut)
