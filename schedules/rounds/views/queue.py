"""What waits for my check."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from core import acts, clock
from core.guards import needs
from core.http import PortalRequest
from core.paging import Pager
from core.text import whole_number
from orgs.permissions import Permission as P

from .. import fulfilment
from ..access import get_duty_of_others
from ..actions import checking
from ..models import Duty, Report
from ..queries.duties import waiting, waiting_for_second_look


@needs(P.REPORT_CHECK, P.REPORT_CONFIRM, methods=("GET", "HEAD"))
def report_queue(request: PortalRequest) -> HttpResponse:
    """What was sent to me, first come first; `?all=1` everything below, `?second=1` the second
    look."""
    second = request.GET.get("second") == "1"
    everything = request.GET.get("all") == "1" and not second
    if second:
        rows = waiting_for_second_look(request.actor)
    else:
        rows = waiting(request.actor, everything=everything)
    page = Pager(rows, 50).get_page(request.GET.get("page"))
    duties = list(page)
    notes = {
        duty_id: note
        for kind, group in fulfilment.by_kind(duties).items()
        for duty_id, note in kind.notes(group).items()
    }
    now = clock.now()
    context = {
        "page": page,
        "rows": [
            {
                "duty": duty,
                "url": fulfilment.url_of(duty),
                "note": "" if second else notes.get(duty.pk, ""),
                "wanted": _wanted(request, duty) if not second else "",
                "begun": "" if second else duty.check_begun_by_name,
                "days": (now - (duty.sent_at or now)).days,
            }
            for duty in duties
        ],
        "opened": 0 if second else sum(bool(_wanted(request, duty)) for duty in duties),
        "everything": everything,
        "second": second,
        "others": waiting(request.actor, everything=True).count() if not everything else 0,
        "second_count": waiting_for_second_look(request.actor).count() if not second else 0,
    }
    return render(request, "schedules/queue.html", context)


def _wanted(request: PortalRequest, duty: Duty) -> str:
    """What a report that the person has opened to check is chosen by: its id and revision."""
    report = getattr(duty, "report", None)
    if report is None or duty.check_begun_by_id not in request.actor.persons:
        return ""
    return f"{report.pk}.{report.revision}"


@needs(P.REPORT_CHECK, methods=("POST",))
def duty_begin(request: PortalRequest, pk: int) -> HttpResponse:
    """Opens what waits to be checked; from now on its sender cannot take it back."""
    return acts.press(
        request,
        load=lambda: get_duty_of_others(request.actor, pk),
        act=lambda duty: checking.begin(duty=duty, by=request.actor),
        done=lambda duty, begun: redirect(f"{fulfilment.url_of(duty)}?queue=1"),
    )


def _chosen(request: PortalRequest) -> dict[int, int]:
    """Report id -> the revision that stood on the page."""
    found = {}
    for text in request.POST.getlist("report")[:200]:
        pk, _, revision = text.partition(".")
        report, version = whole_number(pk), whole_number(revision, digits=9)
        if report is not None and version is not None:
            found[report] = version
    return found


@needs(P.REPORT_CHECK, methods=("POST",))
def report_accept_opened(request: PortalRequest) -> HttpResponse:
    """Accepts together the reports chosen among those that the person has opened."""
    chosen = _chosen(request)

    def load() -> dict[int, int]:
        mine = waiting(request.actor, everything=True).filter(report__in=chosen)
        return {pk: chosen[pk] for pk in mine.values_list("report", flat=True)}

    def done(wanted: dict[int, int], accepted: list[Report]) -> HttpResponse:
        left = len(chosen) - len(accepted)
        if not accepted:
            messages.warning(request, "没有通过任何一份：请先打开逐份核对，再在这里勾选。")
        else:
            names = "、".join(str(one.organization) for one in accepted[:8])
            text = f"已通过 {len(accepted)} 份：{names}{' 等' if len(accepted) > 8 else ''}。"
            if left:
                text += f"另有 {left} 份已有变动，没有办理。"
            messages.success(request, text)
        return redirect("schedules:report-queue")

    return acts.press(
        request,
        load=load,
        act=lambda wanted: checking.accept_opened(wanted=wanted, by=request.actor),
        done=done,
    )
