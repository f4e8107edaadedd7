"""考核组 are put together: who looks at whom, conflicts asked about before anybody is named."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from assessments.cycles.actions import runs
from assessments.cycles.enums import CycleState
from assessments.cycles.models import ASSESSED, Assessed, Cycle
from assessments.schemes.actions import telling
from core import clock
from core.actions import action
from core.actor import Actor
from core.errors import Conflict, DomainError
from core.text import clean
from orgs.actions import namings

from ..enums import Conflict as Why
from ..models import Review, ReviewCase, ReviewTeam, TeamMember
from ..queries.conflicts import conflicts
from ..queries.people import candidates
from ..relations import REVIEWER
from ..rules import LEAST

LONGEST = dt.timedelta(days=180)  # that somebody is named for: a review lasts some weeks
MOST_TEAMS = 30
MOST_NAME = 40


@dataclass(frozen=True, slots=True)
class Arranged:
    """A team as it is wanted: people (user ids) and whom it looks at (ids of assessed)."""

    name: str
    people: Sequence[int]
    cases: Sequence[int]


@action
def prepare(*, cycle: Cycle, by: Actor) -> Review:
    """The review of a cycle, made when there is none yet. Raises NotAllowed, Conflict while facts
    still change or once it is submitted."""
    runs.expect_holder(cycle, by)
    if Cycle.objects.locked().get(pk=cycle.pk).state not in (
        CycleState.FROZEN,
        CycleState.REVIEWING,
    ):
        raise Conflict("事实冻结以后、提请审定以前才能安排复核。", code="state")
    found, is_new = Review.objects.get_or_create(cycle=cycle)
    if is_new:
        telling.note(found, "reviews.review.prepare", holder=cycle.organization, by=by)
    return found


@action
def arrange(
    *,
    review: Review,
    revision: int,
    teams: Sequence[Arranged],
    due_on: dt.date,
    sampled: int,
    seed: str,
    by: Actor,
) -> Review:
    """Puts the teams in the place of those that there are, before the review begins. Who has a
    conflict with one that his team looks at is named in the refusal, all of them at once. Raises
    NotAllowed, Stale, MovedOn, DomainError."""
    cycle = review.cycle
    runs.expect_holder(cycle, by)
    text = clean(seed)[:80]
    if due_on < clock.today():
        raise DomainError("截止日期不能早于今天。", field="due_on")
    if due_on - clock.today() > LONGEST:
        raise DomainError("截止日期最多到半年以后。", field="due_on")
    if not 0 <= sampled <= 10:
        raise DomainError("每家抽查 0 至 10 项。", field="sampled")
    if sampled and not text:
        raise DomainError(
            "抽查要有种子：写一个别人公布的数，例如当天的开奖号码或气温。", field="seed"
        )
    kept = [one for one in teams if one.people or one.cases]
    _expect_whole(kept)
    everybody = list(
        Assessed.objects.filter(cycle=cycle, is_out=False).select_related("organization")
    )
    people = {one.user_id: one.name for one in candidates(cycle)}
    _expect_known(kept, people, {one.pk for one in everybody})
    _expect_no_conflict(kept, people, everybody)
    Review.machine.move(
        review, "arrange", revision=revision, due_on=due_on, sampled=sampled, seed=text
    )
    review.teams.all().delete()
    made = ReviewTeam.objects.bulk_create(
        [
            ReviewTeam(review=review, number=n, name=clean(one.name)[:MOST_NAME] or f"考核{n}组")
            for n, one in enumerate(kept, start=1)
        ]
    )
    TeamMember.objects.bulk_create(
        [
            TeamMember(team=team, review=review, user_id=pk, name=people[pk])
            for team, one in zip(made, kept, strict=True)
            for pk in one.people
        ]
    )
    ReviewCase.objects.bulk_create(
        [
            ReviewCase(team=team, assessed_id=pk)
            for team, one in zip(made, kept, strict=True)
            for pk in one.cases
        ]
    )
    told = {
        "teams": [None, [f"{one.name}：{len(one.people)} 人，{len(one.cases)} 家" for one in kept]]
    }
    telling.note(review, "reviews.review.arrange", holder=cycle.organization, by=by, changes=told)
    return review


@action
def name_members(
    *, review: Review, pairs: Collection[tuple[int, Assessed]], by: Actor, reason: str = ""
) -> int:
    """Gives people (user ids) the right to review these; part of the acts that put them there."""
    last = max(review.due_on or clock.today(), clock.today()) + dt.timedelta(days=60)
    rows = [
        namings.NamedFor(user_id, one.organization, (ASSESSED, one.pk)) for user_id, one in pairs
    ]
    return namings.name_for(
        by=by,
        relation=REVIEWER.key,
        rows=rows,
        last=last,
        reason=reason or f"{review.cycle.period}考核复核",
    )


def _expect_whole(teams: Sequence[Arranged]) -> None:
    if not 1 <= len(teams) <= MOST_TEAMS:
        raise DomainError(f"考核组 1 至 {MOST_TEAMS} 个。", field="teams")
    for n, one in enumerate(teams, start=1):
        if len(set(one.people)) < LEAST:
            raise DomainError(f"{one.name or f'第 {n} 组'}不足 {LEAST} 人。", field="teams")
    for what in ("people", "cases"):
        all_of = [pk for one in teams for pk in getattr(one, what)]
        if len(all_of) != len(set(all_of)):
            word = "有人分在两个组" if what == "people" else "有单位分给两个组"
            raise DomainError(f"{word}，请核对。", field="teams")


def _expect_known(
    teams: Sequence[Arranged], people: Mapping[int, str], everybody: Collection[int]
) -> None:
    for one in teams:
        if not set(one.people) <= set(people):
            raise DomainError("其中有人不能担任考核组成员，请刷新页面后重选。", field="teams")
        if not set(one.cases) <= set(everybody):
            raise DomainError("其中有单位不在这一期考核里，请刷新页面后重选。", field="teams")


def _expect_no_conflict(
    teams: Sequence[Arranged], people: Mapping[int, str], everybody: Sequence[Assessed]
) -> None:
    found = conflicts([pk for one in teams for pk in one.people], everybody)
    names = {one.pk: one.short_name for one in everybody}
    errors = [
        f"{one.name}：{people[pk]}{Why(found[pk, case]).label}（{names[case]}）"
        for one in teams
        for pk in one.people
        for case in one.cases
        if (pk, case) in found
    ]
    if errors:
        more = f"，还有 {len(errors) - 10} 处" if len(errors) > 10 else ""
        raise DomainError(
            f"有 {len(errors)} 处要回避，没有保存：{'；'.join(errors[:10])}{more}。请换人或换组。",
            field="teams",
            code="conflict",
        )
