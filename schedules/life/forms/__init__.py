from .filters import DayForm, RecordFilter
from .people import EndForm, ExemptionForm, GroupsForm
from .records import ReasonForm, RecordForm, stored_of, values_of

__all__ = [
    "DayForm",
    "EndForm",
    "ExemptionForm",
    "GroupsForm",
    "ReasonForm",
    "RecordFilter",
    "RecordForm",
    "stored_of",
    "values_of",
]
