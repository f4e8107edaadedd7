"""Every address of the portal, as the guard tests and the access matrix walk them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from core.guards import Marker, marker_of

# Addresses that show a kept file in the browser: shut in a sandbox.
OPENED_FILES = (
    *("attachment-open", "file-open", "scan-open", "mark-open"),
    *("public:picture-open", "public:picture-show"),
)
# What anybody reads is nobody's secret: it may lie in a cache, which asks each time whether it still holds.
FOR_ALL = ("public:front", "public:page-list", "public:page-detail", "public:picture-show")


@dataclass(frozen=True)
class Address:
    """One URL: its name with namespace, its view's access marker, its arguments."""

    name: str
    view: Any
    arguments: tuple[str, ...]

    @property
    def marker(self) -> Marker | None:
        return marker_of(self.view)

    @property
    def app(self) -> str:
        return self.name.partition(":")[0]


def addresses(resolver: URLResolver | None = None, namespace: str = "") -> Iterator[Address]:
    """All URLs under `resolver` (the root)."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from addresses(entry, inner)
        elif isinstance(entry, URLPattern):
            yield Address(
                f"{namespace}{entry.name}", entry.callback, tuple(entry.pattern.converters)
            )
