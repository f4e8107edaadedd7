"""Assessments: a whole cycle computed, one changed fact, the page of one score; against hand-written
SQL for the same facts.

The cycle is of all branches: more organisations than the direct committees, as many indicators as a
scheme usually has (25), and far too many (60). By hand the facts are a statement for each table, without
the tree of the day and without rights; both must give the same sums before anything is timed.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.db import connection

from assessments.cycles.actions import changes, cycles, runs
from assessments.cycles.models import Assessed, Cycle, Reading, Run
from assessments.cycles.queries import computing
from assessments.schemes.enums import Level, VersionState
from assessments.schemes.models import Scheme, SchemeVersion
from benchmarks import boards
from benchmarks.measuring import queries, turns
from core import clock, derived, figures, periods
from orgs.access import actor_of
from orgs.enums import OrganizationClass
from orgs.models import Organization, RoleGrant

Row = Callable[..., None]
SIZES = (25, 60)
# What the indicators read in turn: figure, and of which other a share.
READ = (
    ("life_general_meeting_missing", "life_general_meeting_due"),
    ("life_committee_meeting_missing", "life_committee_meeting_due"),
    ("life_lesson_missing", "life_lesson_due"),
    ("life_party_day_missing", "life_party_day_due"),
    ("life_present", "life_expected"),
    ("life_held", ""),
    ("members_on_roll", ""),
    ("members_mobile", "members_on_roll"),
    ("monthly_reports_on_time", "monthly_reports_due"),
    ("monthly_reports_unsent", "monthly_reports_due"),
)
DUTIES = """SELECT d.organization_id, p.fulfilment, COUNT(*),
  SUM(CASE WHEN d.submitted_at IS NULL THEN 1 ELSE 0 END)
FROM schedules_duty d JOIN schedules_plan p ON p.id = d.plan_id
WHERE d.period IN ({periods}) AND d.state <> 'waived' AND p.fulfilment LIKE 'life.%%'
GROUP BY d.organization_id, p.fulfilment"""
ROLLS = """SELECT u.organization_id, SUM(u.present_count), SUM(u.expected_count), COUNT(*)
FROM life_meetingunit u JOIN life_meeting m ON m.id = u.meeting_id
WHERE m.superseded_at IS NULL AND m.state IN ('recorded', 'thanked', 'returned')
  AND m.held_on BETWEEN %s AND %s GROUP BY u.organization_id"""
MEMBERS = """SELECT organization_id, COUNT(*), SUM(CASE WHEN is_mobile THEN 1 ELSE 0 END)
FROM members_memberstanding WHERE withdrawn_at IS NULL AND state = 'normal'
  AND valid_from <= %s AND (valid_to IS NULL OR valid_to > %s) GROUP BY organization_id"""
REPORTS = """SELECT organization_id, COUNT(*),
  SUM(CASE WHEN submitted_at <= late_after THEN 1 ELSE 0 END),
  SUM(CASE WHEN submitted_at IS NULL THEN 1 ELSE 0 END)
FROM schedules_duty WHERE period IN ({periods}) AND state <> 'waived' AND due_at <= %s
  AND plan_id = (SELECT id FROM schedules_plan WHERE cadence = 'month' ORDER BY position, id LIMIT 1)
GROUP BY organization_id"""


def measure(rounds: int, row: Row) -> None:
    """The cycle of the last half-year that is over, at each size."""
    print("\n## Assessments: all branches, computed from the rows\n")
    row("what", "SQL", "ms", "hand-written SQL for the same facts, ms", "ratio")
    row("---", *["---:"] * 4)
    root, by = _holder()
    for size in SIZES:
        cycle = _cycle(root, by, size)
        many = Assessed.objects.filter(cycle=cycle, is_out=False).count()
        keys = sorted({figure for figure, _ in computing.figures_wanted(cycle)})
        read = partial(_read, cycle, keys)
        by_hand = partial(_by_hand, cycle.period)
        _compare(cycle, read(), by_hand())
        label = f"{many} organisations × {size} indicators"
        for what, work, times in (
            (f"facts of {label}", read, rounds),
            (f"whole cycle, {label}", partial(_whole, cycle), max(2, rounds // 6)),
            (f"one changed fact, {label}", partial(_one, cycle), max(2, rounds // 3)),
        ):
            took, floor = turns(times, work, by_hand)
            cells = f"{took * 1000:.0f}", f"{floor * 1000:.0f}", f"{took / floor:.1f}"
            row(what, queries(work), *cells)
    _page(rounds, row)
    boards.measure(rounds, row, by)


def _holder() -> tuple[Organization, Any]:
    grant = (
        RoleGrant.objects.current()
        .filter(role="zone_staff")
        .select_related("user", "organization")[0]
    )
    return grant.organization, actor_of(grant.user, grant)


def _cycle(root: Organization, by: Any, size: int) -> Cycle:
    """A cycle of all branches by a scheme of so many indicators, computed once."""
    period = _half()
    Cycle.objects.filter(organization=root, level=Level.BRANCH).update(run=None)
    Cycle.objects.filter(organization=root, level=Level.BRANCH).delete()
    Scheme.objects.filter(organization=root, level=Level.BRANCH).delete()
    scheme = Scheme.objects.create(
        organization=root,
        year=int(period[:4]),
        level=Level.BRANCH,
        name=f"{size}项",
        classes=list(OrganizationClass.values),
        created_at=clock.now(),
    )
    SchemeVersion.objects.create(
        scheme=scheme,
        number=1,
        content=_content(size),
        state=VersionState.PUBLISHED,
        changed_at=clock.now(),
        from_period=f"{period[:4]}-H1",
    )
    cycle = cycles.open_cycle(organization=root, level=Level.BRANCH, period=period, by=by)
    for run in cycle.runs.all():
        runs.advance(run)
    return Cycle.objects.select_related("organization", "run").get(pk=cycle.pk)


def _half() -> str:
    """The last half-year that is over."""
    return periods.shift(periods.containing(clock.today(), periods.HALF_YEAR), -1)


def _content(size: int) -> dict[str, Any]:
    parts = [
        {
            "key": f"i{number}",
            "name": f"指标{number}",
            "full": "4",
            "rules": [_rule(*READ[number % len(READ)])],
        }
        for number in range(size)
    ]
    group = {"key": "g", "name": "全部", "full": str(4 * size), "parts": parts}
    return {"root": {"key": "root", "name": "合计", "full": str(4 * size), "parts": [group]}}


def _rule(figure: str, of: str) -> dict[str, Any]:
    source = {"kind": "figure", "figure": figure}
    if of:
        return {
            "rule": "ratio_steps",
            "params": {"base": "1", "step": "1/10", "points": "0.4"},
            "source": {**source, "takes": "ratio", "of": of},
        }
    return {
        "rule": "accumulate",
        "params": {"points": "0.5", "cap": "4"},
        "source": {**source, "takes": "count"},
    }


# --- what is timed -------------------------------------------------------------------------------


def _read(cycle: Cycle, keys: list[str]) -> dict[str, dict[int, int | None]]:
    everybody = Assessed.objects.filter(cycle=cycle, is_out=False).only("organization_id", "path")
    places = computing.places_of(cycle, everybody, computing.contents_of(cycle).values())
    window = computing.window_of(cycle, cycle.period, None)
    return figures.values(keys, places, window)


def _whole(cycle: Cycle) -> None:
    run = runs.begin(cycle=cycle, by=_holder()[1])
    runs.advance(run)


def _one(cycle: Cycle) -> None:
    """What one branch changed, written behind it: read, scored, all laid beside each other."""
    one = Assessed.objects.filter(cycle=cycle, is_out=False).order_by("path")[0]
    changes.mark([one])
    derived.registered()["scores"].refresh(cycle.pk)


def _by_hand(period: str) -> dict[str, dict[int, int]]:
    """The same numbers of each organisation itself, in four statements."""
    inner = [
        one
        for cadence in (periods.MONTH, periods.QUARTER, periods.HALF_YEAR)
        for one in periods.within(period, cadence)
    ]
    months = periods.within(period, periods.MONTH)
    first, last = periods.first_day(period), periods.last_day(period)
    found: dict[str, dict[int, int]] = {figure: {} for pair in READ for figure in pair if figure}
    with connection.cursor() as cursor:
        cursor.execute(DUTIES.format(periods=", ".join(["%s"] * len(inner))), inner)
        for pk, fulfilment, due, missing in cursor.fetchall():
            name = f"life_{fulfilment.removeprefix('life.')}"
            for key, value in ((f"{name}_due", due), (f"{name}_missing", missing)):
                if key in found:
                    found[key][pk] = value
        cursor.execute(ROLLS, [first, last])
        for pk, present, expected, held in cursor.fetchall():
            found["life_present"][pk] = present
            found["life_expected"][pk] = expected
            found["life_held"][pk] = held
        cursor.execute(MEMBERS, [last, last])
        for pk, many, mobile in cursor.fetchall():
            found["members_on_roll"][pk], found["members_mobile"][pk] = many, mobile
        cursor.execute(
            REPORTS.format(periods=", ".join(["%s"] * len(months))), [*months, clock.now()]
        )
        for pk, due, on_time, unsent in cursor.fetchall():
            found["monthly_reports_due"][pk] = due
            found["monthly_reports_on_time"][pk] = on_time
            found["monthly_reports_unsent"][pk] = unsent
    return found


def _compare(
    cycle: Cycle, own: dict[str, dict[int, Any]], by_hand: dict[str, dict[int, int]]
) -> None:
    """Both say the same of what is a branch's own alone; where the day's tree and groups come in, the
    statement by hand says less."""
    pks = list(
        Assessed.objects.filter(cycle=cycle, is_out=False).values_list("organization_id", flat=True)
    )
    for key in ("members_on_roll", "monthly_reports_due", "monthly_reports_on_time"):
        if key not in own:
            continue
        ours = sum(own[key].get(pk) or 0 for pk in pks)
        theirs = sum(by_hand[key].get(pk, 0) for pk in pks)
        if ours != theirs:
            raise SystemExit(f"{key}: {ours} by the portal, {theirs} by hand")


def _page(rounds: int, row: Row) -> None:
    """The page of one score of the direct committees, for who holds the cycle."""
    from benchmarks.run import signed_in

    score = (
        Assessed.objects.filter(cycle__level=Level.DIRECT, is_out=False)
        .exclude(cycle__state="running")
        .order_by("-cycle__period", "path")
    )
    address, client = score[0].get_absolute_url(), signed_in("zone")

    def visit() -> None:
        answer = client.get(address)
        if answer.status_code != 200:
            raise SystemExit(f"{address}: {answer.status_code}")

    took, _ = turns(rounds, visit, None)
    row("page of one score", queries(visit), f"{took * 1000:.0f}", "", "")
    stored = Reading.objects.filter(run__in=Run.objects.filter(cycle__level=Level.BRANCH))
    print(f"\n{stored.count()} readings stored of the branches' cycle")
