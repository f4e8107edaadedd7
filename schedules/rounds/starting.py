"""The steps of starting the portal that the rounds see to: the calendar, plans and forms."""

from collections.abc import Iterable

from core import clock, periods
from core.start_steps import Progress, Step, register
from orgs.enums import OrganizationClass, OrganizationKind
from orgs.models import Organization
from orgs.permissions import Permission

from .models import CalendarYear, Plan, ReportDefinition

ZONE = "党工委工作人员"
REPORT = "report"


def calendar() -> Progress:
    """Whether this year's holidays are known. One query."""
    year = clock.today().year
    is_known = CalendarYear.objects.filter(year=year).exists()
    text = (
        f"{year} 年的节假日和调休已登记。" if is_known else f"{year} 年的节假日和调休还没有登记。"
    )
    return Progress(is_known, text)


def _reporting(plans: Iterable[Plan | ReportDefinition]) -> tuple[int, set[str]]:
    """How many pairs of kind and class report, and the words of those that nothing covers. One
    query."""
    pairs = set(
        Organization.objects.active()
        .exclude(kind__in=[OrganizationKind.WORK_COMMITTEE, OrganizationKind.PARTY_GROUP])
        .order_by()
        .values_list("kind", "organization_class")
        .distinct()
    )
    rules = list(plans)
    missing = {
        f"{OrganizationClass(group).label}{OrganizationKind(kind).label}"
        for kind, group in pairs
        if not any(kind in one.kinds and (not one.classes or group in one.classes) for one in rules)
    }
    return len(pairs), missing


def plans() -> Progress:
    """Whether every kind and class of organisation that exists owes a report. Two queries."""
    found = list(Plan.objects.in_force(clock.today()).filter(fulfilment=REPORT))
    count, missing = _reporting(found)
    return _covered(count, missing, "各类组织都有报送计划。", "还没有报送计划：")


def forms() -> Progress:
    """Whether each of them has a form in force. Two queries."""
    today = clock.today()
    rows = [
        row
        for row in ReportDefinition.objects.filter(
            is_published=True, plan__in=Plan.objects.in_force(today).filter(fulfilment=REPORT)
        )
        if not row.valid_from or periods.first_day(row.valid_from) <= today
    ]
    count, missing = _reporting(rows)
    return _covered(count, missing, "各类组织都有启用的表样。", "还没有启用的表样：")


def _covered(count: int, missing: set[str], good: str, bad: str) -> Progress:
    if not count:
        return Progress(False, "先导入党组织。")
    if not missing:
        return Progress(True, good)
    names = sorted(missing)
    more = f"等 {len(names)} 类" if len(names) > 4 else ""
    return Progress(False, f"{bad}{'、'.join(names[:4])}{more}。")


register(
    Step(
        "calendar", 110, "核对工作日历", ZONE, Permission.CALENDAR_EDIT,
        "schedules:calendar", "工作日历", calendar,
    ),
    Step(
        "plans", 120, "定报送计划", ZONE, Permission.PLAN_EDIT,
        "schedules:plan-list", "计划", plans,
    ),
    Step(
        "forms", 130, "定各类表样", ZONE, Permission.PLAN_EDIT,
        "schedules:definition-list", "表样", forms,
    ),
)  # fmt: skip
