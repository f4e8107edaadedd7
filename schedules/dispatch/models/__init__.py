from .agenda import AgendaCard, Outcome
from .meeting import Amendment, Attendance, DispatchMeeting, MeetingSeries
from .visits import FieldVisit, VisitAttachment, VisitDraw, VisitFinding, VisitVisitor

__all__ = [
    "AgendaCard",
    "Amendment",
    "Attendance",
    "DispatchMeeting",
    "FieldVisit",
    "MeetingSeries",
    "Outcome",
    "VisitAttachment",
    "VisitDraw",
    "VisitFinding",
    "VisitVisitor",
]
