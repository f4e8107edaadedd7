"""The forms of this slice's pages."""

from .arranging import ExtendForm, ResumeForm, UnlockForm, WaiveForm
from .calendar import CalendarDayForm, CalendarYearForm, DayRemovalForm
from .definitions import CopyForm, DefinitionForm, ItemFormSet, PublishForm, files_last, item_forms
from .matrix import MatrixFilter
from .plans import CapForm, NewPlanForm, OpenPeriodForm, PlanForm
from .records import RecordForm, SendBackForm

__all__ = [
    "CalendarDayForm",
    "CalendarYearForm",
    "CapForm",
    "CopyForm",
    "DayRemovalForm",
    "DefinitionForm",
    "ExtendForm",
    "ItemFormSet",
    "MatrixFilter",
    "NewPlanForm",
    "OpenPeriodForm",
    "PlanForm",
    "PublishForm",
    "RecordForm",
    "ResumeForm",
    "SendBackForm",
    "UnlockForm",
    "WaiveForm",
    "files_last",
    "item_forms",
]
