"""Decisions, objections and publications for programs, to be read. The words are those of the pages."""

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from assessments.cycles.api.cycles import CorrectionOut
from core import clock
from core.api import PageQuery, PortalView
from orgs.permissions import Permission as P

from ..access import get_publication
from ..enums import Audience, ObjectionState, Outcome, PublicationState, Shown
from ..models import Decision, Objection, Publication
from ..queries.published import shown_by


class DecisionOut(serializers.Serializer[Any]):
    cycle = serializers.UUIDField(source="cycle.uid")
    organization = serializers.IntegerField(source="cycle.organization_id")
    period = serializers.CharField(source="cycle.period")
    met_on = serializers.DateField(help_text="会议日期")
    minutes_number = serializers.CharField(help_text="会议纪要文号")
    note = serializers.CharField(allow_blank=True)
    decided_at = serializers.DateTimeField()
    digest = serializers.CharField(help_text="审定的全部结果的校验码")


class DecisionQuery(PageQuery):
    pass


class DecisionList(PortalView):
    permissions = (P.ASSESSMENT_VIEW,)
    query = DecisionQuery

    @extend_schema(
        summary="考核审定",
        description="本单位组织的考核；新的在前。",
        parameters=[DecisionQuery],
        responses={200: DecisionOut(many=True)},
    )
    def get(self, request: Request) -> Response:
        """Decisions on cycles that organisations of the actor hold."""
        rows = Decision.objects.visible_to(self.actor).select_related("cycle")
        self.narrowed()
        return self.page(rows.order_by("-decided_at", "-pk"), DecisionOut)


class ObjectionOut(serializers.Serializer[Any]):
    uid = serializers.UUIDField()
    cycle = serializers.UUIDField(source="assessed.cycle.uid")
    organization = serializers.IntegerField(source="assessed.organization_id")
    organization_name = serializers.CharField(source="assessed.name")
    period = serializers.CharField(source="assessed.cycle.period")
    indicator = serializers.CharField(allow_blank=True, help_text="空：对整个结果")
    name = serializers.CharField(allow_blank=True)
    reason = serializers.CharField()
    state = serializers.ChoiceField(choices=ObjectionState.choices)
    state_name = serializers.CharField(source="get_state_display")
    raised_at = serializers.DateTimeField()
    due_on = serializers.DateField(help_text="答复期限")
    outcome = serializers.ChoiceField(
        choices=Outcome.choices, allow_blank=True, help_text="答复以前为空"
    )
    answer = serializers.CharField(allow_blank=True, help_text="答复以前为空")
    closed_at = serializers.DateTimeField(allow_null=True)
    correction = CorrectionOut(allow_null=True)


class ObjectionQuery(PageQuery):
    state = serializers.ChoiceField(choices=ObjectionState.choices, required=False)


class ObjectionList(PortalView):
    permissions = (P.ASSESSMENT_VIEW,)
    query = ObjectionQuery

    @extend_schema(
        summary="考核异议",
        description="本单位提出的；本单位组织或审定的考核里的；新的在前。",
        parameters=[ObjectionQuery],
        responses={200: ObjectionOut(many=True)},
    )
    def get(self, request: Request) -> Response:
        """Objections that the actor sees; to the assessed what was found only once it is closed."""
        rows = Objection.objects.visible_to(self.actor).select_related(
            "assessed__cycle", "correction"
        )
        given = self.narrowed()
        if "state" in given:
            rows = rows.filter(state=given["state"])

        def told(row: Objection) -> Objection:
            if row.is_open:
                row.outcome = row.answer = ""
            return row

        return self.page(rows.order_by("-raised_at", "-pk"), ObjectionOut, told)


class PublicationOut(serializers.Serializer[Any]):
    uid = serializers.UUIDField()
    cycle = serializers.UUIDField(source="cycle.uid")
    organization = serializers.IntegerField(source="cycle.organization_id")
    period = serializers.CharField(source="cycle.period")
    audience = serializers.ChoiceField(choices=Audience.choices)
    shown = serializers.ChoiceField(choices=Shown.choices)
    since = serializers.DateField()
    until = serializers.DateField()
    state = serializers.ChoiceField(choices=PublicationState.choices)


class PublishedRowOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    grade = serializers.CharField(allow_blank=True)
    total = serializers.DecimalField(
        max_digits=12, decimal_places=4, allow_null=True, help_text="只公布等次的为空"
    )
    is_corrected = serializers.BooleanField()


class PublicationDetailOut(PublicationOut):
    rows = PublishedRowOut(many=True, help_text="按单位顺序，不分先后")


class PublicationQuery(PageQuery):
    pass


class PublicationList(PortalView):
    permissions = (P.ASSESSMENT_VIEW,)
    query = PublicationQuery

    @extend_schema(
        summary="公布的考核结果",
        description="现在公布给本单位的；新的在前。",
        parameters=[PublicationQuery],
        responses={200: PublicationOut(many=True)},
    )
    def get(self, request: Request) -> Response:
        """What is published now, to the actor too."""
        rows = Publication.objects.visible_to(self.actor).open_on(clock.today())
        self.narrowed()
        return self.page(
            rows.select_related("cycle").order_by("-published_at", "-pk"), PublicationOut
        )


class PublicationDetail(PortalView):
    permissions = (P.ASSESSMENT_VIEW,)

    @extend_schema(
        summary="公布的一期考核结果",
        description="等次；公布得分的，也有得分。",
        responses={200: PublicationDetailOut},
    )
    def get(self, request: Request, uid: uuid.UUID) -> Response:
        """What one publication shows."""
        row = get_publication(self.actor, uid)
        self.narrowed()
        rows = [one for part in shown_by(row) for one in part.rows]
        shown = PublishedRowOut(rows, many=True).data
        return Response({**PublicationOut(row).data, "rows": shown})
