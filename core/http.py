"""What every request passes: an id, clean parameters, and refusals turned into pages."""

import secrets
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from .actor import Actor
from .errors import DomainError
from .text import is_storable


class PortalRequest(HttpRequest):
    """A request of somebody signed in, as the views see it after the middleware."""

    actor: Actor
    grants: list[Any]
    request_id: str


GetResponse = Callable[[HttpRequest], HttpResponse]


class RequestIdMiddleware:
    """Gives each request an id, and refuses addresses that no database could hold."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.request_id = secrets.token_hex(8)  # type: ignore[attr-defined]
        texts = [request.path, *request.GET.keys()]
        for values in request.GET.lists():
            texts.extend(values[1])
        if not all(is_storable(text) for text in texts):
            return HttpResponseBadRequest(
                "地址中含有无法处理的字符。", content_type="text/plain; charset=utf-8"
            )
        response = self.get_response(request)
        response["X-Request-Id"] = request.request_id  # type: ignore[attr-defined]
        if "Cache-Control" not in response and not request.path.startswith("/static/"):
            response["Cache-Control"] = "no-store"
        return response


class DomainErrorMiddleware:
    """An action's refusal that no form caught becomes a page that says why."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, DomainError):
            return None
        return render(
            request,
            "core/refused.html",
            {"error": error, "back": back_url(request)},
            status=error.status,
        )


def client_ip(request: HttpRequest) -> str:
    """The caller's address. Forwarded addresses count only behind the configured proxies."""
    count = settings.TRUSTED_PROXY_COUNT
    if count:
        hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
        if len(hops) >= count and hops[-count]:
            return hops[-count][:45]
    return str(request.META.get("REMOTE_ADDR", ""))[:45]


def safe_next(request: HttpRequest, default: str) -> str:
    """The address in `next`, if it is one of ours."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    if target and url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return target
    return default


def back_url(request: HttpRequest) -> str:
    """Where the caller came from, if that is one of our own pages; else the home page."""
    referer = request.META.get("HTTP_REFERER", "")
    if referer and url_has_allowed_host_and_scheme(referer, allowed_hosts={request.get_host()}):
        return str(referer)
    return "/"


def is_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of the page."""
    htmx: Any = getattr(request, "htmx", None)
    return bool(htmx) and not htmx.boosted
