"""Projects: which there are, one of them, proposed and changed."""

import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from assessments.schemes.models import Scheme
from core import acts, beside, clock, uploads
from core.actor import Actor
from core.guards import needs, signed_in
from core.http import PortalRequest
from core.models import Attachment
from core.text import whole_number
from orgs.permissions import Permission as P
from schedules.rounds.evidence import used
from showcase.panels.queries.seats import own_seat, result, seats_of

from .. import words
from ..access import get_own_project, get_place, get_project
from ..actions import proposals
from ..forms import ListFilter, ProjectForm
from ..models import Campaign, Project
from ..models.project import KIND, OVER, UNDER_WAY
from ..queries import links
from ..queries.board import Line, chosen, lines, years_of
from ..queries.measuring import gauge_of, now_of
from ..queries.reviews import review_of
from ..relations import decides, undertakes
from ..rules import yuan
from .pages import ACT, FORM, Attempt
from .timeline import SMALL, timeline

READ = ("GET", "HEAD")
PAGE, SHOWN = 30, 60  # on a list; on a board or along the year


def filtered(request: PortalRequest) -> tuple[ListFilter, dict[str, Any]]:
    """The filter and what it narrows by, read once. Two queries."""
    campaigns = list(Campaign.objects.visible_to(request.actor)[:200])
    form = ListFilter(request.GET, years=years_of(request.actor), campaigns=campaigns)
    return form, form.narrowed()


@needs(P.PROJECT_VIEW, methods=READ)
def project_list(request: PortalRequest) -> HttpResponse:
    """Projects as a list, as a board by their states, or along the year. Five queries, however
    many."""
    form, given = filtered(request)
    view = given.get("view", "")
    number = min(max(1, whole_number(request.GET.get("page", "")) or 1), 1000)
    size = SHOWN if view else PAGE
    start = (number - 1) * size
    today = clock.today()
    found = list(chosen(request.actor, given)[start : start + size + 1])
    rows = lines(found[:size])
    kept = request.GET.copy()
    kept.pop("page", None)
    context: dict[str, Any] = {
        "form": form,
        "view": view,
        "rows": [_line(one, today) for one in rows],
        "kept": kept.urlencode(),
        "before": number - 1,
        "after": number + 1 if len(found) > size else 0,
        "may_propose": request.actor.may(P.PROJECT_EDIT),
    }
    if view == "board":
        context["columns"] = _columns(context["rows"])
    if view == "timeline":
        year = int(given.get("year") or today.year)
        of_year = [one for one in rows if one.project.year == year]
        context["drawing"] = timeline(of_year, year, today)
        context["small"] = timeline(of_year, year, today, SMALL)
        context["year"] = year
    return render(request, "projects/project_list.html", context)


def _line(one: Line, today: Any) -> dict[str, Any]:
    return {
        "project": one.project,
        "done": one.done,
        "count": len(one.milestones),
        "next": one.next if one.project.state in ("running", "closing") else None,
        "late": one.late_on(today),
        "spent": yuan(one.spent),
        "budget": yuan(one.project.budget),
        "is_over": one.spent > one.project.budget,
    }


def _columns(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {"title": title, "rows": [one for one in rows if one["project"].state in states]}
        for title, states in words.COLUMNS
    ]


@signed_in(*READ)
def project_detail(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """A project: what was proposed, its milestones with the days first approved, money, month by
    month from records, what shows it, what it is joined to, and its way. Some two dozen queries."""
    actor = request.actor
    project = get_project(actor, uid)
    today = clock.today()
    [line] = lines([project])
    spendings = list(project.spendings.all())
    asked = list(project.requests.select_related("milestone"))
    panel = review_of(project)
    gauge = gauge_of(project.figure)
    now = now_of(project.figure, project.organization) if project.is_approved else None
    waiting = next((one for one in asked if one.state == "waiting"), None)
    is_own = undertakes(actor, project.organization)
    context = {
        "project": project,
        **_joined(actor, project, is_own=is_own),
        **_files(project, line, is_own=is_own),
        "uses": used(actor, (KIND, project.uid)) if project.is_approved else [],
        "line": _line(line, today),
        "milestones": [words.milestone(one, project, today) for one in line.milestones],
        "months": words.months(line.milestones, spendings),
        "spendings": [(one, yuan(one.amount)) for one in spendings],
        "requests": asked,
        "waiting": waiting,
        "gauge": gauge,
        "figure": words.figure(project, gauge, now),
        "steps": [
            {
                "at": one.at,
                "by": one.by_name,
                "text": one.get_kind_display(),
                "note": one.text,
            }
            for one in project.steps.all()
        ],
        "panel": panel,
        "panel_rows": seats_of(panel, actor) if panel else [],
        "own": own_seat(panel, actor) if panel else None,
        "result": result(panel) if panel else None,
        "may_arrange": panel is not None
        and actor.may_at(P.SHOWCASE_MANAGE, panel.organization.path),
        "is_own": is_own,
        "decides": decides(actor, project.organization),
        "beside": beside.links(actor, project),
        "left": yuan(max(project.budget - line.spent, Decimal(0))),
    }
    return render(request, "projects/project_detail.html", context)


def _files(project: Project, line: Line, *, is_own: bool) -> dict[str, Any]:
    """The files of the milestones in their order, then those of the end. One query."""
    may_attach = is_own and project.state in UNDER_WAY
    rows = project.attachments.filter(state=Attachment.State.READY).select_related("uploaded_by")
    found: dict[int | None, list[dict[str, object]]] = {}
    for one in rows.order_by("pk"):
        found.setdefault(one.milestone_id, []).append(
            uploads.listed(
                one,
                opens="projects:attachment-open",
                removes="projects:attachment-remove" if may_attach else "",
                by=uploads.name_of_sender(one),
            )
        )
    stages = [(one.title, found.get(one.pk, [])) for one in line.milestones]
    shown = [(title, files) for title, files in (*stages, ("结项", found.get(None, []))) if files]
    return {"files": shown, "may_attach": may_attach}


def _joined(actor: Actor, project: Project, *, is_own: bool) -> dict[str, Any]:
    """Action items, and the scheme of the indicator where the actor may open it. Three queries."""
    items = links.items_of(actor, project)
    may_join = is_own and not project.is_written and project.state not in OVER
    scheme = None
    if project.scheme_id:
        scheme = Scheme.objects.visible_to(actor).filter(pk=project.scheme_id).first()
    return {
        "joined": items,
        "may_join": may_join,
        "to_join": links.items_to_join(actor, project, items) if may_join else [],
        "scheme": scheme,
    }


# --- proposed --------------------------------------------------------------------------------


@needs(P.PROJECT_EDIT, methods=FORM)
def project_create(request: PortalRequest) -> HttpResponse:
    """The draft of a proposal."""
    initial = {"year": clock.today().year, "owner_name": request.actor.name}
    return acts.perform(
        request,
        load=lambda: get_place(request.actor),
        form=lambda place: ProjectForm(acts.typed(request), actor=request.actor, initial=initial),
        act=lambda attempt: proposals.create(
            organization=attempt.subject, proposal=attempt.form.proposal(), by=request.actor
        ),
        done=lambda attempt, project: acts.said(
            request, f"“{project}”已存为草稿，核对后申报。", "projects:project-detail", project.uid
        ),
        show=lambda attempt: attempt.page("projects/project_edit.html", project=None),
    )


@needs(P.PROJECT_EDIT, methods=FORM)
def project_edit(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """A proposal that is a draft or came back is changed."""

    def load() -> Project:
        project = get_own_project(request.actor, uid)
        if request.method != "POST":
            Project.machine.expect(project, "edit")
        return project

    def show(attempt: Attempt) -> HttpResponse:
        project, different = attempt.subject, []
        if attempt.conflict and hasattr(attempt.form, "cleaned_data"):
            stored = ProjectForm.values_of(project)
            different = acts.differences(attempt.form, stored)
        return attempt.page(
            "projects/project_edit.html",
            project=project,
            conflict=attempt.conflict,
            different=different,
        )

    return acts.perform(
        request,
        load=load,
        form=lambda project: ProjectForm(
            acts.typed(request),
            actor=request.actor,
            project=project,
            initial=ProjectForm.values_of(project),
        ),
        act=lambda attempt: proposals.edit(
            project=attempt.subject,
            revision=attempt.given["revision"],
            proposal=attempt.form.proposal(),
            by=request.actor,
        ),
        done=lambda attempt, project: acts.said(
            request, "已保存。", "projects:project-detail", project.uid
        ),
        show=show,
    )


@needs(P.PROJECT_EDIT, methods=ACT)
def project_submit(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """The proposal is handed in."""
    return acts.press(
        request,
        load=lambda: get_own_project(request.actor, uid),
        act=lambda project: proposals.submit(project=project, by=request.actor),
        done=lambda project, _: acts.said(
            request, f"“{project}”已申报，等上级预审。", "projects:project-detail", project.uid
        ),
        back=lambda project: project,
    )
