"""Builds the whole demo zone in one transaction."""

import random
from collections.abc import Mapping, Sequence

from core import audit, clock, periods
from core.actions import action
from core.actor import Actor
from core.errors import DomainError
from members.actions import headcounts
from members.enums import MembershipState
from orgs.models import Organization

from ..actions.rollups import fill
from ..models import MonthlyReport
from .accounts import build_accounts
from .people import build_people
from .rounds import build_rounds
from .tree import build_tree

SEED = 20260706
MONTHS_AT_MOST = 60


def months_of(*, until: str, count: int) -> list[str]:
    """The months to fill, oldest first. Raises ValueError for an impossible wish."""
    current = periods.containing(clock.today(), periods.MONTH)
    until = until or current
    if len(until) != 7 or not periods.is_period(until) or until[4:6] in ("-Q", "-H"):
        raise ValueError(f"{until!r} is no month: write it as {current}")
    if until > current:
        raise ValueError(f"{until} has not begun; the last month can be {current}")
    if not 1 <= count <= MONTHS_AT_MOST:
        raise ValueError(f"{count} months cannot be made: 1 to {MONTHS_AT_MOST}")
    return periods.ending(until, count)


@action
def build_zone(
    *, months: Sequence[str], password: str, by: Actor, small: bool = False
) -> Mapping[str, int]:
    """Fills an empty portal; returns what was made, by kind. Always the same on the same day.

    Raises DomainError when there are organisations already.
    """
    if Organization.objects.exists():
        raise DomainError("库中已有党组织，不能再生成示例数据。")
    now, today = clock.now(), clock.today()
    rng = random.Random(SEED)
    tree = build_tree(rng=rng, today=today, now=now, small=small)
    people = build_people(tree=tree, rng=rng, today=today, now=now, small=small)
    accounts = build_accounts(tree=tree, people=people, rng=rng, password=password, now=now)
    build_rounds(
        tree=tree, people=people, accounts=accounts, rng=rng, months=months, now=now, by=by
    )
    fill(by=by)
    headcounts.fill(by=by)
    made = {
        "organizations": sum(row.abolished_on is None for row in tree.organizations),
        "members": sum(row.state != MembershipState.LEFT for row in people.members),
        "accounts": len(accounts.users),
        "reports": MonthlyReport.objects.count(),
    }
    audit.record(
        by=by,
        verb="demo.seeded",
        label=f"{periods.label(months[0])}至{periods.label(months[-1])}",
        changes={key: [0, value] for key, value in made.items()},
    )
    return made
