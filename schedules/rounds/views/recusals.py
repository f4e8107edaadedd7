"""A checker keeps out of what an organisation hands in, and comes back."""

from django.http import Http404, HttpResponse

from core import acts
from core.guards import needs, signed_in
from core.http import PortalRequest
from orgs.actions import namings
from orgs.forms.namings import RecusalForm
from orgs.models import NamedRight
from orgs.permissions import Permission as P
from orgs.queries.namings import own_recusal

from ..access import get_report, get_report_below
from ..relations import CHECKER


@needs(P.REPORT_CHECK, methods=("GET", "HEAD", "POST"))
def report_recuse(request: PortalRequest, pk: int) -> HttpResponse:
    """The checker keeps out of the organisation's reports from now on, with the reason."""
    return acts.perform(
        request,
        load=lambda: get_report_below(request.actor, pk, P.REPORT_CHECK),
        form=lambda report: RecusalForm(acts.typed(request)),
        act=lambda attempt: namings.recuse(
            by=request.actor,
            relation=CHECKER.key,
            organization_id=attempt.subject.organization_id,
            **attempt.given,
        ),
        done=lambda attempt, right: acts.said(
            request, f"已登记回避，{right.organization}的报送不再由你核报。", attempt.subject
        ),
        show=lambda attempt: attempt.page("schedules/report_recuse.html", report=attempt.subject),
    )


@signed_in("POST")
def report_recusal_end(request: PortalRequest, pk: int) -> HttpResponse:
    """Takes one's own recusal back."""

    def load() -> NamedRight:
        report = get_report(request.actor, pk)
        right = own_recusal(request.actor, CHECKER.key, report.organization_id)
        if right is None:
            raise Http404
        return right

    return acts.press(
        request,
        load=load,
        act=lambda right: namings.take_back(by=request.actor, right_id=right.pk),
        done=lambda right, nothing: acts.said(
            request, "已撤销回避。", "schedules:report-detail", pk=pk
        ),
    )
