"""Access markers. Every view carries exactly one; a test walks the URLs and looks for it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponseBase
from django.views.decorators.http import require_http_methods

View = Callable[..., HttpResponseBase]


@dataclass(frozen=True, slots=True)
class Marker:
    """What a view asks of its caller: public, signed_in, or one of the permissions named."""

    kind: str
    permissions: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()


def marker_of(view: Any) -> Marker | None:
    """The access marker of a view function, if it has one."""
    return getattr(view, "access_marker", None)


def _marked(view: View, marker: Marker) -> View:
    view.access_marker = marker  # type: ignore[attr-defined]
    return view


def public(*methods: str) -> Callable[[View], View]:
    """Anybody may call this, signed in or not."""

    def decorate(view: View) -> View:
        checked = require_http_methods(methods)(view)
        return _marked(login_not_required(checked), Marker("public", methods=methods))

    return decorate


def signed_in(*methods: str) -> Callable[[View], View]:
    """Anybody signed in may call this; the view shows only what is the caller's own."""

    def decorate(view: View) -> View:
        checked = require_http_methods(methods)(view)
        return _marked(checked, Marker("signed_in", methods=methods))

    return decorate


def needs(*permissions: str, methods: tuple[str, ...] = ("GET",)) -> Callable[[View], View]:
    """Only a role that holds one of `permissions` may call this; for others it is not there."""

    def decorate(view: View) -> View:
        checked = require_http_methods(methods)(view)

        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            actor = request.actor  # type: ignore[attr-defined]
            if actor is None or not any(actor.may(permission) for permission in permissions):
                raise Http404
            return checked(request, *args, **kwargs)

        return _marked(guarded, Marker("needs", tuple(map(str, permissions)), methods))

    return decorate
