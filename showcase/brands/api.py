"""Brands for programs: what their pages show, to nobody more than there. Read only."""

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import BIG, PageQuery, PortalView
from orgs.permissions import Permission as P

from .access import get_brand
from .enums import BrandState
from .models import Brand
from .queries.files import copies_of


class BrandOut(serializers.Serializer[Any]):
    uid = serializers.UUIDField()
    organization = serializers.IntegerField(source="organization_id")
    organization_name = serializers.CharField(source="organization")
    name = serializers.CharField()
    slogan = serializers.CharField(allow_blank=True)
    method = serializers.CharField(allow_blank=True, help_text="工作法")
    state = serializers.ChoiceField(choices=BrandState.choices)
    state_name = serializers.CharField(source="get_state_display")
    named_on = serializers.DateField(allow_null=True)
    recheck_on = serializers.DateField(allow_null=True, help_text="下次复审")


class BrandCopyOut(serializers.Serializer[Any]):
    organization = serializers.IntegerField(source="organization_id")
    organization_name = serializers.CharField(source="organization")
    what = serializers.CharField(help_text="怎么学用")
    begun_on = serializers.DateField()
    result = serializers.CharField(allow_blank=True)
    told_on = serializers.DateField(allow_null=True)


class BrandDetailOut(BrandOut):
    meaning = serializers.CharField(allow_blank=True, help_text="内涵")
    practice = serializers.CharField(allow_blank=True, help_text="做法")
    carriers = serializers.CharField(allow_blank=True, help_text="载体")
    results = serializers.CharField(allow_blank=True, help_text="成效")
    basis = serializers.CharField(allow_blank=True, help_text="命名依据")
    copies = BrandCopyOut(many=True)


class BrandQuery(PageQuery):
    organization = serializers.IntegerField(required=False, min_value=1, max_value=BIG)
    state = serializers.ChoiceField(choices=BrandState.choices, required=False)


class BrandList(PortalView):
    permissions = (P.BRAND_VIEW,)
    query = BrandQuery

    @extend_schema(
        summary="党建品牌",
        description="已命名的给全区；命名以前的只给本单位和上级。",
        parameters=[BrandQuery],
        responses={200: BrandOut(many=True)},
    )
    def get(self, request: Request) -> Response:
        """The brands that the list of the page shows."""
        given = self.narrowed()
        rows = Brand.objects.visible_to(self.actor).exclude(state=BrandState.DROPPED)
        for name in ("organization", "state"):
            if name in given:
                rows = rows.filter(**{name: given[name]})
        return self.page(rows.select_related("organization").order_by("-pk"), BrandOut)


class BrandDetail(PortalView):
    permissions = (P.BRAND_VIEW,)

    @extend_schema(
        summary="一个党建品牌",
        description="档案，和谁在学用、结果怎样。",
        responses={200: BrandDetailOut},
    )
    def get(self, request: Request, uid: uuid.UUID) -> Response:
        """The file of one brand."""
        brand = get_brand(self.actor, uid)
        self.narrowed()
        told = BrandOut(brand).data | {
            name: getattr(brand, name)
            for name in ("meaning", "practice", "carriers", "results", "basis")
        }
        return Response(told | {"copies": BrandCopyOut(copies_of(brand), many=True).data})
