from .filters import DayForm, RecordFilter
from .records import ReasonForm, RecordForm, stored_of, values_of
from .study import StudyForm, StudyRulesForm

__all__ = [
    "DayForm",
    "ReasonForm",
    "RecordFilter",
    "RecordForm",
    "StudyForm",
    "StudyRulesForm",
    "stored_of",
    "values_of",
]
