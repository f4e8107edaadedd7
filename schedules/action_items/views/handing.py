"""A report that came back becomes an item (转督办)."""

from django.http import Http404, HttpResponse

from core import acts, clock
from core.guards import needs
from core.http import PortalRequest
from orgs.permissions import Permission as P
from schedules.rounds.access import get_report_below
from schedules.rounds.models import Report

from ..access import get_issuer
from ..actions import handing
from ..enums import Category, Cause
from ..forms import HandForm
from ..queries.returned import may_hand, reasons


@needs(P.ACTION_ISSUE, methods=("GET", "HEAD", "POST"))
def item_from_report(request: PortalRequest, pk: int) -> HttpResponse:
    """The form, with what came back and why, for the organisation that sent the report."""

    def load() -> Report:
        report = get_report_below(request.actor, pk, P.REPORT_CHECK)
        if not may_hand(request.actor, report):
            raise Http404
        return report

    return acts.perform(
        request,
        load=load,
        form=lambda report: HandForm(acts.typed(request), initial=_offered(report)),
        act=lambda attempt: handing.from_report(
            report=attempt.subject,
            handed=handing.Handed(
                issuer=get_issuer(request.actor),
                owners=(attempt.subject.organization,),
                given=attempt.form.given,
                is_issued=attempt.given["is_issued"],
            ),
            by=request.actor,
        ),
        done=lambda attempt, item: acts.said(request, f"已转督办{item.number}。", item),
        show=lambda attempt: attempt.page(
            "action_items/item_from_report.html",
            report=attempt.subject,
            back=attempt.subject.get_absolute_url(),
        ),
    )


def _offered(report: Report) -> dict[str, object]:
    duty, found = report.duty, reasons(report)
    lines = [f"{place}. {title}：{reason or '未写原因'}" for place, title, reason in found]
    first = f"退回 {len(found)} 项，请补齐：" if found else f"已退回 {duty.returned_count} 次。"
    mend_by = duty.mend_by
    return {
        "title": f"补齐{duty.title}"[:100],
        "demand": "\n".join([first, *lines])[:2000],
        "due_on": mend_by if mend_by is not None and mend_by >= clock.today() else None,
        "category": Category.REPORTING,
        "cause": Cause.UNKNOWN,
        "is_issued": True,
    }
