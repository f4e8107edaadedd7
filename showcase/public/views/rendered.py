"""Pages for all, made once: kept in the cache of the process by the stamp and the day, and good for as long as
both stay. Whatever changes what the public reads moves the stamp on in its own transaction, so that every
process makes the page anew with its next request."""

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping
from typing import Any

import segno
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import get_conditional_response
from django.utils.safestring import SafeString, mark_safe

from core import clock
from core.http import client_network
from core.throttles import seconds_to_wait

from ..enums import StoryKind
from ..models import PublicStamp
from ..queries.pages import stamp
from ..rules import PLACES

SECONDS = 300  # after which a page that nobody asks for is forgotten
# Asked again each time: what was taken down is gone with the next request. The answer to who has it is short.
CACHE_CONTROL = "public, max-age=0, must-revalidate"
HEADINGS = {
    StoryKind.SITE: "示范点",
    StoryKind.BRAND: "品牌",
    StoryKind.PROJECT: "项目",
    StoryKind.ECHO: "诉求回音",
}
NAV = [(PLACES[kind], label) for kind, label in HEADINGS.items()]


def gone(*, was_there: bool) -> HttpResponse:
    """There is no such page, or no more. It says nothing of it."""
    text = draw("public/gone.html", {"was_there": was_there})
    return HttpResponse(text, status=410 if was_there else 404)


def draw(
    template: str, context: Mapping[str, Any], on: str = "", *, by: PublicStamp | None = None
) -> str:
    """A public page, without a request: nothing of who asks for it can stand in it. With the stamp that
    it is kept `by`, it leads to the public form while that is on."""
    takes = by is not None and by.takes_concerns
    shown = {
        "zone_name": settings.PORTAL_NAME,
        "nav": NAV,
        "on": on,
        "takes_concerns": takes,
        **context,
    }
    return str(render_to_string(template, shown))


def slowed(request: HttpRequest) -> HttpResponse | None:
    """429 for an address that asks too often; None while it may. No query."""
    wait = seconds_to_wait("public", f"a{client_network(request)}", settings.API_RATES["public"])
    if not wait:
        return None
    text = "访问过于频繁，请稍后再打开。"
    response = HttpResponse(text, status=429, content_type="text/plain; charset=utf-8")
    response["Retry-After"] = str(int(wait) + 1)
    response["Cache-Control"] = "no-store"
    return response


def answer(
    request: HttpRequest, name: str, make: Callable[[dt.date, PublicStamp], str | HttpResponse]
) -> HttpResponse:
    """The page called `name`, from the cache while stamp and day are the same; what is no page (404, 410) is
    made each time. One query when it is kept already."""
    refused = slowed(request)
    if refused is not None:
        return refused
    day, by = clock.today(), stamp()
    key = f"public:{by.version}:{day}:{name}"
    body: bytes | None = cache.get(key)
    if body is None:
        made = make(day, by)
        if isinstance(made, HttpResponse):
            return made
        body = made.encode()
        cache.set(key, body, SECONDS)
    return with_headers(request, HttpResponse(body), hashlib.sha256(body).hexdigest()[:32])


def with_headers(request: HttpRequest, response: HttpResponse, digest: str) -> HttpResponse:
    """The response, or 304 for who has it."""
    etag = f'W/"{digest}"'  # weak: it is the same page when it is compressed
    response["Cache-Control"] = CACHE_CONTROL
    response["ETag"] = etag
    found: Any = get_conditional_response(request, etag=etag, response=response)
    return found if isinstance(found, HttpResponse) else response


def code_of(path: str) -> SafeString:
    """The QR code of a public address, as the portal is known outside."""
    made = segno.make(f"{settings.PORTAL_URL.rstrip('/')}{path}", error="m")
    drawn = made.svg_inline(scale=4, dark="#1f2328", border=2, omitsize=True, svgclass=None)
    # Of digits and letters of our own making.
    return mark_safe(drawn.replace("<svg ", '<svg role="img" aria-label="本页二维码" ', 1))
