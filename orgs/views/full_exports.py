"""Exports of organisations, and those in full of whatever kind: asked for, allowed, fetched."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from core import acts, crypto
from core.documents import making
from core.downloads import download
from core.guards import needs
from core.http import PortalRequest
from core.models import MadeDocument
from core.paging import Pager

from .. import packs
from ..access import actor_from_grant
from ..actions import full_exports
from ..enums import ExportKind
from ..forms.full_exports import ExportForm, RefuseForm
from ..models import FullExport, Organization
from ..permissions import Permission as P

READ = ("GET", "HEAD")
FORM = ("GET", "HEAD", "POST")
UNREADABLE = "无法读取"


@needs(P.ORGANIZATION_EXPORT, methods=FORM)
def organization_export(request: PortalRequest) -> HttpResponse:
    """What the filter shows, as the sheet that staff keep: phones masked, or in full with a
    purpose. A long one is made behind."""
    found = packs.narrowed(request.actor, request.GET)
    count = found.rows.count()
    place = found.place or Organization.objects.get(pk=request.actor.organization_id or 0)

    def act(attempt: acts.Attempt[None, ExportForm]) -> FullExport | MadeDocument | None:
        if attempt.given["scope"] != "full":
            if count <= making.LONG_SHEET:
                return None
            wanted = packs.wanted(found.query, rows=count)
            return making.ask(wanted=wanted, by=request.actor)
        return full_exports.ask(
            kind=ExportKind.ORGANIZATIONS,
            title=f"{place}党组织花名册",
            what=found.query,
            rows=count,
            purpose=attempt.given["purpose"],
            organization=place,
            by=request.actor,
        )

    return acts.perform(
        request,
        load=acts.no_subject,
        form=lambda nothing: ExportForm(
            acts.typed(request), may_see_full=True, masks="遮盖：联系电话只留前三后二"
        ),
        act=act,
        done=lambda attempt, asked: behind(asked) if asked else _masked(request, found.rows),
        show=lambda attempt: attempt.page(
            "orgs/organization_export.html",
            count=count,
            is_long=count > making.LONG_SHEET,
            query_string=request.GET.urlencode(),
        ),
    )


def behind(asked: FullExport | MadeDocument) -> HttpResponse:
    """Leads to where a file that is made behind will be found."""
    address = "orgs:export-detail" if isinstance(asked, FullExport) else "core:document-detail"
    return redirect(address, uid=asked.uid)


def _masked(
    request: PortalRequest, rows: Any
) -> Any:  # FileResponse, which is no HttpResponse by name
    return download(
        request,
        name=packs.name(),
        ending="xlsx",
        write=lambda target: packs.write_masked(target, request.actor, rows),
        verb="orgs.organization.export",
        entry=lambda count: packs.entry({"rows": count}),
    )


# --- in full -------------------------------------------------------------------------------


@needs(P.ORGANIZATION_EXPORT, methods=READ)
def export_list(request: PortalRequest) -> HttpResponse:
    """One's own, newest first; above them those that wait for one's decision."""
    mine = FullExport.objects.filter(asked_by_id=request.actor.user_id or 0)
    waiting = FullExport.objects.for_deciding(request.actor).waiting()
    return render(
        request,
        "orgs/export_list.html",
        {
            "waiting": waiting.select_related("organization")[:50],
            "page": Pager(mine.select_related("organization"), 20).get_page(
                request.GET.get("page")
            ),
        },
    )


def _export(request: PortalRequest, uid: UUID, *, to_decide: bool = False) -> FullExport:
    """One's own export or one to decide on. Raises Http404."""
    rows = FullExport.objects.select_related("organization")
    reach = rows.for_deciding if to_decide else rows.visible_to
    return get_object_or_404(reach(request.actor), uid=uid)


def _page(
    request: PortalRequest, export: FullExport, *, status: int = 200, **context: Any
) -> HttpResponse:
    is_mine = export.asked_by_id == request.actor.user_id
    password = ""
    if is_mine:
        try:
            password = export.password
        except crypto.Unreadable:
            password = UNREADABLE
    return render(
        request,
        "orgs/export_detail.html",
        {
            "export": export,
            "is_mine": is_mine,
            "password": password,
            "may_decide": not is_mine and export.state == "waiting" and not export.is_over,
            "may_withdraw": is_mine and export.state == "waiting" and not export.is_over,
            "form": RefuseForm(),
            **context,
        },
        status=status,
    )


@needs(P.ORGANIZATION_EXPORT, methods=READ)
def export_detail(request: PortalRequest, uid: UUID) -> HttpResponse:
    """How far it is; for who asked the password and the way to the file, for the second person
    what is asked."""
    response = _page(request, _export(request, uid))
    response["Cache-Control"] = "no-store"
    return response


@needs(P.ORGANIZATION_EXPORT, methods=("POST",), page="orgs:export-list")
def export_allow(request: PortalRequest, uid: UUID) -> HttpResponse:
    """The second person's yes."""
    return acts.press(
        request,
        load=lambda: _export(request, uid, to_decide=True),
        act=lambda export: full_exports.allow(
            export=export,
            by=request.actor,
            asker=actor_from_grant(export.asked_by_id, export.grant_id),
        ),
        done=lambda export, done: acts.said(request, f"已批准：{export}。", "orgs:export-list"),
    )


@needs(P.ORGANIZATION_EXPORT, methods=("POST",), page="orgs:export-list")
def export_refuse(request: PortalRequest, uid: UUID) -> HttpResponse:
    """The second person's no, with the reason."""
    return acts.perform(
        request,
        load=lambda: _export(request, uid, to_decide=True),
        form=lambda export: RefuseForm(acts.typed(request)),
        act=lambda attempt: full_exports.refuse(
            export=attempt.subject, by=request.actor, **attempt.given
        ),
        done=lambda attempt, done: acts.said(
            request, f"未批准：{attempt.subject}。", "orgs:export-list"
        ),
        show=lambda attempt: _page(
            request,
            attempt.subject,
            form=attempt.form,
            status=attempt.status,
            conflict=attempt.conflict,
        ),
    )


@needs(P.ORGANIZATION_EXPORT, methods=("POST",), page="orgs:export-list")
def export_withdraw(request: PortalRequest, uid: UUID) -> HttpResponse:
    """Takes back what one asked for, after a question."""
    mine = FullExport.objects.select_related("organization").filter(
        asked_by_id=request.actor.user_id or 0
    )
    return acts.press(
        request,
        load=lambda: get_object_or_404(mine, uid=uid),
        act=lambda export: full_exports.withdraw(export=export, by=request.actor),
        done=lambda export, done: acts.said(request, f"已撤回：{export}。", "orgs:export-list"),
        ask=lambda export: acts.Question(
            f"撤回完整导出：{export}",
            [
                "不再等待批准，不生成文件。",
                "今天可以提出的次数不因撤回增加。",
                "撤回记入审计；需要时可以重新提出。",
            ],
            "确认撤回",
        ),
        back=lambda export: export,
    )
