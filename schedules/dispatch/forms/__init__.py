from .tours import StopForm, TourNoteForm
from .visits import (
    CancelVisitForm,
    DayForm,
    FindingForm,
    NotesForm,
    PlanVisitForm,
    SeedForm,
)

__all__ = [
    "CancelVisitForm",
    "DayForm",
    "FindingForm",
    "NotesForm",
    "PlanVisitForm",
    "SeedForm",
    "StopForm",
    "TourNoteForm",
]
