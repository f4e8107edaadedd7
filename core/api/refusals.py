"""Every refusal of the API as a problem (core/problems.py), whichever layer it comes from."""

import math
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404
from rest_framework import exceptions
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.response import Response

from .. import problems
from ..errors import DomainError
from ..problems import Refused


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
        error = Refused(status, error.message, code=error.code, errors=error.errors or field)
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
