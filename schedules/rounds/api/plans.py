"""Plans and the duties that they make."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core import acts, clock
from core.api import (
    BIG,
    PageQuery,
    PortalView,
    StrictSerializer,
    TextField,
    act_on_revision,
    etag,
    revision_wanted,
)
from orgs.access import get_organization
from orgs.permissions import Permission as P

from ..access import get_duty_to_arrange
from ..actions import arrangements
from ..enums import DutyState
from ..models import Duty, Plan, Report


class PlanOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    key = serializers.CharField()
    name = serializers.CharField()
    about = serializers.CharField(allow_blank=True)
    cadence = serializers.CharField()
    fulfilment = serializers.CharField()
    required_count = serializers.IntegerField()
    kinds = serializers.ListField(child=serializers.CharField())
    classes = serializers.ListField(child=serializers.CharField())
    opens_day = serializers.IntegerField()
    due_day = serializers.IntegerField()
    grace_working_days = serializers.IntegerField()
    mend_working_days = serializers.IntegerField()
    lock_working_days = serializers.IntegerField(allow_null=True)
    needs_second_look = serializers.BooleanField()
    lead_days = serializers.IntegerField(
        allow_null=True, help_text="按到期事项办理的，期限前多少天列出；空为通常的天数"
    )
    steps = serializers.ListField(
        child=serializers.CharField(), help_text="提醒步骤；空为通常的步骤"
    )
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(allow_null=True)
    revision = serializers.IntegerField()


class PlanList(PortalView):
    permissions = (P.PLAN_VIEW,)
    query = PageQuery

    @extend_schema(
        summary="例行计划",
        description="全区的例行计划。",
        parameters=[PageQuery],
        responses={200: PlanOut(many=True)},
    )
    def get(self, request: Request) -> Response:
        """The zone's recurring plans."""
        self.narrowed()
        return self.page(Plan.objects.in_order(), PlanOut)


class PlanDetail(PortalView):
    permissions = (P.PLAN_VIEW,)

    @extend_schema(summary="一项计划", description="ETag 为版本。", responses={200: PlanOut})
    def get(self, request: Request, pk: int) -> Response:
        """One plan, with its revision as ETag."""
        plan = Plan.objects.filter(pk=pk).first()
        if plan is None:
            raise Http404
        self.narrowed()
        return Response(PlanOut(plan).data, headers={"ETag": etag(plan.revision)})


# --- duties -----------------------------------------------------------------------------------


class DutyOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    plan = serializers.IntegerField(source="plan_id")
    organization = serializers.IntegerField(source="organization_id")
    organization_name = serializers.CharField(source="organization")
    subject_kind = serializers.CharField(allow_blank=True)
    subject_id = serializers.IntegerField()
    subject_label = serializers.CharField(allow_blank=True)
    period = serializers.CharField()
    begins_on = serializers.DateField(allow_null=True)
    state = serializers.CharField()
    phase = serializers.CharField(help_text="running 未到期，due 已到期，locked 已锁定")
    due_on = serializers.DateField()
    due_at = serializers.DateTimeField()
    late_after = serializers.DateTimeField()
    locks_at = serializers.DateTimeField(allow_null=True)
    mend_by = serializers.DateField(allow_null=True, help_text="退回后补齐的期限")
    extended_from = serializers.DateField(allow_null=True, help_text="延期前的截止日")
    submitted_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    is_late = serializers.BooleanField()
    required_count = serializers.IntegerField()
    done_count = serializers.IntegerField()
    returned_count = serializers.IntegerField()
    waived_reason = serializers.CharField(allow_blank=True)
    revision = serializers.IntegerField()
    report = serializers.SerializerMethodField()

    def get_report(self, duty: Duty) -> int | None:
        """The report that fulfils it, where one does."""
        report: Report | None = getattr(duty, "report", None)
        return report.pk if report else None


class DutyQuery(PageQuery):
    organization = serializers.IntegerField(required=False, min_value=1, max_value=BIG)
    plan = serializers.IntegerField(required=False, min_value=1, max_value=BIG)
    period = serializers.RegexField(r"^[0-9A-Z-]{4,8}\Z", required=False)
    state = serializers.ChoiceField(choices=DutyState.choices, required=False)
    overdue = serializers.BooleanField(required=False)


class DutyList(PortalView):
    permissions = (P.REPORT_VIEW,)
    query = DutyQuery

    @extend_schema(
        summary="应办事项",
        description="自己范围内的事项，新的月份在前；organization 只指这一个组织。",
        parameters=[DutyQuery],
        responses={200: DutyOut(many=True)},
    )
    def get(self, request: Request) -> Response:
        """Duties in one's scope, newest period first. `organization` means that one alone."""
        given = self.narrowed()
        rows = (
            Duty.objects.visible_to(self.actor)
            .select_related("organization", "report")
            .order_by("-period", "organization__path", "pk")
        )
        if "organization" in given:
            rows = rows.filter(
                organization=get_organization(self.actor, given["organization"], P.REPORT_VIEW)
            )
        for name in ("plan", "period", "state"):
            if name in given:
                rows = rows.filter(**{name: given[name]})
        if "overdue" in given:
            late = Duty.objects.overdue(clock.now()).values("pk")
            rows = rows.filter(pk__in=late) if given["overdue"] else rows.exclude(pk__in=late)
        return self.page(rows, DutyOut)


class DutyDetail(PortalView):
    permissions = (P.REPORT_VIEW,)

    @extend_schema(
        summary="一项应办事项",
        description="report 为所对应的报表；不按表样办理的没有。ETag 为版本。",
        responses={200: DutyOut},
    )
    def get(self, request: Request, pk: int) -> Response:
        """One duty."""
        duty = (
            Duty.objects.visible_to(self.actor)
            .select_related("organization", "report")
            .filter(pk=pk)
            .first()
        )
        if duty is None:
            raise Http404
        self.narrowed()
        return Response(DutyOut(duty).data, headers={"ETag": etag(duty.revision)})


# --- what the level above arranges ------------------------------------------------------------


class WaiveIn(StrictSerializer):
    reason = TextField(max_length=200)
    approved_by = TextField(max_length=60)


class ResumptionIn(StrictSerializer):
    reason = TextField(max_length=200)


class UntilIn(StrictSerializer):
    until = serializers.DateField()
    reason = TextField(max_length=200)


_act = partial(act_on_revision, answer=DutyOut)


class _ArrangeView(PortalView):
    permissions = (P.REPORT_REOPEN,)

    def act(self, pk: int, body: type[StrictSerializer], action: Callable[..., Duty]) -> Response:
        """The action with the body and the revision that If-Match names, through the gate of the
        page."""

        def given(duty: Duty) -> dict[str, Any]:
            sent = self.body(body)
            return {**sent, "revision": revision_wanted(self.request, duty.revision)}

        acts.carry_out(
            lambda: get_duty_to_arrange(self.actor, pk),
            given,
            lambda duty, values: action(duty=duty, by=self.actor, **values),
        )
        duty = Duty.objects.select_related("organization", "report").get(pk=pk)
        return Response(DutyOut(duty).data, headers={"ETag": etag(duty.revision)})


class DutyWaive(_ArrangeView):
    @_act("免报", "写明原因和批准人；不再计入应报。须带 If-Match。", WaiveIn)
    def post(self, request: Request, pk: int) -> Response:
        """Waives the duty, with the reason and who approved it. Needs If-Match."""
        return self.act(pk, WaiveIn, arrangements.waive)


class DutyResume(_ArrangeView):
    @_act("撤销免报", "写明原因。须带 If-Match。", ResumptionIn)
    def post(self, request: Request, pk: int) -> Response:
        """Takes a waiver back. Needs If-Match."""
        return self.act(pk, ResumptionIn, arrangements.resume)


class DutyExtend(_ArrangeView):
    @_act("延期", "until 为新的截止日（退回待补的为补齐期限）。须带 If-Match。", UntilIn)
    def post(self, request: Request, pk: int) -> Response:
        """Puts the day off for this organisation alone. Needs If-Match."""
        return self.act(pk, UntilIn, arrangements.extend)


class DutyUnlock(_ArrangeView):
    @_act("重新开放", "已锁定的重新接收到 until 当天，仍记为迟报。须带 If-Match。", UntilIn)
    def post(self, request: Request, pk: int) -> Response:
        """Takes again what is locked, until the day. Needs If-Match."""
        return self.act(pk, UntilIn, arrangements.unlock)
