"""What the zone asks for that runs out soon or has, and what is measured behind. Last of all: it counts
what the other parts ask."""

import datetime as dt
from collections.abc import Mapping

from core.demo import Seeding
from orgs.enums import BRANCH_KINDS

from ..actions import measuring, register
from ..models import Plan, ReportDefinition
from ..rules import PLANS
from .enterprise import ASKED_AGAIN

STOPPED = "seasonal_list"
SOON, AGO = dt.timedelta(days=21), dt.timedelta(days=33)


def build(seeding: Seeding) -> Mapping[str, int]:
    """A form that runs out in three weeks, a plan that has and was let go, and the minutes and months
    as the night counts them."""
    if seeding.is_again:
        return {}
    today = seeding.today
    soon = list(ReportDefinition.objects.filter(key=ASKED_AGAIN, is_published=True))
    for form in soon:
        form.valid_until = today + SOON
    seeding.update(soon, ["valid_until"])
    if not Plan.objects.filter(key=STOPPED).exists():
        seeding.add(
            [
                Plan(
                    key=STOPPED,
                    name="防汛值守人员名单",
                    about="汛期每季度核对一次，汛期过后不再要。",
                    basis="《2026年防汛工作方案》",
                    fulfilment="record",
                    kinds=[str(kind) for kind in BRANCH_KINDS],
                    cadence="quarter",
                    position=90,
                    starts_on=today - AGO - dt.timedelta(days=20),
                    valid_until=today - AGO,
                    number=register.take(kind=PLANS, by=seeding.by),
                )
            ]
        )
    _measure(seeding)
    return {}


def fill(seeding: Seeding, month: str) -> None:
    """One older month is there: counted with the others."""
    with seeding.step():
        measuring.count_months(by=seeding.by)


def _measure(seeding: Seeding) -> None:
    measuring.estimate_minutes(by=seeding.by)
    measuring.count_months(by=seeding.by)
    measuring.look_behind(by=seeding.by)
