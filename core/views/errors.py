"""Error pages: what is wrong and what to do, without a stack trace."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """400: the request could not be understood."""
    return render(request, "400.html", status=400)


def permission_denied(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """403: visible, but not this person's to do."""
    return render(request, "403.html", {"reason": str(exception or "")}, status=403)


def page_not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """404: not there, or not in the scope of the role acted in; the page does not tell which."""
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault. The page needs neither database nor session."""
    return render(None, "500.html", status=500)  # type: ignore[arg-type]


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose session has changed meanwhile: explain, and lead back."""
    return render(
        request,
        "403.html",
        {"reason": "页面已过期：登录状态在另一处发生了变化。请返回上一页，刷新后再提交。"},
        status=403,
    )
