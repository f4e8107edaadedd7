"""One's own reviews for programs: what is still to be marked, and marking it. Nothing of anybody
else's is in it."""

import uuid
from collections.abc import Mapping
from functools import partial
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from assessments.cycles.enums import CycleState
from core import acts
from core.api import (
    PageQuery,
    PortalView,
    StrictSerializer,
    TextField,
    act_on_revision,
    etag,
    revision_wanted,
)
from orgs.permissions import Permission as P

from ..access import get_seat
from ..actions import marks
from ..enums import SeatState, Why
from ..models import ReviewSeat
from ..queries.points import leaf_of


class SeatOut(serializers.Serializer[Any]):
    uid = serializers.UUIDField()
    period = serializers.CharField(source="item.assessed.cycle.period")
    organization = serializers.IntegerField(source="item.assessed.organization_id")
    organization_name = serializers.CharField(source="item.assessed.name")
    indicator = serializers.CharField(source="item.indicator")
    why = serializers.ChoiceField(choices=Why.choices, source="item.why")
    state = serializers.ChoiceField(choices=SeatState.choices)
    facts = serializers.DictField(help_text="自己评的；没有评过或认可自动计分的为空")
    reason = serializers.CharField(allow_blank=True)
    revision = serializers.IntegerField()


class MarkIn(StrictSerializer):
    facts = serializers.DictField(
        child=serializers.DictField(),
        required=False,
        help_text='每条规则的评分，如 {"0": {"points": "18", "reason": "…"}}；认可自动计分的不带',
    )
    reason = TextField(max_length=marks.MOST_REASON, required=False, allow_blank=True)


def _answer(seat: ReviewSeat) -> Response:
    return Response(SeatOut(seat).data, headers={"ETag": etag(seat.revision)})


class ReviewList(PortalView):
    permissions = (P.ASSESSMENT_VIEW, P.ASSESSMENT_REVIEW)

    @extend_schema(
        summary="我的复核",
        description="复核中的考核里由本人评的项，按单位。别人的评分不在其中。",
        parameters=[PageQuery],
        responses={200: SeatOut(many=True)},
    )
    def get(self, request: Request) -> Response:
        """The actor's own items of the cycles that are reviewed now; none for whom nothing names."""
        rows = (
            ReviewSeat.objects.visible_to(self.actor)
            .filter(item__assessed__cycle__state=CycleState.REVIEWING)
            .select_related("item__assessed__cycle")
            .order_by("item__assessed__path", "item_id")
        )
        return self.page(rows, SeatOut)


class ReviewDetail(PortalView):
    permissions = (P.ASSESSMENT_REVIEW,)

    @extend_schema(summary="我的一项复核", responses={200: SeatOut})
    def get(self, request: Request, uid: uuid.UUID) -> Response:
        """One of the actor's own items. ETag is its revision."""
        found = get_seat(self.actor, uid)
        self.narrowed()
        return _answer(found)


_act = partial(act_on_revision, answer=SeatOut)


class ReviewMark(PortalView):
    permissions = (P.ASSESSMENT_REVIEW,)

    @_act("评一项", "由本人评的一项。须带 If-Match，为这一项的版本。", MarkIn)
    def post(self, request: Request, uid: uuid.UUID) -> Response:
        """Gives the own mark. Needs If-Match with its revision."""

        def given(seat: ReviewSeat) -> tuple[int, Mapping[int, Any], str]:
            sent = self.body(MarkIn)
            revision = revision_wanted(self.request, seat.revision)
            known = {str(number): number for number, _ in leaf_of(seat.item)[1]}
            facts = {known.get(key, -1): one for key, one in sent.get("facts", {}).items()}
            return revision, facts, sent.get("reason", "")

        acts.carry_out(
            lambda: get_seat(self.actor, uid),
            given,
            lambda seat, sent: marks.give(
                seat=seat, revision=sent[0], facts=sent[1], reason=sent[2], by=self.actor
            ),
        )
        return _answer(get_seat(self.actor, uid))
