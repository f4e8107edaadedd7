"""What a month shows that a meeting should hear of. Keys, numbers and rows; words are made above.

`exceptions_of` costs the same number of queries however many organisations there are. Rates are
compared with a committee's own natural process limits (ADR 46), never with another's.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q
from django.db.models.functions import Length

from core import clock, periods
from core.limits import MONTHS, natural_limits
from core.periods import MONTH
from orgs.models import Organization
from orgs.models.organization import STEP, below
from schedules.action_items.enums import UNDER_WAY, ActionState
from schedules.action_items.models import ActionItem
from schedules.action_items.models.item import overdue_by_either
from schedules.action_items.rules import days_late
from schedules.rounds.enums import ItemUse
from schedules.rounds.models import Duty, DutyStanding, Plan, ReportItem, Rollup
from schedules.rounds.models.rollup import LATE
from schedules.rounds.models.vocabulary import Counted, conditions
from schedules.rounds.queries.calendar import load
from schedules.rounds.queries.recipients import rungs
from schedules.rounds.queries.rollups import directly_below

from ..agenda_feeds import fed_to
from ..enums import MeetingState
from ..models import DispatchMeeting
from .findings import Finding, Kind, Month, by_committee
from .unfilled import terms, vacant

SPAN = 24  # months that limits are drawn from, at most
NEAR = 6  # months in which an organisation mostly misses
NEAR_LEAST = 4  # of which it must have owed so many
ALIKE = 5  # first signs by which two bright spots are of one kind: one comes first
LOW = 70  # per cent on time below which a short history is told without limits


def exceptions_of(meeting: DispatchMeeting) -> list[Finding]:
    """All that the meeting's month shows, the weightiest of each kind first. Some twenty queries,
    whatever there is. On a tour people look at its stops: there only what the last meeting decided
    is asked for, and what comes next."""
    month = _month(meeting)
    plan = Finding(Kind.PLAN, "plan", data={"next": periods.shift(meeting.period, 1)})
    if meeting.is_tour:
        return [*_decisions(month), plan]
    found: list[Finding] = [
        *_decisions(month),
        *_reporting(month),
        *_misses(month),
        *_returned(month),
        *vacant(month),
        *terms(month),
        *_overdue(month),
        *_highlights(month),
        *(Finding(Kind.THEME, one.key, data={"fed": one}) for one in fed_to(meeting)),
        plan,
    ]
    order = list(Kind)
    return sorted(found, key=lambda one: (order.index(one.kind), -one.weight, one.key))


def _month(meeting: DispatchMeeting) -> Month:
    holder = meeting.organization
    children = Organization.objects.filter(parent=holder).active()
    plan = Plan.objects.in_order().filter(cadence=MONTH, fulfilment="report").first()
    reported = periods.shift(meeting.period, -1)
    due = Duty.objects.filter(plan=plan, period=reported, due_at__lt=clock.now())
    if plan is not None and not due.exists():
        reported = periods.shift(reported, -1)  # nothing of it is due yet
    return Month(
        meeting,
        holder,
        reported,
        plan,
        {one.path: one for one in children},
        clock.today(),
        load(),
    )


# --- the last meeting ------------------------------------------------------------------------


def _decisions(month: Month) -> list[Finding]:
    last = (
        DispatchMeeting.objects.filter(
            series=month.meeting.series_id,
            state=MeetingState.CLOSED,
            starts_at__lt=month.meeting.starts_at,
        )
        .order_by("-starts_at")
        .first()
    )
    if last is None:
        return []
    of_last = Q(outcomes__card__meeting=last, outcomes__is_removed=False)
    of_parent = Q(parent__outcomes__card__meeting=last, parent__outcomes__is_removed=False)
    items = list(
        ActionItem.objects.counted()
        .filter(of_last | of_parent)
        .exclude(state=ActionState.CANCELLED)
        .select_related("owner", "issuer", "parent__issuer")
        .annotate(is_over=Exists(_overdue_ones(month.line).filter(pk=OuterRef("pk"))))
        .distinct()
        .order_by("year", "serial", "part")
    )
    if not items:
        return []
    late = [one for one in items if one.is_over]
    return [
        Finding(
            Kind.DECISIONS,
            "decisions",
            size=len(items),
            data={
                "last": last,
                "count": len(items),
                "closed": sum(one.state == ActionState.CLOSED for one in items),
                "under_way": sum(one.state in UNDER_WAY and not one.is_over for one in items),
                "late": late,
            },
        )
    ]


def _overdue_ones(line: dt.date) -> Any:
    return ActionItem.objects.filter(overdue_by_either(line))


def _overdue(month: Month) -> list[Finding]:
    """Overdue items that the holder gave out, with those that have risen. Two queries."""
    items = list(
        ActionItem.objects.counted()
        .filter(issuer=month.holder)
        .overdue(month.line)
        .select_related("owner")
        .order_by("due_on", "pk")
    )
    if not items:
        return []
    first = rungs()[0].working_days
    risen = sum(
        days_late(day, month.today, month.calendar) >= first
        for one in items
        if (day := one.due_on or one.receipt_due_on)
    )
    committees = by_committee(month, (one.owner.path for one in items))
    return [
        Finding(
            Kind.OVERDUE,
            "overdue",
            size=len(items),
            committee=committees[0][0] if committees else None,
            data={"count": len(items), "risen": risen, "by": committees},
        )
    ]


# --- reports ---------------------------------------------------------------------------------


def _reporting(month: Month) -> list[Finding]:
    """Not reported, late, and rates out of their own limits. Three queries."""
    if month.plan is None:
        return []
    span = periods.ending(month.period, SPAN + 1)
    own = {
        row.period: row
        for row in Rollup.objects.filter(
            plan=month.plan, organization=month.holder, period__in=span
        )
    }
    if month.period not in own:
        return []
    below_it: dict[int, dict[str, Rollup]] = defaultdict(dict)
    for child in (
        Rollup.objects.filter(plan=month.plan)
        .annotate(size=Length("path"))
        .filter(directly_below({period: row.path for period, row in own.items()}))
        .order_by("path", "period")
    ):
        below_it[child.organization_id][child.period] = child
    by_id = {one.pk: one for one in month.committees.values()}
    now = {
        by_id[pk]: rows[month.period]
        for pk, rows in below_it.items()
        if pk in by_id and month.period in rows
    }
    total, found = own[month.period], []
    base = {"month": month.period, "plan": month.plan, "as_of": total.as_of, "node": month.holder}
    if total.unsent:
        rows = [(one, row.unsent) for one, row in now.items() if row.unsent]
        rows.sort(key=lambda pair: (-pair[1], pair[0].path))
        found.append(
            Finding(
                Kind.MISSING,
                "missing",
                size=total.unsent,
                committee=rows[0][0] if rows else None,
                data=base | {"count": total.unsent, "expected": total.expected, "by": rows},
            )
        )
    if total.late:
        found.append(Finding(Kind.LATE, "late", size=total.late, data=base | {"count": total.late}))
    for one, row in now.items():
        points = [
            (period, round(100 * there.on_time / there.expected, 1))
            for period in span
            if (there := below_it[one.pk].get(period)) and there.expected
        ]
        if row.expected and points:
            found += _against_limits(one, row, points, base)
    return found


def _against_limits(
    committee: Organization,
    row: Rollup,
    points: Sequence[tuple[str, float]],
    base: Mapping[str, Any],
) -> list[Finding]:
    """A rate below its own natural process limits, which are drawn from the months before it."""
    share = points[-1][1]
    data = dict(base) | {"share": share, "points": list(points), "row": row}
    limits = natural_limits(
        [value for _, value in points[:-1]], least=MONTHS, low=0, high=100, places=1
    )
    if limits is None:
        if share >= LOW:
            return []
        return [
            Finding(
                *(Kind.LOW, f"low:{committee.pk}"),
                weight=100 - share,
                committee=committee,
                data=data,
            )
        ]
    mean, lower, upper = (float(one) for one in (limits.mean, limits.lower, limits.upper))
    if share >= lower:
        return []
    run = 0
    for _, value in reversed(points):
        if value >= lower:
            break
        run += 1
    return [
        Finding(
            Kind.LIMITS,
            f"limits:{committee.pk}",
            weight=lower - share,
            committee=committee,
            data=data | {"mean": mean, "lower": lower, "upper": upper, "run": run},
        )
    ]


def _misses(month: Month) -> list[Finding]:
    """Organisations that mostly missed the day in the last six months. Two queries."""
    if month.plan is None:
        return []
    words = conditions(LATE)
    rows = (
        DutyStanding.objects.filter(
            plan=month.plan, period__in=periods.ending(month.period, NEAR), until=None
        )
        .below(month.holder.path)
        .order_by()
        .values("organization")
        .annotate(
            owed=Count("pk", filter=words[Counted.EXPECTED]),
            kept=Count("pk", filter=words[Counted.ON_TIME]),
            tardy=Count("pk", filter=words[Counted.LATE]),
        )
        .filter(owed__gte=NEAR_LEAST, kept__lte=F("owed") / 3)
        .order_by("kept", "tardy", "organization")[:50]
    )
    counts = {row["organization"]: row for row in rows}
    places = Organization.objects.active().in_bulk(list(counts))
    return [
        Finding(
            Kind.MISSES,
            f"misses:{pk}",
            weight=row["owed"] - row["kept"] - row["tardy"] / 10,
            committee=month.committee_of(places[pk].path),
            data={
                "place": places[pk],
                "owed": row["owed"],
                "kept": row["kept"],
                "tardy": row["tardy"],
                "unsent": row["owed"] - row["kept"] - row["tardy"],
            },
        )
        for pk, row in counts.items()
        if pk in places
    ]


def _returned(month: Month) -> list[Finding]:
    """Reports returned twice or more, and in which item most. Two queries."""
    if month.plan is None:
        return []
    twice = (
        DutyStanding.objects.filter(plan=month.plan, period=month.period, until=None)
        .below(month.holder.path)
        .counted(Counted.RETURNED_TWICE)
    )
    paths = list(twice.values_list("path", flat=True))
    if not paths:
        return []
    titles = (
        ReportItem.objects.filter(report__duty__in=twice.values("duty"))
        .exclude(return_reason="")
        .order_by()
        .values_list("title")
        .annotate(number=Count("report", distinct=True))
        .order_by("-number", "title")[:2]
    )
    committees = by_committee(month, paths)
    return [
        Finding(
            Kind.RETURNED,
            "returned",
            size=len(paths),
            data={
                "count": len(paths),
                "titles": list(titles),
                "by": committees,
                "month": month.period,
                "plan": month.plan,
                "node": month.holder,
            },
        )
    ]


def _highlights(month: Month) -> list[Finding]:
    """One bright spot a committee: of what was sent as a highlight for the month, the one that
    says most in figures. One query."""
    if month.plan is None:
        return []
    rows = (
        ReportItem.objects.filter(
            below(month.holder.path, "report__organization__"),
            report__duty__plan=month.plan,
            report__period=month.period,
            use=ItemUse.HIGHLIGHT,
        )
        .exclude(sent_text="")
        .order_by("report__organization__path", "pk")
        .values_list("report_id", "key", "sent_text", "report__organization__path")
        .annotate(place=F("report__organization__short_name"))
    )
    best: dict[str, tuple[tuple[int, int], dict[str, Any]]] = {}
    for report_id, key, text, path, place in rows:
        committee = path[: len(month.holder.path) + STEP]
        for line in bright_lines(text):
            rank = brightness(line)
            if committee not in best or rank > best[committee][0]:
                best[committee] = (
                    rank,
                    {"text": line, "place": place, "report": report_id, "item": key},
                )
    found: list[Finding] = []
    told: set[str] = set()
    for path, (rank, data) in sorted(
        best.items(), key=lambda pair: (-pair[1][0][0], -pair[1][0][1], pair[0])
    ):
        if path not in month.committees:
            continue
        beginning = data["text"][:ALIKE]
        is_told = beginning in told
        told.add(beginning)
        found.append(
            Finding(
                Kind.HIGHLIGHT,
                f"highlight:{month.committees[path].pk}",
                weight=rank[0] + rank[1] / 1000 - (10 if is_told else 0),
                committee=month.committees[path],
                data=data,
            )
        )
    return found


def bright_lines(text: str) -> list[str]:
    """The entries of an item of highlights, each on a line of its own. The one place that knows
    how highlights are recognised once an item is one (`ItemUse.HIGHLIGHT`)."""
    return [line for one in text.splitlines() if len(line := one.strip()) >= 4]


def brightness(line: str) -> tuple[int, int]:
    """How telling a line is: first by the figures in it, then by its length up to a sentence."""
    figures = sum(
        char.isdigit() and not line[at - 1 : at].isdigit() for at, char in enumerate(line)
    )
    return (min(figures, 5), min(len(line), 60))
