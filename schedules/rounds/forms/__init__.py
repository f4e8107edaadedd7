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
from .plans import (
    CapForm,
    CaseStartForm,
    NewPlanForm,
    OpenPeriodForm,
    PlanForm,
    RenewForm,
    RenewFormForm,
)
from .readings import EVERY_USE, AnswerForm, MarkForm, ReadingFilter, TotalsFilter
from .records import AcceptForm, RecordForm, ResendForm, SendBackForm

__all__ = [
    "EVERY_USE",
    "AcceptForm",
    "AnswerForm",
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
    "MarkForm",
    "MatrixFilter",
    "MissingFilter",
    "NewPlanForm",
    "OpenPeriodForm",
    "PhonesForm",
    "PlanForm",
    "PublishForm",
    "ReadingFilter",
    "RecordForm",
    "RenewForm",
    "RenewFormForm",
    "ResendForm",
    "ResumeForm",
    "ResumeManyForm",
    "SendBackForm",
    "TotalsFilter",
    "UnlockForm",
    "WaiveForm",
    "WaiveManyForm",
    "files_last",
    "item_forms",
]
