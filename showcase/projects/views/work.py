"""What the undertaking organisation does with a project that runs."""

import uuid

from django.http import HttpResponse
from django.shortcuts import redirect

from core import acts, clock
from core.guards import needs, signed_in
from core.http import PortalRequest
from orgs.permissions import Permission as P

from ..access import get_milestone, get_own_milestone, get_own_project
from ..actions import work
from ..forms import AskForm, CloseForm, FinishForm, SpendForm
from .pages import ACT, FORM, page_of_act


@signed_in("GET", "HEAD")
def milestone_open(request: PortalRequest, pk: int) -> HttpResponse:
    """Where the duty of a milestone leads: to the milestones of its project."""
    return redirect(f"{get_milestone(request.actor, pk).project.get_absolute_url()}#milestones")


@needs(P.PROJECT_EDIT, methods=FORM, page="projects:project-list")
def milestone_done(request: PortalRequest, uid: uuid.UUID, position: int) -> HttpResponse:
    """A milestone is done, with what shows it."""
    return page_of_act(
        request,
        load=lambda: get_own_milestone(request.actor, uid, position),
        form=lambda one: FinishForm(
            acts.typed(request),
            initial={"revision": one.project.revision, "done_on": clock.today()},
        ),
        act=lambda attempt: work.finish(
            milestone=attempt.subject, by=request.actor, **attempt.given
        ),
        words="完成节点",
        said="节点已记为完成。",
        move="work",
        shown=lambda one: {"milestone": one},
    )


@needs(P.PROJECT_EDIT, methods=ACT, page="projects:project-list")
def milestone_reopen(request: PortalRequest, uid: uuid.UUID, position: int) -> HttpResponse:
    """A milestone that was called done is not."""
    return acts.press(
        request,
        load=lambda: get_own_milestone(request.actor, uid, position),
        act=lambda one: work.reopen(milestone=one, by=request.actor),
        done=lambda one, project: acts.said(
            request, f"“{one}”重新打开了。", "projects:project-detail", project.uid
        ),
        back=lambda one: one.project,
    )


@needs(P.PROJECT_EDIT, methods=FORM)
def request_ask(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """A change, an extension or the end is asked for."""
    return page_of_act(
        request,
        load=lambda: get_own_project(request.actor, uid),
        form=lambda project: AskForm(
            acts.typed(request), project=project, initial={"revision": project.revision}
        ),
        act=lambda attempt: work.ask(project=attempt.subject, by=request.actor, **attempt.given),
        words="申请变更、延期或终止",
        said="申请已提出，等上级批。",
        note="原定的日子一直留着。批了才算，一次一项。",
        move="work",
    )


@needs(P.PROJECT_EDIT, methods=FORM)
def money_add(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """Money that was spent is written down."""
    return page_of_act(
        request,
        load=lambda: get_own_project(request.actor, uid),
        form=lambda project: SpendForm(
            acts.typed(request), initial={"revision": project.revision, "on": clock.today()}
        ),
        act=lambda attempt: work.spend(project=attempt.subject, by=request.actor, **attempt.given),
        words="登记支出",
        said="支出已登记。",
        move="spend",
    )


@needs(P.PROJECT_EDIT, methods=FORM)
def project_close(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """The closing is asked for."""
    return page_of_act(
        request,
        load=lambda: get_own_project(request.actor, uid),
        form=lambda project: CloseForm(acts.typed(request), initial={"revision": project.revision}),
        act=lambda attempt: work.close(project=attempt.subject, by=request.actor, **attempt.given),
        words="申请结项",
        said="已申请结项，等上级验收。",
        note="节点、支出和数字都在项目页上，不用再抄。",
        move="close",
    )
