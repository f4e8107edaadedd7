from .burden import (
    BurdenCap,
    BurdenExcess,
    BurdenMonth,
    HouseVerdict,
    MinutesEstimate,
    RegisterSeries,
)
from .calendar import CalendarDay, CalendarYear
from .duty import Duty, DutyStep, ReminderMark
from .evidence import Evidence, ReportEvidence
from .mark import ReportMark, ReportMarkStep
from .plan import Plan
from .record import DutyRecord
from .report import (
    Report,
    ReportAttachment,
    ReportDefinition,
    ReportItem,
    ReportStep,
    ReportVersion,
)
from .rollup import DutyStanding, Rollup, RollupLedger, RollupMark

__all__ = [
    "BurdenCap",
    "BurdenExcess",
    "BurdenMonth",
    "CalendarDay",
    "CalendarYear",
    "Duty",
    "DutyRecord",
    "DutyStanding",
    "DutyStep",
    "Evidence",
    "HouseVerdict",
    "MinutesEstimate",
    "Plan",
    "RegisterSeries",
    "ReminderMark",
    "Report",
    "ReportAttachment",
    "ReportDefinition",
    "ReportEvidence",
    "ReportItem",
    "ReportMark",
    "ReportMarkStep",
    "ReportStep",
    "ReportVersion",
    "Rollup",
    "RollupLedger",
    "RollupMark",
]
