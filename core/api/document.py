"""The OpenAPI document: for programs, and as a page to read."""

import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from .. import problems
from ..guards import signed_in
from ..http import PortalRequest
from .views import PortalView, ProblemOrJSONRenderer

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
    renderer_classes: Any = (ProblemOrJSONRenderer, OpenAPIRenderer)

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
