"""Members as a sheet: masked at once, in full by asking for it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from core import acts
from core.documents import making
from core.downloads import download
from core.guards import needs
from core.http import PortalRequest
from core.models import MadeDocument
from orgs.actions import full_exports
from orgs.enums import ExportKind
from orgs.forms.full_exports import ExportForm
from orgs.models import FullExport, Organization
from orgs.permissions import Permission as P
from orgs.views.full_exports import behind

from .. import packs
from ..access import Narrowed, may_export, narrowed
from ..queries.roster import roster


@needs(P.MEMBER_VIEW, methods=("GET", "HEAD", "POST"))
def member_export(request: PortalRequest) -> HttpResponse:
    """What the list shows, as a sheet: masked, or in full with a purpose and the right to it. A long
    one is made behind."""
    if not may_export(request.actor):
        raise Http404
    found = narrowed(request.actor, request.GET)
    if found.filters.is_history:
        messages.info(request, "过去某一天的名单只供查看，不能导出。")
        return redirect(f"{reverse('members:member-list')}?{request.GET.urlencode()}")
    count = roster(request.actor, found.filters).count()

    def act(attempt: acts.Attempt[None, ExportForm]) -> FullExport | MadeDocument | None:
        purpose = attempt.given["purpose"]
        if attempt.given["scope"] != "full":
            if count <= making.LONG_SHEET:
                return None
            wanted = packs.wanted(request.actor, found, purpose=purpose, rows=count)
            return making.ask(wanted=wanted, by=request.actor)
        place = found.filters.organization or Organization.objects.get(
            pk=request.actor.organization_id or 0
        )
        return full_exports.ask(
            kind=ExportKind.MEMBERS,
            title=packs.title_of(request.actor, found),
            what=found.query,
            rows=count,
            purpose=purpose,
            organization=place,
            by=request.actor,
        )

    return acts.perform(
        request,
        load=acts.no_subject,
        form=lambda nothing: ExportForm(
            acts.typed(request),
            may_see_full=request.actor.may(P.MEMBER_EXPORT),
            masks="遮盖：身份号码不显示，电话只留前三后二，住址到区县",
        ),
        act=act,
        done=lambda attempt, asked: (
            behind(asked) if asked else _masked(request, found, attempt.given["purpose"])
        ),
        show=lambda attempt: attempt.page(
            "members/member_export.html",
            filter_form=found.form,
            count=count,
            is_long=count > making.LONG_SHEET,
            query_string=request.GET.urlencode() if not found.has_number else "",
            may_see_full=request.actor.may(P.MEMBER_EXPORT),
        ),
    )


def _masked(
    request: PortalRequest, found: Narrowed, purpose: str
) -> Any:  # FileResponse, which is no HttpResponse by name
    """The file; a purpose is printed on it and told to the audit trail."""
    title, place = packs.title_of(request.actor, found), found.filters.organization

    def entry(count: int) -> dict[str, Any]:
        return {
            "organization_id": place.pk if place else None,
            "organization_path": place.path if place else "",
            **packs.entry({"title": title, "rows": count, "purpose": purpose}),
        }

    return download(
        request,
        name=packs.name(),
        ending="xlsx",
        write=lambda target: packs.write_masked(target, request.actor, found, purpose),
        verb="members.member.export",
        entry=entry,
    )
