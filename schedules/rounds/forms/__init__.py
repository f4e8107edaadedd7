"""The forms of this slice's pages."""

from .calendar import CalendarDayForm, CalendarYearForm, DayRemovalForm
from .definitions import CopyForm, DefinitionForm, ItemFormSet, PublishForm, files_last, item_forms
from .matrix import MatrixFilter
from .plans import NewPlanForm, OpenPeriodForm, PlanForm
from .records import RecordForm, SendBackForm

__all__ = [
    "CalendarDayForm",
    "CalendarYearForm",
    "CopyForm",
    "DayRemovalForm",
    "DefinitionForm",
    "ItemFormSet",
    "MatrixFilter",
    "NewPlanForm",
    "OpenPeriodForm",
    "PlanForm",
    "PublishForm",
    "RecordForm",
    "SendBackForm",
    "files_last",
    "item_forms",
]
