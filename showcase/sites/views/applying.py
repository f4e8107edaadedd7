"""An organisation applies: drafted, changed, sent, taken back."""

import uuid
from typing import Any

from django.http import Http404, HttpResponse

from core import acts
from core.guards import needs
from core.http import PortalRequest
from orgs.models import Organization
from orgs.permissions import Permission as P

from ..access import get_applicant, get_own_site, get_programme, may_apply
from ..actions import applying
from ..forms import WordsForm
from ..models import AwardProgramme, DemonstrationSite

FORM = ("GET", "HEAD", "POST")
ACT = ("POST",)


@needs(P.SITE_APPLY, methods=FORM)
def site_apply(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """The draft of an application of the actor's own organisation."""

    def load() -> tuple[AwardProgramme, Organization]:
        programme = get_programme(request.actor, uid)
        if not may_apply(request.actor, programme):
            raise Http404
        return programme, get_applicant(request.actor)

    return acts.perform(
        request,
        load=load,
        form=lambda found: WordsForm(acts.typed(request)),
        act=lambda attempt: applying.create(
            programme=attempt.subject[0],
            organization=attempt.subject[1],
            words=attempt.form.words(),
            by=request.actor,
        ),
        done=lambda attempt, site: acts.said(
            request, "已存为草稿。接着选佐证，核对后申报。", "sites:site-detail", site.uid
        ),
        show=lambda attempt: attempt.page(
            "sites/site_edit.html",
            site=None,
            programme=attempt.subject[0],
            place=attempt.subject[1],
            conflict=attempt.conflict,
        ),
    )


@needs(P.SITE_APPLY, methods=FORM)
def site_edit(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """What an application says is changed, until it is sent."""

    def load() -> DemonstrationSite:
        site = get_own_site(request.actor, uid)
        if request.method != "POST":
            DemonstrationSite.machine.expect(site, "edit")
        return site

    def show(attempt: acts.Attempt[Any, Any]) -> HttpResponse:
        site, different = attempt.subject, []
        if attempt.conflict and attempt.form.is_bound and hasattr(attempt.form, "cleaned_data"):
            different = acts.differences(attempt.form, WordsForm.values_of(site))
        return attempt.page(
            "sites/site_edit.html",
            site=site,
            programme=site.programme,
            place=site.organization,
            conflict=attempt.conflict,
            different=different,
        )

    return acts.perform(
        request,
        load=load,
        form=lambda site: WordsForm(acts.typed(request), initial=WordsForm.values_of(site)),
        act=lambda attempt: applying.edit(
            site=attempt.subject,
            revision=attempt.given["revision"],
            words=attempt.form.words(),
            by=request.actor,
        ),
        done=lambda attempt, site: acts.said(request, "已保存。", "sites:site-detail", site.uid),
        show=show,
    )


@needs(P.SITE_APPLY, methods=ACT)
def site_send(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """The application goes to who holds the programme."""
    return acts.press(
        request,
        load=lambda: get_own_site(request.actor, uid),
        act=lambda site: applying.send(site=site, by=request.actor),
        done=lambda site, _: acts.said(
            request, "已申报，评审以前可以撤回。", "sites:site-detail", site.uid
        ),
        back=lambda site: site,
    )


@needs(P.SITE_APPLY, methods=ACT)
def site_withdraw(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """The application is taken back."""
    return acts.press(
        request,
        load=lambda: get_own_site(request.actor, uid),
        act=lambda site: applying.withdraw(site=site, by=request.actor),
        done=lambda site, _: acts.said(request, "已撤回。", "sites:site-detail", site.uid),
        back=lambda site: site,
    )
