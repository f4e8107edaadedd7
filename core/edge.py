"""The edge at which every text of pages, addresses and file names becomes readable: once.

What programs send as JSON passes the same function in core/api/strict.py, cells of sheets in
core/tabular/parsed.py; what goes out as a document passes it again (core/documents, core/tabular).
"""

from collections.abc import Callable
from typing import Any

from django.forms import TextInput
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


def in_single_lines(form: Any) -> None:
    """What was posted for fields of one line, without breaks of lines: no browser sends any there,
    a program may. For a form of Django, and one of several (`forms`) alike."""
    for one in getattr(form, "forms", ()):
        in_single_lines(one)
    given = getattr(form, "data", None)
    if not isinstance(given, QueryDict) or not hasattr(form, "add_prefix"):
        return
    broken = {}
    for key, field in getattr(form, "fields", {}).items():
        name = form.add_prefix(key)
        values = given.getlist(name) if isinstance(field.widget, TextInput) else []
        if any("\n" in value for value in values):
            broken[name] = [" ".join(value.splitlines()) for value in values]
    if broken:
        form.data = given.copy()
        for name, values in broken.items():
            form.data.setlist(name, values)
