"""Error pages: what is wrong and what to do, without a stack trace."""

import sys
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core import kept


def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """400: the request could not be understood."""
    return render(request, "400.html", status=400)


def permission_denied(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """403: visible, but not this person's to do."""
    return render(
        request, "403.html", {"reason": str(exception or ""), **_typed(request)}, status=403
    )


def page_not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """404: not there, or not in the scope of the role acted in; the page does not tell which."""
    return render(request, "404.html", _typed(request), status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault; 503 when the database cannot just now (restart, full disk, time limit),
    whichever layer asked it. The page needs neither database nor session."""
    error = sys.exc_info()[1]  # Django calls this while it handles it
    is_away = isinstance(error, OperationalError | InterfaceError)
    response = render(None, "500.html", {"is_away": is_away}, status=500)  # type: ignore[arg-type]
    if is_away:
        response.status_code, response["Retry-After"] = 503, "60"
    return response


SIGNED_IN_ELSEWHERE = "打开这一页以后，在另一处重新登录过，所以没有提交。内容没有丢，请核对后继续。"
NO_COOKIES = (
    "浏览器没有保存本站的 Cookie（可能关掉了，或开着无痕），所以没有提交。"
    "内容没有丢：请在浏览器设置里允许 Cookie，再点继续。"
)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose session has changed meanwhile: what was typed is kept, to be sent again from a
    fresh page. What another site made the browser send is only refused."""
    if kept.is_worth_keeping(request):
        return kept.answer(
            request,
            kept.of(request).for_holder_of(_marks(request)),
            why=SIGNED_IN_ELSEWHERE if request.COOKIES else NO_COOKIES,
            status=403,
            may_go_on=True,
            kept_open=True,
        )
    return render(
        request,
        "403.html",
        {
            "reason": "页面已过期：登录状态在另一处发生了变化。请返回上一页，刷新后再提交。",
            **_typed(request),
        },
        status=403,
    )


def _marks(request: HttpRequest) -> set[str]:
    """Under which marks the person of the request acts; none while nobody is known."""
    actor, grants = getattr(request, "actor", None), getattr(request, "grants", ())
    return {f"g{grant.pk}" for grant in grants} | ({actor.mark} if actor is not None else set())


def _typed(request: HttpRequest) -> dict[str, Any]:
    """What was typed into a form that is refused: nothing that was written is lost with it."""
    if not kept.is_worth_keeping(request):
        return {}
    return {"texts": kept.of(request).for_holder_of(_marks(request)).texts}
