"""What anybody reads, without signing in: the front, a page for each kind, single pages and their pictures.
They are made from public pages, their pictures and the stamp alone."""

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse

from core import attachments, clock
from core.errors import Conflict
from core.guards import public

from ..enums import StoryKind
from ..models import PublicPage, PublicStamp
from ..queries.pages import find, find_picture, pictures_of, shown_pages
from ..rules import KINDS, PLACES, figures, headed, paragraphs
from . import plan
from .rendered import HEADINGS, answer, code_of, draw, gone, slowed, with_headers

LATEST = 4  # echoes on the front
SHOWN = 9  # brands, and projects, on the front


def echoes_first(pages: Sequence[PublicPage]) -> list[PublicPage]:
    """Echoes, newest first."""
    found = [one for one in pages if one.kind == StoryKind.ECHO]
    return sorted(found, key=lambda one: (one.told_on or one.published_on, one.pk), reverse=True)


def lately(echoes: Sequence[PublicPage]) -> list[PublicPage]:
    """The latest echoes, one that is not solved yet among them, where there is one."""
    shown = list(echoes[:LATEST])
    unsolved = next((one for one in echoes if not one.is_solved), None)
    if unsolved is not None and unsolved not in shown:
        shown[-1] = unsolved
    return shown


@public("GET", "HEAD")
def front(request: HttpRequest) -> HttpResponse:
    """What there is to see: the plan, sites, brands, projects and the latest echoes. One query from the
    cache, three else."""

    def make(day: dt.date, by: PublicStamp) -> str:
        pages = shown_pages(day)
        cells = plan.cells_of(pages)
        echoes = echoes_first(pages)
        brands = [one for one in pages if one.kind == StoryKind.BRAND]
        projects = [one for one in pages if one.kind == StoryKind.PROJECT]
        pictures = pictures_of([*brands[:SHOWN], *projects[:SHOWN]])
        return draw(
            "public/front.html",
            {
                "is_empty": not pages,
                "plan": plan.drawn(cells),
                "has_brands": bool(brands),
                "sites": [(one, _site(one)) for one in cells if one.number],
                "counts": [
                    (PLACES[kind], label, sum(one.kind == kind for one in pages))
                    for kind, label in HEADINGS.items()
                ],
                "brands": _with_pictures(brands[:SHOWN], pictures),
                "more_brands": len(brands) > SHOWN,
                "projects": _with_pictures(projects[:SHOWN], pictures),
                "more_projects": len(projects) > SHOWN,
                "echoes": lately(echoes),
                "more_echoes": len(echoes) > LATEST,
                "day": day,
            },
            by=by,
        )

    return answer(request, "front", make)


def _site(cell: plan.Cell) -> PublicPage:
    return next(one for one in cell.pages if one.kind == StoryKind.SITE)


def _with_pictures(pages: Sequence[PublicPage], pictures: Any) -> list[tuple[Any, Any]]:
    return [(one, next(iter(pictures.get(one.pk, ())), None)) for one in pages]


@public("GET", "HEAD")
def page_list(request: HttpRequest, kind: str) -> HttpResponse:
    """All of one kind. One query from the cache, three else."""
    wanted = KINDS.get(kind)
    if wanted is None:
        return slowed(request) or gone(was_there=False)

    def make(day: dt.date, by: PublicStamp) -> str:
        pages = shown_pages(day, wanted)
        if wanted == StoryKind.ECHO:
            context: dict[str, Any] = {"echoes": echoes_first(pages)}
        else:
            context = {"cards": _with_pictures(pages, pictures_of(pages))}
        context |= {"heading": HEADINGS[wanted], "kind": kind}
        return draw("public/page_list.html", context, on=kind, by=by)

    return answer(request, kind, make)


@public("GET", "HEAD")
def page_detail(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
    """One page, which prints as a panel with its QR code. One query from the cache, three else; two where
    there is none."""
    wanted = KINDS.get(kind)
    if wanted is None or len(slug) > 12:
        return slowed(request) or gone(was_there=False)

    def make(day: dt.date, by: PublicStamp) -> str | HttpResponse:
        page = find(wanted, slug)
        if page is None or not page.is_shown(day):
            return gone(was_there=page is not None and page.taken_down_at is not None)
        pictures = pictures_of([page]).get(page.pk, [])
        return draw("public/page_detail.html", page_context(page, pictures), on=kind, by=by)

    return answer(request, f"{kind}/{slug}", make)


def page_context(page: PublicPage, pictures: Sequence[Any], address: str = "") -> dict[str, Any]:
    """What the template of a page needs, also of one that is only looked at before it is published. No
    query."""
    words = page.words
    practice, results = words.get("practice", ""), words.get("results", "")
    return {
        "page": page,
        "kind": PLACES[StoryKind(page.kind)],
        "heading": HEADINGS[StoryKind(page.kind)],
        "lead": words.get("lead", ""),
        "origin": paragraphs(words.get("origin", "")),
        "steps": headed(practice),
        "practice": paragraphs(practice),
        "figures": figures(results),
        "results": paragraphs(results),
        "source": words.get("source", ""),
        "copied": paragraphs(words.get("copied", "")),
        "lacking": paragraphs(words.get("lacking", "")),
        "visit": words.get("visit", ""),
        "pictures": pictures,
        "code": code_of(address or page.get_absolute_url()),
    }


@public("GET", "HEAD")
def picture_show(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """A picture of a page that is shown. One query; none for an address that asks too often."""
    refused = slowed(request)
    if refused is not None:
        return refused
    row = find_picture(uid, clock.today())
    if row is None:
        return gone(was_there=False)
    try:
        content = attachments.opened(row).read_bytes()
    except Conflict:  # the scanner has not answered yet
        return gone(was_there=False)
    response = HttpResponse(content, content_type=row.content_type)
    response["Content-Disposition"] = "inline"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    return with_headers(request, response, row.sha256[:32])
