"""Dispatch meetings: their agenda, outcomes and attendance, and the steps of a meeting."""

from collections.abc import Callable
from functools import partial
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core import acts
from core.api import (
    BIG,
    NothingBody,
    PageQuery,
    PortalView,
    StrictSerializer,
    TextField,
    act_on_revision,
    etag,
    revision_wanted,
)
from orgs.permissions import Permission as P
from schedules.action_items.api.items import SeenIn

from ..access import get_meeting
from ..actions import meetings
from ..enums import CardState, MeetingState
from ..models import DispatchMeeting, Outcome
from ..queries.minutes import minutes_of


class MeetingOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    uid = serializers.UUIDField()
    series = serializers.IntegerField(source="series_id")
    organization = serializers.IntegerField(source="organization_id")
    organization_name = serializers.CharField(source="organization")
    period = serializers.CharField()
    title = serializers.CharField()
    form = serializers.CharField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    place = serializers.CharField(allow_blank=True)
    state = serializers.CharField()
    sequence = serializers.IntegerField(help_text="日程版本（RFC 5545）")
    called_at = serializers.DateTimeField(allow_null=True)
    opened_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    revision = serializers.IntegerField()


class OutcomeOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    uid = serializers.UUIDField()
    kind = serializers.CharField()
    text = serializers.CharField(allow_blank=True)
    item = serializers.IntegerField(source="item_id", allow_null=True)
    item_number = serializers.CharField(source="item.number", allow_null=True, default=None)
    written_at = serializers.DateTimeField()
    revision = serializers.IntegerField()


class SeenOutcomeOut(OutcomeOut):
    """As the minutes show it: the number of an item to everybody, its id to who may open it."""

    item = serializers.IntegerField(
        source="item_id", allow_null=True, help_text="督办的 id；看不到那件督办的为空"
    )

    def to_representation(self, instance: Outcome) -> dict[str, Any]:
        """Without the id where the reader may not open the item."""
        told = super().to_representation(instance)
        return told if told["item"] in self.context["seen"] else told | {"item": None}


class AmendmentOut(serializers.Serializer[Any]):
    text = serializers.CharField()
    by_name = serializers.CharField()
    at = serializers.DateTimeField()


class WentToOut(serializers.Serializer[Any]):
    meeting = serializers.IntegerField(
        source="meeting.pk", allow_null=True, default=None, help_text="看不到那次会的为空"
    )
    title = serializers.CharField(source="meeting.title", allow_blank=True, default="")
    is_waiting = serializers.BooleanField(help_text="在备选议题里")


class EntryOut(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="card.pk")
    number = serializers.IntegerField(help_text="在议程上的次序，从 1 起")
    state = serializers.ChoiceField(choices=CardState.choices)
    state_name = serializers.CharField(source="state.label")
    section = serializers.CharField(source="card.section")
    section_name = serializers.CharField(source="card.get_section_display")
    topic = serializers.CharField(source="card.topic")
    topic_name = serializers.CharField(source="card.get_topic_display")
    title = serializers.CharField(source="card.title")
    note = serializers.CharField(source="card.note", allow_blank=True)
    speaker_name = serializers.CharField(source="card.speaker_name", allow_blank=True)
    organization = serializers.IntegerField(source="card.organization_id", allow_null=True)
    organization_name = serializers.CharField(
        source="card.organization.name", allow_blank=True, default=""
    )
    origin = serializers.CharField(
        source="card.origin",
        allow_blank=True,
        help_text="auto: 按异常列入；mark: 月报标记；其余为空",
    )
    proposed_by_name = serializers.CharField(source="card.proposed_by_name", allow_blank=True)
    came_from = serializers.IntegerField(
        source="source.pk", allow_null=True, default=None, help_text="改来以前在哪次会上"
    )
    minutes = serializers.IntegerField(source="card.minutes")
    spent_seconds = serializers.IntegerField(source="card.spent_seconds")
    began_at = serializers.DateTimeField(source="card.began_at", allow_null=True)
    deferred_count = serializers.IntegerField(source="card.deferred_count")
    is_deferred = serializers.BooleanField(source="card.is_deferred")
    went_to = WentToOut(source="copy", allow_null=True, help_text="改到以后的会，或下次再议")
    revision = serializers.IntegerField(source="card.revision")
    outcomes = SeenOutcomeOut(many=True)
    amendments = AmendmentOut(many=True)


class MeetingAttendanceOut(serializers.Serializer[Any]):
    organization = serializers.IntegerField(source="organization_id")
    post = serializers.CharField()
    person_name = serializers.CharField(allow_blank=True, help_text="空缺的职务为空")
    presence = serializers.CharField()
    deputy_name = serializers.CharField(allow_blank=True)


class MeetingDetailOut(MeetingOut):
    cards = EntryOut(many=True)
    attendances = MeetingAttendanceOut(many=True)
    amendments = AmendmentOut(many=True)


class MeetingQuery(PageQuery):
    organization = serializers.IntegerField(required=False, min_value=1, max_value=BIG)
    period = serializers.RegexField(r"^[0-9A-Z-]{4,8}\Z", required=False)
    state = serializers.ChoiceField(choices=MeetingState.choices, required=False)


class MeetingList(PortalView):
    permissions = (P.DISPATCH_VIEW,)
    query = MeetingQuery

    @extend_schema(
        summary="调度会",
        description="本单位召集的，和已通知本单位参加的；新的在前。",
        parameters=[MeetingQuery],
        responses={200: MeetingOut(many=True)},
    )
    def get(self, request: Request) -> Response:
        """Meetings that one's organisations hold, and those to which they are called."""
        given = self.narrowed()
        rows = DispatchMeeting.objects.visible_to(self.actor).select_related("organization")
        for name in ("organization", "period", "state"):
            if name in given:
                rows = rows.filter(**{name: given[name]})
        return self.page(rows.order_by("-starts_at", "-pk"), MeetingOut)


def _answer(view: PortalView, meeting: DispatchMeeting) -> Response:
    """The whole meeting; why somebody did not come is told to no program."""
    minutes = minutes_of(meeting, view.actor)
    told = {
        **MeetingOut(meeting).data,
        "cards": EntryOut(minutes.entries, many=True, context={"seen": minutes.seen}).data,
        "attendances": MeetingAttendanceOut(minutes.attendances, many=True).data,
        "amendments": AmendmentOut(minutes.amendments, many=True).data,
    }
    return Response(told, headers={"ETag": etag(meeting.revision)})


class MeetingDetail(PortalView):
    permissions = (P.DISPATCH_VIEW,)

    @extend_schema(
        summary="一次调度会",
        description="议程、结论、到会和更正。ETag 为版本。",
        responses={200: MeetingDetailOut},
    )
    def get(self, request: Request, pk: int) -> Response:
        """One meeting with its cards, outcomes, attendance and corrections."""
        meeting = get_meeting(self.actor, pk)
        self.narrowed()
        return _answer(self, meeting)


class CancelIn(StrictSerializer):
    reason = TextField(max_length=300)


_act = partial(act_on_revision, answer=MeetingDetailOut)


class _StepView(PortalView):
    permissions = (P.DISPATCH_EDIT,)

    def act(
        self, pk: int, body: type[StrictSerializer], action: Callable[..., Any], **more: bool
    ) -> Response:
        """The step with the body, of the revision that If-Match names, through the gate of the
        page. `takes_revision`: the action asks for it as well."""

        def given(meeting: DispatchMeeting) -> dict[str, Any]:
            sent = self.body(body)
            revision = revision_wanted(self.request, meeting.revision)
            return {**sent, "revision": revision} if more.get("takes_revision") else dict(sent)

        acts.carry_out(
            lambda: get_meeting(self.actor, pk),
            given,
            lambda meeting, values: action(meeting=meeting, by=self.actor, **values),
        )
        return _answer(self, get_meeting(self.actor, pk))


class MeetingCall(_StepView):
    @_act("通知开会", "告诉应到的人。须带 If-Match。", NothingBody)
    def post(self, request: Request, pk: int) -> Response:
        """Tells everybody who is called. Needs If-Match."""
        return self.act(pk, NothingBody, meetings.call, takes_revision=True)


class MeetingOpen(_StepView):
    @_act("开会", "此后可以记录结论。须带 If-Match。", NothingBody)
    def post(self, request: Request, pk: int) -> Response:
        """The meeting begins. Needs If-Match."""
        return self.act(pk, NothingBody, meetings.open_meeting)


class MeetingClose(_StepView):
    @_act("闭会", "交办会上的督办，没有议到的转回备选议题，记录锁定。须带 If-Match。", SeenIn)
    def post(self, request: Request, pk: int) -> Response:
        """The meeting is over and locked. Needs If-Match."""
        return self.act(pk, SeenIn, meetings.close)


class MeetingCancel(_StepView):
    @_act("取消调度会", "写明原因；议题回到备选。须带 If-Match。", CancelIn)
    def post(self, request: Request, pk: int) -> Response:
        """The meeting is not held. Needs If-Match."""
        return self.act(pk, CancelIn, meetings.cancel, takes_revision=True)
