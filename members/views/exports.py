"""Members as a sheet."""

from typing import Any, BinaryIO

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from core import acts, clock
from core.downloads import download, stamp
from core.guards import needs
from core.http import PortalRequest
from core.templatetags.words import date_zh
from orgs.permissions import Permission as P

from ..exports import write_roster
from ..forms import ExportForm
from ..queries.roster import roster
from .filters import Narrowed, narrowed


@needs(P.MEMBER_VIEW, methods=("GET", "HEAD", "POST"))
def member_export(request: PortalRequest) -> HttpResponseBase:
    """What the list shows, as a sheet: masked, or in full with a purpose and the right to it."""
    found = narrowed(request)
    if found.filters.is_history:
        messages.info(request, "过去某一天的名单只供查看，不能导出。")
        return redirect(f"{reverse('members:member-list')}?{request.GET.urlencode()}")
    form = ExportForm(acts.typed(request), may_see_full=request.actor.may(P.MEMBER_EXPORT))
    if request.method == "POST" and form.is_valid():
        return _file(request, found, form.cleaned_data)
    context = {
        "form": form,
        "filter_form": found.form,
        "count": roster(request.actor, found.filters).count(),
        "query_string": request.GET.urlencode() if not found.has_number else "",
    }
    status = acts.INVALID if form.errors else 200
    return render(request, "members/member_export.html", context, status=status)


def _file(request: PortalRequest, found: Narrowed, given: dict[str, str]) -> HttpResponseBase:
    """The file; its purpose is printed on it and told to the audit trail."""
    is_full, purpose, place = given["scope"] == "full", given["purpose"], found.filters.organization
    title = f"{place.name if place else request.actor.organization_name}党员花名册"

    def write(target: BinaryIO) -> int:
        return write_roster(
            target,
            roster(request.actor, found.filters),
            title=title,
            subtitle=f"填报时间：{date_zh(clock.today())}",
            stamp=f"{stamp(request)} 用途：{purpose}" if purpose else stamp(request),
            is_full=is_full,
        )

    def entry(count: int) -> dict[str, Any]:
        return {
            "object_type": "members.member",
            "label": title,
            "organization_id": place.pk if place else None,
            "organization_path": place.path if place else "",
            "changes": {"rows": [None, count], "full": [None, is_full]},
            "note": purpose,
        }

    name = ("党员花名册", f"{clock.today():%Y%m%d}")
    return download(
        request, name=name, ending="xlsx", write=write, verb="members.member.export", entry=entry
    )
