"""What was typed and could not be done just now: it is carried on until it is, or shown to be copied.

A post meets an ended session, a page that is older than the sign-in, a role that the form was not
opened in. It is answered with a page that holds all that was sent in hidden fields and sends it
again: by itself after signing in, by a button otherwise. Nothing of it is stored on the server.
"""

import json
import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve

from .guards import marker_of, page_of
from .privacy import is_sealed_item
from .text import is_storable

ACTING = "acting"  # the field that says in which role the form was opened
ANSWERS = frozenset(
    {"agreed", "seen", "weighed"}
)  # to a question asked before an act (core/acts.py)
SECRETS = frozenset({"csrfmiddlewaretoken", "password", "current", "new", "again"})
# What reads like words that somebody wrote: no number, no mark, no choice of a list.
_WORDS = re.compile(r"[^\x00-\x7f]|\s")


@dataclass(frozen=True, slots=True)
class Kept:
    """A post that is carried on: where to, its fields in their order, how many files it had.

    What is stored sealed is carried for the person who typed it alone: `veiled` it is not shown, and
    whoever signs in as another is not given it (`for_holder_of`).
    """

    to: str
    fields: tuple[tuple[str, str], ...]
    files: int = 0
    is_veiled: bool = False

    @property
    def mark(self) -> str:
        """The role that the form was opened in (`Actor.mark`); empty for a form that does not say."""
        return next((value for name, value in self.fields if name == ACTING), "")

    @property
    def texts(self) -> list[str]:
        """What reads like typed words, to be shown and copied; each once."""
        words = (
            value.strip()
            for name, value in self.fields
            if name != ACTING and not (self.is_veiled and is_sealed_item(name))
        )
        return list(dict.fromkeys(text for text in words if len(text) > 1 and _WORDS.search(text)))

    def veiled(self) -> "Kept":
        """The same, with nothing shown of what is stored sealed: nobody has said who is there."""
        return replace(self, is_veiled=True)

    def for_holder_of(self, marks: Collection[str]) -> "Kept":
        """The same for a person who can act under one of the marks; for anybody else without what
        is stored sealed. A form that does not say who opened it is his who sends it."""
        if not self.mark or self.mark in marks:
            return self
        fields = tuple(pair for pair in self.fields if not is_sealed_item(pair[0]))
        return replace(self, fields=fields)

    @property
    def asked(self) -> list[tuple[str, str]]:
        """The fields without an answer given before."""
        return [(name, value) for name, value in self.fields if name not in ANSWERS]

    @property
    def page(self) -> str:
        """The address of the page that the form stands on."""
        return page_of(self.to)

    @property
    def packed(self) -> str:
        """For a hidden field; `unpack` reads it."""
        return json.dumps([self.to, self.fields, self.files], ensure_ascii=False)


def of(request: HttpRequest) -> Kept:
    """What the request posted, but for passwords and tokens."""
    fields = tuple(
        (name, value)
        for name, values in request.POST.lists()
        if name not in SECRETS
        for value in values
        if is_storable(name + value)
    )
    return Kept(request.get_full_path(), fields, sum(len(x) for _, x in request.FILES.lists()))


def unpack(text: str) -> Kept | None:
    """The post that `Kept.packed` wrote; None for anything else, also for an address that takes
    no post of ours."""
    try:
        to, fields, files = json.loads(text)
        kept = Kept(str(to), tuple((str(name), str(value)) for name, value in fields), int(files))
        match = resolve(kept.to.partition("?")[0])
    except (ValueError, TypeError, RecursionError, OverflowError, Resolver404):
        return None
    marker = marker_of(match.func)
    if marker is None or "POST" not in marker.methods or not kept.to.startswith("/"):
        return None
    if not is_storable("".join([kept.to, *(part for pair in kept.fields for part in pair)])):
        return None
    return kept


def is_worth_keeping(request: HttpRequest) -> bool:
    """Whether a page of ours sent it: never what another site made a browser send."""
    origin = request.headers.get("Origin") or request.headers.get("Referer", "")
    own = f"{request.scheme}://{request.get_host()}"
    return request.method == "POST" and (origin == own or origin.startswith(f"{own}/"))


def answer(request: HttpRequest, kept: Kept, *, why: str, status: int, **more: Any) -> HttpResponse:
    """The page that carries the post on. `why` is the sentence on top; `may_go_on` gives it the
    button, `goes_on` presses it at once; `form` and `sign_in` make it the page of signing in."""
    return render(request, "core/kept.html", {"kept": kept, "why": why, **more}, status=status)
