"""双随机: the seed is fixed, it is drawn, it is published; the page that everybody can check."""

import json
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render

from core import acts
from core.guards import needs
from core.http import PortalRequest
from orgs.permissions import Permission as P

from ..access import get_draw, get_holder
from ..actions import drawing
from ..enums import DrawState
from ..forms import SeedForm
from ..models import FieldVisit, VisitDraw

READ, FORM = ("GET", "HEAD"), ("GET", "HEAD", "POST")


@needs(P.DISPATCH_EDIT, methods=FORM)
def draw_create(request: PortalRequest) -> HttpResponse:
    """Fixes the seed."""
    return acts.perform(
        request,
        load=lambda: get_holder(request.actor),
        form=lambda holder: SeedForm(acts.typed(request)),
        act=lambda attempt: drawing.fix_seed(
            organization=attempt.subject, by=request.actor, **attempt.given
        ),
        done=lambda attempt, draw: acts.said(request, "种子已定，不能再改。现在可以抽取。", draw),
        show=lambda attempt: attempt.page("dispatch/draw_create.html", holder=attempt.subject),
    )


def _rows(told: dict[str, Any]) -> dict[str, Any]:
    """What was published, as the page shows it: those drawn, and every stratum with its lots."""
    people = {one["code"]: one["name"] for one in told["visitors"]}
    places = {one["code"]: one for one in told["candidates"]}
    drawn = [
        row | {"place": places[row["code"]], "names": [people[one] for one in row["visitors"]]}
        for row in told["drawn"]
    ]
    taken = {row["code"] for row in told["drawn"]}
    strata: dict[str, list[dict[str, Any]]] = {}
    for one in told["candidates"]:
        strata.setdefault(one["stratum"], []).append(one | {"is_drawn": one["code"] in taken})
    groups = [
        {
            "name": told["strata"].get(code, code),
            "quota": told["quotas"].get(code, 0),
            "lots": sum(one["lots"] for one in rows),
            "rows": sorted(rows, key=lambda one: (-one["lots"], one["code"])),
        }
        for code, rows in sorted(strata.items())
    ]
    return {"drawn": drawn, "groups": groups, "candidates": len(places)}


@needs(P.DISPATCH_VIEW, methods=READ)
def draw_detail(request: PortalRequest, pk: int) -> HttpResponse:
    """The seed and its source; what was drawn, everybody's lots with their reasons, and how to draw
    again. The text that was published holds it all: one query beside the draw's own, and one for
    the addresses of its visits."""
    actor, draw = request.actor, get_draw(request.actor, pk)
    holds = actor.may_at(P.DISPATCH_EDIT, draw.organization.path)
    context: dict[str, Any] = {
        "draw": draw,
        "may_draw": holds and draw.state == DrawState.SEEDED,
        "may_publish": holds and draw.state == DrawState.DRAWN,
    }
    if draw.published:
        context |= _rows(json.loads(draw.published))
        visits = FieldVisit.objects.visible_to(actor).filter(draw=draw)
        found = {one.organization.code: one for one in visits.select_related("organization")}
        for row in context["drawn"]:
            row["visit"] = found.get(row["code"])
    return render(request, "dispatch/draw_detail.html", context)


@needs(P.DISPATCH_VIEW, methods=READ)
def draw_text(request: PortalRequest, pk: int) -> HttpResponse:
    """What was published, byte for byte, to be drawn from again."""
    draw = get_draw(request.actor, pk)
    if not draw.published:
        raise Http404
    return HttpResponse(draw.published, content_type="text/plain; charset=utf-8")


def _to_draw(draw: VisitDraw) -> acts.Question:
    return acts.Question(
        "抽取",
        [
            f"按种子“{draw.seed}”抽 {draw.count} 个支部，每处 {draw.visitors_each} 人。",
            "只抽一次，抽了不能重抽；被抽中的支部不会收到通知。",
        ],
        "抽取",
    )


@needs(P.DISPATCH_EDIT, methods=("POST",))
def draw_run(request: PortalRequest, pk: int) -> HttpResponse:
    """Draws, once."""
    return acts.press(
        request,
        load=lambda: get_draw(request.actor, pk, to_hold=True),
        act=lambda draw: drawing.draw(draw=draw, by=request.actor),
        done=lambda before, draw: acts.said(request, "已抽取，调研已列出。", draw),
        ask=_to_draw,
        back=lambda draw: draw,
    )


@needs(P.DISPATCH_EDIT, methods=("POST",))
def draw_publish(request: PortalRequest, pk: int) -> HttpResponse:
    """Shows it to everybody below, after it was said that they will know who is visited."""
    return acts.press(
        request,
        load=lambda: get_draw(request.actor, pk, to_hold=True),
        act=lambda draw: drawing.publish(draw=draw, by=request.actor),
        done=lambda before, draw: acts.said(request, "已公布，下级都能核对。", draw),
        ask=lambda draw: acts.Question(
            "公布抽取结果",
            [
                "下级党组织都能看到种子、全部签数和理由、抽中的支部和调研人员。",
                "还没去的支部会知道要去调研；一般等调研结束后再公布。",
            ],
            "公布",
        ),
        back=lambda draw: draw,
    )
