"""Monthly reports: listed, read, written, sent, checked, looked at again and opened again."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
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
from core.text import clean
from orgs.access import get_organization
from orgs.permissions import Permission as P

from .. import item_kinds
from ..access import get_own_report, get_report, get_report_below, rights
from ..actions import checking, reports
from ..enums import ReportState
from ..models import Report
from ..queries.reports import EDITABLE_ITEMS, is_being_mended, last_sent, listed, values_for

PERIOD = r"^[0-9]{4}(-(0[1-9]|1[0-2]|Q[1-4]|H[12]))?\Z"


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
    period = serializers.RegexField(PERIOD, required=False)
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
    reply = serializers.CharField(allow_blank=True)


class ReportRightsOut(serializers.Serializer[Any]):
    edit = serializers.BooleanField()
    submit = serializers.BooleanField()
    check = serializers.BooleanField()
    confirm = serializers.BooleanField()
    reopen = serializers.BooleanField()
    withdraw = serializers.BooleanField()


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
    replies = serializers.DictField(child=TextField(max_length=300), required=False)


class AcceptIn(StrictSerializer):
    remark = TextField(max_length=300, required=False)


class SubmitIn(StrictSerializer):
    items = serializers.DictField(required=False)
    explanations = serializers.DictField(child=TextField(max_length=300), required=False)
    replies = serializers.DictField(child=TextField(max_length=300), required=False)


class ReturnIn(StrictSerializer):
    reasons = serializers.DictField(child=TextField(max_length=300), allow_empty=False)


def _typed(report: Report, given: Mapping[str, Any]) -> dict[str, Any]:
    """Item key -> what its kind takes. Raises ValidationError for items that cannot be written."""
    kinds = {item.key: item for item in report.items.all()}
    wrong: dict[str, list[str]] = {}
    for key, value in given.items():
        item = kinds.get(key)
        if item is None or not item_kinds.of(item.kind).is_typed:
            wrong[key[:100]] = ["没有这一项，或不能填写。"]
        elif item.state not in EDITABLE_ITEMS:
            wrong[key] = ["这一项已报或已通过，不能修改。"]
        elif said := item_kinds.of(item.kind).refuse(value):
            wrong[key] = [said]
    if wrong:
        raise ValidationError({"items": wrong})
    return dict(given)


def _reasons(sent: Mapping[str, Any]) -> dict[str, str]:
    """Item key -> reason, as the body gives them."""
    return {key: clean(reason, multiline=True) for key, reason in sent["reasons"].items()}


def _sent(report: Report, sent: Mapping[str, Any]) -> dict[str, Any]:
    """The texts and explanations of the body."""
    typed = _typed(report, sent.get("items", {}))
    explanations = {
        key: clean(text, multiline=True) for key, text in sent.get("explanations", {}).items()
    }
    _refuse_unknown(report, explanations, "explanations")
    return {"typed": typed, "explanations": explanations, "replies": _replies(report, sent)}


def _replies(report: Report, sent: Mapping[str, Any]) -> dict[str, str]:
    """Item key -> what the writer answers to what came back."""
    replies = {key: clean(text, multiline=True) for key, text in sent.get("replies", {}).items()}
    _refuse_unknown(report, replies, "replies")
    return replies


def _reopened(report: Report, sent: Mapping[str, Any]) -> dict[str, Any]:
    """The reasons. The page offers the items there are; a program may name any."""
    reasons = _reasons(sent)
    _refuse_unknown(report, reasons, "reasons")
    return {"reasons": reasons}


def _refuse_unknown(report: Report, named: Mapping[str, str], field: str) -> None:
    unknown = set(named) - {item.key for item in report.items.all()}
    if unknown:
        raise ValidationError({field: [f"没有这些项目：{len(unknown)} 个。"]})


_act = partial(act_on_revision, answer=ReportOut)


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
                "withdraw": may.may_withdraw,
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
                    "reply": item.reply,
                }
                for item in report.items.all()
            ],
        }
        return Response(ReportOut(shown).data, headers={"ETag": etag(report.revision)})

    def act(
        self,
        load: Callable[[], Report],
        body: type[StrictSerializer],
        read: Callable[[Report, dict[str, Any]], dict[str, Any]],
        action: Callable[..., Report],
    ) -> Response:
        """The action, with what `read` makes of the body and the revision that If-Match names,
        through the gate of the page."""

        def given(report: Report) -> dict[str, Any]:
            sent = self.body(body)
            revision = revision_wanted(self.request, report.revision)
            return {**read(report, sent), "revision": revision}

        done = acts.carry_out(
            load, given, lambda report, values: action(report=report, by=self.actor, **values)
        )
        return self.shown(done.pk)


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
        return self.act(
            lambda: get_own_report(self.actor, pk, P.REPORT_DRAFT),
            SaveIn,
            lambda report, sent: {
                "typed": _typed(report, sent["items"]),
                "replies": _replies(report, sent),
            },
            reports.save_draft,
        )


class ReportSubmit(_ReportView):
    permissions = (P.REPORT_SEND,)

    @_act("报送月报", "不能报送时答 422，写明补什么。须带 If-Match。", SubmitIn)
    def post(self, request: Request, pk: int) -> Response:
        """Sends the report. 422 names what must be mended or explained first. Needs If-Match."""
        return self.act(
            lambda: get_own_report(self.actor, pk, P.REPORT_SEND), SubmitIn, _sent, reports.submit
        )


class ReportWithdraw(_ReportView):
    permissions = (P.REPORT_SEND,)

    @_act("撤回月报", "还没有人开始核报时可撤回。须带 If-Match。", NothingBody)
    def post(self, request: Request, pk: int) -> Response:
        """Takes the report back as long as nobody has begun to check it. Needs If-Match."""
        return self.act(
            lambda: get_own_report(self.actor, pk, P.REPORT_SEND),
            NothingBody,
            lambda report, sent: {},
            checking.withdraw,
        )


class ReportAccept(_ReportView):
    permissions = (P.REPORT_CHECK,)

    @_act("通过月报", "通过全部待核项目，可附言。须带 If-Match。", AcceptIn)
    def post(self, request: Request, pk: int) -> Response:
        """Accepts all items that wait. Needs If-Match."""
        return self.act(
            lambda: get_report_below(self.actor, pk, P.REPORT_CHECK),
            AcceptIn,
            lambda report, sent: {
                "returned": {},
                "remark": clean(sent.get("remark", ""), multiline=True),
            },
            reports.check,
        )


class ReportReturn(_ReportView):
    permissions = (P.REPORT_CHECK,)

    @_act("退回月报", "reasons 写明退回的项目和原因，其余通过。须带 If-Match。", ReturnIn)
    def post(self, request: Request, pk: int) -> Response:
        """Returns the items in `reasons` (item key -> reason), accepts the rest. Needs If-Match."""
        return self.act(
            lambda: get_report_below(self.actor, pk, P.REPORT_CHECK),
            ReturnIn,
            lambda report, sent: {"returned": _reasons(sent)},
            reports.check,
        )


class ReportConfirm(_ReportView):
    permissions = (P.REPORT_CONFIRM,)

    @_act("复核月报", "计划要求上级复核时，由核报单位的上级办理。须带 If-Match。", NothingBody)
    def post(self, request: Request, pk: int) -> Response:
        """The second look, by a level above the one that accepted. Needs If-Match."""
        return self.act(
            lambda: get_report(self.actor, pk, P.REPORT_CONFIRM),
            NothingBody,
            lambda report, sent: {},
            reports.confirm,
        )


class ReportReopen(_ReportView):
    permissions = (P.REPORT_REOPEN,)

    @_act(
        "重新打开月报",
        "reasons 写明要重新填写的项目和原因，其余仍为通过。须带 If-Match。",
        ReturnIn,
    )
    def post(self, request: Request, pk: int) -> Response:
        """Opens the items in `reasons` (item key -> reason) again. Needs If-Match."""
        return self.act(
            lambda: get_report_below(self.actor, pk, P.REPORT_REOPEN),
            ReturnIn,
            _reopened,
            reports.reopen,
        )
