"""What every resource of the API stands on: who acts, strict input, problems, ETags, pages,
and POSTs that act once.

The views of the apps say whom they are for by `access` and `permissions`; `as_view` turns that
into the same access marker that pages carry.
"""

import hashlib
import json
import math
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.datastructures import MultiValueDict
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_serializer
from rest_framework import exceptions, serializers
from rest_framework.exceptions import APIException, ParseError, ValidationError
from rest_framework.pagination import PageNumberPagination
from rest_framework.parsers import JSONParser
from rest_framework.permissions import AllowAny
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from . import clock, problems
from .actor import Actor
from .errors import DomainError
from .guards import Marker, signed_in
from .http import PortalRequest
from .models import Notification, StoredAnswer
from .notifications import mark_read
from .problems import Refused
from .text import is_storable
from .throttles import PersonThrottle

MAX_BODY = 1_000_000  # bytes of JSON
MAX_DEPTH = 20
MAX_KEYS = 2_000
BIG = 2**63 - 1


# --- refusals -------------------------------------------------------------------------------


def _flat(detail: Any, field: str = "") -> list[dict[str, str]]:
    """DRF's nested messages as a flat list of {field, message}."""
    if isinstance(detail, Mapping):
        return [
            row
            for key, inner in detail.items()
            for row in _flat(inner, f"{field}.{key}" if field else str(key))
        ]
    if isinstance(detail, list | tuple):
        if all(isinstance(inner, str) for inner in detail):
            return [{"field": field, "message": str(inner)} for inner in detail]
        return [
            row
            for number, inner in enumerate(detail)
            for row in _flat(inner, f"{field}[{number}]" if inner else field)
        ]
    return [{"field": field, "message": str(detail)}]


def exception_handler(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """Every refusal as a problem; what is none of them stays a fault."""
    headers: dict[str, str] = {}
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    elif isinstance(error, RequestDataTooBig):
        error = Refused(413, "请求内容过大。", code="too_large")
    elif isinstance(error, DomainError):
        field = [{"field": error.field, "message": error.message}] if error.field else None
        status = 412 if error.code == "stale" else error.status
        error = Refused(status, error.message, code=error.code, errors=field)
    if not isinstance(error, APIException):
        return None
    errors: Any = getattr(error, "errors", None)
    detail, code = "", str(getattr(error, "default_code", ""))
    if isinstance(error, ValidationError):
        errors, code = _flat(error.detail), "invalid"
    else:
        detail = str(error.detail)
        code = getattr(error.detail, "code", code)
    if getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = error.auth_header  # type: ignore[attr-defined]
    if getattr(error, "wait", None):
        headers["Retry-After"] = str(math.ceil(error.wait))  # type: ignore[attr-defined]
    members = problems.body(error.status_code, detail=detail, code=code, errors=errors)
    response = Response(members, status=error.status_code, headers=headers)
    response.content_type = problems.CONTENT_TYPE
    return response


# --- strict input ---------------------------------------------------------------------------


class StrictJSONParser(JSONParser):
    """JSON of which every reader would understand the same, and that every database can hold."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        """The value. Raises ParseError for anything ambiguous, Refused (413) for too much."""
        raw = stream.read(MAX_BODY + 1)
        if len(raw) > MAX_BODY:
            raise Refused(413, f"JSON 不得超过 {MAX_BODY // 1000} KB。", code="too_large")
        try:
            value = json.loads(
                raw.decode("utf-8"),
                object_pairs_hook=_once_each,
                parse_constant=_no_constant,
                parse_int=_integer,
                parse_float=_number,
            )
        except RecursionError as error:
            raise ParseError("JSON 嵌套过深。") from error
        except ValueError as error:
            raise ParseError(f"不是规范的 JSON：{error}") from error
        _walk(value)
        return value


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("duplicate keys")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no number")


def _integer(text: str) -> int:
    if len(text) > 20 or abs(int(text)) > BIG:
        raise ValueError("integer out of range")
    return int(text)


def _number(text: str) -> float:
    value = float(text)
    if not math.isfinite(value) or abs(value) > BIG:
        raise ValueError("number out of range")
    return value


def _walk(value: Any, depth: int = 0) -> None:
    if depth > MAX_DEPTH:
        raise ParseError("JSON 嵌套过深。")
    if isinstance(value, str) and not is_storable(value):
        raise ParseError("文字中含有无法处理的字符。")
    if isinstance(value, dict):
        if len(value) > MAX_KEYS:
            raise ParseError("JSON 的键过多。")
        for key, inner in value.items():
            _walk(key, depth)
            _walk(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            _walk(inner, depth + 1)


class StrictSerializer(serializers.Serializer[Any]):
    """Input of which every field must be known. Nothing is silently left out."""

    def to_internal_value(self, data: Any) -> Any:
        """Raises ValidationError naming the fields that nobody asked for."""
        if isinstance(data, Mapping):
            known = {name for name, field in self.fields.items() if not field.read_only}
            unknown = [str(key) for key in data if key not in known]
            if unknown:
                raise ValidationError(
                    {key[:100]: ["没有这个字段，或不能填写。"] for key in unknown[:20]}
                )
        return super().to_internal_value(data)


class TextField(serializers.CharField):
    """Text that is JSON text: a number or true is none."""

    def to_internal_value(self, data: Any) -> str:
        """Raises ValidationError for anything but text."""
        if not isinstance(data, str) or not is_storable(data):
            self.fail("invalid")
        return super().to_internal_value(data)


class PageQuery(StrictSerializer):
    """What every list takes in its address."""

    page = serializers.IntegerField(required=False, min_value=1, max_value=1_000_000)
    page_size = serializers.IntegerField(required=False, min_value=1, max_value=200)


class NothingQuery(StrictSerializer):
    """For addresses that take no parameters."""


@extend_schema_serializer(component_name="Empty")
class NothingBody(StrictSerializer):
    """For acts that need no more than their address."""


# --- views ----------------------------------------------------------------------------------


class ProblemOrJSONRenderer(JSONRenderer):
    """JSON in UTF-8 as it is read by people too."""

    charset = "utf-8"
    ensure_ascii = False


class Pages(PageNumberPagination):
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200


class PortalView(APIView):
    """A resource. `access` is public, signed_in or needs; with needs, one of `permissions`."""

    access: ClassVar[str] = "needs"
    permissions: ClassVar[tuple[str, ...]] = ()
    query: ClassVar[type[StrictSerializer]] = NothingQuery
    parser_classes: Any = (StrictJSONParser,)
    renderer_classes: Any = (ProblemOrJSONRenderer,)
    throttle_classes = (PersonThrottle,)
    pagination_class = Pages
    permission_classes = (AllowAny,)  # `initial` asks, so that what is not mine is not there
    actor: Actor

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        """The view function, with its access marker; other methods are refused before all else."""
        view = super().as_view(**initkwargs)
        methods = tuple(
            name.upper() for name in ("get", "post", "put", "patch", "delete") if hasattr(cls, name)
        )
        if "GET" in methods:
            methods += ("HEAD",)

        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method not in methods:
                answer = problems.problem(405, detail=f"这里只接受 {'、'.join(methods)}。")
                answer["Allow"] = ", ".join(methods)
                return answer
            return view(request, *args, **kwargs)

        guarded.access_marker = Marker(  # type: ignore[attr-defined]
            cls.access, tuple(map(str, cls.permissions)), methods
        )
        guarded.csrf_exempt = True  # type: ignore[attr-defined]
        guarded.login_required = False  # type: ignore[attr-defined]
        return guarded

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Who acts, whether he may, and whether the address says only what it can say."""
        super().initial(request, *args, **kwargs)
        if self.access == "public":
            return
        if not request.user or not request.user.is_authenticated:
            raise exceptions.NotAuthenticated
        self.actor = request._request.actor  # type: ignore[attr-defined]
        if self.access == "needs" and not any(self.actor.may(one) for one in self.permissions):
            raise Http404

    def narrowed(self) -> dict[str, Any]:
        """The checked parameters of the address. Raises ValidationError for any other."""
        given = self.request.query_params
        twice = [key for key in given if len(given.getlist(key)) > 1]
        if twice:
            raise ValidationError({key: ["只能写一次。"] for key in twice})
        checked = self.query(data=given.dict())
        checked.is_valid(raise_exception=True)
        return dict(checked.validated_data)

    def body(self, kind: type[StrictSerializer]) -> dict[str, Any]:
        """The checked body. Raises ValidationError; a field of a form that is sent twice is one,
        because all but the last would be silently left out."""
        if isinstance(self.request.data, MultiValueDict):
            twice = [key for key, values in self.request.data.lists() if len(values) > 1]
            if twice:
                raise ValidationError({key[:100]: ["只能写一次。"] for key in twice[:20]})
        checked = kind(data=self.request.data)
        checked.is_valid(raise_exception=True)
        return dict(checked.validated_data)

    def page(self, rows: Any, shown: Callable[[Any], Mapping[str, Any]]) -> Response:
        """One page of `rows`, each as `shown` makes it. Two queries beside those of `shown`."""
        pages = Pages()
        found: Any = pages.paginate_queryset(rows, self.request, view=self)
        return pages.get_paginated_response([shown(row) for row in found or []])


IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, description="所依据的版本（ETag）；缺少则答 428"
)


def etag(revision: int) -> str:
    """The ETag of a row's revision."""
    return f'"{revision}"'


def revision_wanted(request: Request, current: int) -> int:
    """The revision that If-Match names. Raises Refused: 428 without it, 412 when it is not
    `current`, so that nobody writes over what he has not seen."""
    raw = request.headers.get("If-Match", "").strip()
    if not raw:
        raise Refused(428, "请带上 If-Match，写明所依据的版本。", code="if_match_missing")
    if raw != etag(current):
        raise Refused(412, "内容已更新，请重新读取后再提交。", code="stale")
    return current


def once(
    method: Callable[..., Response],
) -> Callable[..., Response]:
    """Makes a POST act once for each Idempotency-Key of a person.

    The key's row, the act and the answer commit together: a second request with the key waits
    for the first and gets its answer; an act that was refused leaves nothing behind.
    """

    @wraps(method)
    def run(self: PortalView, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get("Idempotency-Key")
        if key is None:
            return method(self, request, *args, **kwargs)
        if not 1 <= len(key) <= 200 or not key.isascii() or not key.isprintable():
            raise Refused(400, "Idempotency-Key 应为 1 至 200 个 ASCII 字符。", code="bad_key")
        digest = _digest(self, request)
        user_id = self.actor.user_id or 0
        now = clock.now()
        with transaction.atomic():
            mine = StoredAnswer.objects.filter(user_id=user_id)
            mine.outlived(now).delete()
            try:
                with transaction.atomic():
                    row = StoredAnswer.objects.create(
                        user_id=user_id, key=key, digest=digest, created_at=now
                    )
            except IntegrityError:
                return _again(mine.filter(key=key).first(), digest)
            response = method(self, request, *args, **kwargs)
            headers = {
                name: response[name] for name in ("ETag", "Location") if response.has_header(name)
            }
            row.status, row.headers = response.status_code, headers
            row.answer = json.loads(JSONRenderer().render(response.data) or b"{}")
            row.save(update_fields=["status", "answer", "headers"])
        return response

    return run


def _again(row: StoredAnswer | None, digest: str) -> Response:
    if row is None:
        raise Refused(
            409, "同一个 Idempotency-Key 的请求正在办理，请稍后再试。", code="in_progress"
        )
    if row.digest != digest:
        raise Refused(422, "这个 Idempotency-Key 已用于另一个请求。", code="key_reused")
    return Response(
        None if row.status == 204 else row.answer,
        status=row.status,
        headers={**row.headers, "Idempotent-Replayed": "true"},
    )


def _digest(view: PortalView, request: Request) -> str:
    told = hashlib.sha256()
    told.update(f"{request.method} {request.path} {view.actor.grant_id}\n".encode())
    for name, value in sorted(request.data.items() if hasattr(request.data, "items") else []):
        told.update(f"{name}\n".encode())
        if hasattr(value, "chunks"):
            for chunk in value.chunks():
                told.update(chunk)
            value.seek(0)
        else:
            told.update(json.dumps(value, sort_keys=True).encode())
    return told.hexdigest()


# --- messages -------------------------------------------------------------------------------


class NotificationOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    title = serializers.CharField()
    body = serializers.CharField(allow_blank=True)
    url = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()
    read_at = serializers.DateTimeField(allow_null=True)


class NotificationQuery(PageQuery):
    unread = serializers.BooleanField(required=False)


class NotificationList(PortalView):
    access = "signed_in"
    query = NotificationQuery

    @extend_schema(
        summary="消息",
        description="自己的消息，新的在前。",
        parameters=[NotificationQuery],
        responses={200: NotificationOut(many=True)},
    )
    def get(self, request: Request) -> Response:
        """One's own messages, newest first."""
        rows = Notification.objects.filter(user_id=self.actor.user_id or 0).order_by(
            "-created_at", "-pk"
        )
        unread = self.narrowed().get("unread")
        if unread is not None:
            rows = rows.filter(read_at__isnull=unread)
        return self.page(rows, lambda row: NotificationOut(row).data)


class NotificationRead(PortalView):
    access = "signed_in"

    @extend_schema(
        summary="消息标为已读",
        description="只能处理自己的消息。",
        request=NothingBody,
        responses={200: NotificationOut},
    )
    @once
    def post(self, request: Request, pk: int) -> Response:
        """Marks one of one's own messages as read."""
        row = Notification.objects.filter(user_id=self.actor.user_id or 0, pk=pk).first()
        if row is None:
            raise Http404
        self.body(NothingBody)
        mark_read(by=self.actor, notification_id=row.pk)
        row.refresh_from_db()
        return Response(NotificationOut(row).data)


# --- the document ---------------------------------------------------------------------------

_PROBLEMS = {
    "400": "请求有误",
    "401": "没有登录，或令牌无效",
    "403": "没有权限",
    "404": "不存在，或不在自己的范围内",
    "405": "不支持这种方法",
    "406": "不提供这种格式",
    "409": "状态已变化",
    "412": "If-Match 与现在的版本不同",
    "413": "内容过大",
    "415": "不接受这种格式",
    "422": "不能办理",
    "428": "缺少 If-Match",
    "429": "请求过于频繁",
}
_PROBLEM_SCHEMA = {
    "type": "object",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "errors": {"type": "array", "items": {"type": "object"}},
    },
}


def document_problems(
    result: dict[str, Any], generator: Any, request: Any, public: bool
) -> dict[str, Any]:
    """Adds to each operation what it may refuse with, and the headers it reads."""
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = _PROBLEM_SCHEMA
    content = {problems.CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for operations in result["paths"].values():
        for method, operation in operations.items():
            for status, about in _PROBLEMS.items():
                operation["responses"].setdefault(
                    status, {"description": about, "content": content}
                )
            headers = {"X-Acting-Grant": "以自己的哪一项授权办理（授权编号）"}
            if method == "post":
                headers["Idempotency-Key"] = "同一个键的请求只办理一次"
            for name, about in headers.items():
                operation.setdefault("parameters", []).append(
                    {
                        "in": "header",
                        "name": name,
                        "description": about,
                        "schema": {"type": "string"},
                    }
                )
    return result


def document() -> dict[str, Any]:
    """The OpenAPI document of the API."""
    generator: Any = SchemaGenerator(patterns=None)
    found: dict[str, Any] = generator.get_schema(request=None, public=True)
    return found


class OpenAPIRenderer(BaseRenderer):
    media_type = "application/vnd.oai.openapi+json"
    format = "openapi"

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None
    ) -> bytes:
        """JSON, like any other."""
        return json.dumps(data, ensure_ascii=False).encode()


class SchemaView(PortalView):
    access = "signed_in"
    renderer_classes = (ProblemOrJSONRenderer, OpenAPIRenderer)

    @extend_schema(exclude=True)
    def get(self, request: Request) -> Response:
        """The OpenAPI 3.1 document."""
        return Response(document())


@signed_in("GET", "HEAD")
def documentation(request: PortalRequest) -> HttpResponse:
    """The document, as a page to read."""
    found = document()
    operations = [
        {
            "path": path,
            "method": method.upper(),
            "summary": operation.get("summary", ""),
            "about": operation.get("description", ""),
            "parameters": [
                one for one in operation.get("parameters", []) if one["in"] in ("query", "path")
            ],
            "fields": _fields(found, operation),
        }
        for path, methods in found["paths"].items()
        for method, operation in methods.items()
    ]
    return render(request, "core/api.html", {"operations": operations, "info": found["info"]})


def _fields(found: Mapping[str, Any], operation: Mapping[str, Any]) -> list[dict[str, Any]]:
    for kind in operation.get("requestBody", {}).get("content", {}).values():
        name = kind["schema"].get("$ref", "").rpartition("/")[2]
        schema = found["components"]["schemas"].get(name, {})
        required = schema.get("required", [])
        return [
            {"name": key, "type": one.get("type", ""), "required": key in required}
            for key, one in schema.get("properties", {}).items()
        ]
    return []
