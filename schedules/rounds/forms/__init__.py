"""The forms of this slice's pages."""

from .arranging import (
    ChoosingFilter,
    ExtendForm,
    ExtendManyForm,
    ResumeForm,
    ResumeManyForm,
    UnlockForm,
    WaiveForm,
    WaiveManyForm,
)
from .calendar import CalendarDayForm, CalendarYearForm, DayRemovalForm
from .definitions import CopyForm, DefinitionForm, ItemFormSet, PublishForm, files_last, item_forms
from .matrix import MatrixFilter
from .missing import MissingFilter, PhonesForm
from .plans import CapForm, CaseStartForm, NewPlanForm, OpenPeriodForm, PlanForm
from .records import AcceptForm, RecordForm, ResendForm, SendBackForm

__all__ = [
    "AcceptForm",
    "CalendarDayForm",
    "CalendarYearForm",
    "CapForm",
    "CaseStartForm",
    "ChoosingFilter",
    "CopyForm",
    "DayRemovalForm",
    "DefinitionForm",
    "ExtendForm",
    "ExtendManyForm",
    "ItemFormSet",
    "MatrixFilter",
    "MissingFilter",
    "NewPlanForm",
    "OpenPeriodForm",
    "PhonesForm",
    "PlanForm",
    "PublishForm",
    "RecordForm",
    "ResendForm",
    "ResumeForm",
    "ResumeManyForm",
    "SendBackForm",
    "UnlockForm",
    "WaiveForm",
    "WaiveManyForm",
    "files_last",
    "item_forms",
]
