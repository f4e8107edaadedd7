from .filters import DayForm, FindForm, RecordFilter
from .people import EndForm, ExemptionForm, GroupsForm
from .records import ReasonForm, RecordForm, stored_of, values_of
from .rolls import PartForm

__all__ = [
    "DayForm",
    "EndForm",
    "ExemptionForm",
    "FindForm",
    "GroupsForm",
    "PartForm",
    "ReasonForm",
    "RecordFilter",
    "RecordForm",
    "stored_of",
    "values_of",
]
