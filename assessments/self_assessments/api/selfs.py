"""One's own self-assessment for programs: read, items written, sent. The numbers are those of the
page; what reviewers have given is nowhere in it."""

import uuid
from functools import partial
from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from assessments.cycles.models import Assessed
from core import acts
from core.api import (
    NothingBody,
    PortalView,
    StrictSerializer,
    TextField,
    act_on_revision,
    etag,
    revision_wanted,
)
from orgs.permissions import Permission as P

from .. import words
from ..access import get_answered, get_read
from ..actions import items, sending
from ..enums import SelfState, Stance
from ..queries.sheet import Row, Sheet, leaf_of, sheet_of


class SelfRecordOut(serializers.Serializer[Any]):
    kind = serializers.CharField()
    uid = serializers.UUIDField()
    title = serializers.CharField(source="label")


class SelfItemOut(serializers.Serializer[Any]):
    key = serializers.CharField()
    name = serializers.CharField()
    by_hand = serializers.BooleanField(help_text="要人评的；其余由数据计分")
    is_asked = serializers.BooleanField(help_text="要自评，或写明为什么不评")
    rules = serializers.ListField(
        child=serializers.IntegerField(), help_text="要评的规则，从 0 起", source="places"
    )
    points = serializers.CharField(allow_blank=True, help_text="计分或自评分；没有的为空")
    stance = serializers.ChoiceField(
        choices=Stance.choices, allow_blank=True, help_text="没有写过的为空，自动计分的即认可"
    )
    facts = serializers.DictField()
    reason = serializers.CharField(allow_blank=True)
    is_returned = serializers.BooleanField(help_text="退回，等重新报送")
    return_reason = serializers.CharField(allow_blank=True)
    evidence = SelfRecordOut(many=True)
    revision = serializers.IntegerField(help_text="没有写过的为 0")


class SelfAssessmentOut(serializers.Serializer[Any]):
    uid = serializers.UUIDField()
    organization = serializers.IntegerField()
    organization_name = serializers.CharField()
    period = serializers.CharField()
    state = serializers.ChoiceField(choices=SelfState.choices)
    sent_at = serializers.DateTimeField(allow_null=True)
    is_computed = serializers.BooleanField(help_text="按冻结的事实算好以前，没有各项")
    total = serializers.CharField(allow_blank=True, help_text="事实与自评合计，不全的为已有部分")
    missing = serializers.ListField(child=serializers.CharField(), help_text="还没有自评的指标")
    revision = serializers.IntegerField()
    items = SelfItemOut(many=True)


class ItemIn(StrictSerializer):
    facts = serializers.DictField(
        child=serializers.DictField(),
        required=False,
        help_text='每条规则的自评，如 {"0": {"level": "好"}}；自动计分的不带',
    )
    reason = TextField(max_length=items.MOST_REASON, required=False, allow_blank=True)


def _item(row: Row) -> dict[str, Any]:
    said = row.said
    return {
        "key": row.key,
        "name": row.name,
        "by_hand": row.by_hand,
        "is_asked": row.is_asked,
        "places": list(row.places),
        "points": words.points_words(row),
        "stance": said.stance if said else "",
        "facts": said.facts if said else {},
        "reason": said.reason if said else "",
        "is_returned": row.is_open,
        "return_reason": said.return_reason if said and row.is_open else "",
        "evidence": list(said.evidence.all()) if said else [],
        "revision": row.revision,
    }


def _answer(sheet: Sheet) -> Response:
    assessed, own = sheet.assessed, sheet.own
    told = {
        "uid": assessed.uid,
        "organization": assessed.organization_id,
        "organization_name": assessed.name,
        "period": assessed.cycle.period,
        "state": sheet.state,
        "sent_at": own.sent_at if own is not None else None,
        "is_computed": sheet.explained is not None,
        "total": sheet.explained.total if sheet.explained is not None else "",
        "missing": [row.key for row in sheet.missing],
        "revision": sheet.revision,
        "items": [_item(row) for row in sheet.rows.values()],
    }
    return Response(SelfAssessmentOut(told).data, headers={"ETag": etag(sheet.revision)})


class SelfAssessmentDetail(PortalView):
    permissions = (P.ASSESSMENT_VIEW,)

    @extend_schema(
        summary="自查自评",
        description="本单位的，事实冻结以后；下面各单位的，报送以后。ETag 为版本。",
        responses={200: SelfAssessmentOut},
    )
    def get(self, request: Request, uid: uuid.UUID) -> Response:
        """The self-assessment of one of the assessed, by the uid of its score."""
        assessed = get_read(self.actor, uid)
        self.narrowed()
        return _answer(sheet_of(assessed))


_act = partial(act_on_revision, answer=SelfAssessmentOut)


class SelfItemWrite(PortalView):
    permissions = (P.ASSESSMENT_ANSWER,)

    @_act(
        "写一项自评",
        "要人评的给出自评，自动计分的提出异议。须带 If-Match，为这一项的版本。",
        ItemIn,
    )
    def post(self, request: Request, uid: uuid.UUID, key: str) -> Response:
        """Marks an item, or questions what was counted of it. Needs If-Match with its revision."""

        def load() -> tuple[Sheet, Row]:
            sheet = sheet_of(get_answered(self.actor, uid))
            row = sheet.rows.get(key)
            if row is None:
                raise Http404
            return sheet, row

        def given(subject: tuple[Sheet, Row]) -> dict[str, Any]:
            sent = self.body(ItemIn)
            return {**sent, "revision": revision_wanted(self.request, subject[1].revision)}

        def act(subject: tuple[Sheet, Row], sent: dict[str, Any]) -> object:
            sheet, row = subject
            common = {
                "assessed": sheet.assessed,
                "indicator": key,
                "reason": sent.get("reason", ""),
                "revision": sent["revision"],
                "by": self.actor,
            }
            if row.by_hand:
                return items.save(facts=sent.get("facts", {}), **common)
            return items.question(**common)

        acts.carry_out(load, given, act)
        return _answer(sheet_of(get_answered(self.actor, uid)))


class SelfAnswer(PortalView):
    permissions = (P.ASSESSMENT_ANSWER,)

    @_act("重新报送一项", "退回的一项。须带 If-Match，为这一项的版本。", NothingBody)
    def post(self, request: Request, uid: uuid.UUID, key: str) -> Response:
        """Sends a returned item again. Needs If-Match with its revision."""

        def load() -> Assessed:
            found = get_answered(self.actor, uid)
            if leaf_of(found, key) is None:
                raise Http404
            return found

        def given(assessed: Assessed) -> dict[str, Any]:
            self.body(NothingBody)
            row = sheet_of(assessed).rows.get(key)
            revision_wanted(self.request, row.revision if row is not None else 0)
            return {}

        acts.carry_out(
            load,
            given,
            lambda assessed, sent: sending.answer(assessed=assessed, indicator=key, by=self.actor),
        )
        return _answer(sheet_of(get_answered(self.actor, uid)))


class SelfAssessmentSend(PortalView):
    permissions = (P.ASSESSMENT_ANSWER,)

    @_act("报送自查自评", "要自评的都评了或写明不评才能报送。须带 If-Match。", NothingBody)
    def post(self, request: Request, uid: uuid.UUID) -> Response:
        """Sends the whole. Needs If-Match."""

        def given(assessed: Assessed) -> int:
            self.body(NothingBody)
            own = sheet_of(assessed)
            return revision_wanted(self.request, own.revision)

        acts.carry_out(
            lambda: get_answered(self.actor, uid),
            given,
            lambda assessed, revision: sending.send(
                assessed=assessed, revision=revision, by=self.actor
            ),
        )
        return _answer(sheet_of(get_answered(self.actor, uid)))
