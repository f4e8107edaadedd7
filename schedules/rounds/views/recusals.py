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

from .. import fulfilment
from ..access import get_duty, get_duty_of_others
from ..models import Duty
from ..relations import CHECKER


@needs(P.REPORT_CHECK, methods=("GET", "HEAD", "POST"))
def duty_recuse(request: PortalRequest, pk: int) -> HttpResponse:
    """The checker keeps out of what the duty's organisation hands in, from now on, with the
    reason."""
    return acts.perform(
        request,
        load=lambda: get_duty_of_others(request.actor, pk),
        form=lambda duty: RecusalForm(acts.typed(request)),
        act=lambda attempt: namings.recuse(
            by=request.actor,
            relation=CHECKER.key,
            organization_id=attempt.subject.organization_id,
            about=attempt.subject.as_thing,
            **attempt.given,
        ),
        done=lambda attempt, right: acts.said(
            request,
            f"已登记回避，{right.organization}的报送不再由你核报。",
            fulfilment.url_of(attempt.subject),
        ),
        show=lambda attempt: attempt.page(
            "schedules/duty_recuse.html",
            duty=attempt.subject,
            back=fulfilment.url_of(attempt.subject),
        ),
    )


@signed_in("POST")
def duty_recusal_end(request: PortalRequest, pk: int) -> HttpResponse:
    """Takes one's own recusal back."""

    def load() -> tuple[Duty, NamedRight]:
        duty = get_duty(request.actor, pk)
        right = own_recusal(request.actor, CHECKER.key, duty.organization_id)
        if right is None:
            raise Http404
        return duty, right

    return acts.press(
        request,
        load=load,
        act=lambda found: namings.take_back(by=request.actor, right_id=found[1].pk),
        done=lambda found, nothing: acts.said(request, "已撤销回避。", fulfilment.url_of(found[0])),
    )
