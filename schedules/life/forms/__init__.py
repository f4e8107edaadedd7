from .filters import DayForm, RecordFilter
from .records import ReasonForm, RecordForm, stored_of, values_of

__all__ = ["DayForm", "ReasonForm", "RecordFilter", "RecordForm", "stored_of", "values_of"]
