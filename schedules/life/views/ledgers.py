"""台账: which there are, one on the screen, for the printer and as a file."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from core import acts
from core.documents import making
from core.downloads import download
from core.guards import needs
from core.http import PortalRequest
from core.paging import Pager
from core.text import whole_number
from orgs.permissions import Permission as P

from .. import packs
from ..access import get_ledger_place
from ..exports.ledgers import SIGNATURE, Year, in_words, is_short, paper_rows
from ..forms.ledgers import PlaceFilter, YearFilter, year_in
from ..ledgers import registered
from ..models import Meeting
from ..queries.whole import places_below

READ = ("GET", "HEAD")
PER_PAGE = 30
LONG_PRINT = 300  # lines: more are printed from the file
ENDINGS = ("xlsx", "docx", "pdf")


@needs(P.LIFE_VIEW, methods=READ)
def ledger_list(request: PortalRequest) -> HttpResponse:
    """The ledgers of one organisation, its binder, and whose else can be opened."""
    actor = request.actor
    place = get_ledger_place(actor, whole_number(request.GET.get("organization", "")))
    year = year_in(request.GET.get("year", ""))
    form = PlaceFilter({"year": year, "q": request.GET.get("q", "")})
    text = form.cleaned_data.get("q", "") if form.is_valid() else ""
    others = None
    if not place.is_branch:
        rows = places_below(actor, place, text).select_related("parent")
        others = Pager(rows, PER_PAGE).get_page(request.GET.get("page"))
    above = place.parent
    context = {
        "place": place,
        "above": above if above and actor.may_at(P.LIFE_VIEW, above.path) else None,
        "year": year,
        "asked": urlencode({"organization": place.pk, "year": year}),
        "ledgers": registered().values(),
        "filter": form if others is not None else YearFilter({"year": year}),
        "others": others,
        "text": text,
    }
    return render(request, "life/ledger_list.html", context)


@needs(P.LIFE_VIEW, methods=READ)
def ledger_detail(request: PortalRequest, key: str) -> HttpResponse:
    """One ledger of an organisation and a year, page by page."""
    of = _asked(request, key)
    columns = of.columns()
    page = Pager(of.lines, PER_PAGE).get_page(request.GET.get("page"))
    sums = of.sums([place for place, _ in columns])
    context = {
        **_shown(of),
        "filter": YearFilter({"year": of.year}),
        "page": page,
        "rows": [
            {
                "url": line.url,
                "cells": [
                    {
                        "title": column.title,
                        "text": in_words(line.values[place]),
                        "is_lead": place == of.ledger.lead,
                        "is_short": is_short(in_words(line.values[place])),
                        "is_number": column.kind in ("integer", "number"),
                    }
                    for place, column in columns
                ],
            }
            for line in page.object_list
        ],
        "heads": ",".join(
            f"{column.title}:n" if column.kind in ("integer", "number") else column.title
            for _, column in columns
        ),
        "sums": [in_words(one) if one != "" else "" for one in sums] if sums else None,
    }
    return render(request, "life/ledger_detail.html", context)


@needs(P.LIFE_VIEW, methods=READ)
def ledger_print(request: PortalRequest, key: str) -> HttpResponse:
    """The same for the printer, A4 across."""
    of = _asked(request, key)
    count = len(of.lines)
    if count > LONG_PRINT:
        messages.info(request, f"共 {count} 行，网页上不便排版。请导出 Excel 或 PDF，打开后打印。")
        return redirect(f"{reverse('life:ledger-detail', args=[key])}?{_query(of)}")
    columns = of.columns(on_paper=True)
    sums = of.sums([place for place, _ in columns])
    context = {
        **_shown(of),
        "heads": ",".join(column.title for _, column in columns),
        "rows": [[(text, is_short(text)) for text in row] for row in paper_rows(of)],
        "sums": [in_words(one) if one != "" else "" for one in sums] if sums else None,
        "signature": SIGNATURE,
    }
    return render(request, "life/ledger_print.html", context)


@needs(P.LIFE_VIEW, methods=("GET", "POST"))
def ledger_export(request: PortalRequest, key: str, ending: str) -> FileResponse | HttpResponse:
    """The ledger as Excel, Word or PDF. A long one is asked for, and made behind."""
    if ending not in ENDINGS:
        raise Http404
    actor, of = request.actor, _asked(request, key)
    if request.method == "POST":
        return acts.press(
            request,
            load=lambda: packs.wanted_ledger(of, ending),
            act=lambda wanted: making.ask(wanted=wanted, by=actor),
            done=lambda wanted, row: redirect("core:document-detail", uid=row.uid),
        )
    count = len(of.lines)
    packs.refuse_endless(count, ending)
    if count > packs.LONG[ending]:
        context = {
            "title": packs.wanted_ledger(of, ending).title,
            "count": count,
            "unit": of.ledger.unit,
            "fields": {"organization": of.place.pk, "year": of.year},
            "back_url": f"{reverse('life:ledger-detail', args=[key])}?{_query(of)}",
        }
        return render(request, "core/document_ask.html", context)
    return download(
        request,
        name=packs.ledger_name(of),
        ending=ending,
        write=lambda target: packs.write(target, of, ending, by=actor),
        verb="life.ledger.export",
        entry=lambda written: {
            "object_type": Meeting._meta.label_lower,
            "organization_id": of.place.pk,
            "organization_path": of.place.path,
            "changes": {"format": [None, ending]},
        },
    )


# --- private -----------------------------------------------------------------------------------


def _asked(request: PortalRequest, key: str) -> Year:
    """What the address asks for. Raises Http404 for a ledger that there is not, and for an
    organisation outside the scope."""
    ledger = registered().get(key)
    if ledger is None:
        raise Http404
    given = request.POST if request.method == "POST" else request.GET
    place = get_ledger_place(request.actor, whole_number(given.get("organization", "")))
    return packs.year_of_ledger(request.actor, ledger, place, year_in(given.get("year", "")))


def _query(of: Year) -> str:
    return urlencode({"organization": of.place.pk, "year": of.year})


def _shown(of: Year) -> dict[str, Any]:
    return {"of": of, "place": of.place, "asked": _query(of)}
