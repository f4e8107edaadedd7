"""Concerns for programs: what their pages show but who asked, which no answer carries. Read only."""

import datetime as dt
import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core import clock, periods
from core.api import BIG, PageQuery, PortalView, StrictSerializer
from core.figures import Window
from orgs.access import get_organization
from orgs.permissions import Permission as P

from .access import get_concern
from .enums import CallBack, ConcernSource, ConcernState, ConcernStepKind, Urgency
from .figures import told_of
from .models import Concern
from .queries.listing import OVERDUE, UNDER_WAY, Asked, narrowed


class ConcernOut(serializers.Serializer[Any]):
    """Without who asked, his phone, and the names of those who dealt with it."""

    uid = serializers.UUIDField()
    organization = serializers.IntegerField(source="organization_id", help_text="承办单位")
    organization_name = serializers.CharField(source="organization")
    intake = serializers.IntegerField(source="intake_id", help_text="受理单位")
    intake_name = serializers.CharField(source="intake")
    source = serializers.ChoiceField(choices=ConcernSource.choices)  # type: ignore[assignment]
    order_number = serializers.CharField(allow_blank=True, help_text="12345工单编号")
    kind = serializers.IntegerField(source="kind_id", allow_null=True)
    kind_name = serializers.CharField(source="kind.name", default=None, allow_null=True)
    urgency = serializers.ChoiceField(choices=Urgency.choices)
    received_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField(help_text="答复期限")
    state = serializers.ChoiceField(choices=ConcernState.choices)
    state_name = serializers.CharField(source="get_state_display")
    was_late = serializers.BooleanField(help_text="曾逾期")
    answered_at = serializers.DateTimeField(allow_null=True)
    call_back = serializers.ChoiceField(choices=CallBack.choices, allow_blank=True)
    called_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    reopened_count = serializers.IntegerField()


class ConcernStepOut(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    kind = serializers.ChoiceField(choices=ConcernStepKind.choices)
    kind_name = serializers.CharField(source="get_kind_display")


class ConcernDetailOut(ConcernOut):
    way = serializers.CharField(allow_blank=True, help_text="用的什么办法")
    steps = ConcernStepOut(many=True)


class ConcernRateOut(serializers.Serializer[Any]):
    key = serializers.CharField()
    name = serializers.CharField(source="label")
    value = serializers.IntegerField()
    share = serializers.IntegerField(
        allow_null=True,
        help_text="百分比：按期答复占到期，回访和满意占全部答复；没有的为空",
    )


class ConcernRatesOut(serializers.Serializer[Any]):
    organization = serializers.IntegerField()
    organization_name = serializers.CharField()
    period = serializers.CharField()
    figures = ConcernRateOut(many=True)


class ConcernQuery(PageQuery):
    state = serializers.ChoiceField(
        choices=[*ConcernState.choices, (UNDER_WAY, "没有答复的"), (OVERDUE, "逾期")],
        required=False,
    )
    source = serializers.ChoiceField(  # type: ignore[assignment]
        choices=ConcernSource.choices, required=False
    )
    kind = serializers.IntegerField(required=False, min_value=1, max_value=BIG)
    organization = serializers.IntegerField(
        required=False, min_value=1, max_value=BIG, help_text="承办单位"
    )


class ConcernRatesQuery(StrictSerializer):
    organization = serializers.IntegerField(
        required=False, min_value=1, max_value=BIG, help_text="本单位和下级；不写为自己的单位"
    )
    period = serializers.RegexField(
        r"^20[0-9]{2}-(0[1-9]|1[0-2])\Z", required=False, help_text="不写为本月"
    )


class ConcernList(PortalView):
    permissions = (P.CONCERN_VIEW,)
    query = ConcernQuery

    @extend_schema(
        summary="群众诉求",
        description="自己单位和下级承办、受理的；不含诉求人、电话、原话和地点。",
        parameters=[ConcernQuery],
        responses={200: ConcernOut(many=True)},
    )
    def get(self, request: Request) -> Response:
        """The concerns that the list of the page shows."""
        given = self.narrowed()
        asked = Asked(
            state=given.get("state", ""), source=given.get("source", ""), kind=given.get("kind")
        )
        rows = narrowed(self.actor, asked, clock.now())
        if "organization" in given:
            rows = rows.filter(organization=given["organization"])
        return self.page(rows, ConcernOut)


class ConcernDetail(PortalView):
    permissions = (P.CONCERN_VIEW,)

    @extend_schema(
        summary="一件群众诉求",
        description="办理的经过，不含说了什么、谁说的、谁办的。",
        responses={200: ConcernDetailOut},
    )
    def get(self, request: Request, uid: uuid.UUID) -> Response:
        """One concern with its course."""
        concern: Concern = get_concern(self.actor, uid)
        self.narrowed()
        steps = ConcernStepOut(concern.steps.all(), many=True).data
        return Response({**ConcernOut(concern).data, "way": concern.way, "steps": steps})


class ConcernRates(PortalView):
    permissions = (P.CONCERN_VIEW,)
    query = ConcernRatesQuery

    @extend_schema(
        summary="群众诉求的按期答复、回访和满意",
        description="一个单位和它的下级一个月的数，与页面相同。满意按全部答复算，不单独给。",
        parameters=[ConcernRatesQuery],
        responses={200: ConcernRatesOut},
    )
    def get(self, request: Request) -> Response:
        """The figures of a month, those of the list of the page."""
        given = self.narrowed()
        today: dt.date = clock.today()
        period = given.get("period") or periods.containing(today, periods.MONTH)
        number = given.get("organization", self.actor.organization_id or 0)
        place = get_organization(self.actor, number, P.CONCERN_VIEW)
        told = told_of(place, self.actor, Window(period, today))
        rates = {
            "organization": place.pk,
            "organization_name": str(place),
            "period": period,
            "figures": told,
        }
        return Response(ConcernRatesOut(rates).data)
