"""What the reading page lists, as a sheet: a long one is asked for, and made behind."""

from typing import Any
from urllib.parse import urlencode

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from core import acts, periods
from core.documents import making
from core.guards import needs
from core.http import PortalRequest
from orgs.permissions import Permission as P

from .. import packs
from ..exports import write_readings
from ..queries.readings import found_items, readings, with_report
from .downloads import download, stamp
from .readings import Asked, asked_of, chosen_report


def _asked(request: PortalRequest) -> Asked:
    choice = chosen_report(request)
    if choice is None or choice.period is None:
        raise Http404
    return asked_of(request, choice, choice.period)


def _title(asked: Asked) -> str:
    choice = asked.choice
    return f"{choice.node}{periods.label(asked.period)}{choice.plan.name}{asked.use_word}"


def _about(asked: Asked) -> str:
    return "；".join(asked.narrowed)


def _wanted(request: PortalRequest) -> making.Wanted:
    asked = _asked(request)
    what: dict[str, Any] = {
        "plan": asked.choice.plan.pk,
        "organization": asked.choice.node.pk,
        "period": asked.period,
        "committee": asked.within.pk if asked.within else None,
        "use": asked.sought.use,
        "kind": asked.sought.organization_class,
        "standing": asked.sought.standing,
        "words": asked.sought.words,
        "about": _about(asked),
    }
    return packs.wanted_readings(asked.choice.node, _title(asked), what)


@needs(P.REPORT_VIEW, methods=("GET", "POST"))
def reading_export(request: PortalRequest) -> FileResponse | HttpResponse:
    """What the reading page of the same address lists, as a sheet."""
    if request.method == "POST":
        return acts.press(
            request,
            load=lambda: _wanted(request),
            act=lambda wanted: making.ask(wanted=wanted, by=request.actor),
            done=lambda wanted, row: redirect("core:document-detail", uid=row.uid),
        )
    asked = _asked(request)
    items = found_items(request.actor, asked.sought)
    count = items.count()
    if count > making.LONG_SHEET:
        context = {
            "title": f"{_title(asked)} Excel",
            "count": count,
            "unit": "条",
            "fields": {name: str(value) for name, value in asked.address.items()},
            "back_url": f"{reverse('schedules:reading')}?{urlencode(asked.address)}",
        }
        return render(request, "core/document_ask.html", context)
    found = readings(request.actor, with_report(items))
    return download(
        request,
        name=(_title(asked), *asked.narrowed[:1]),
        ending="xlsx",
        organization=asked.choice.node,
        write=lambda target: write_readings(
            target,
            request.actor,
            found,
            title=_title(asked),
            about=_about(asked),
            stamp=stamp(request.actor),
        ),
    )
