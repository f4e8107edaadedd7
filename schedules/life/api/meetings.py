"""Records of organisation life and who took part, over the queries and actions of the pages."""

from typing import Any
from uuid import uuid4

from django.db.models import Exists, OuterRef, QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core import acts, periods
from core.api import (
    BIG,
    PageQuery,
    PortalView,
    StrictSerializer,
    TextField,
    act_on_revision,
    etag,
    once,
    revision_wanted,
)
from orgs.access import get_organization, in_scope
from orgs.models import Organization
from orgs.models.organization import below
from orgs.permissions import Permission as P

from ..access import get_own_record, get_place, get_record
from ..actions import meetings
from ..actions.meetings import LONGEST, MOST_MARKS, MOST_VOTES, Ballot, Mark, Written
from ..enums import AbsenceReason, MeetingKind, MeetingState, Presence
from ..models import Attendance, LifeStep, Meeting, MeetingUnit
from ..rules import Tally

PERIOD = r"^[0-9A-Z-]{4,8}\Z"
NOT_A_PERIOD = "期间写作 2026-06、2026-Q2、2026-H1 或 2026。"


class UnitOut(serializers.Serializer[Any]):
    organization = serializers.IntegerField()
    organization_name = serializers.CharField()
    expected = serializers.IntegerField(help_text="应到")
    present = serializers.IntegerField(help_text="到会")
    absent = serializers.IntegerField(help_text="缺席")
    extra = serializers.IntegerField(help_text="不计应到而到会")
    unexcused = serializers.IntegerField(help_text="其中没有请假")


class RecordRowOut(serializers.Serializer[Any]):
    uid = serializers.UUIDField()
    version = serializers.IntegerField(help_text="第几稿，也是 ETag")
    organization = serializers.IntegerField(source="organization_id", help_text="召开单位")
    organization_name = serializers.CharField(source="organization")
    kind = serializers.ChoiceField(choices=MeetingKind.choices)
    held_on = serializers.DateField()
    starts_at = serializers.TimeField(allow_null=True)
    ends_at = serializers.TimeField(allow_null=True)
    place = serializers.CharField(allow_blank=True)
    topic = serializers.CharField()
    study_minutes = serializers.IntegerField()
    is_on_paper = serializers.BooleanField()
    state = serializers.ChoiceField(choices=MeetingState.choices)
    recorded_at = serializers.DateTimeField(help_text="首次登记")
    written_at = serializers.DateTimeField(help_text="这一稿写于")
    units = serializers.SerializerMethodField(help_text="参加单位；联合开展的有几个")

    @extend_schema_field(UnitOut(many=True))
    def get_units(self, record: Any) -> list[dict[str, Any]]:
        """The part of each organisation; by hand, for a serializer a row costs more than the row."""
        return [
            {
                "organization": unit.organization_id,
                "organization_name": str(unit.organization),
                "expected": unit.expected_count,
                "present": unit.present_count,
                "absent": unit.absent_count,
                "extra": unit.extra_count,
                "unexcused": unit.unexcused_count,
            }
            for unit in record.units.all()
        ]


class VoteOut(serializers.Serializer[Any]):
    subject = serializers.CharField()
    entitled = serializers.IntegerField(help_text="有表决权")
    present = serializers.IntegerField(help_text="表决时到会有表决权")
    for_count = serializers.IntegerField()
    against_count = serializers.IntegerField()
    abstained_count = serializers.IntegerField()
    is_carried = serializers.SerializerMethodField(help_text="赞成超过有表决权的半数")

    @extend_schema_field(bool)
    def get_is_carried(self, vote: Any) -> bool:
        """Whether more than half of all who are entitled voted for it."""
        carried: bool = vote.tally.is_carried
        return carried


class RecordOut(RecordRowOut):
    chair_name = serializers.CharField(allow_blank=True)
    recorder_name = serializers.CharField(allow_blank=True)
    speaker_name = serializers.CharField(allow_blank=True)
    agenda = serializers.CharField(allow_blank=True)
    summary = serializers.CharField(allow_blank=True)
    resolutions = serializers.CharField(allow_blank=True)
    guests = serializers.CharField(allow_blank=True)
    return_reason = serializers.CharField(allow_blank=True)
    written_by = serializers.CharField(source="written_by_name")
    votes = VoteOut(many=True)


class AttendanceOut(serializers.Serializer[Any]):
    meeting = serializers.UUIDField(source="meeting.uid")
    kind = serializers.CharField(source="meeting.kind")
    held_on = serializers.DateField(source="meeting.held_on")
    organization = serializers.IntegerField(source="organization_id", help_text="计在哪个组织")
    member = serializers.IntegerField(source="member_id")
    member_name = serializers.CharField(source="member.name")
    is_expected = serializers.BooleanField(help_text="计入应到")
    presence = serializers.ChoiceField(choices=Presence.choices)
    is_unexcused = serializers.SerializerMethodField(
        help_text="没有请假；因何缺席只在页面上看，不给程序"
    )

    @extend_schema_field(bool)
    def get_is_unexcused(self, row: Any) -> bool:
        """Whether he was absent without leave. Why somebody was absent is told to no program."""
        return bool(row.reason == AbsenceReason.NONE)


def _period(text: str) -> None:
    if not periods.is_period(text):
        raise serializers.ValidationError(NOT_A_PERIOD)


class RecordQuery(PageQuery):
    organization = serializers.IntegerField(
        required=False, min_value=1, max_value=BIG, help_text="这个组织和它以下"
    )
    period = serializers.RegexField(PERIOD, required=False, validators=[_period])
    kind = serializers.ChoiceField(choices=MeetingKind.choices, required=False)
    updated_since = serializers.DateTimeField(
        required=False, help_text="此后登记、修改、撤回或被上级看过的"
    )


class AttendanceQuery(PageQuery):
    meeting = serializers.UUIDField(required=False)
    organization = serializers.IntegerField(required=False, min_value=1, max_value=BIG)
    member = serializers.IntegerField(required=False, min_value=1, max_value=BIG)
    period = serializers.RegexField(PERIOD, required=False, validators=[_period])


class PresenceIn(StrictSerializer):
    member = serializers.IntegerField(min_value=1, max_value=BIG)
    presence = serializers.ChoiceField(choices=Presence.choices)
    reason = serializers.ChoiceField(choices=AbsenceReason.choices, required=False)
    approver_name = TextField(max_length=50, required=False)


class VoteIn(StrictSerializer):
    subject = TextField(max_length=100)
    entitled = serializers.IntegerField(min_value=0, max_value=1000)
    present = serializers.IntegerField(min_value=0, max_value=1000)
    for_count = serializers.IntegerField(min_value=0, max_value=1000)
    against_count = serializers.IntegerField(min_value=0, max_value=1000, default=0)
    abstained_count = serializers.IntegerField(min_value=0, max_value=1000, default=0)


def _text(name: str, *, required: bool = False) -> TextField:
    return TextField(max_length=LONGEST[name][1], required=required, allow_blank=not required)


class WrittenIn(StrictSerializer):
    held_on = serializers.DateField()
    topic = _text("topic", required=True)
    starts_at = serializers.TimeField(required=False, allow_null=True)
    ends_at = serializers.TimeField(required=False, allow_null=True)
    place = _text("place")
    chair_name = _text("chair_name")
    recorder_name = _text("recorder_name")
    speaker_name = _text("speaker_name")
    agenda = _text("agenda")
    summary = _text("summary")
    resolutions = _text("resolutions")
    guests = _text("guests")
    study_minutes = serializers.IntegerField(required=False, min_value=0, max_value=1440)
    is_on_paper = serializers.BooleanField(required=False)
    votes = serializers.ListField(child=VoteIn(), required=False, max_length=MOST_VOTES)
    attendances = serializers.ListField(
        child=PresenceIn(),
        max_length=MOST_MARKS,
        help_text="应到的人都要写明到会还是缺席；没有写到的不算缺席，整份不收",
    )


class RecordIn(WrittenIn):
    uid = serializers.UUIDField(required=False, help_text="自定的标识，重发仍是同一份")
    kind = serializers.ChoiceField(choices=MeetingKind.choices)
    organization = serializers.IntegerField(
        required=False, min_value=1, max_value=BIG, help_text="召开单位；不写是本单位"
    )


def _written(kind: str, sent: dict[str, Any]) -> dict[str, Any]:
    """What the actions take, of what was sent."""
    marks = {
        one["member"]: Mark(
            Presence(one["presence"]), one.get("reason", ""), one.get("approver_name", "")
        )
        for one in sent.pop("attendances")
    }
    votes = [
        Ballot(
            one["subject"],
            Tally(
                *(one["entitled"], one["present"]),
                *(one["for_count"], one["against_count"], one["abstained_count"]),
            ),
        )
        for one in sent.pop("votes", [])
    ]
    return {"written": Written(kind=MeetingKind(kind), votes=votes, **sent), "marks": marks}


class _RecordView(PortalView):
    def shown(self, record: Meeting, status: int = 200) -> Response:
        """The record as it reads now, with its version as ETag. Three queries."""
        row = _with_units(Meeting.objects.all()).prefetch_related("votes").get(pk=record.pk)
        return Response(RecordOut(row).data, status=status, headers={"ETag": etag(row.version)})


def _with_units(rows: QuerySet[Meeting]) -> QuerySet[Meeting]:
    return rows.select_related("organization").prefetch_related("units__organization")


def _place(view: PortalView, given: dict[str, Any], permission: P) -> Organization | None:
    pk = given.get("organization")
    return None if pk is None else get_organization(view.actor, pk, permission)


class RecordList(_RecordView):
    """Reading needs `life.view`; writing needs `life.record` at the organisation."""

    permissions = (P.LIFE_VIEW,)
    query = RecordQuery

    @extend_schema(
        summary="组织生活记录",
        description="自己范围内的组织参加的，新的在前；各份是现在的样子，撤回的也在，状态写明。",
        parameters=[RecordQuery],
        responses={200: RecordRowOut(many=True)},
    )
    def get(self, request: Request) -> Response:
        """Records in which one's organisations took part, as they read today."""
        given = self.narrowed()
        rows = Meeting.objects.visible_to(self.actor).current()
        if (place := _place(self, given, P.LIFE_VIEW)) is not None:
            there = MeetingUnit.objects.filter(below(place.path, "organization__"))
            rows = rows.filter(pk__in=there.values("meeting"))
        if "period" in given:
            rows = rows.filter(held_on__range=_days(given["period"]))
        if "kind" in given:
            rows = rows.filter(kind=given["kind"])
        if "updated_since" in given:
            steps = LifeStep.objects.filter(meeting=OuterRef("pk"), at__gte=given["updated_since"])
            rows = rows.filter(Exists(steps))
        return self.page(_with_units(rows).order_by("-held_on", "-pk"), RecordRowOut)

    @extend_schema(
        summary="登记组织生活",
        description="写一份记录，连同点名；联合开展的在页面上登记。",
        request=RecordIn,
        responses={201: RecordOut},
    )
    @once
    def post(self, request: Request) -> Response:
        """Writes down one meeting with all who are on the roll of its day."""

        def act(nothing: None, sent: dict[str, Any]) -> Meeting:
            place = get_place(self.actor, sent.pop("organization", None))
            uid = sent.pop("uid", None) or uuid4()
            given = _written(sent.pop("kind"), sent)
            return meetings.record(uid=uid, units=[place], by=self.actor, **given)

        record = acts.carry_out(lambda: None, lambda nothing: self.body(RecordIn), act)
        return self.shown(record, status=201)


class RecordDetail(_RecordView):
    permissions = (P.LIFE_VIEW,)

    @extend_schema(
        summary="一份组织生活记录",
        description="现在的样子，有参加单位的点名数和表决。ETag 为版本。",
        responses={200: RecordOut},
    )
    def get(self, request: Request, uid: Any) -> Response:
        """One record as it reads today."""
        record = get_record(self.actor, uid)
        self.narrowed()
        return self.shown(record)


class RecordRewrite(_RecordView):
    permissions = (P.LIFE_RECORD,)

    @act_on_revision(
        "修改组织生活记录",
        "整份重写，以前的一稿留着；参加单位不变。须带 If-Match。",
        WrittenIn,
        answer=RecordOut,
    )
    def post(self, request: Request, uid: Any) -> Response:
        """The record written anew, for those who took part. Needs If-Match."""

        def given(record: Meeting) -> dict[str, Any]:
            sent = self.body(WrittenIn)
            return {**sent, "version": revision_wanted(request, record.version)}

        def act(record: Meeting, sent: dict[str, Any]) -> Meeting:
            version = sent.pop("version")
            rows = record.units.select_related("organization")
            # The parts of organisations for which he does not write stay as they are.
            others = [
                one.organization
                for one in rows
                if one.organization_id != record.organization_id
                and self.actor.may_at(P.LIFE_RECORD, one.organization.path)
            ]
            return meetings.rewrite(
                meeting=record,
                version=version,
                units=[record.organization, *others],
                by=self.actor,
                **_written(record.kind, sent),
            )

        newer = acts.carry_out(lambda: get_own_record(self.actor, uid), given, act)
        return self.shown(newer)


class AttendanceList(PortalView):
    permissions = (P.MEMBER_VIEW,)
    query = AttendanceQuery

    @extend_schema(
        summary="考勤",
        description="自己范围内的党员在现行记录中的到会情况，新的在前；没有登记的不在其中。",
        parameters=[AttendanceQuery],
        responses={200: AttendanceOut(many=True)},
    )
    def get(self, request: Request) -> Response:
        """How members of one's organisations took part in what counts. Who was not registered
        stands on no row."""
        given = self.narrowed()
        rows = Attendance.objects.filter(
            in_scope(self.actor, P.MEMBER_VIEW),
            meeting__in=Meeting.objects.visible_to(self.actor).current().held(),
        )
        if (place := _place(self, given, P.MEMBER_VIEW)) is not None:
            rows = rows.filter(below(place.path, "organization__"))
        if "meeting" in given:
            rows = rows.filter(meeting__uid=given["meeting"])
        if "member" in given:
            rows = rows.filter(member=given["member"])
        if "period" in given:
            rows = rows.filter(meeting__held_on__range=_days(given["period"]))
        rows = rows.select_related("meeting", "member")
        return self.page(rows.order_by("-meeting__held_on", "-meeting_id", "pk"), AttendanceOut)


def _days(period: str) -> tuple[Any, Any]:
    return periods.first_day(period), periods.last_day(period)
