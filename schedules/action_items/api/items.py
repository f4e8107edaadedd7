"""Items: listed, read, given out, handed on, cancelled."""

from functools import partial
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from core import acts, figures
from core.api import (
    BIG,
    PageQuery,
    PortalView,
    StrictSerializer,
    TextField,
    act_on_revision,
    once,
)
from orgs.access import get_organization
from orgs.models import Organization
from orgs.permissions import Permission as P

from ..access import get_item
from ..actions import issuing
from ..enums import Category, Cause, Priority
from ..models import ActionItem
from ..queries.boards import Order, Showing, Tab, this_moment
from ..queries.clocks import with_clocks
from ..queries.narrowing import narrowed, narrowing_of
from ..rules import LONGEST_LIST, MANY, MOST_OWNERS
from .shapes import ActionItemOut, ActionItemRowOut, ItemView

_act = partial(act_on_revision, answer=ActionItemOut)


class ActionItemQuery(PageQuery):
    tab = serializers.ChoiceField(
        choices=[one.value for one in Tab],
        required=False,
        help_text="all 全部，mine 我办的，verify 等我核验，issued 我交办的，look 可以回头看",
    )
    state = serializers.ChoiceField(
        choices=[one.value for one in Showing if one.value],
        required=False,
        help_text="与督办事项页“状态”相同：open 在办，overdue 逾期，closed 近 12 个月销号，any 全部（不填也是）",
    )
    source = serializers.RegexField(  # type: ignore[assignment]  # named as on the board
        r"^[a-z_]{1,20}\Z", required=False
    )
    below = serializers.IntegerField(
        required=False, min_value=1, max_value=BIG, help_text="责任单位在这个组织及其下级"
    )
    order = serializers.ChoiceField(
        choices=[one.value for one in Order if one.value], required=False
    )
    q = TextField(required=False, max_length=50, help_text="事项中的词，或文号")


SEEN = f"已看过这些单位已有的用时；交办给 {MANY} 个以上单位的必须为真"


class SeenIn(StrictSerializer):
    seen = serializers.BooleanField(required=False, help_text=SEEN)


class LineIn(StrictSerializer):
    problem = TextField(max_length=300)
    measure = TextField(max_length=300, required=False, allow_blank=True)
    responsible_name = TextField(max_length=50, required=False, allow_blank=True)
    due_on = serializers.DateField(required=False, allow_null=True)
    figure_key = TextField(max_length=60, required=False)
    goal = serializers.DecimalField(max_digits=14, decimal_places=2, required=False)
    is_at_least = serializers.BooleanField(required=False)
    months = serializers.IntegerField(required=False, min_value=1, max_value=12)


class IssueIn(StrictSerializer):
    issuer = serializers.IntegerField(
        required=False, min_value=1, max_value=BIG, help_text="不填为本单位"
    )
    owners = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=BIG),
        allow_empty=False,
        max_length=MOST_OWNERS,
        help_text="责任单位；不止一个的，每个单位各办一份",
    )
    title = TextField(max_length=100)
    demand = TextField(max_length=2000, required=False, allow_blank=True)
    due_on = serializers.DateField(required=False, allow_null=True)
    priority = serializers.ChoiceField(choices=Priority.choices, required=False)
    category = serializers.ChoiceField(choices=Category.choices, required=False)
    cause = serializers.ChoiceField(choices=Cause.choices, required=False)
    responsible_name = TextField(max_length=50, required=False, allow_blank=True)
    leader_name = TextField(max_length=50, required=False, allow_blank=True)
    lines = serializers.ListField(child=LineIn(), required=False, max_length=LONGEST_LIST)
    draft = serializers.BooleanField(required=False, help_text="只起草，先不交办")
    seen = serializers.BooleanField(required=False, help_text=SEEN)


class ReasonIn(StrictSerializer):
    reason = TextField(max_length=300)


class TransferIn(StrictSerializer):
    owner = serializers.IntegerField(min_value=1, max_value=BIG)
    reason = TextField(max_length=300)
    due_on = serializers.DateField(required=False)
    responsible_name = TextField(max_length=50, required=False)


class ActionItemList(ItemView):
    """Reading needs `action.view`; giving out needs `action.issue` at the issuer."""

    permissions = (P.ACTION_VIEW,)
    query = ActionItemQuery

    @extend_schema(
        summary="督办事项",
        description=(
            "自己能看到的督办，条件和督办页相同；多单位的列各单位的份，不列合计的一件。"
            "没有期限的不会逾期；等别的单位时责任单位的时限停走。"
        ),
        parameters=[ActionItemQuery],
        responses={200: ActionItemRowOut(many=True)},
    )
    def get(self, request: Request) -> Response:
        """Items that one's organisations have to do, gave out or hold up."""
        given = self.narrowed()
        if "below" in given:
            get_organization(self.actor, given["below"], P.ACTION_VIEW)
        asked = narrowing_of({**given, "organization": given.get("below")}, state=Showing.ANY)
        at = this_moment()
        rows = narrowed(self.actor, asked, at).select_related("owner", "issuer")
        return self.page(with_clocks(rows, at.line), ActionItemRowOut)

    @extend_schema(
        summary="交办督办",
        description="起草并交办，文号随即给定；draft 为真时只起草。",
        request=IssueIn,
        responses={201: ActionItemOut},
    )
    @once
    def post(self, request: Request) -> Response:
        """Drafts an item with its number, and gives it out."""
        item = acts.carry_out(lambda: None, lambda nothing: self.body(IssueIn), self._give_out)
        return self.shown(item.pk, status=201)

    def _give_out(self, nothing: None, sent: dict[str, Any]) -> ActionItem:
        issuer = get_organization(
            self.actor, sent.pop("issuer", self.actor.organization_id or 0), P.ACTION_ISSUE
        )
        owners = _owners(self, sent.pop("owners"))
        is_draft, seen = sent.pop("draft", False), sent.pop("seen", False)
        lines = [_line(line, number) for number, line in enumerate(sent.pop("lines", []))]
        item = issuing.draft(
            issuer=issuer, owners=owners, given=issuing.Given(**sent, lines=lines), by=self.actor
        )
        return item if is_draft else issuing.issue(item=item, by=self.actor, seen=seen)


def _owners(view: PortalView, pks: list[int]) -> list[Organization]:
    found = Organization.objects.visible_to(view.actor, P.ACTION_ISSUE).in_bulk(pks)
    unknown = len(set(pks) - set(found))
    if unknown:
        raise ValidationError({"owners": [f"有 {unknown} 个组织不存在，或不在自己的范围内。"]})
    return [found[pk] for pk in dict.fromkeys(pks)]


def _line(sent: dict[str, Any], number: int) -> issuing.LineGiven:
    key = sent.get("figure_key", "")
    if key and key not in figures.registered():
        raise ValidationError({f"lines[{number}].figure_key": ["没有这项数据。"]})
    if bool(key) != (sent.get("goal") is not None):
        raise ValidationError({f"lines[{number}].goal": ["绑定数据的要有目标，其余不填。"]})
    return issuing.LineGiven(**sent)


class ActionItemDetail(ItemView):
    permissions = (P.ACTION_VIEW,)

    @extend_schema(
        summary="一项督办",
        description="两个时限、清单、各单位的份、延期申请和经过。ETag 为版本。",
        responses={200: ActionItemOut},
    )
    def get(self, request: Request, pk: int) -> Response:
        """The item with lines, parts, wishes for more time and timeline."""
        get_item(self.actor, pk)
        self.narrowed()
        return self.shown(pk)


class ActionItemIssue(ItemView):
    permissions = (P.ACTION_ISSUE,)

    @_act("交办草稿", "起草的督办交办出去，时限随即起算。须带 If-Match。", SeenIn)
    def post(self, request: Request, pk: int) -> Response:
        """Gives a draft out. Needs If-Match."""
        return self.act(pk, SeenIn, issuing.issue, revised=True)


class ActionItemTransfer(ItemView):
    permissions = (P.ACTION_ISSUE,)

    @_act("转办督办", "由交办单位转给范围内的另一个组织，重新签收。须带 If-Match。", TransferIn)
    def post(self, request: Request, pk: int) -> Response:
        """Hands the item to another organisation of the issuer's. Needs If-Match."""

        def transfer(owner: int, reason: str, **more: Any) -> ActionItem:
            found = get_organization(self.actor, owner, P.ACTION_ISSUE)
            return issuing.transfer(owner=found, reason=reason, **more)

        return self.act(pk, TransferIn, transfer, revised=True)


class ActionItemCancel(ItemView):
    permissions = (P.ACTION_ISSUE,)

    @_act("作废督办", "文号保留，不再给别的督办。须带 If-Match。", ReasonIn)
    def post(self, request: Request, pk: int) -> Response:
        """Cancels the item; its number stays its own. Needs If-Match."""
        return self.act(pk, ReasonIn, issuing.cancel, revised=True)
