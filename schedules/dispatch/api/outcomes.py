"""An outcome that a program writes while the meeting is in progress."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core import acts
from core.api import BIG, PortalView, StrictSerializer, TextField, once
from core.errors import DomainError
from orgs.permissions import Permission as P
from schedules.action_items.models import ActionItem
from schedules.action_items.queries.places import to_give_to

from ..access import get_agenda_card
from ..actions import outcomes
from ..enums import OutcomeKind
from ..models import AgendaCard
from .meetings import OutcomeOut

MOST_OWNERS = 200


class OutcomeIn(StrictSerializer):
    uid = serializers.UUIDField(help_text="由写的一方生成；再发一次仍是同一条")
    kind = serializers.ChoiceField(choices=OutcomeKind.choices)
    text = TextField(max_length=500, required=False, default="", allow_blank=True)
    owners = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=BIG),
        required=False,
        default=list,
        max_length=MOST_OWNERS,
        help_text="新督办的责任单位",
    )
    due_on = serializers.DateField(required=False, allow_null=True, default=None)
    responsible_name = TextField(max_length=50, required=False, default="", allow_blank=True)
    item = serializers.IntegerField(
        required=False, allow_null=True, default=None, min_value=1, max_value=BIG
    )
    revision = serializers.IntegerField(
        required=False,
        allow_null=True,
        default=None,
        min_value=1,
        max_value=2**31 - 1,
        help_text="修改已有的一条时，所依据的版本",
    )


class OutcomeWrite(PortalView):
    permissions = (P.DISPATCH_EDIT,)

    @extend_schema(
        summary="记录结论",
        description="开会期间；另一人已改过的答 412。",
        request=OutcomeIn,
        responses={200: OutcomeOut},
    )
    @once
    def post(self, request: Request, pk: int, record: int) -> Response:
        """Writes an outcome of the card, or writes it anew."""

        def load() -> AgendaCard:
            found, meeting = get_agenda_card(self.actor, record)
            if meeting.pk != pk:
                raise Http404
            return found

        def act(found: AgendaCard, sent: dict[str, Any]) -> Any:
            return outcomes.write(
                card=found,
                uid=sent["uid"],
                typed=self._typed(found, sent),
                revision=sent["revision"],
                by=self.actor,
            )

        outcome = acts.carry_out(load, lambda found: dict(self.body(OutcomeIn)), act)
        return Response(OutcomeOut(outcome).data)

    def _typed(self, card: AgendaCard, sent: dict[str, Any]) -> outcomes.Typed:
        meeting = card.meeting
        if meeting is None:
            raise Http404
        owners = list(to_give_to(meeting.organization).filter(pk__in=sent["owners"]))
        if len(owners) != len(set(sent["owners"])):
            raise DomainError("有的责任单位不在管理范围内。", field="owners")
        items = ActionItem.objects.visible_to(self.actor)
        item = items.filter(pk=sent["item"]).first() if sent["item"] else None
        return outcomes.Typed(
            kind=sent["kind"],
            text=sent["text"],
            owners=owners,
            due_on=sent["due_on"],
            responsible_name=sent["responsible_name"],
            item=item,
        )
