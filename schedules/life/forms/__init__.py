from .records import ReasonForm, RecordForm, stored_of, values_of

__all__ = ["ReasonForm", "RecordForm", "stored_of", "values_of"]
