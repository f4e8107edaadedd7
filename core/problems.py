"""Errors of the API as problem details (RFC 9457), whichever layer they come from."""

import json
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from rest_framework.exceptions import APIException

CONTENT_TYPE = "application/problem+json"
PREFIX = "/api/"
TITLES = {
    400: "请求有误",
    401: "需要登录",
    403: "没有权限",
    404: "没有找到",
    405: "不支持这种方法",
    406: "不提供这种格式",
    409: "状态已变化",
    412: "内容已被他人更新",
    413: "内容过大",
    415: "不接受这种格式",
    422: "不能办理",
    428: "缺少 If-Match",
    429: "请求过于频繁",
    500: "系统故障",
}


def body(
    status: int,
    *,
    detail: str = "",
    code: str = "",
    errors: Sequence[Mapping[str, Any]] | None = None,
) -> dict[str, Any]:
    """The members of a problem. `errors` are {field, message} each."""
    found: dict[str, Any] = {
        "type": "about:blank",
        "title": TITLES.get(status) or HTTPStatus(status).phrase,
        "status": status,
    }
    if detail:
        found["detail"] = detail
    if code:
        found["code"] = code
    if errors:
        found["errors"] = errors
    return found


def problem(status: int, **members: Any) -> HttpResponse:
    """The problem as an answer."""
    return HttpResponse(
        json.dumps(body(status, **members), ensure_ascii=False),
        status=status,
        content_type=CONTENT_TYPE,
    )


class Refused(APIException):
    """Any refusal with its own status and word."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        code: str = "refused",
        errors: Sequence[Mapping[str, Any]] | None = None,
    ) -> None:
        super().__init__(detail, code)
        self.status_code = status
        self.errors = errors


class ProblemMiddleware:
    """Answers of the portal's pages to a client of the API (unknown address, unreadable text in
    it, a fault) become problems: a program cannot read a page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not request.path.startswith(PREFIX) or response.status_code < 400:
            return response
        if response.get("Content-Type", "").startswith(("application/", "text/calendar")):
            return response
        answer = problem(response.status_code)
        for name in ("Allow", "Retry-After", "WWW-Authenticate", "X-Request-Id", "Cache-Control"):
            if name in response:
                answer[name] = response[name]
        return answer
