"""Schemes for programs: which there are, their versions, and what published ones say."""

import uuid
from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import BIG, PageQuery, PortalView
from orgs.permissions import Permission as P

from .enums import Level, VersionState
from .models import Scheme, SchemeVersion


class SchemeOut(serializers.Serializer[Any]):
    uid = serializers.UUIDField()
    organization = serializers.IntegerField(source="organization_id")
    organization_name = serializers.CharField(source="organization")
    year = serializers.IntegerField()
    level = serializers.ChoiceField(choices=Level.choices)
    level_name = serializers.CharField(source="get_level_display")
    name = serializers.CharField()
    classes = serializers.ListField(child=serializers.CharField(), help_text="适用的组织类型")


class SchemeVersionOut(serializers.Serializer[Any]):
    uid = serializers.UUIDField()
    number = serializers.IntegerField()
    state = serializers.ChoiceField(choices=VersionState.choices)
    state_name = serializers.CharField(source="get_state_display")
    from_period = serializers.CharField(allow_blank=True, help_text="自何期起适用")
    document_number = serializers.CharField(allow_blank=True)
    document_on = serializers.DateField(allow_null=True)
    is_entered_later = serializers.BooleanField(help_text="期前已发纸质文件，事后录入")
    published_at = serializers.DateTimeField(allow_null=True)
    digest = serializers.CharField(allow_blank=True, help_text="内容的 SHA-256")
    content = serializers.JSONField(
        source="told", allow_null=True, help_text="已发布的内容；没有发布的为空"
    )


class SchemeDetailOut(SchemeOut):
    versions = SchemeVersionOut(many=True, help_text="新的在前")


class SchemeQuery(PageQuery):
    organization = serializers.IntegerField(required=False, min_value=1, max_value=BIG)
    year = serializers.IntegerField(required=False, min_value=2000, max_value=2100)
    level = serializers.ChoiceField(choices=Level.choices, required=False)


class SchemeList(PortalView):
    permissions = (P.SCHEME_VIEW,)
    query = SchemeQuery

    @extend_schema(
        summary="考核细则",
        description="本单位制定的，和上级已发布的；新的在前。",
        parameters=[SchemeQuery],
        responses={200: SchemeOut(many=True)},
    )
    def get(self, request: Request) -> Response:
        """Schemes of the actor's organisations, and published ones made above them."""
        given = self.narrowed()
        rows = Scheme.objects.visible_to(self.actor).select_related("organization")
        for name in ("organization", "year", "level"):
            if name in given:
                rows = rows.filter(**{name: given[name]})
        return self.page(rows.order_by("-year", "organization_id", "pk"), SchemeOut)


class SchemeDetail(PortalView):
    permissions = (P.SCHEME_VIEW,)

    @extend_schema(
        summary="一份考核细则",
        description="各版和已发布的内容；草案的内容只在页面上。",
        responses={200: SchemeDetailOut},
    )
    def get(self, request: Request, uid: uuid.UUID) -> Response:
        """One scheme with its versions, and what the published ones say."""
        rows = Scheme.objects.visible_to(self.actor).select_related("organization")
        scheme = rows.filter(uid=uid).first()
        if scheme is None:
            raise Http404
        self.narrowed()
        versions = list(
            SchemeVersion.objects.visible_to(self.actor)
            .filter(scheme=scheme)
            .exclude(state=VersionState.DISCARDED)
            .order_by("-number")
        )
        for one in versions:
            is_published = one.state == VersionState.PUBLISHED
            one.told = one.content if is_published else None  # type: ignore[attr-defined]
        told = {**SchemeOut(scheme).data, "versions": SchemeVersionOut(versions, many=True).data}
        return Response(told)
