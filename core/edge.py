"""The edge at which every text of pages, addresses and file names becomes readable: once.

What programs send as JSON passes the same function in core/api/strict.py, cells of sheets in
core/tabular/parsed.py; what goes out as a document passes it again (core/documents, core/tabular).
"""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict

from . import kept
from .text import readable

GetResponse = Callable[[HttpRequest], HttpResponse]


class TextMiddleware:
    """Makes the words of the address, of the form and of file names readable (`core.text`).

    Passwords stay as they were typed. Stands behind the check of the form's token, which reads the
    form too. The interface for programs reads its own bodies.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.GET = readable_fields(request.GET)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        """The form, which the check of its token has read by now."""
        if request.method != "POST" or request.path.startswith("/api/"):
            return
        asked: Any = request
        asked.POST = readable_fields(request.POST)
        for _, files in request.FILES.lists():
            for file in files:
                file.name = readable(file.name or "").replace("\n", " ").strip() or "附件"


def readable_fields(fields: QueryDict) -> Any:
    """The same fields with readable values; the very same where nothing is to be changed."""
    changed = {
        name: found
        for name, values in fields.lists()
        if name not in kept.SECRETS and (found := [readable(value) for value in values]) != values
    }
    if not changed:
        return fields
    result = fields.copy()
    for name, values in changed.items():
        result.setlist(name, values)
    result._mutable = False
    return result
