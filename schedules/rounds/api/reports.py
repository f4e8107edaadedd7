"""Monthly reports: listed, read, written, sent, checked, looked at again and opened again."""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import (
    BIG,
    IF_MATCH,
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
from core.text import clean
from orgs.access import get_organization
from orgs.permissions import Permission as P

from ..access import get_report, rights
from ..actions import reports
from ..actions.reports import NotReady
from ..enums import ItemKind, ReportState
from ..models import MonthlyReport
from ..queries.reports import EDITABLE_ITEMS, is_being_mended, last_sent, listed, values_for

MONTH = r"^[0-9]{4}-(0[1-9]|1[0-2])\Z"


class ReportRowOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    duty = serializers.IntegerField(source="duty_id")
    organization = serializers.IntegerField(source="organization_id")
    organization_name = serializers.CharField(source="organization")
    period = serializers.CharField()
    state = serializers.CharField()
    revision = serializers.IntegerField()
    due_on = serializers.DateField(source="duty.due_on")
    submitted_at = serializers.DateTimeField(allow_null=True)
    submitted_by = serializers.CharField(source="submitted_by_name", allow_blank=True)
    is_late = serializers.BooleanField(source="duty.is_late")


class ReportQuery(PageQuery):
    organization = serializers.IntegerField(required=False, min_value=1, max_value=BIG)
    below = serializers.IntegerField(required=False, min_value=1, max_value=BIG)
    period = serializers.RegexField(MONTH, required=False)
    state = serializers.ChoiceField(choices=ReportState.choices, required=False)
    late = serializers.BooleanField(required=False)


class ReportList(PortalView):
    permissions = (P.REPORT_VIEW,)
    query = ReportQuery

    @extend_schema(
        summary="月报",
        description=(
            "自己范围内的月报，新的月份在前，不含各项内容。organization 只指这一个组织，"
            "below 指这个组织和它的全部下级；late 指首次报送是否晚于期限。"
        ),
        parameters=[ReportQuery],
        responses={200: ReportRowOut(many=True)},
    )
    def get(self, request: Request) -> Response:
        """Reports in one's scope without their items, newest period first, then as the tree."""
        given = self.narrowed()
        for name in ("organization", "below"):
            if name in given:
                given[name] = get_organization(self.actor, given[name], P.REPORT_VIEW)
        rows = listed(
            self.actor,
            organization=given.get("organization"),
            below=given.get("below"),
            period=given.get("period", ""),
            state=given.get("state", ""),
            late=given.get("late"),
        )
        return self.page(rows, ReportRowOut)


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
    confirm = serializers.BooleanField()
    reopen = serializers.BooleanField()


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


def _act(
    summary: str, description: str, body: type[StrictSerializer]
) -> Callable[[Callable[..., Response]], Callable[..., Response]]:
    """An act on a report: it reads If-Match and `body`, acts once for each Idempotency-Key, and
    answers with the report as it is then."""
    document = extend_schema(
        summary=summary,
        description=description,
        parameters=[IF_MATCH],
        request=body,
        responses={200: ReportOut},
    )

    def decorate(method: Callable[..., Response]) -> Callable[..., Response]:
        acting: Callable[..., Response] = document(once(method))
        return acting

    return decorate


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
            "may": {
                "edit": may.may_edit,
                "submit": may.may_send,
                "check": may.may_check,
                "confirm": may.may_confirm,
                "reopen": may.may_reopen,
            },
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

    def reasons(self) -> dict[str, str]:
        """Item key -> reason, as the body gives them."""
        given = self.body(ReturnIn)["reasons"]
        return {key: clean(reason, multiline=True) for key, reason in given.items()}

    def check(self, pk: int, returned: Mapping[str, str] | None) -> Response:
        """Accepts what waits, but `returned`; None: the reasons are in the body."""
        report = get_report(self.actor, pk, P.REPORT_CHECK)
        if report.organization_id == self.actor.organization_id:
            raise Http404
        if returned is None:
            returned = self.reasons()
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

    @_act("保存月报草稿", "items 的键为项目，值为文字或文字的列表。须带 If-Match。", SaveIn)
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

    @_act("报送月报", "不能报送时答 422，写明补什么。须带 If-Match。", SubmitIn)
    def post(self, request: Request, pk: int) -> Response:
        """Sends the report. 422 names what must be mended or explained first. Needs If-Match."""
        report = self.own(pk, P.REPORT_SEND)
        given = self.body(SubmitIn)
        revision = revision_wanted(request, report.revision)
        typed = _typed(report, given.get("items", {}))
        explanations = {
            key: clean(text, multiline=True) for key, text in given.get("explanations", {}).items()
        }
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

    @_act("通过月报", "通过全部待核项目。须带 If-Match。", NothingBody)
    def post(self, request: Request, pk: int) -> Response:
        """Accepts all items that wait. Needs If-Match."""
        return self.check(pk, {})


class ReportReturn(_ReportView):
    permissions = (P.REPORT_CHECK,)

    @_act("退回月报", "reasons 写明退回的项目和原因，其余通过。须带 If-Match。", ReturnIn)
    def post(self, request: Request, pk: int) -> Response:
        """Returns the items in `reasons` (item key -> reason), accepts the rest. Needs If-Match."""
        return self.check(pk, None)


class ReportConfirm(_ReportView):
    permissions = (P.REPORT_CONFIRM,)

    @_act("复核月报", "计划要求上级复核时，由核报单位的上级办理。须带 If-Match。", NothingBody)
    def post(self, request: Request, pk: int) -> Response:
        """The second look, by a level above the one that accepted. Needs If-Match."""
        report = get_report(self.actor, pk, P.REPORT_CONFIRM)
        self.body(NothingBody)
        revision = revision_wanted(request, report.revision)
        reports.confirm(report=report, revision=revision, by=self.actor)
        return self.shown(pk)


class ReportReopen(_ReportView):
    permissions = (P.REPORT_REOPEN,)

    @_act(
        "重新打开月报",
        "reasons 写明要重新填写的项目和原因，其余仍为通过。须带 If-Match。",
        ReturnIn,
    )
    def post(self, request: Request, pk: int) -> Response:
        """Opens the items in `reasons` (item key -> reason) again. Needs If-Match."""
        report = get_report(self.actor, pk, P.REPORT_REOPEN)
        if report.organization_id == self.actor.organization_id:
            raise Http404
        reasons = self.reasons()
        revision = revision_wanted(request, report.revision)
        # The page offers the items there are; a program may name any.
        unknown = set(reasons) - {item.key for item in report.items.all()}
        if unknown:
            raise ValidationError({"reasons": [f"没有这些项目：{len(unknown)} 个。"]})
        reports.reopen(report=report, revision=revision, reasons=reasons, by=self.actor)
        return self.shown(pk)
