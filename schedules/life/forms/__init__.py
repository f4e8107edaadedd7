from .records import ReasonForm, RecordForm, values_of

__all__ = ["ReasonForm", "RecordForm", "values_of"]
