from django.urls import path

from ..views import files, records

_RECORD = "life/meetings/<uuid:uid>/"

urlpatterns = [
    path("life/duties/<int:pk>/", records.duty_open, name="duty-open"),
    path("life/meetings/new/", records.meeting_new, name="meeting-new"),
    path("life/meetings/new/<slug:kind>/", records.meeting_create, name="meeting-create"),
    path(_RECORD, records.meeting_detail, name="meeting-detail"),
    path(f"{_RECORD}edit/", records.meeting_edit, name="meeting-edit"),
    path(f"{_RECORD}thank/", records.meeting_thank, name="meeting-thank"),
    path(f"{_RECORD}return/", records.meeting_return, name="meeting-return"),
    path(f"{_RECORD}withdraw/", records.meeting_withdraw, name="meeting-withdraw"),
    path(f"{_RECORD}files/add/", files.file_add, name="meeting-file-add"),
    path("life/files/<uuid:uid>/", files.file_open, name="meeting-file-open"),
    path("life/files/<uuid:uid>/remove/", files.file_remove, name="meeting-file-remove"),
]
