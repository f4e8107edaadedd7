from .agenda import AgendaCard, Outcome
from .meeting import Amendment, Attendance, DispatchMeeting, MeetingSeries

__all__ = [
    "AgendaCard",
    "Amendment",
    "Attendance",
    "DispatchMeeting",
    "MeetingSeries",
    "Outcome",
]
