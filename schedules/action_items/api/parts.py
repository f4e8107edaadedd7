"""Lines of a list, and wishes for more time: each reported or asked for, and decided by another."""

from collections.abc import Callable
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core import acts
from core.api import NothingBody, StrictSerializer, TextField
from orgs.permissions import Permission as P

from ..access import get_extension, get_line
from ..actions import extensions, lines
from ..models import ActionLine, Extension
from .items import ReasonIn
from .shapes import ItemView, act


class EvidenceIn(StrictSerializer):
    evidence = TextField(max_length=300)
    measure = TextField(max_length=300, required=False)


class GrantIn(StrictSerializer):
    due_on = serializers.DateField(required=False, help_text="不填为所申请的日期")
    answer = TextField(max_length=300, required=False)


class RefuseIn(StrictSerializer):
    answer = TextField(max_length=300)


class _PartView(ItemView):
    def act_on(
        self,
        pk: int,
        load: Callable[[], ActionLine | Extension],
        body: type[StrictSerializer],
        action: Callable[..., Any],
    ) -> Response:
        """The action on a line of the item, or on a wish about it, through the gate of the page."""
        acts.carry_out(load, lambda found: self.body(body), action)
        return self.shown(pk)

    def act_on_line(
        self, pk: int, line: int, body: type[StrictSerializer], action: Callable[..., Any]
    ) -> Response:
        """The action on the line of the item."""
        return self.act_on(
            pk,
            lambda: get_line(self.actor, line, pk),
            body,
            lambda found, sent: action(line=found, by=self.actor, **sent),
        )

    def decide(
        self, pk: int, extension: int, body: type[StrictSerializer], action: Callable[..., Any]
    ) -> Response:
        """The decision on a wish about the item."""
        return self.act_on(
            pk,
            lambda: get_extension(self.actor, extension, pk),
            body,
            lambda found, sent: action(extension=found, by=self.actor, **sent),
        )


class ActionLineReport(_PartView):
    permissions = (P.ACTION_HANDLE,)

    @act("清单报结", "一条办成，写明佐证；绑定数据的不用报结。", EvidenceIn)
    def post(self, request: Request, pk: int, line: int) -> Response:
        """Says that a line is done, and how that can be seen."""
        return self.act_on_line(pk, line, EvidenceIn, lines.report_line)


class ActionLineVerify(_PartView):
    permissions = (P.ACTION_VERIFY,)

    @act("清单销号", "由报结人以外的人核验。", NothingBody)
    def post(self, request: Request, pk: int, line: int) -> Response:
        """Marks a line as done."""
        return self.act_on_line(pk, line, NothingBody, lines.verify_line)


class ActionLineReturn(_PartView):
    permissions = (P.ACTION_VERIFY,)

    @act("退回清单", "写明还差什么。", ReasonIn)
    def post(self, request: Request, pk: int, line: int) -> Response:
        """Sends a line back with the reason."""
        return self.act_on_line(pk, line, ReasonIn, lines.return_line)


class ExtensionGrant(_PartView):
    permissions = (P.ACTION_ISSUE,)

    @act("同意延期", "原定期限和延期次数一直保留。", GrantIn)
    def post(self, request: Request, pk: int, extension: int) -> Response:
        """Gives more time."""
        return self.decide(pk, extension, GrantIn, extensions.grant)


class ExtensionRefuse(_PartView):
    permissions = (P.ACTION_ISSUE,)

    @act("不同意延期", "写明理由。", RefuseIn)
    def post(self, request: Request, pk: int, extension: int) -> Response:
        """No more time, with the reason."""
        return self.decide(pk, extension, RefuseIn, extensions.refuse)
