"""Members as a sheet: masked at once, in full by asking for it."""

from typing import Any, BinaryIO

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from core import acts, clock
from core.downloads import download, stamp
from core.guards import needs
from core.http import PortalRequest
from core.templatetags.words import date_zh
from orgs.actions import full_exports
from orgs.enums import ExportKind
from orgs.forms.full_exports import ExportForm
from orgs.models import FullExport, Organization
from orgs.permissions import Permission as P

from ..access import Narrowed, narrowed
from ..exports import write_roster
from ..queries.roster import roster


@needs(P.MEMBER_VIEW, methods=("GET", "HEAD", "POST"))
def member_export(request: PortalRequest) -> HttpResponse:
    """What the list shows, as a sheet: masked, or in full with a purpose and the right to it."""
    found = narrowed(request.actor, request.GET)
    if found.filters.is_history:
        messages.info(request, "过去某一天的名单只供查看，不能导出。")
        return redirect(f"{reverse('members:member-list')}?{request.GET.urlencode()}")
    rows = roster(request.actor, found.filters)

    def act(attempt: acts.Attempt[None, ExportForm]) -> FullExport | None:
        if attempt.given["scope"] != "full":
            return None
        place = found.filters.organization or Organization.objects.get(
            pk=request.actor.organization_id or 0
        )
        return full_exports.ask(
            kind=ExportKind.MEMBERS,
            title=_title(request, found),
            what=request.GET.urlencode() if not found.has_number else "",
            rows=rows.count(),
            purpose=attempt.given["purpose"],
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
        done=lambda attempt, export: (
            redirect("orgs:export-detail", uid=export.uid)
            if export
            else _masked(request, found, attempt.given["purpose"])
        ),
        show=lambda attempt: attempt.page(
            "members/member_export.html",
            filter_form=found.form,
            count=rows.count(),
            query_string=request.GET.urlencode() if not found.has_number else "",
            may_see_full=request.actor.may(P.MEMBER_EXPORT),
        ),
    )


def _title(request: PortalRequest, found: Narrowed) -> str:
    place = found.filters.organization
    return f"{place.name if place else request.actor.organization_name}党员花名册"


def _masked(
    request: PortalRequest, found: Narrowed, purpose: str
) -> Any:  # FileResponse, which is no HttpResponse by name
    """The file; a purpose is printed on it and told to the audit trail."""
    title, place = _title(request, found), found.filters.organization

    def write(target: BinaryIO) -> int:
        return write_roster(
            target,
            roster(request.actor, found.filters),
            title=title,
            subtitle=f"填报时间：{date_zh(clock.today())}",
            stamp=f"{stamp(request)} 用途：{purpose}" if purpose else stamp(request),
            is_full=False,
        )

    def entry(count: int) -> dict[str, Any]:
        return {
            "object_type": "members.member",
            "label": title,
            "organization_id": place.pk if place else None,
            "organization_path": place.path if place else "",
            "changes": {"rows": [None, count], "full": [None, False]},
            "note": purpose,
        }

    name = ("党员花名册", f"{clock.today():%Y%m%d}")
    return download(
        request, name=name, ending="xlsx", write=write, verb="members.member.export", entry=entry
    )
