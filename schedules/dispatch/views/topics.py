"""Topics that a committee proposes for the meetings held above it, or the holder keeps for later."""

from typing import Any

from django.http import Http404, HttpResponse

from core import acts
from core.guards import needs
from core.http import PortalRequest
from orgs.permissions import Permission as P

from ..access import get_topic
from ..actions import cards
from ..forms import TopicForm
from ..models import MeetingSeries
from .agenda import different_card

FORM = ("GET", "HEAD", "POST")
Attempt = acts.Attempt[Any, Any]


@needs(P.DISPATCH_PROPOSE, methods=FORM)
def topic_create(request: PortalRequest) -> HttpResponse:
    """Proposes a topic; it waits in the backlog until the holder places it."""

    def load() -> list[MeetingSeries]:
        found = list(
            MeetingSeries.objects.open_to(request.actor)
            .select_related("organization")
            .order_by("organization__path", "name")
        )
        if not found:
            raise Http404
        return found

    return acts.perform(
        request,
        load=load,
        form=lambda series: TopicForm(
            acts.typed(request), series=series, initial={"minutes": 5, "series": series[0].pk}
        ),
        act=lambda attempt: cards.propose(
            series=attempt.form.offered[attempt.given["series"]],
            content=attempt.form.content(),
            by=request.actor,
        ),
        done=lambda attempt, card: acts.said(
            request, "议题已提出，召集单位排议程时会看到。", "dispatch:meeting-list"
        ),
        show=lambda attempt: attempt.page("dispatch/topic_edit.html", card=None),
    )


@needs(P.DISPATCH_PROPOSE, methods=FORM)
def topic_edit(request: PortalRequest, pk: int) -> HttpResponse:
    """Changes a topic that nobody has placed yet."""
    return acts.perform(
        request,
        load=lambda: get_topic(request.actor, pk),
        form=lambda card: TopicForm(
            acts.typed(request), series=[card.series], initial=TopicForm.values_of(card)
        ),
        act=lambda attempt: cards.edit(
            card=attempt.subject,
            content=attempt.form.content(attempt.subject),
            revision=attempt.given["revision"],
            by=request.actor,
        ),
        done=lambda attempt, card: acts.said(request, "议题已保存。", "dispatch:meeting-list"),
        show=lambda attempt: attempt.page(
            "dispatch/topic_edit.html",
            card=attempt.subject,
            conflict=attempt.conflict,
            different=different_card(attempt, TopicForm.values_of(attempt.subject)),
        ),
    )


@needs(P.DISPATCH_PROPOSE, methods=("POST",), page="dispatch:meeting-list")
def topic_remove(request: PortalRequest, pk: int) -> HttpResponse:
    """Takes a topic back that nobody has placed yet."""
    return acts.press(
        request,
        load=lambda: get_topic(request.actor, pk),
        act=lambda card: cards.remove(card=card, by=request.actor),
        done=lambda card, removed: acts.said(request, f"“{card}”已撤回。", "dispatch:meeting-list"),
        ask=lambda card: acts.Question("撤回议题", [f"“{card}”不再备选"], "撤回"),
        back=lambda card: "dispatch:meeting-list",
    )
