"""What every request passes: an id, clean parameters, and refusals turned into pages."""

import ipaddress
import logging
import secrets
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from . import kept, logs, metrics
from .actor import Actor
from .errors import DomainError
from .guards import page_of
from .text import is_storable

requests_log = logging.getLogger("portal.requests")


class PortalRequest(HttpRequest):
    """A request of somebody signed in, as the views see it after the middleware."""

    actor: Actor
    grants: list[Any]
    request_id: str
    draft: str  # the name of the draft on the device that an act was posted from (core/acts.py)


METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
MAX_NEXT = 1_000  # characters; Django redirects to no more than 2,048
GetResponse = Callable[[HttpRequest], HttpResponse]


class RequestIdMiddleware:
    """Gives each request an id, and refuses addresses that no database could hold."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.request_id = secrets.token_hex(8)  # type: ignore[attr-defined]
        token = logs.request_id.set(request.request_id)  # type: ignore[attr-defined]
        started = time.perf_counter()
        try:
            response = self._answer(request)
            _note(request, response, time.perf_counter() - started)
        finally:
            logs.request_id.reset(token)
        return response

    def _answer(self, request: HttpRequest) -> HttpResponse:
        texts = [request.path, *request.GET.keys()]
        for values in request.GET.lists():
            texts.extend(values[1])
        if not all(is_storable(text) for text in texts):
            return HttpResponseBadRequest(
                "地址中含有无法处理的字符。",
                content_type="text/plain; charset=utf-8",
                headers={"Cache-Control": "no-store"},
            )
        response = self.get_response(request)
        response["X-Request-Id"] = request.request_id  # type: ignore[attr-defined]
        if "Cache-Control" not in response and not request.path.startswith("/static/"):
            response["Cache-Control"] = "no-store"
        return response


class PermissionsPolicyMiddleware:
    """Says in every answer what no page of the portal uses, so that nothing in it can."""

    POLICY = ", ".join(
        f"{feature}=()"
        for feature in (
            *("accelerometer", "browsing-topics", "camera", "display-capture", "geolocation"),
            *("gyroscope", "magnetometer", "microphone", "midi", "payment", "serial", "usb"),
        )
    )

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response["Permissions-Policy"] = self.POLICY
        return response


def _note(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    """The name of the address, not the address: ids and words of searches stay out of the log."""
    found = request.resolver_match
    route = found.view_name if found else "static" if request.path.startswith("/static/") else ""
    method = request.method if request.method in METHODS else "other"
    metrics.count_request(
        method=str(method), route=route, status=response.status_code, seconds=seconds
    )
    user = getattr(request, "actor", None)
    requests_log.info(
        "%s %s",
        method,
        route or "unknown",
        extra={
            "facts": {
                "status": response.status_code,
                "milliseconds": round(seconds * 1000, 1),
                "user_id": user.user_id if user else None,
            }
        },
    )


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
            {
                "error": error,
                "back": page_of(back_url(request)),
                "texts": kept.of(request).texts if kept.is_worth_keeping(request) else (),
            },
            status=error.status,
        )


def client_ip(request: HttpRequest) -> str:
    """The caller's address. Forwarded addresses count only behind the configured proxies, and only
    what is an address: the text goes into columns that hold nothing else."""
    count = settings.TRUSTED_PROXY_COUNT
    if count:
        hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
        if len(hops) >= count and (address := _address(hops[-count])):
            return str(address)
    return str(request.META.get("REMOTE_ADDR", ""))[:45]


def client_network(request: HttpRequest) -> str:
    """Whose tries are counted together: see `network_of`."""
    return network_of(client_ip(request))


def network_of(ip: str) -> str:
    """The address itself; of IPv6 the first of its /64, which one line has for itself: whoever has
    it chooses among 2^64 addresses."""
    address = _address(ip)
    if not isinstance(address, ipaddress.IPv6Address):
        return str(address or ip)
    return str(ipaddress.ip_network((address, 64), strict=False).network_address)


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address in `text`, without a port or a zone; IPv4 that is written as IPv6 is IPv4."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def safe_next(request: HttpRequest, default: str) -> str:
    """The page of the address in `next`, if that is a path of ours; `redirect` would take words for
    names."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    if (
        target.startswith("/")
        and len(target) <= MAX_NEXT
        and url_has_allowed_host_and_scheme(
            target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        )
    ):
        return page_of(target)
    return default


def back_url(request: HttpRequest) -> str:
    """Where the caller came from, if that is one of our own pages; else the home page."""
    referer = request.META.get("HTTP_REFERER", "")
    if referer and url_has_allowed_host_and_scheme(referer, allowed_hosts={request.get_host()}):
        return str(referer)
    return "/"


def is_by_script(request: HttpRequest) -> bool:
    """Whether a script of the page asks, as it does to save while somebody types."""
    return request.headers.get("X-Requested-With") == "fetch"


def is_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of the page."""
    htmx: Any = getattr(request, "htmx", None)
    return bool(htmx) and not htmx.boosted
