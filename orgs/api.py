"""The API's sign-in, and organisations."""

from typing import Any

from django.contrib import auth
from django.http import Http404
from django.views.decorators.debug import sensitive_variables
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core import audit
from core.actor import Actor
from core.api import (
    BIG,
    PageQuery,
    PortalView,
    StrictSerializer,
    TextField,
    etag,
)
from core.http import client_ip
from core.problems import Refused
from core.throttles import TokenThrottle

from .access import actor_of, current_grants
from .actions import tokens
from .backends import find_user
from .enums import OrganizationKind
from .middleware import password_is_due
from .models import Organization, User
from .permissions import Permission as P
from .queries.organizations import named_like


class _TokenScheme(OpenApiAuthenticationExtension):
    target_class = "orgs.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """As the document names it."""
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "Token <令牌>",
        }


class _BrowserScheme(OpenApiAuthenticationExtension):
    target_class = "orgs.authentication.BrowserAuthentication"
    name = "browser"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """As the document names it."""
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}


# --- a token for name and password ------------------------------------------------------------


class TokenIn(StrictSerializer):
    username = TextField(max_length=200)
    password = TextField(max_length=200, trim_whitespace=False)
    grant = serializers.IntegerField(required=False, min_value=1, max_value=BIG)
    scope = serializers.ChoiceField(choices=["read", "write"], required=False)
    days = serializers.IntegerField(required=False, min_value=1, max_value=tokens.MAX_DAYS)


class TokenOut(serializers.Serializer[Any]):
    token = serializers.CharField()
    scope = serializers.CharField()
    grant = serializers.IntegerField()
    expires_at = serializers.DateTimeField()


class TokenObtain(PortalView):
    access = "public"
    authentication_classes = ()
    throttle_classes = (TokenThrottle,)

    @extend_schema(
        summary="用登录名和密码换取令牌",
        description="登录名不存在、密码错误、锁定和停用的答复相同。默认读写、30 天、以范围最大的授权办理。",
        request=TokenIn,
        responses={200: TokenOut},
        auth=[],
    )
    @sensitive_variables("given")
    def post(self, request: Request) -> Response:
        """One answer for unknown, wrong, locked and shut accounts. The token writes unless
        `scope` says read, lasts 30 days unless `days` says else, and acts in the widest grant
        unless `grant` names another."""
        given = self.body(TokenIn)
        inner: Any = request._request
        user: Any = auth.authenticate(inner, username=given["username"], password=given["password"])
        inner.axes_locked_out = False  # the answer is ours, not that of a page
        if user is None:
            known = find_user(given["username"])
            audit.record_now(
                by=_person(inner, known),
                verb="orgs.session.refused",
                obj=known,
                label="" if known else "（没有这个账号）",
                note="接口",
            )
            raise Refused(401, "登录名或密码不正确，或因多次失败暂时锁定。", code="refused")
        if password_is_due(user):
            raise Refused(403, "请先在网页上修改密码。", code="password_due")
        grants = [] if user.admin_kind else current_grants(user)
        grant = next((one for one in grants if one.pk == given.get("grant", one.pk)), None)
        if grant is None:
            raise Refused(403, "没有可用的授权。", code="grant")
        by = actor_of(user, grant, ip=client_ip(inner), request_id=inner.request_id)
        made = tokens.create(
            by=by,
            grant_id=grant.pk,
            name="接口登录",
            scope=given.get("scope", "write"),
            days=given.get("days", 30),
            password_of=user.password_changed_at,
        )
        return Response(
            {
                "token": made.secret,
                "scope": made.token.scope,
                "grant": grant.pk,
                "expires_at": made.token.expires_at,
            }
        )


def _person(request: Any, user: User | None) -> Actor:
    return Actor(
        user_id=user.pk if user else None,
        name=user.name if user else "（未登录）",
        ip=client_ip(request),
        request_id=getattr(request, "request_id", ""),
    )


# --- organisations ----------------------------------------------------------------------------


class OrganizationOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    code = serializers.CharField()
    name = serializers.CharField()
    short_name = serializers.CharField(allow_blank=True)
    kind = serializers.CharField()
    organization_class = serializers.CharField()
    parent = serializers.IntegerField(source="parent_id", allow_null=True)  # type: ignore[assignment]
    depth = serializers.IntegerField()
    founded_on = serializers.DateField(allow_null=True)
    abolished_on = serializers.DateField(allow_null=True)
    term_ends_on = serializers.DateField(allow_null=True)
    revision = serializers.IntegerField()
    updated_at = serializers.DateTimeField()

    def to_representation(self, row: Organization) -> dict[str, Any]:
        """The organisation; the one above it only when that lies in the scope too."""
        shown = super().to_representation(row)
        if row.path == self.context["actor"].organization_path:
            shown["parent"] = None
        return shown


class OrganizationQuery(PageQuery):
    parent = serializers.IntegerField(required=False, min_value=1, max_value=BIG)  # type: ignore[assignment]
    kind = serializers.ChoiceField(choices=OrganizationKind.choices, required=False)
    q = TextField(required=False, max_length=50)
    active = serializers.BooleanField(required=False)


class OrganizationList(PortalView):
    permissions = (P.ORGANIZATION_VIEW,)
    query = OrganizationQuery

    @extend_schema(
        summary="党组织",
        description="自己范围内的党组织，按隶属顺序。",
        parameters=[OrganizationQuery],
        responses={200: OrganizationOut(many=True)},
    )
    def get(self, request: Request) -> Response:
        """Organisations in one's scope, in the order of the tree."""
        given = self.narrowed()
        rows = Organization.objects.visible_to(self.actor).order_by("path")
        if "parent" in given:
            if not rows.filter(pk=given["parent"]).exists():
                raise Http404
            rows = rows.filter(parent_id=given["parent"])
        if "kind" in given:
            rows = rows.filter(kind=given["kind"])
        if given.get("q"):
            rows = rows.filter(named_like(given["q"]))
        if "active" in given:
            active = Organization.objects.active()
            rows = (
                rows.filter(pk__in=active.values("pk"))
                if given["active"]
                else rows.exclude(pk__in=active.values("pk"))
            )
        return self.page(rows, OrganizationOut)


class OrganizationDetail(PortalView):
    permissions = (P.ORGANIZATION_VIEW,)

    @extend_schema(
        summary="一个党组织", description="ETag 为版本。", responses={200: OrganizationOut}
    )
    def get(self, request: Request, pk: int) -> Response:
        """One organisation in one's scope, with its revision as ETag."""
        row = Organization.objects.visible_to(self.actor).filter(pk=pk).first()
        if row is None:
            raise Http404
        self.narrowed()
        shown = OrganizationOut(row, context={"actor": self.actor})
        return Response(shown.data, headers={"ETag": etag(row.revision)})
