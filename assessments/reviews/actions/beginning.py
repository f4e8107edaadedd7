"""The review begins: what is looked at becomes rows, each reviewer gets his own."""

import datetime as dt
from collections.abc import Iterable, Mapping

from django.urls import reverse

from assessments.cycles.actions import cycles, runs
from assessments.cycles.models import Assessed, Score
from assessments.cycles.queries import computing
from assessments.schemes.actions import telling
from core import clock, notifications, periods
from core.actions import action
from core.actor import Actor
from core.dates import in_words
from core.errors import DomainError

from ..models import Review, ReviewCase, ReviewItem, ReviewSeat, TeamMember
from ..queries.exceptions import Looked, looked_at
from ..rules import share_out
from .teams import name_members


@action
def begin(*, review: Review, revision: int, by: Actor) -> Review:
    """Begins the review and moves the cycle on with it: names the reviewers, lists what they look
    at, shares it out so that each has about as much, and tells them. Raises NotAllowed, Stale,
    MovedOn, DomainError while somebody has no team. A fixed number of queries."""
    cycle = review.cycle
    runs.expect_holder(cycle, by)
    everybody = list(
        Assessed.objects.filter(cycle=cycle, is_out=False)
        .select_related("organization")
        .order_by("path")
    )
    team_of = dict(
        ReviewCase.objects.filter(team__review=review).values_list("assessed_id", "team_id")
    )
    left = [one.short_name for one in everybody if one.pk not in team_of]
    if left:
        raise DomainError(
            f"还有 {len(left)} 家没有安排考核组：{'、'.join(left[:6])}。", code="left"
        )
    if review.due_on is None:
        raise DomainError("还没有定截止日期。", code="due_on")
    Review.machine.move(review, "begin", revision=revision, begun_at=clock.now())
    cycles.begin_review(cycle=cycle, revision=cycle.revision, by=by)
    members: dict[int, list[TeamMember]] = {}
    for member in TeamMember.objects.filter(review=review).order_by("pk"):
        members.setdefault(member.team_id, []).append(member)
    name_members(
        review=review,
        pairs=[(member.user_id, one) for one in everybody for member in members[team_of[one.pk]]],
        by=by,
    )
    waiting = dict(Score.objects.filter(run=cycle.run_id).values_list("assessed_id", "waiting"))
    found = looked_at(
        everybody,
        computing.contents_of(cycle),
        waiting,
        computing.exempt_of(cycle),
        seed=review.seed,
        count=review.sampled,
    )
    _seat(found, team_of, members)
    telling.note(review, "reviews.review.begin", holder=cycle.organization, by=by)
    _tell(review, review.due_on, members, set(team_of.values()))
    return review


def _seat(
    found: Iterable[Looked], team_of: dict[int, int], members: dict[int, list[TeamMember]]
) -> None:
    """An item for each that is looked at, and its seats for those of the team who have least."""
    rows = [
        ReviewItem(
            assessed=one.assessed,
            indicator=one.indicator,
            why=one.why,
            wanted=min(one.wanted, len(members[team_of[one.assessed.pk]])),
        )
        for one in found
    ]
    ReviewItem.objects.bulk_create(rows, batch_size=500)
    loads = {team: {member.user_id: 0 for member in some} for team, some in members.items()}
    names = {member.user_id: member.name for some in members.values() for member in some}
    seats = []
    for item in rows:
        load = loads[team_of[item.assessed_id]]
        for number, pk in enumerate(share_out(load, item.wanted), start=1):
            load[pk] += 1
            seats.append(ReviewSeat(item=item, number=number, user_id=pk, name=names[pk]))
    ReviewSeat.objects.bulk_create(seats, batch_size=500)


def _tell(
    review: Review, due_on: dt.date, members: Mapping[int, Iterable[TeamMember]], busy: set[int]
) -> None:
    """Those of a team that looks at somebody are sent to their desk; who stands by has none yet."""
    period = periods.label(review.cycle.period)
    has_examples = review.examples.exists()
    notifications.tell(
        notifications.Message(
            user_id=member.user_id,
            key=f"review:{review.pk}:begun:{member.user_id}",
            title=f"{period}考核复核开始" + ("，请先评样题" if has_examples else "")
            if team in busy
            else f"{period}考核复核开始，请你待命",
            body=f"{in_words(due_on)}前评完。各评各的，互不显示。"
            if team in busy
            else f"你们组先不看单位。{in_words(due_on)}前有两人评分相差较大的，会再请你评。",
            url=reverse("reviews:desk") if team in busy else "",
        )
        for team, some in members.items()
        for member in some
    )
