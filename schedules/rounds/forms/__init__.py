"""The forms of this slice's pages."""

from .arranging import ExtendForm, ResumeForm, UnlockForm, WaiveForm
from .calendar import CalendarDayForm, CalendarYearForm, DayRemovalForm
from .definitions import CopyForm, DefinitionForm, ItemFormSet, PublishForm, files_last, item_forms
from .matrix import MatrixFilter
from .plans import NewPlanForm, OpenPeriodForm, PlanForm
from .records import AcceptForm, RecordForm, ResendForm, SendBackForm

__all__ = [
    "AcceptForm",
    "CalendarDayForm",
    "CalendarYearForm",
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
    "ResendForm",
    "ResumeForm",
    "SendBackForm",
    "UnlockForm",
    "WaiveForm",
    "files_last",
    "item_forms",
]
