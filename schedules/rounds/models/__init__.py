from .calendar import CalendarDay, CalendarYear
from .plan import Duty, Plan, ReminderMark
from .report import (
    MonthlyReport,
    ReportAttachment,
    ReportDefinition,
    ReportItem,
    ReportStep,
    ReportVersion,
)
from .rollup import DutyStanding, Rollup, RollupLedger, RollupMark

__all__ = [
    "CalendarDay",
    "CalendarYear",
    "Duty",
    "DutyStanding",
    "MonthlyReport",
    "Plan",
    "ReminderMark",
    "ReportAttachment",
    "ReportDefinition",
    "ReportItem",
    "ReportStep",
    "ReportVersion",
    "Rollup",
    "RollupLedger",
    "RollupMark",
]
