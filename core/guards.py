"""Access markers. Every view carries exactly one; a test walks the URLs and looks for it.

An address that takes only POST is nowhere to go: whoever reloads it, goes back to it or is led to it
after signing in is led on to the page that it belongs to.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import Resolver404, ResolverMatch, resolve, reverse
from django.views.decorators.http import require_http_methods

View = Callable[..., HttpResponseBase]
# The page of an act: the name of an address, or what finds its path by the act's own arguments.
Page = str | Callable[..., str]


@dataclass(frozen=True, slots=True)
class Marker:
    """What a view asks of its caller: public, signed_in, or one of the permissions named."""

    kind: str
    permissions: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    page: Page = ""

    @property
    def is_act(self) -> bool:
        """Whether the address takes only POST: there is nothing to read at it."""
        return set(self.methods) == {"POST"}


def marker_of(view: Any) -> Marker | None:
    """The access marker of a view function, if it has one."""
    return getattr(view, "access_marker", None)


def _marked(view: View, marker: Marker) -> View:
    view.access_marker = marker  # type: ignore[attr-defined]
    return view


def page_of(address: str) -> str:
    """The page that a path of ours belongs to: itself (with what was asked of it) where it can be
    read, for an act the page that its marker names, else the nearest page above it."""
    path = address.partition("?")[0].partition("#")[0]
    match = _match(path)
    marker = marker_of(match.func) if match else None
    if match is None or marker is None or not marker.is_act:
        return address
    if callable(marker.page):
        return marker.page(**match.kwargs)
    return reverse(marker.page) if marker.page else _above(path)


def _match(path: str) -> ResolverMatch | None:
    try:
        return resolve(path)
    except Resolver404:
        return None


def _above(path: str) -> str:
    parts = path.strip("/").split("/")
    for count in range(len(parts) - 1, 0, -1):
        found = "/" + "/".join(parts[:count]) + "/"
        match = _match(found)
        marker = marker_of(match.func) if match else None
        if marker is not None and "GET" in marker.methods:
            return found
    return "/"


def _led(view: View, marker: Marker) -> View:
    """The view; for an act GET leads to its page, which asks for itself who may see it."""
    if not marker.is_act:
        return view

    @wraps(view)
    def led(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method in ("GET", "HEAD"):
            return redirect(page_of(request.path))
        return view(request, *args, **kwargs)

    return led


def public(*methods: str) -> Callable[[View], View]:
    """Anybody may call this, signed in or not."""

    def decorate(view: View) -> View:
        checked = require_http_methods(methods)(view)
        return _marked(login_not_required(checked), Marker("public", methods=methods))

    return decorate


def signed_in(*methods: str, page: Page = "") -> Callable[[View], View]:
    """Anybody signed in may call this; the view shows only what is the caller's own. `page` for an
    act whose page does not stand above it."""

    def decorate(view: View) -> View:
        marker = Marker("signed_in", methods=methods, page=page)
        return _marked(_led(require_http_methods(methods)(view), marker), marker)

    return decorate


def needs(
    *permissions: str, methods: tuple[str, ...] = ("GET",), page: Page = ""
) -> Callable[[View], View]:
    """Only a role that holds one of `permissions` may call this; for others it is not there.
    `page` for an act whose page does not stand above it."""

    def decorate(view: View) -> View:
        checked = require_http_methods(methods)(view)

        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            actor = request.actor  # type: ignore[attr-defined]
            if actor is None or not any(actor.may(permission) for permission in permissions):
                raise Http404
            return checked(request, *args, **kwargs)

        marker = Marker("needs", tuple(map(str, permissions)), methods, page)
        return _marked(_led(guarded, marker), marker)

    return decorate
