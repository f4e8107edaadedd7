"""Pages for all: kept, made anew, and asked for again by who has them, against a bare view and at ten times as
many pages."""

import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

from django.core.cache import cache
from django.test import Client

from benchmarks.measuring import queries, turns
from core import clock
from showcase.public.models import PublicPage, Story

Row = Callable[..., None]
BARE = "/healthz"


def measure(rounds: int, row: Row) -> None:
    """The demo zone's pages, then ten times as many."""
    client = Client()
    for many in (1, 10):
        if many > 1:
            _more(many)
        pages = PublicPage.objects.shown(clock.today())
        one = pages.order_by("pk")[0].get_absolute_url()
        print(f"\n## Pages for all: {pages.count()}\n")
        row("what", "SQL", "ms", "a bare view, ms", "ratio")
        row("---", *["---:"] * 4)
        bare = partial(_visit, client, BARE)
        for what, url in (("front", "/showcase/"), ("a page", one)):
            etag = client.get(url)["ETag"]
            for how, work in (
                ("made", partial(_made, client, url)),
                ("kept", partial(_visit, client, url)),
                ("asked again", partial(_visit, client, url, etag)),
            ):
                work()
                took, floor = turns(rounds, work, bare)
                cells = f"{took * 1000:.2f}", f"{floor * 1000:.2f}", f"{took / floor:.1f}"
                row(f"{what}, {how}", queries(work), *cells)


def _visit(client: Client, url: str, etag: str = "") -> Any:
    headers = {"If-None-Match": etag} if etag else {}
    return client.get(url, headers=headers)


def _made(client: Client, url: str) -> None:
    cache.clear()
    _visit(client, url)


def _more(many: int) -> None:
    """As many again of each page, of stories that say the same."""
    for page in list(PublicPage.objects.select_related("story")):
        story, slug = page.story, page.slug
        for number in range(many - 1):
            story.pk = page.pk = None
            story._state.adding = page._state.adding = True
            story.uid = story.subject = uuid.uuid4()
            Story.objects.bulk_create([story])
            page.story, page.slug = story, f"{slug}-{number}"
            PublicPage.objects.bulk_create([page])
