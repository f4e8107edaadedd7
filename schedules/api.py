"""Plans, duties, monthly reports and rates, over the queries and actions of the pages."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from core import clock
from core.api import (
    BIG,
    NothingBody,
    PageQuery,
    PortalView,
    StrictSerializer,
    TextField,
    etag,
    once,
    revision_wanted,
)
from core.problems import Refused
from orgs.models import Organization
from orgs.permissions import Permission as P

from .access import get_report, rights
from .actions import reports
from .actions.reports import NotReady
from .enums import DutyState, ItemKind
from .models import Duty, MonthlyReport, Plan
from .queries.rates import NODE, reporting_rates
from .queries.reports import EDITABLE_ITEMS, is_being_mended, last_sent, values_for

MONTH = r"^[0-9]{4}-(0[1-9]|1[0-2])\Z"
IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, description="所依据的版本（ETag）；缺少则答 428"
)


def _scoped(view: PortalView, pk: int) -> Organization:
    found: Organization | None = Organization.objects.visible_to(view.actor).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


# --- plans ------------------------------------------------------------------------------------


class PlanOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    key = serializers.CharField()
    name = serializers.CharField()
    about = serializers.CharField(allow_blank=True)
    cadence = serializers.CharField()
    kinds = serializers.ListField(child=serializers.CharField())
    classes = serializers.ListField(child=serializers.CharField())
    opens_day = serializers.IntegerField()
    due_day = serializers.IntegerField()
    grace_working_days = serializers.IntegerField()
    lock_working_days = serializers.IntegerField(allow_null=True)
    needs_second_look = serializers.BooleanField()
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
        return self.page(Plan.objects.order_by("name", "pk"), lambda row: PlanOut(row).data)


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
    period = serializers.CharField()
    state = serializers.CharField()
    due_on = serializers.DateField()
    due_at = serializers.DateTimeField()
    late_after = serializers.DateTimeField()
    locks_at = serializers.DateTimeField(allow_null=True)
    submitted_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    is_late = serializers.BooleanField()
    returned_count = serializers.IntegerField()
    report = serializers.SerializerMethodField()

    def get_report(self, duty: Duty) -> int | None:
        """The monthly report that fulfils it."""
        report: MonthlyReport | None = getattr(duty, "report", None)
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
            rows = rows.filter(organization=_scoped(self, given["organization"]))
        for name in ("plan", "period", "state"):
            if name in given:
                rows = rows.filter(**{name: given[name]})
        if "overdue" in given:
            late = Duty.objects.overdue(clock.now()).values("pk")
            rows = rows.filter(pk__in=late) if given["overdue"] else rows.exclude(pk__in=late)
        return self.page(rows, lambda row: DutyOut(row).data)


class DutyDetail(PortalView):
    permissions = (P.REPORT_VIEW,)

    @extend_schema(
        summary="一项应办事项", description="report 为所对应的月报。", responses={200: DutyOut}
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
        return Response(DutyOut(duty).data)


# --- monthly reports --------------------------------------------------------------------------


class ReportItemOut(serializers.Serializer[Any]):
    key = serializers.CharField()
    title = serializers.CharField()
    kind = serializers.CharField()
    state = serializers.CharField()
    value = serializers.DictField()
    explanation = serializers.CharField(allow_blank=True)
    return_reason = serializers.CharField(allow_blank=True)


class ReportRightsOut(serializers.Serializer[Any]):
    edit = serializers.BooleanField()
    submit = serializers.BooleanField()
    check = serializers.BooleanField()


class ReportOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    duty = serializers.IntegerField()
    organization = serializers.IntegerField()
    organization_name = serializers.CharField()
    period = serializers.CharField()
    state = serializers.CharField()
    revision = serializers.IntegerField()
    submitted_at = serializers.DateTimeField(allow_null=True)
    submitted_by = serializers.CharField(allow_blank=True)
    may = ReportRightsOut()
    items = ReportItemOut(many=True)


class SaveIn(StrictSerializer):
    items = serializers.DictField()


class SubmitIn(StrictSerializer):
    items = serializers.DictField(required=False)
    explanations = serializers.DictField(child=TextField(max_length=300), required=False)


class ReturnIn(StrictSerializer):
    reasons = serializers.DictField(child=TextField(max_length=300), allow_empty=False)


def _typed(report: MonthlyReport, given: Mapping[str, Any]) -> dict[str, Any]:
    """Item key -> text or texts. Raises ValidationError for items that cannot be written."""
    kinds = {item.key: item for item in report.items.all()}
    wrong: dict[str, list[str]] = {}
    for key, value in given.items():
        item = kinds.get(key)
        if item is None or item.kind not in (ItemKind.TEXT, ItemKind.ENTRIES):
            wrong[key[:100]] = ["没有这一项，或不能填写。"]
        elif item.state not in EDITABLE_ITEMS:
            wrong[key] = ["这一项已报或已通过，不能修改。"]
        elif item.kind == ItemKind.TEXT and not isinstance(value, str):
            wrong[key] = ["应为文字。"]
        elif item.kind == ItemKind.ENTRIES and not (
            isinstance(value, list) and all(isinstance(one, str) for one in value)
        ):
            wrong[key] = ["应为文字的列表。"]
    if wrong:
        raise ValidationError({"items": wrong})
    return dict(given)


class _ReportView(PortalView):
    def shown(self, pk: int) -> Response:
        """The report as this reader sees it, with its revision as ETag."""
        report = get_report(self.actor, pk)
        may = rights(self.actor, report)
        sent = last_sent([report.pk]) if not may.is_own and is_being_mended(report) else {}
        values = values_for(self.actor, report, sent.get(report.pk, {}))
        shown = {
            "id": report.pk,
            "duty": report.duty_id,
            "organization": report.organization_id,
            "organization_name": str(report.organization),
            "period": report.period,
            "state": report.state,
            "revision": report.revision,
            "submitted_at": report.submitted_at,
            "submitted_by": report.submitted_by_name,
            "may": {"edit": may.may_edit, "submit": may.may_send, "check": may.may_check},
            "items": [
                {
                    "key": item.key,
                    "title": item.title,
                    "kind": item.kind,
                    "state": item.state,
                    "value": values.get(item.key, {}),
                    "explanation": item.explanation,
                    "return_reason": item.return_reason,
                }
                for item in report.items.all()
            ],
        }
        return Response(ReportOut(shown).data, headers={"ETag": etag(report.revision)})

    def own(self, pk: int, permission: P) -> MonthlyReport:
        """The report of the organisation acted for. Raises Http404."""
        report = get_report(self.actor, pk, permission)
        if report.organization_id != self.actor.organization_id:
            raise Http404
        return report

    def check(self, pk: int, returned: Mapping[str, str] | None) -> Response:
        """Accepts what waits, but `returned`; None: the reasons are in the body."""
        report = get_report(self.actor, pk, P.REPORT_CHECK)
        if report.organization_id == self.actor.organization_id:
            raise Http404
        if returned is None:
            returned = self.body(ReturnIn)["reasons"]
        else:
            self.body(NothingBody)
        revision = revision_wanted(self.request, report.revision)
        reports.check(report=report, revision=revision, returned=returned, by=self.actor)
        return self.shown(pk)


class ReportDetail(_ReportView):
    permissions = (P.REPORT_VIEW,)

    @extend_schema(
        summary="一份月报",
        description="各项内容，以及现在可以办理什么。ETag 为版本。",
        responses={200: ReportOut},
    )
    def get(self, request: Request, pk: int) -> Response:
        """The report with its items, and what one may do with it now."""
        get_report(self.actor, pk)
        self.narrowed()
        return self.shown(pk)


class ReportSave(_ReportView):
    permissions = (P.REPORT_DRAFT,)

    @extend_schema(
        summary="保存月报草稿",
        description="items 的键为项目，值为文字或文字的列表。须带 If-Match。",
        parameters=[IF_MATCH],
        request=SaveIn,
        responses={200: ReportOut},
    )
    @once
    def post(self, request: Request, pk: int) -> Response:
        """Stores texts by item key: a text, or a list of texts. Needs If-Match."""
        report = self.own(pk, P.REPORT_DRAFT)
        given = self.body(SaveIn)
        revision = revision_wanted(request, report.revision)
        typed = _typed(report, given["items"])
        reports.save_draft(report=report, revision=revision, typed=typed, by=self.actor)
        return self.shown(pk)


class ReportSubmit(_ReportView):
    permissions = (P.REPORT_SEND,)

    @extend_schema(
        summary="报送月报",
        description="不能报送时答 422，写明补什么。须带 If-Match。",
        parameters=[IF_MATCH],
        request=SubmitIn,
        responses={200: ReportOut},
    )
    @once
    def post(self, request: Request, pk: int) -> Response:
        """Sends the report. 422 names what must be mended or explained first. Needs If-Match."""
        report = self.own(pk, P.REPORT_SEND)
        given = self.body(SubmitIn)
        revision = revision_wanted(request, report.revision)
        typed = _typed(report, given.get("items", {}))
        explanations = given.get("explanations", {})
        unknown = set(explanations) - {item.key for item in report.items.all()}
        if unknown:
            raise ValidationError({"explanations": [f"没有这些项目：{len(unknown)} 个。"]})
        try:
            reports.submit(
                report=report,
                revision=revision,
                typed=typed,
                explanations=explanations,
                by=self.actor,
            )
        except NotReady as error:
            found = [
                {"field": one.item_key, "level": one.level, "message": one.message}
                for one in error.findings
            ]
            raise Refused(422, error.message, code=error.code, errors=found) from error
        return self.shown(pk)


class ReportAccept(_ReportView):
    permissions = (P.REPORT_CHECK,)

    @extend_schema(
        summary="通过月报",
        description="通过全部待核项目。须带 If-Match。",
        parameters=[IF_MATCH],
        request=NothingBody,
        responses={200: ReportOut},
    )
    @once
    def post(self, request: Request, pk: int) -> Response:
        """Accepts all items that wait. Needs If-Match."""
        return self.check(pk, {})


class ReportReturn(_ReportView):
    permissions = (P.REPORT_CHECK,)

    @extend_schema(
        summary="退回月报",
        description="reasons 写明退回的项目和原因，其余通过。须带 If-Match。",
        parameters=[IF_MATCH],
        request=ReturnIn,
        responses={200: ReportOut},
    )
    @once
    def post(self, request: Request, pk: int) -> Response:
        """Returns the items in `reasons` (item key -> reason), accepts the rest. Needs If-Match."""
        return self.check(pk, None)


# --- rates ------------------------------------------------------------------------------------


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
        node = _scoped(self, given.get("organization", self.actor.organization_id or 0))
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
