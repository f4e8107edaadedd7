"""Somebody else marks what is left; one keeps out of an organisation; an item of the self-assessment
goes back."""

import uuid

from django.http import Http404, HttpResponse

from assessments.cycles.models import Assessed
from assessments.self_assessments.actions import sending
from assessments.self_assessments.models import SelfAssessment
from core import acts
from core.guards import needs
from core.http import PortalRequest
from orgs.permissions import Permission as P

from ..access import get_held_case, get_own_case, get_seat
from ..actions import handing
from ..enums import SeatState
from ..forms.acts import HandOverForm, ReasonForm
from ..models import ReviewSeat, TeamMember
from ..queries.conflicts import conflicts
from ..queries.evidence import said_of
from ..queries.points import leaf_of

FORM = ("GET", "HEAD", "POST")
NOBODY = "0"


def _others(assessed: Assessed, apart: int | None) -> list[tuple[str, str]]:
    """The reviewers of the cycle who may take it over. Four queries."""
    members = list(
        TeamMember.objects.filter(review__cycle=assessed.cycle_id)
        .select_related("team")
        .order_by("team__number", "pk")
    )
    barred = conflicts([one.user_id for one in members], [assessed])
    return [
        (str(one.user_id), f"{one.name}（{one.team.name}）")
        for one in members
        if one.user_id != apart and (one.user_id, assessed.pk) not in barred
    ]


@needs(P.ASSESSMENT_REVIEW, methods=FORM)
def case_hand_over(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """What one has not marked yet of an organisation goes to another reviewer."""
    user_id = request.actor.user_id
    return acts.perform(
        request,
        load=lambda: get_own_case(request.actor, uid),
        form=lambda assessed: HandOverForm(acts.typed(request), people=_others(assessed, user_id)),
        act=lambda attempt: handing.hand_over(
            assessed=attempt.subject,
            from_id=user_id,
            to_id=int(attempt.given["to"]),
            reason=attempt.given["reason"],
            by=request.actor,
        ),
        done=lambda attempt, n: acts.said(request, f"已移交 {n} 项。", "reviews:desk"),
        show=lambda attempt: attempt.page(
            "reviews/case_hand_over.html", assessed=attempt.subject, is_own=True
        ),
    )


@needs(P.ASSESSMENT_RUN, methods=FORM)
def case_assign(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """The same by who carries the cycle on, also for seats that wait for somebody."""

    def form(assessed: Assessed) -> HandOverForm:
        seats = ReviewSeat.objects.filter(item__assessed=assessed, state=SeatState.OPEN)
        names = dict(seats.exclude(user=None).values_list("user_id", "name"))
        of = [(str(pk), name) for pk, name in sorted(names.items())]
        if seats.filter(user=None).exists():
            of.insert(0, (NOBODY, "还没有人评的"))
        return HandOverForm(
            acts.typed(request), people=_others(assessed, None), of=of or [(NOBODY, "没有")]
        )

    return acts.perform(
        request,
        load=lambda: get_held_case(request.actor, uid),
        form=form,
        act=lambda attempt: handing.hand_over(
            assessed=attempt.subject,
            from_id=int(attempt.given["of"]) or None,
            to_id=int(attempt.given["to"]),
            reason=attempt.given["reason"],
            by=request.actor,
        ),
        done=lambda attempt, n: acts.said(
            request, f"已移交 {n} 项。", "reviews:review", uid=attempt.subject.cycle.uid
        ),
        show=lambda attempt: attempt.page(
            "reviews/case_hand_over.html", assessed=attempt.subject, is_own=False
        ),
    )


@needs(P.ASSESSMENT_REVIEW, methods=FORM)
def case_recuse(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """One keeps out of an organisation from now on, after it was said what that means."""

    def ask(attempt: acts.Attempt[Assessed, ReasonForm]) -> acts.Question:
        lines = [
            attempt.subject.name,
            "你给这家单位评的分不再计入，由别人重评",
            "以后看不到这家单位的复核",
        ]
        return acts.Question("回避", lines, "回避")

    return acts.perform(
        request,
        load=lambda: get_own_case(request.actor, uid),
        form=lambda assessed: ReasonForm(acts.typed(request)),
        act=lambda attempt: handing.recuse(
            assessed=attempt.subject, reason=attempt.given["reason"], by=request.actor
        ),
        done=lambda attempt, n: acts.said(request, "已回避，由别人接着评。", "reviews:desk"),
        show=lambda attempt: attempt.page("reviews/case_recuse.html", assessed=attempt.subject),
        ask=ask,
    )


@needs(P.ASSESSMENT_REVIEW, methods=FORM)
def item_return(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """What the assessed say of one's own item goes back for more; the rest stays as it was sent."""

    def load() -> ReviewSeat:
        found = get_seat(request.actor, uid)
        if said_of(found) is None:
            raise Http404
        return found

    def act(attempt: acts.Attempt[ReviewSeat, ReasonForm]) -> int:
        item = attempt.subject.item
        return sending.return_items(
            self_assessment=SelfAssessment.objects.select_related(
                "assessed__cycle__organization", "assessed__organization", "assessed__version"
            ).get(assessed=item.assessed_id),
            items=[(item.indicator, attempt.given["reason"])],
            by=request.actor,
        )

    return acts.perform(
        request,
        load=load,
        form=lambda seat: ReasonForm(acts.typed(request)),
        act=act,
        done=lambda attempt, n: acts.said(
            request, "已退回，单位补充后再评。", "reviews:seat", uid=uid
        ),
        show=lambda attempt: attempt.page(
            "reviews/item_return.html",
            seat=attempt.subject,
            assessed=attempt.subject.item.assessed,
            leaf=leaf_of(attempt.subject.item)[0],
        ),
    )
