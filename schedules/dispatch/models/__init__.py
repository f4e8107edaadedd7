from .agenda import AgendaCard, Outcome
from .meeting import Amendment, Attendance, DispatchMeeting, MeetingSeries
from .tours import TourNote, TourStop
from .visits import FieldVisit, VisitAttachment, VisitDraw, VisitFinding, VisitVisitor

__all__ = [
    "AgendaCard",
    "Amendment",
    "Attendance",
    "DispatchMeeting",
    "FieldVisit",
    "MeetingSeries",
    "Outcome",
    "TourNote",
    "TourStop",
    "VisitAttachment",
    "VisitDraw",
    "VisitFinding",
    "VisitVisitor",
]
