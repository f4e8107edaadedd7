"""专项行动: which there are, set up and changed."""

import uuid
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from core import acts, clock
from core.guards import needs
from core.http import PortalRequest
from orgs.permissions import Permission as P

from ..access import get_held_campaign, get_holder
from ..actions import campaigns
from ..forms import CampaignForm
from ..queries.board import campaigns_of
from ..queries.measuring import gauge_of
from .pages import FORM

READ = ("GET", "HEAD")


@needs(P.PROJECT_VIEW, methods=READ)
def campaign_list(request: PortalRequest) -> HttpResponse:
    """Campaigns with their projects. Two queries."""
    rows = [
        {
            "joined": one,
            "figure": gauge.label if (gauge := gauge_of(one.campaign.figure)) else "",
            "may_edit": request.actor.may_at(P.SHOWCASE_MANAGE, one.campaign.organization.path),
        }
        for one in campaigns_of(request.actor)
    ]
    may_edit = request.actor.may(P.SHOWCASE_MANAGE)
    return render(request, "projects/campaign_list.html", {"rows": rows, "may_edit": may_edit})


@needs(P.SHOWCASE_MANAGE, methods=FORM)
def campaign_create(request: PortalRequest) -> HttpResponse:
    """A campaign is set up."""
    return acts.perform(
        request,
        load=lambda: get_holder(request.actor),
        form=lambda place: CampaignForm(
            acts.typed(request), initial={"year": clock.today().year, "is_open": True}
        ),
        act=lambda attempt: campaigns.create(
            organization=attempt.subject, values=attempt.form.values(), by=request.actor
        ),
        done=lambda attempt, one: acts.said(request, f"“{one}”已设立。", "projects:campaign-list"),
        show=lambda attempt: attempt.page("projects/campaign_edit.html", campaign=None),
    )


@needs(P.SHOWCASE_MANAGE, methods=FORM)
def campaign_edit(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """A campaign is changed or ended."""

    def show(attempt: acts.Attempt[Any, Any]) -> HttpResponse:
        return attempt.page(
            "projects/campaign_edit.html", campaign=attempt.subject, conflict=attempt.conflict
        )

    return acts.perform(
        request,
        load=lambda: get_held_campaign(request.actor, uid),
        form=lambda one: CampaignForm(acts.typed(request), initial=CampaignForm.values_of(one)),
        act=lambda attempt: campaigns.edit(
            campaign=attempt.subject,
            revision=attempt.given["revision"],
            values=attempt.form.values(),
            by=request.actor,
        ),
        done=lambda attempt, one: acts.said(request, "已保存。", "projects:campaign-list"),
        show=show,
    )
