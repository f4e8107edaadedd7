"""谈心谈话 for programs: that one took place. Why, what was said and what follows is told to none,
also not with a token of one who may read it on the page."""

import datetime as dt
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import BIG, PageQuery, PortalView
from orgs.access import get_organization
from orgs.permissions import Permission as P

from ..access import get_talk
from ..enums import TalkPair
from ..models import Talk
from ..queries.talk_readers import sees_names
from ..queries.talks import listed


class TalkOut(serializers.Serializer[Any]):
    uid = serializers.UUIDField()
    organization = serializers.IntegerField(source="organization_id")
    organization_name = serializers.CharField(source="organization")
    held_on = serializers.DateField()
    pair = serializers.ChoiceField(choices=TalkPair.choices)
    pair_name = serializers.CharField(source="get_pair_display")
    talker_name = serializers.CharField(
        source="talker_label", allow_blank=True, help_text="本党组织和直接上级以外为空"
    )
    partner_name = serializers.CharField(
        source="partner_label", allow_blank=True, help_text="本党组织和直接上级以外为空"
    )
    recorded_at = serializers.DateTimeField()
    withdrawn_at = serializers.DateTimeField(allow_null=True)

    def to_representation(self, instance: Talk) -> dict[str, Any]:
        """Without names for who does not see between whom it was."""
        told = super().to_representation(instance)
        if not sees_names(self.context["actor"], instance.organization):
            told |= {"talker_name": "", "partner_name": ""}
        return told


class TalkQuery(PageQuery):
    organization = serializers.IntegerField(
        required=False, min_value=1, max_value=BIG, help_text="这个组织及其下级"
    )
    since = serializers.DateField(required=False, help_text="谈话时间不早于")
    until = serializers.DateField(required=False, help_text="谈话时间不晚于")


class TalkList(PortalView):
    permissions = (P.LIFE_VIEW,)
    query = TalkQuery

    @extend_schema(
        summary="谈心谈话",
        description="哪一天谈过，新的在前；撤回的不列。谈话内容和事由不经接口提供。",
        parameters=[TalkQuery],
        responses={200: TalkOut(many=True)},
    )
    def get(self, request: Request) -> Response:
        """Talks that took place in the scope."""
        given = self.narrowed()
        place = None
        if "organization" in given:
            place = get_organization(self.actor, given["organization"], P.LIFE_VIEW)
        first = given.get("since", dt.date(1900, 1, 1))
        last = given.get("until", dt.date(9999, 12, 31))
        return self.page(listed(self.actor, first=first, last=last, place=place), TalkOut)


class TalkDetail(PortalView):
    permissions = (P.LIFE_VIEW,)

    @extend_schema(
        summary="一次谈心谈话",
        description="哪一天谈过。谈话内容和事由不经接口提供。",
        responses={200: TalkOut},
    )
    def get(self, request: Request, uid: Any) -> Response:
        """One talk, without what was said."""
        talk = get_talk(self.actor, uid)
        self.narrowed()
        return Response(TalkOut(talk, context={"actor": self.actor}).data)
