"""What shows what was done, and what the project serves: files added, opened, taken away; items joined."""

import uuid

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from core import acts, uploads
from core import attachments as files
from core.guards import needs, signed_in
from core.http import PortalRequest
from core.text import whole_number
from orgs.permissions import Permission as P
from schedules.action_items.models import ActionItem

from ..access import get_attachment, get_own_item, get_own_project, get_seen_item
from ..actions import evidence
from ..models import Project, ProjectAttachment
from ..queries.links import is_joined
from .pages import ACT


def _page(uid: uuid.UUID, pk: int = 0) -> str:
    return reverse("projects:project-detail", args=[uid])


def _back(uid: uuid.UUID) -> HttpResponse:
    return redirect(f"{_page(uid)}#files")


def _page_of_file(uid: uuid.UUID) -> str:
    found = ProjectAttachment.objects.filter(uid=uid).values_list("project__uid", flat=True).first()
    return _page(found) if found else "/"


@needs(P.PROJECT_EDIT, methods=ACT, page=_page)
def attachment_add(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """Adds the files chosen to a milestone or to the end; each is an act of its own, and what is refused
    is named with its reason."""
    get_own_project(request.actor, uid)
    position = whole_number(request.POST.get("position", ""), digits=2)
    uploads.take(
        request,
        lambda file: acts.carry_out(
            lambda: get_own_project(request.actor, uid),
            lambda project: file,
            lambda project, file: evidence.attach(
                project=project, position=position, file=file, by=request.actor
            ),
        ),
    )
    return _back(uid)


@signed_in("GET", "HEAD")
def attachment_open(request: PortalRequest, uid: uuid.UUID) -> FileResponse:
    """The file, for whoever may read of the project."""
    return files.serve(get_attachment(request.actor, uid))


@needs(P.PROJECT_EDIT, methods=ACT, page=_page_of_file)
def attachment_remove(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """Takes a file away."""
    return acts.press(
        request,
        load=lambda: get_attachment(request.actor, uid, writes=True),
        act=lambda row: evidence.remove(attachment=row, by=request.actor),
        done=lambda row, nothing: _back(row.project.uid),
    )


@needs(P.PROJECT_EDIT, methods=ACT, page=_page)
def item_link(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """Joins the project to an item of the same organisation."""
    get_own_project(request.actor, uid)
    number = whole_number(request.POST.get("item", ""), digits=18)
    if number is None:
        messages.error(request, "请先选一件督办。", extra_tags="files")
        return _back(uid)
    return acts.press(
        request,
        load=lambda: (get_own_project(request.actor, uid), get_own_item(request.actor, number)),
        act=lambda found: evidence.link_item(project=found[0], item=found[1], by=request.actor),
        done=lambda found, is_new: acts.said(
            request, f"已关联督办{found[1].number}。", "projects:project-detail", uid
        ),
        back=lambda found: found[0],
    )


@needs(P.PROJECT_EDIT, methods=ACT, page=_page)
def item_unlink(request: PortalRequest, uid: uuid.UUID, pk: int) -> HttpResponse:
    """Parts the project from an item again, after it was said what stays."""

    def ask(found: tuple[Project, ActionItem]) -> acts.Question:
        project, item = found
        lines = [f"督办：{item}", "两边都不再列出，督办照常办理", "经过里留有记录，可以再关联"]
        return acts.Question("取消关联", lines if is_joined(project, item) else [], "取消关联")

    return acts.press(
        request,
        load=lambda: (get_own_project(request.actor, uid), get_seen_item(request.actor, pk)),
        act=lambda found: evidence.unlink_item(project=found[0], item=found[1], by=request.actor),
        done=lambda found, is_gone: acts.said(
            request, f"已取消关联督办{found[1].number}。", "projects:project-detail", uid
        ),
        ask=ask,
        back=lambda found: found[0],
    )
