from django.urls import path

from ..views import ledgers, papers

_LEDGER = "life/ledgers/<slug:key>/"
_RECORD = "life/meetings/<uuid:uid>/"

urlpatterns = [
    path("life/ledgers/", ledgers.ledger_list, name="ledger-list"),
    path(_LEDGER, ledgers.ledger_detail, name="ledger-detail"),
    path(f"{_LEDGER}print/", ledgers.ledger_print, name="ledger-print"),
    path(f"{_LEDGER}export/<slug:ending>/", ledgers.ledger_export, name="ledger-export"),
    path("life/binders/<int:pk>/", papers.binder, name="binder"),
    path(f"{_RECORD}print/", papers.meeting_print, name="meeting-print"),
    path(f"{_RECORD}paper/<slug:ending>/", papers.meeting_paper, name="meeting-paper"),
]
