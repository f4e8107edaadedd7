"""What is measured behind: how long things take, from what was written, and what each month asked."""

import datetime as dt
from collections import defaultdict

from core import audit, clock, periods
from core.actions import action
from core.actor import Actor

from .. import asks, house_rules
from ..item_kinds.efforts import Effort, typical
from ..models import BurdenMonth, HouseVerdict, MinutesEstimate
from ..queries.estimates import WHOLE
from ..queries.loads import sizes_on

EVERY = dt.timedelta(days=7)
HISTORY = dt.timedelta(days=365)


@action
def estimate_minutes(*, by: Actor) -> int:
    """Estimates anew how long each thing takes, from what was sent in the last twelve months; returns
    of how many. Once a week: run again before, or at the same moment, it does nothing. As many
    queries as there are sources, and some."""
    today = clock.today()
    MinutesEstimate.objects.bulk_create(
        [MinutesEstimate(subject=WHOLE, computed_on=dt.date.min)], ignore_conflicts=True
    )
    # Of two at the same moment the second waits here, and finds it done.
    whole = MinutesEstimate.objects.filter(subject=WHOLE, computed_on__lte=today - EVERY)
    if not whole.update(computed_on=today):
        return 0
    efforts: dict[str, list[Effort]] = defaultdict(list)
    for source in asks.registered():
        for subjects, effort in source.written(today - HISTORY):
            for subject in subjects:
                efforts[subject].append(effort)
    rows = []
    for subject, some in efforts.items():
        found = typical(some)
        rows.append(
            MinutesEstimate(
                subject=subject,
                answers=found.answers,
                share=found.share,
                steps=found.steps,
                characters=found.characters,
                keys=found.keys,
                minutes=found.minutes,
                computed_on=today,
            )
        )
    MinutesEstimate.objects.exclude(subject=WHOLE).delete()
    MinutesEstimate.objects.bulk_create(rows, batch_size=200)
    audit.record(
        by=by,
        verb="schedules.burden.estimate",
        label=str(today),
        changes={"estimates": [None, len(rows)]},
    )
    return len(rows)


@action
def count_months(*, by: Actor) -> int:
    """Counts what the months of this year and of the last asked of each kind and class; returns how
    many rows stand. The same again changes nothing. As many queries as there are months and
    sources, however many duties."""
    year = clock.today().year
    months = [month for one in (year - 1, year) for month in periods.of_year(one, periods.MONTH)]
    now = periods.containing(clock.today(), periods.MONTH)
    sizes = {month: sizes_on(min(month, now)) for month in months}
    # One after the other: what the second counts takes the place of what the first did.
    MinutesEstimate.objects.bulk_create(
        [MinutesEstimate(subject=WHOLE, computed_on=dt.date.min)], ignore_conflicts=True
    )
    MinutesEstimate.objects.select_for_update().get(subject=WHOLE)
    rows = [
        BurdenMonth(
            source=source.key,
            month=month,
            kind=group.kind,
            organization_class=group.organization_class,
            minutes=round(total.minutes, 1),
            times=total.times,
            organizations=sizes[month].get(group, 0),
        )
        for source in asks.registered()
        for (group, month), total in source.totals(months).items()
    ]
    BurdenMonth.objects.filter(month__in=months).delete()
    BurdenMonth.objects.bulk_create(rows, batch_size=500)
    return len(rows)


@action
def look_behind(*, by: Actor) -> int:
    """Looks at the rules of the house that read very many rows, and keeps what was found; returns how
    many were looked at. As many queries as their checks cost."""
    rows = []
    for rule in house_rules.registered():
        if rule.is_behind:
            looked = [check() for check in house_rules.checks()[rule.key]]
            rows.append(
                HouseVerdict(
                    rule=rule.key,
                    looked_at=clock.now(),
                    at="；".join(one.at for one in looked)[:200],
                    count=sum(one.number for one in looked),
                    breaches=[[row.text, row.url] for one in looked for row in one.breaches],
                )
            )
    HouseVerdict.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["rule"],
        update_fields=["looked_at", "at", "count", "breaches"],
    )
    return len(rows)
