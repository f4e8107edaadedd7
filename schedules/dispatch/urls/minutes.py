from django.urls import path

from ..views import minutes

_BASE = "dispatch/meetings/<int:pk>/minutes"

urlpatterns = [
    path(f"{_BASE}/", minutes.meeting_minutes, name="meeting-minutes"),
    path(f"{_BASE}/amend/", minutes.meeting_amend, name="meeting-amend"),
    path(f"{_BASE}/word/", minutes.minutes_docx, name="minutes-docx"),
    path(f"{_BASE}/pdf/", minutes.minutes_pdf, name="minutes-pdf"),
    path(f"{_BASE}/decisions/", minutes.decision_export, name="decision-export"),
    path(f"{_BASE}/letters/word/", minutes.letters_docx, name="letters-docx"),
    path(f"{_BASE}/letters/pdf/", minutes.letters_pdf, name="letters-pdf"),
]
