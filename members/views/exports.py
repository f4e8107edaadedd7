"""Members as a sheet."""

import tempfile

from django.contrib import messages
from django.http import FileResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from core import audit, clock
from core.guards import needs
from core.http import PortalRequest
from core.templatetags.portal import date_zh, datetime_zh
from orgs.permissions import Permission as P

from ..exports import write_roster
from ..forms import ExportForm
from ..queries.roster import roster
from .filters import Narrowed, narrowed

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@needs(P.MEMBER_VIEW, methods=("GET", "HEAD", "POST"))
def member_export(request: PortalRequest) -> HttpResponseBase:
    """What the list shows, as a sheet: masked, or in full with a purpose and the right to it."""
    found = narrowed(request)
    if found.filters.is_history:
        messages.info(request, "过去某一天的名单只供查看，不能导出。")
        return redirect(f"{reverse('members:member-list')}?{request.GET.urlencode()}")
    form = ExportForm(request.POST or None, may_see_full=request.actor.may(P.MEMBER_EXPORT))
    if request.method == "POST" and form.is_valid():
        return _file(request, found, form.cleaned_data)
    context = {
        "form": form,
        "filter_form": found.form,
        "count": roster(request.actor, found.filters).count(),
        "query_string": request.GET.urlencode() if not found.has_number else "",
    }
    status = 400 if form.errors else 200
    return render(request, "members/member_export.html", context, status=status)


def _file(request: PortalRequest, found: Narrowed, given: dict[str, str]) -> FileResponse:
    """The file, audited before a byte of it leaves."""
    is_full = given["scope"] == "full"
    number = request.request_id
    place = found.filters.organization
    name = place.name if place else request.actor.organization_name
    stamp = f"{request.actor.name} {datetime_zh(clock.now())} 导出 编号 {number}"
    if given["purpose"]:
        stamp += f" 用途：{given['purpose']}"
    target = tempfile.TemporaryFile()  # noqa: SIM115  (closed by the response)
    try:
        count = write_roster(
            target,
            roster(request.actor, found.filters),
            title=f"{name}党员花名册",
            subtitle=f"填报时间：{date_zh(clock.today())}",
            stamp=stamp,
            is_full=is_full,
        )
        audit.record_now(
            by=request.actor,
            verb="members.member.export",
            object_type="members.member",
            object_id=f"export:{number}",
            label=f"{name}党员花名册",
            organization_id=place.pk if place else None,
            organization_path=place.path if place else "",
            changes={"rows": [None, count], "full": [None, is_full]},
            note=given["purpose"],
        )
    except BaseException:
        target.close()
        raise
    target.seek(0)
    return FileResponse(
        target,
        as_attachment=True,
        filename=f"党员花名册-{clock.today():%Y%m%d}.xlsx",
        content_type=XLSX,
    )
