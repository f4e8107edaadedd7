"""What owners do with items, and what another person then decides."""

from functools import partial
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import BIG, NothingBody, StrictSerializer, TextField, act_on_revision
from orgs.access import get_organization
from orgs.permissions import Permission as P

from ..actions import checking, extensions, handling
from ..enums import Cause
from ..models import ActionItem
from .shapes import ActionItemOut, ItemView, act

_act = partial(act_on_revision, answer=ActionItemOut)


class ReceiveIn(StrictSerializer):
    responsible_name = TextField(max_length=50, required=False)


class ProgressIn(StrictSerializer):
    text = TextField(max_length=400)
    measure = TextField(max_length=1000, required=False)


class CommentIn(StrictSerializer):
    text = TextField(max_length=400)


class WaitIn(StrictSerializer):
    organization = serializers.IntegerField(
        required=False, min_value=1, max_value=BIG, help_text="区内组织；区外单位写 name"
    )
    name = TextField(max_length=100, required=False)
    note = TextField(max_length=300)
    due_on = serializers.DateField()


class ResumeIn(StrictSerializer):
    note = TextField(max_length=300, required=False)


class ResultIn(StrictSerializer):
    result = TextField(max_length=1000)


class VerifyIn(StrictSerializer):
    note = TextField(max_length=300)
    cause = serializers.ChoiceField(choices=Cause.choices, required=False)


class SendBackIn(StrictSerializer):
    reason = TextField(max_length=300)
    due_on = serializers.DateField(required=False)


class LookIn(StrictSerializer):
    lasting = serializers.BooleanField()
    note = TextField(max_length=300)


class ExtensionIn(StrictSerializer):
    wanted_on = serializers.DateField()
    reason = TextField(max_length=300)


# --- the owner --------------------------------------------------------------------------------


class ActionItemReceive(ItemView):
    permissions = (P.ACTION_HANDLE,)

    @act("签收督办", "由责任单位签收，可写明责任人。", ReceiveIn)
    def post(self, request: Request, pk: int) -> Response:
        """Takes the item on."""
        return self.act(pk, ReceiveIn, handling.receive)


class ActionItemProgress(ItemView):
    permissions = (P.ACTION_HANDLE,)

    @_act("登记进展", "一句话说明进展，可写措施。须带 If-Match。", ProgressIn)
    def post(self, request: Request, pk: int) -> Response:
        """Says how far it is. Needs If-Match."""
        return self.act(pk, ProgressIn, handling.progress, revised=True)


class ActionItemComment(ItemView):
    permissions = (P.ACTION_VIEW,)

    @act("督办留言", "双方都可以留言，不改变状态。", CommentIn)
    def post(self, request: Request, pk: int) -> Response:
        """A word from either side."""
        return self.act(pk, CommentIn, handling.comment)


class ActionItemWait(ItemView):
    permissions = (P.ACTION_REPORT,)

    @_act("等别的单位", "责任单位的时限停走，走对方的期限。须带 If-Match。", WaitIn)
    def post(self, request: Request, pk: int) -> Response:
        """The owner's clock stands, the other's runs. Needs If-Match."""

        def wait(organization: int | None = None, name: str = "", **more: Any) -> ActionItem:
            found = (
                get_organization(self.actor, organization, P.ORGANIZATION_VIEW)
                if organization is not None
                else None
            )
            return handling.wait(organization=found, name=name, **more)

        return self.act(pk, WaitIn, wait, revised=True)


class ActionItemResume(ItemView):
    permissions = (P.ACTION_REPORT, P.ACTION_VERIFY)

    @_act("恢复办理", "期限按停走的工作日顺延。须带 If-Match。", ResumeIn)
    def post(self, request: Request, pk: int) -> Response:
        """The owner's clock runs on. Needs If-Match."""
        return self.act(pk, ResumeIn, handling.resume, revised=True)


class ActionItemReport(ItemView):
    permissions = (P.ACTION_REPORT,)

    @_act("督办报结", "清单要先逐条销号。须带 If-Match。", ResultIn)
    def post(self, request: Request, pk: int) -> Response:
        """Says that it is done. Needs If-Match."""
        return self.act(pk, ResultIn, handling.report, revised=True)


class ActionItemWithdraw(ItemView):
    permissions = (P.ACTION_REPORT,)

    @_act("撤回报结", "核验之前可以撤回。须带 If-Match。", NothingBody)
    def post(self, request: Request, pk: int) -> Response:
        """Takes the report back. Needs If-Match."""
        return self.act(pk, NothingBody, handling.withdraw, revised=True)


class ActionItemExtend(ItemView):
    permissions = (P.ACTION_REPORT,)

    @act("申请延期", "由交办单位答复；答复前原期限照走。", ExtensionIn)
    def post(self, request: Request, pk: int) -> Response:
        """Asks for a later date."""
        return self.act(pk, ExtensionIn, extensions.ask)


# --- another person ---------------------------------------------------------------------------


class ActionItemVerify(ItemView):
    permissions = (P.ACTION_VERIFY,)

    @_act("核验销号", "由办理人以外的人核验。须带 If-Match。", VerifyIn)
    def post(self, request: Request, pk: int) -> Response:
        """Closes the item. Needs If-Match."""
        return self.act(pk, VerifyIn, checking.verify, revised=True)


class ActionItemReturn(ItemView):
    permissions = (P.ACTION_VERIFY,)

    @_act("退回督办", "写明还差什么，可另定期限。须带 If-Match。", SendBackIn)
    def post(self, request: Request, pk: int) -> Response:
        """Sends it back with the reason. Needs If-Match."""
        return self.act(pk, SendBackIn, checking.send_back, revised=True)


class ActionItemLook(ItemView):
    permissions = (P.ACTION_VERIFY,)

    @act("回头看", "销号 60 天后由另一人看；反弹的另起草一件，其 relapse_of 指回这一件。", LookIn)
    def post(self, request: Request, pk: int) -> Response:
        """Somebody else looks again. What has relapsed is drafted anew."""
        return self.act(pk, LookIn, checking.look)
