"""Background items that are not done, for the system administrator."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from core import acts, effects, health
from core.guards import needs
from core.http import PortalRequest
from core.models import Effect, Heartbeat
from core.paging import Pager

from ..actions import jobs
from ..forms.accounts import JobFilter, ReasonForm
from ..permissions import Permission as P
from .administration import FORM, READ

State = Effect.State
STOPPED = (State.UNKNOWN, State.DEAD)
DONE = (State.DONE, State.SKIPPED)
PARTS = {"clock": "定时发起", "sweeper": "逐项办理"}


@needs(P.JOB_MANAGE, methods=READ)
def job_list(request: PortalRequest) -> HttpResponse:
    """What stopped or is in doubt first; on demand all that is not done. No payloads are shown."""
    form = JobFilter(request.GET)
    state = form.cleaned_data["state"] if form.is_valid() else ""
    items = Effect.objects.order_by("-created_at", "-id").defer("payload")
    if state == "open":
        items = items.exclude(state__in=DONE)
    else:
        items = items.filter(state=state) if state else items.filter(state__in=STOPPED)
    page = Pager(items, 20).get_page(request.GET.get("page"))
    context = {
        "filter": form,
        "page": page,
        "rows": [
            {"item": item, "label": effects.label_of(item.kind), "reason": _reason(item)}
            for item in page
        ],
        "backlog": effects.backlog(),
        "heartbeats": [
            (PARTS.get(beat.name, beat.name), beat.at)
            for beat in Heartbeat.objects.order_by("name")
        ],
        "comparisons": health.comparisons(),
    }
    return render(request, "orgs/job_list.html", context)


def _reason(item: Effect) -> str:
    """The kind of the last error. Its words may hold personal data, which is not shown here."""
    return item.last_error.partition(":")[0]


@needs(P.JOB_MANAGE, methods=("POST",))
def job_retry(request: PortalRequest, pk: int) -> HttpResponse:
    """Tries a stopped item again."""
    return acts.press(
        request,
        load=lambda: get_object_or_404(Effect, pk=pk),
        act=lambda item: jobs.retry(by=request.actor, effect_id=pk),
        done=lambda item, nothing: acts.said(request, "已放回队列，马上再办。", "orgs:job-list"),
    )


@needs(P.JOB_MANAGE, methods=FORM)
def job_give_up(request: PortalRequest, pk: int) -> HttpResponse:
    """Gives a stopped item up, with the reason."""
    return acts.perform(
        request,
        load=lambda: get_object_or_404(Effect.objects.defer("payload"), pk=pk),
        form=lambda item: ReasonForm(acts.typed(request)),
        act=lambda attempt: jobs.give_up(by=request.actor, effect_id=pk, **attempt.given),
        done=lambda attempt, nothing: acts.said(request, "已放弃这一项。", "orgs:job-list"),
        show=lambda attempt: attempt.page(
            "orgs/job_give_up.html",
            item=attempt.subject,
            label=effects.label_of(attempt.subject.kind),
            reason=_reason(attempt.subject),
        ),
    )
