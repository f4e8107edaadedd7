from .cards import CardForm, DeferForm, MinutesForm, OrderForm, PlaceForm, ShiftForm, TopicForm
from .meetings import CancelForm, MeetingForm, NewMeetingForm, SeriesForm
from .roll import DeputyForm, RollForm

__all__ = [
    "CancelForm",
    "CardForm",
    "DeferForm",
    "DeputyForm",
    "MeetingForm",
    "MinutesForm",
    "NewMeetingForm",
    "OrderForm",
    "PlaceForm",
    "RollForm",
    "SeriesForm",
    "ShiftForm",
    "TopicForm",
]
