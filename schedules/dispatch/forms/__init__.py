from .cards import CardForm, DeferForm, MinutesForm, OrderForm, PlaceForm, ShiftForm, TopicForm
from .meetings import CancelForm, MeetingForm, NewMeetingForm, SeriesForm
from .roll import DeputyForm, RollForm
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
    "CancelForm",
    "CancelVisitForm",
    "CardForm",
    "DayForm",
    "DeferForm",
    "DeputyForm",
    "FindingForm",
    "MeetingForm",
    "MinutesForm",
    "NewMeetingForm",
    "NotesForm",
    "OrderForm",
    "PlaceForm",
    "PlanVisitForm",
    "RollForm",
    "SeedForm",
    "SeriesForm",
    "ShiftForm",
    "StopForm",
    "TopicForm",
    "TourNoteForm",
]
