"""免考: the open list, the form, and what is decided."""

import uuid
from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from core import acts, clock
from core.guards import needs
from core.http import PortalRequest
from core.paging import Pager
from core.text import whole_number
from orgs.permissions import Permission as P

from ..access import get_exemption, get_exemption_to_decide, get_scheme_to_exempt_from
from ..actions import exemptions
from ..forms import ApproveForm, EndForm, ExemptionFilter, ExemptionForm, RefuseForm
from ..models import IndicatorExemption, Scheme
from ..queries import exemptions as queries
from ..queries.reading import measured_by
from ..words.exemptions import shown

READ, POST, FORM = ("GET", "HEAD"), ("POST",), ("GET", "HEAD", "POST")
PRINTED = 1000


def _years() -> range:
    this = clock.today().year
    return range(this + 1, this - 5, -1)


def _asked(request: PortalRequest) -> dict[str, Any]:
    """Year and state, as the address says them."""
    year = whole_number(request.GET.get("year", ""), digits=4)
    year = year if year in _years() else clock.today().year
    show = request.GET.get("show", "")
    sees_all = queries.works_on(request.actor)
    filtered = ExemptionFilter({"year": str(year), "show": show}, years=_years(), sees_all=sees_all)
    if not filtered.is_valid():
        show = ""
        filtered = ExemptionFilter({"year": str(year)}, years=_years(), sees_all=sees_all)
    return {"year": year, "show": show, "filter": filtered, "sees_all": sees_all}


@needs(P.SCHEME_VIEW, methods=READ)
def exemption_list(request: PortalRequest) -> HttpResponse:
    """Who is exempt from what, for all whom the scheme measures; for whose work it is also what is
    asked for."""
    asked = _asked(request)
    rows = queries.listed(request.actor, asked["year"], asked["show"])
    page = Pager(rows, 50).get_page(request.GET.get("page"))
    context = {
        **asked,
        "page": page,
        "lines": shown(queries.lines(list(page.object_list))),
        "counts": queries.counts(request.actor, asked["year"]),
        "may_propose": request.actor.may(P.SCHEME_EDIT),
        "address": f"year={asked['year']}&show={asked['show']}",
    }
    return render(request, "schemes/exemption_list.html", context)


@needs(P.SCHEME_VIEW, methods=READ)
def exemption_print(request: PortalRequest) -> HttpResponse:
    """The same on paper."""
    asked = _asked(request)
    rows = queries.listed(request.actor, asked["year"], asked["show"])[:PRINTED]
    context = {**asked, "lines": shown(queries.lines(list(rows))), "day": clock.today()}
    return render(request, "schemes/exemption_print.html", context)


@needs(P.SCHEME_EDIT, methods=READ)
def exemption_start(request: PortalRequest) -> HttpResponse:
    """From which scheme somebody is to be exempt: the first step of proposing."""
    year = _asked(request)["year"]
    schemes = list(queries.schemes_to_exempt_from(request.actor, year))
    return render(request, "schemes/exemption_start.html", {"schemes": schemes, "year": year})


@needs(P.SCHEME_EDIT, methods=FORM)
def exemption_create(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """One indicator, one organisation, why, and until when."""

    def form(scheme: Scheme) -> ExemptionForm:
        version = queries.newest_published(scheme)
        today = clock.today()
        return ExemptionForm(
            acts.typed(request),
            leaves=queries.indicators_of(version) if version is not None else [],
            organizations=measured_by(scheme, today),
            initial={
                "since": max(today, today.replace(year=scheme.year, month=1, day=1)),
                "until": today.replace(year=scheme.year, month=12, day=31),
            },
        )

    def act(attempt: acts.Attempt[Scheme, ExemptionForm]) -> IndicatorExemption:
        given = dict(attempt.given)
        place = queries.organization_of(attempt.form.places[given.pop("organization")])
        return exemptions.propose(
            scheme=attempt.subject, organization=place, by=request.actor, **given
        )

    return acts.perform(
        request,
        load=lambda: get_scheme_to_exempt_from(request.actor, uid),
        form=form,
        act=act,
        done=lambda attempt, row: acts.said(request, "已提出，由另一人批准后生效。", row),
        show=lambda attempt: attempt.page("schemes/exemption_create.html", scheme=attempt.subject),
    )


def _page(
    request: PortalRequest,
    row: IndicatorExemption,
    attempt: acts.Attempt[IndicatorExemption, Any] | None = None,
) -> HttpResponse:
    """The exemption; an act that was refused stands on it as it was typed."""
    forms: dict[str, Any] = {
        "approve_form": ApproveForm(),
        "refuse_form": RefuseForm(),
        "end_form": EndForm(),
    }
    status = 200
    if attempt is not None:
        row, status = attempt.subject, attempt.status
        names = {ApproveForm: "approve_form", RefuseForm: "refuse_form", EndForm: "end_form"}
        forms[names[type(attempt.form)]] = attempt.form
        typed = [attempt.form[name].value() for name in attempt.form.fields]
        forms |= {
            "form": attempt.form,
            "refusal": attempt.conflict,
            "kept": [one for one in typed if isinstance(one, str) and one]
            if attempt.conflict
            else [],
        }
    (line,) = shown(queries.lines([row]))
    decides = request.actor.may_at(P.SCHEME_PUBLISH, row.scheme.organization.path)
    machine = IndicatorExemption.machine
    context = {
        "row": row,
        "line": line,
        "may_refuse": decides and machine.may(row, "refuse"),
        "may_approve": decides
        and machine.may(row, "approve")
        and row.proposed_by_id not in request.actor.persons,
        "may_end": decides and machine.may(row, "end") and row.until >= clock.today(),
        "next": queries.next_half_year(clock.today()),
        **forms,
    }
    return render(request, "schemes/exemption_detail.html", context, status=status)


@needs(P.SCHEME_VIEW, methods=READ)
def exemption_detail(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """Who is exempt from what, why, by whom, until when."""
    return _page(request, get_exemption(request.actor, uid))


def _decide(
    request: PortalRequest,
    uid: uuid.UUID,
    form: Callable[..., Any],
    action: Callable[..., IndicatorExemption],
    text: str,
) -> HttpResponse:
    back = reverse("schemes:exemption", args=[uid])
    return acts.perform(
        request,
        load=lambda: get_exemption_to_decide(request.actor, uid),
        form=lambda row: form(request.POST),
        act=lambda attempt: action(exemption=attempt.subject, by=request.actor, **attempt.given),
        done=lambda attempt, row: acts.said(request, text, back),
        show=lambda attempt: _page(request, attempt.subject, attempt),
    )


@needs(P.SCHEME_PUBLISH, methods=POST)
def exemption_approve(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """It holds, by the word of that body."""
    return _decide(
        request, uid, ApproveForm, exemptions.approve, "已批准并公开，该单位已收到消息。"
    )


@needs(P.SCHEME_PUBLISH, methods=POST)
def exemption_refuse(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """It does not hold."""
    return _decide(request, uid, RefuseForm, exemptions.refuse, "未批准，该单位已收到消息。")


@needs(P.SCHEME_PUBLISH, methods=POST)
def exemption_end(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """It ends before its last day."""
    return _decide(request, uid, EndForm, exemptions.end, "已终止，该单位已收到消息。")
