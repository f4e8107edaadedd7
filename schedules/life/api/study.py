"""Study records: listed, read, entered for many at once, taken back."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core import acts
from core.api import BIG, NothingBody, PageQuery, PortalView, StrictSerializer, TextField, once
from orgs.access import get_organization
from orgs.models import Organization
from orgs.permissions import Permission as P

from ..access import get_missed, get_place, get_study_record
from ..actions import study
from ..actions.study import MOST_MEMBERS, Studied
from ..enums import ENTERED_KINDS, StudyKind
from ..models import Meeting, StudyRecord
from ..queries.study import records_of

_KINDS = [(one.value, one.label) for one in ENTERED_KINDS]


class StudyRecordQuery(PageQuery):
    below = serializers.IntegerField(
        required=False, min_value=1, max_value=BIG, help_text="计入这个组织及其下级"
    )
    member = serializers.IntegerField(required=False, min_value=1, max_value=BIG)
    kind = serializers.ChoiceField(choices=_KINDS, required=False)
    batch = serializers.UUIDField(required=False, help_text="一次登记的")
    makes_up = serializers.UUIDField(required=False, help_text="补的是哪次组织生活")
    first = serializers.DateField(required=False, help_text="这一天起结束的")
    last = serializers.DateField(required=False, help_text="到这一天结束的")
    withdrawn = serializers.BooleanField(required=False, help_text="连已撤回的一起列")


class StudyRecordOut(serializers.Serializer[Any]):
    uid = serializers.UUIDField()
    batch = serializers.UUIDField(help_text="一次登记的各人同一个")
    member = serializers.IntegerField(source="member_id")
    member_name = serializers.CharField(source="member.name")
    organization = serializers.IntegerField(source="organization_id", help_text="计入的党支部")
    organization_name = serializers.CharField(source="organization")
    kind = serializers.ChoiceField(choices=_KINDS)
    title = serializers.CharField()
    started_on = serializers.DateField()
    ended_on = serializers.DateField()
    minutes = serializers.IntegerField()
    half_days = serializers.IntegerField(help_text="按半天计的")
    is_central_course = serializers.BooleanField(help_text="集中轮训")
    makes_up = serializers.UUIDField(allow_null=True, help_text="所补的组织生活；空为不是补课")
    confirmed_by = serializers.CharField(source="confirmed_by_name", allow_blank=True)
    recorded_at = serializers.DateTimeField()
    recorded_by = serializers.CharField(source="written_by_name", allow_blank=True)
    withdrawn_at = serializers.DateTimeField(allow_null=True)


class StudyRecordIn(StrictSerializer):
    batch = serializers.UUIDField(help_text="自己定：再发一次是同一次登记")
    organization = serializers.IntegerField(
        required=False, min_value=1, max_value=BIG, help_text="不填为本单位"
    )
    members = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=BIG),
        allow_empty=False,
        max_length=MOST_MEMBERS,
    )
    kind = serializers.ChoiceField(choices=_KINDS)
    title = TextField(max_length=100)
    started_on = serializers.DateField()
    ended_on = serializers.DateField(required=False, help_text="不填为当天")
    minutes = serializers.IntegerField(required=False, min_value=1, max_value=1_000_000)
    half_days = serializers.IntegerField(required=False, min_value=1, max_value=1_000)
    is_central_course = serializers.BooleanField(required=False)
    confirmed_by_name = TextField(max_length=50, required=False, allow_blank=True)
    makes_up = serializers.UUIDField(
        required=False, allow_null=True, help_text="补的是哪次组织生活；各人须在那次缺席"
    )


class StudyRecordList(PortalView):
    """Reading needs `life.view`; entering needs `life.record` at the members' organisation."""

    permissions = (P.LIFE_VIEW,)
    query = StudyRecordQuery

    @extend_schema(
        summary="学习记录",
        description=(
            "会议以外的学习和补课，一人一条；跨年的一年一条。会议上的学习在考勤里，不在这里。"
        ),
        parameters=[StudyRecordQuery],
        responses={200: StudyRecordOut(many=True)},
    )
    def get(self, request: Request) -> Response:
        """What members studied beside meetings, latest first."""
        asked = self.narrowed()
        below = asked.pop("below", None)
        place = get_organization(self.actor, below, P.LIFE_VIEW) if below else None
        return self.page(records_of(self.actor, place=place, **asked), StudyRecordOut)

    @extend_schema(
        summary="登记学习",
        description=(
            "一次登记多人。minutes 和 half_days 填一个：形式按小时计的填分钟，按半天计的填半天数。"
            "登记了不能改，登错的撤回后重新登记。"
        ),
        request=StudyRecordIn,
        responses={201: StudyRecordOut(many=True)},
    )
    @once
    def post(self, request: Request) -> Response:
        """Writes down what members studied. Needs `life.record`."""
        rows = acts.carry_out(self._place, self._sent, self._record)
        uids = [row.uid for row in rows]
        shown = StudyRecord.objects.filter(uid__in=uids).select_related("member", "organization")
        answer = StudyRecordOut(shown.order_by("member_id", "started_on"), many=True)
        return Response(answer.data, status=201)

    def _place(self) -> tuple[Meeting | None, Organization]:
        sent = self.body(StudyRecordIn)
        place = get_place(self.actor, sent.get("organization"))
        makes_up = sent.get("makes_up")
        return get_missed(self.actor, makes_up, place.pk) if makes_up else (None, place)

    def _sent(self, subject: Any) -> dict[str, Any]:
        return self.body(StudyRecordIn)

    def _record(
        self, subject: tuple[Meeting | None, Organization], sent: dict[str, Any]
    ) -> list[StudyRecord]:
        makes_up, place = subject
        names = ("title", "started_on", "minutes", "half_days")
        more = {name: sent[name] for name in names if name in sent}
        return study.record(
            batch=sent["batch"],
            place=place,
            studied=Studied(
                kind=StudyKind(sent["kind"]),
                ended_on=sent.get("ended_on") or sent["started_on"],
                is_central_course=sent.get("is_central_course", False),
                confirmed_by_name=sent.get("confirmed_by_name", ""),
                **more,
            ),
            members=sent["members"],
            makes_up=makes_up,
            by=self.actor,
        )


class StudyRecordDetail(PortalView):
    permissions = (P.LIFE_VIEW,)

    @extend_schema(summary="一条学习记录", responses={200: StudyRecordOut})
    def get(self, request: Request, uid: UUID) -> Response:
        """What one member studied."""
        row = get_study_record(self.actor, uid)
        self.narrowed()
        return Response(StudyRecordOut(row).data)


class StudyRecordWithdraw(PortalView):
    permissions = (P.LIFE_RECORD,)

    @extend_schema(
        summary="撤回学习记录",
        description="登错的撤回，不再计学时；记录仍可查到。",
        request=NothingBody,
        responses={200: StudyRecordOut},
    )
    @once
    def post(self, request: Request, uid: UUID) -> Response:
        """Takes one row back: it counts no more."""
        acts.carry_out(
            lambda: get_study_record(self.actor, uid, P.LIFE_RECORD),
            lambda row: self.body(NothingBody),
            lambda row, sent: study.withdraw(rows=[row], place=row.organization, by=self.actor),
        )
        return Response(StudyRecordOut(get_study_record(self.actor, uid)).data)
