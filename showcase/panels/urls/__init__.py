"""Addresses of panels."""

from django.urls import path

from ..views import panels, seats

app_name = "panels"
_SEAT = "panels/seats/<uuid:uid>/"
_ONE = "panels/<uuid:uid>/"
urlpatterns = [
    path(_SEAT, seats.seat_edit, name="seat-edit"),
    path(f"{_SEAT}conflict/", seats.conflict_declare, name="conflict-declare"),
    path(f"{_ONE}people/", panels.people_edit, name="people-edit"),
    path(f"{_ONE}close/", panels.panel_close, name="panel-close"),
    path(f"{_ONE}cancel/", panels.panel_cancel, name="panel-cancel"),
]
