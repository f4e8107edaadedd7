"""What a list of items shows, as a sheet and on paper."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from core import acts
from core.documents import making
from core.downloads import download, stamp
from core.guards import needs
from core.http import PortalRequest
from orgs.access import get_organization
from orgs.permissions import Permission as P

from .. import packs
from ..exports.ledger import PAPER_COLUMNS, paper_rows, shown_words, write_ledger
from ..models import ActionItem
from ..queries.boards import this_moment
from ..queries.ledger import entries
from ..queries.narrowing import Narrowing, narrowed, narrowing_of

SHORT = (0, 1, 6)  # columns of the printed page that stay in one line
LONG_PRINT = 300  # items: more are printed from the sheet


def _asked(request: PortalRequest) -> Narrowing:
    """What the address asks for. Raises Http404 for an organisation outside the scope."""
    asked = narrowing_of(request.POST if request.method == "POST" else request.GET)
    if asked.organization is not None:
        get_organization(request.actor, asked.organization, P.ACTION_VIEW)
    return asked


@needs(P.ACTION_VIEW, methods=("GET", "POST"))
def item_export(request: PortalRequest) -> FileResponse | HttpResponse:
    """The ledger of what the list of the same address shows. A long one is asked for, and made
    behind."""
    asked, actor = _asked(request), request.actor
    if request.method == "POST":
        return acts.press(
            request,
            load=lambda: packs.wanted_ledger(actor, asked),
            act=lambda wanted: making.ask(wanted=wanted, by=actor),
            done=lambda wanted, row: redirect("core:document-detail", uid=row.uid),
        )
    at = this_moment()
    rows = narrowed(actor, asked, at)
    count = rows.count()
    if count > making.LONG_SHEET:
        context = {
            "title": packs.wanted_ledger(actor, asked).title,
            "count": count,
            "unit": "项督办",
            "fields": asked.address,
            "back_url": f"{reverse('action_items:item-list')}?{urlencode(asked.address)}",
        }
        return render(request, "core/document_ask.html", context)
    return download(
        request,
        name=packs.ledger_name(actor),
        ending="xlsx",
        write=lambda target: write_ledger(
            target,
            entries(rows, at.line),
            title="".join(packs.ledger_name(actor)),
            shown=shown_words(asked),
            stamp=stamp(actor),
        ),
        verb="action_items.item.export",
        entry=lambda written: {
            "object_type": ActionItem._meta.label_lower,
            "organization_id": actor.organization_id,
            "organization_path": actor.organization_path,
            "changes": {"format": [None, "xlsx"]},
        },
    )


@needs(P.ACTION_VIEW, methods=("GET", "HEAD"))
def item_print(request: PortalRequest) -> HttpResponse:
    """The same for the printer, A4 across."""
    asked = _asked(request)
    at = this_moment()
    rows = narrowed(request.actor, asked, at)
    export = f"{reverse('action_items:item-export')}?{urlencode(asked.address)}"
    count = rows.count()
    if count > LONG_PRINT:
        messages.info(request, f"共 {count} 项，网页上不便排版。请导出 Excel，打开后打印。")
        return redirect(export)
    found = entries(rows, at.line)
    context = {
        "title": "".join(packs.ledger_name(request.actor)),
        "shown": shown_words(asked),
        "count": count,
        "heads": ",".join(title for title, _ in PAPER_COLUMNS),
        "short": SHORT,
        "rows": list(paper_rows(found)),
        "export_url": export,
    }
    return render(request, "action_items/item_print.html", context)
