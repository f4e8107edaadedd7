"""Demonstration sites for programs: what the pages tell, to nobody more than there. Read only."""

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import BIG, PageQuery, PortalView
from orgs.permissions import Permission as P

from .access import get_site, may_read, reads_all
from .enums import SiteLevel, SiteState
from .models import DemonstrationSite


class SiteOut(serializers.Serializer[Any]):
    uid = serializers.UUIDField()
    organization = serializers.IntegerField()
    organization_name = serializers.CharField()
    title = serializers.CharField()
    programme = serializers.UUIDField(help_text="示范创建项目")
    programme_title = serializers.CharField()
    basis = serializers.CharField(help_text="依据文件")
    level = serializers.ChoiceField(choices=SiteLevel.choices)
    level_name = serializers.CharField()
    awarded_by = serializers.CharField(help_text="命名机关")
    state = serializers.ChoiceField(
        choices=SiteState.choices,
        help_text="在册的对外都是 named；限期整改只有本组织和上级看得到",
    )
    plaque_number = serializers.CharField(allow_blank=True, help_text="牌号")
    named_on = serializers.DateField(allow_null=True)
    public_text = serializers.CharField(allow_blank=True, help_text="公开介绍")
    next_review_on = serializers.DateField(
        allow_null=True, help_text="下次复核；只有本组织和上级看得到"
    )
    removed_on = serializers.DateField(allow_null=True)


class SiteDetailOut(SiteOut):
    background = serializers.CharField(allow_blank=True)
    practice = serializers.CharField(allow_blank=True)
    result = serializers.CharField(allow_blank=True)


class SiteQuery(PageQuery):
    organization = serializers.IntegerField(required=False, min_value=1, max_value=BIG)
    level = serializers.ChoiceField(choices=SiteLevel.choices, required=False)
    state = serializers.ChoiceField(
        choices=SiteState.choices, required=False, help_text="不写为在册的"
    )


class SiteList(PortalView):
    permissions = (P.SITE_VIEW,)
    query = SiteQuery

    @extend_schema(
        summary="示范点",
        description="全区在册的；申报和已摘牌的只给本组织和上级。新的在前。",
        parameters=[SiteQuery],
        responses={200: SiteOut(many=True)},
    )
    def get(self, request: Request) -> Response:
        """The sites that the list of the page shows."""
        given = self.narrowed()
        rows = DemonstrationSite.objects.visible_to(self.actor)
        if "state" in given:
            # A warning is told to the site's own line alone: others find it among the named ones.
            rows = rows.within_reach(self.actor).filter(state=given["state"])
        else:
            rows = rows.in_force()
        if "organization" in given:
            rows = rows.filter(organization=given["organization"])
        if "level" in given:
            rows = rows.filter(programme__level=given["level"])
        rows = rows.select_related("organization", "programme__organization").order_by("-pk")
        return self.page(rows, SiteOut, prepared=lambda row: _told(row, may_read(self.actor, row)))


class SiteDetail(PortalView):
    permissions = (P.SITE_VIEW,)

    @extend_schema(
        summary="一个示范点",
        description="申报的内容只给本组织和上级；其他人看公开介绍。",
        responses={200: SiteDetailOut},
    )
    def get(self, request: Request, uid: uuid.UUID) -> Response:
        """One site."""
        site = get_site(self.actor, uid)
        self.narrowed()
        return Response(SiteDetailOut(_told(site, reads_all(self.actor, site))).data)


def _told(site: DemonstrationSite, is_own: bool) -> dict[str, Any]:
    """What may be told of a site: of another's line its plaque alone."""
    programme = site.programme
    hidden = not is_own and site.is_in_force
    return {
        "uid": site.uid,
        "organization": site.organization_id,
        "organization_name": site.organization.name,
        "title": site.title,
        "programme": programme.uid,
        "programme_title": programme.title,
        "basis": programme.basis,
        "level": programme.level,
        "level_name": programme.get_level_display(),
        "awarded_by": programme.awarded_by,
        "state": SiteState.NAMED.value if hidden else site.state,
        "plaque_number": site.plaque_number,
        "named_on": site.named_on,
        "public_text": site.public_text,
        "next_review_on": site.next_review_on if is_own else None,
        "removed_on": site.removed_on,
        "background": site.background if is_own else "",
        "practice": site.practice if is_own else "",
        "result": site.result if is_own else "",
    }
