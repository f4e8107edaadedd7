"""Projects for programs: what their pages show, to nobody more than there. Read only."""

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import BIG, PageQuery, PortalView
from orgs.permissions import Permission as P

from .access import get_project
from .enums import Grade, ProjectState
from .queries.board import chosen, lines


class ProjectOut(serializers.Serializer[Any]):
    uid = serializers.UUIDField()
    organization = serializers.IntegerField(source="organization_id", help_text="承担单位")
    organization_name = serializers.CharField(source="organization")
    year = serializers.IntegerField()
    title = serializers.CharField()
    owner_name = serializers.CharField(help_text="负责人")
    campaign = serializers.UUIDField(
        source="campaign.uid", allow_null=True, default=None, help_text="专项行动"
    )
    state = serializers.ChoiceField(choices=ProjectState.choices)
    state_name = serializers.CharField(source="get_state_display")
    grade = serializers.ChoiceField(choices=Grade.choices, allow_blank=True, help_text="等次")
    approved_on = serializers.DateField(allow_null=True, help_text="立项于")
    closed_on = serializers.DateField(allow_null=True, help_text="结项或终止于")
    satisfaction = serializers.IntegerField(allow_null=True, help_text="满意率，百分之几")
    budget = serializers.DecimalField(max_digits=10, decimal_places=2, help_text="预算，元")


class ProjectMilestoneOut(serializers.Serializer[Any]):
    position = serializers.IntegerField()
    title = serializers.CharField()
    due_on = serializers.DateField()
    baseline_on = serializers.DateField(allow_null=True, help_text="立项时定的日子，一直不变")
    is_done = serializers.BooleanField()
    done_on = serializers.DateField(allow_null=True)
    evidence = serializers.CharField(allow_blank=True)


class ProjectDetailOut(ProjectOut):
    background = serializers.CharField(allow_blank=True)
    problem = serializers.CharField()
    goal = serializers.CharField()
    measures = serializers.CharField()
    figure = serializers.CharField(allow_blank=True, help_text="对应的数")
    figure_goal = serializers.DecimalField(max_digits=8, decimal_places=2, allow_null=True)
    figure_start = serializers.DecimalField(
        max_digits=12, decimal_places=2, allow_null=True, help_text="立项时记下的"
    )
    figure_end = serializers.DecimalField(
        max_digits=12, decimal_places=2, allow_null=True, help_text="验收时记下的"
    )
    indicator = serializers.CharField(allow_blank=True, help_text="考核指标")
    closing = serializers.CharField(allow_blank=True, help_text="结项材料")
    spent = serializers.DecimalField(max_digits=12, decimal_places=2, help_text="已支出，元")
    milestones = ProjectMilestoneOut(many=True)


class ProjectQuery(PageQuery):
    organization = serializers.IntegerField(required=False, min_value=1, max_value=BIG)
    year = serializers.IntegerField(required=False, min_value=2000, max_value=2999)
    state = serializers.ChoiceField(choices=ProjectState.choices, required=False)


class ProjectList(PortalView):
    permissions = (P.PROJECT_VIEW,)
    query = ProjectQuery

    @extend_schema(
        summary="党建项目",
        description="本单位和下级承担的；草稿只给写的单位。新的在前。",
        parameters=[ProjectQuery],
        responses={200: ProjectOut(many=True)},
    )
    def get(self, request: Request) -> Response:
        """The projects that the list of the page shows."""
        given = self.narrowed()
        return self.page(chosen(self.actor, given), ProjectOut)


class ProjectDetail(PortalView):
    permissions = (P.PROJECT_VIEW,)

    @extend_schema(
        summary="一个党建项目",
        description="申报的内容、节点（原定和现在的日子）、支出合计和结果。",
        responses={200: ProjectDetailOut},
    )
    def get(self, request: Request, uid: uuid.UUID) -> Response:
        """One project with its milestones."""
        project: Any = get_project(self.actor, uid)
        self.narrowed()
        project.spent = lines([project])[0].spent
        return Response(ProjectDetailOut(project).data)
