"""The card that is filled in on the spot."""

import uuid
from typing import Any

from django.http import HttpResponse

from core import acts, clock
from core.guards import needs
from core.http import PortalRequest
from orgs.permissions import Permission as P

from ..access import get_held_site
from ..actions import checking
from ..forms import CheckForm
from ..models import DemonstrationSite, SiteCheck

FORM = ("GET", "HEAD", "POST")


@needs(P.SITE_EDIT, methods=FORM)
def site_check(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """A mark for each criterion; today's own card stands in the form."""

    def load() -> DemonstrationSite:
        site = get_held_site(request.actor, uid)
        if request.method != "POST":
            DemonstrationSite.machine.expect(site, "check")
        return site

    def form(site: DemonstrationSite) -> CheckForm:
        initial: dict[str, Any] = {}
        card = SiteCheck.objects.filter(
            site=site, user=request.actor.user_id, checked_on=clock.today()
        ).first()
        if card is not None:
            initial["note"] = card.note
            for number, (_, mark, _, note) in enumerate(card.rows):
                initial |= {f"mark_{number}": mark, f"note_{number}": note}
        return CheckForm(acts.typed(request), criteria=site.programme.criteria, initial=initial)

    return acts.perform(
        request,
        load=load,
        form=form,
        act=lambda attempt: checking.fill(
            site=attempt.subject,
            seen=attempt.form.seen(),
            note=attempt.given["note"],
            by=request.actor,
        ),
        done=lambda attempt, card: acts.said(
            request, "核查卡已存；照片可在下面上传。", "sites:site-detail", attempt.subject.uid
        ),
        show=lambda attempt: attempt.page("sites/site_check.html", site=attempt.subject),
    )
