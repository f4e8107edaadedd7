from .agenda import AgendaCard, CardMove, Outcome
from .meeting import Amendment, Attendance, DispatchMeeting, MeetingSeries
from .tours import TourNote, TourStop
from .visits import FieldVisit, VisitAttachment, VisitDraw, VisitFinding, VisitVisitor

__all__ = [
    "AgendaCard",
    "Amendment",
    "Attendance",
    "CardMove",
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
