"""Programmes: which there are; drafted, opened, closed; sites that were there before."""

import uuid
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from core import acts
from core.guards import needs
from core.http import PortalRequest
from orgs.models import Organization
from orgs.permissions import Permission as P

from ..access import get_held_programme, get_holder, get_programme, may_apply, may_read
from ..actions import deciding, programmes
from ..forms import ProgrammeForm, RegisterForm
from ..models import AwardProgramme, DemonstrationSite
from ..models.site import LIVE
from ..queries.listing import Counted, Wanted, by_programme, listed
from ..queries.places import places_below

READ = ("GET", "HEAD")
FORM = ("GET", "HEAD", "POST")
ACT = ("POST",)
SHOWN = 50


@needs(P.SITE_VIEW, methods=READ)
def programme_list(request: PortalRequest) -> HttpResponse:
    """Programmes, the newest first, each with its numbers. Two queries."""
    actor = request.actor
    rows = AwardProgramme.objects.visible_to(actor).select_related("organization")
    numbers = by_programme(actor)
    context = {
        "rows": [(row, numbers.get(row.pk, Counted())) for row in rows[:SHOWN]],
        "may_edit": actor.may(P.SITE_EDIT),
    }
    return render(request, "sites/programme_list.html", context)


@needs(P.SITE_VIEW, methods=READ)
def programme_detail(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """One programme: its basis and criteria, what was applied for and named. Three queries."""
    actor = request.actor
    row = get_programme(actor, uid)
    own = may_apply(actor, row)
    rows = listed(actor, Wanted(showing="all", programme=row.pk)).select_related("organization")
    shown = list(rows[: SHOWN * 4])
    has_own = any(
        one.organization_id == actor.organization_id and one.state in LIVE for one in shown
    )
    context = {
        "programme": row,
        "sites": [(one, may_read(actor, one)) for one in shown],
        "in_force": sum(one.is_in_force for one in shown),
        "may_edit": actor.may_at(P.SITE_EDIT, row.organization.path),
        "may_apply": own and row.takes_applications and not has_own,
    }
    return render(request, "sites/programme_detail.html", context)


@needs(P.SITE_EDIT, methods=FORM)
def programme_create(request: PortalRequest) -> HttpResponse:
    """The draft of a programme."""
    return acts.perform(
        request,
        load=lambda: get_holder(request.actor),
        form=lambda place: ProgrammeForm(
            acts.typed(request), initial={"awarded_by": place.name, "level": "district"}
        ),
        act=lambda attempt: programmes.create(
            organization=attempt.subject, outline=attempt.form.outline(), by=request.actor
        ),
        done=lambda attempt, row: acts.said(
            request, f"“{row}”已拟好，核对后开始受理。", "sites:programme-detail", row.uid
        ),
        show=lambda attempt: attempt.page("sites/programme_edit.html", programme=None),
    )


@needs(P.SITE_EDIT, methods=FORM)
def programme_edit(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """A draft is changed."""

    def load() -> AwardProgramme:
        row = get_held_programme(request.actor, uid)
        if request.method != "POST":
            AwardProgramme.machine.expect(row, "edit")
        return row

    def show(attempt: acts.Attempt[Any, Any]) -> HttpResponse:
        row, different = attempt.subject, []
        if attempt.conflict and attempt.form.is_bound and hasattr(attempt.form, "cleaned_data"):
            different = acts.differences(attempt.form, ProgrammeForm.values_of(row))
        return attempt.page(
            "sites/programme_edit.html",
            programme=row,
            conflict=attempt.conflict,
            different=different,
        )

    return acts.perform(
        request,
        load=load,
        form=lambda row: ProgrammeForm(acts.typed(request), initial=ProgrammeForm.values_of(row)),
        act=lambda attempt: programmes.edit(
            programme=attempt.subject,
            revision=attempt.given["revision"],
            outline=attempt.form.outline(),
            by=request.actor,
        ),
        done=lambda attempt, row: acts.said(request, "已保存。", "sites:programme-detail", row.uid),
        show=show,
    )


@needs(P.SITE_EDIT, methods=ACT)
def programme_open(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """Applications are taken from now on."""
    return acts.press(
        request,
        load=lambda: get_held_programme(request.actor, uid),
        act=lambda row: programmes.open_for_applications(programme=row, by=request.actor),
        done=lambda row, _: acts.said(
            request, "已开始受理，下级党组织都看得到。", "sites:programme-detail", row.uid
        ),
        back=lambda row: row,
    )


@needs(P.SITE_EDIT, methods=ACT)
def programme_close(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """Nobody can apply any more."""
    return acts.press(
        request,
        load=lambda: get_held_programme(request.actor, uid),
        act=lambda row: programmes.close(programme=row, by=request.actor),
        done=lambda row, _: acts.said(
            request, "已停止申报；已申报的照常评审。", "sites:programme-detail", row.uid
        ),
        back=lambda row: row,
    )


@needs(P.SITE_EDIT, methods=FORM)
def site_register(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """A site that was named already is written down."""

    def form(row: AwardProgramme) -> RegisterForm:
        return RegisterForm(acts.typed(request), places=places_below(row.organization))

    def act(attempt: acts.Attempt[Any, Any]) -> DemonstrationSite:
        given = dict(attempt.given)
        place = Organization.objects.get(pk=given.pop("organization"))
        return deciding.register(
            programme=attempt.subject, organization=place, by=request.actor, **given
        )

    return acts.perform(
        request,
        load=lambda: get_held_programme(request.actor, uid),
        form=form,
        act=act,
        done=lambda attempt, site: acts.said(
            request, f"“{site}”已登记。", "sites:site-detail", site.uid
        ),
        show=lambda attempt: attempt.page("sites/site_register.html", programme=attempt.subject),
    )
