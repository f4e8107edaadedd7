from django.urls import path

from ..views import attendance, people

urlpatterns = [
    path(
        "life/members/<int:pk>/attendance/",
        attendance.attendance_list,
        name="attendance-list",
    ),
    path("life/groups/", people.group_list, name="group-list"),
    path("life/exemptions/", people.exemption_list, name="exemption-list"),
    path("life/exemptions/new/", people.exemption_create, name="exemption-create"),
    path("life/exemptions/<int:pk>/end/", people.exemption_end, name="exemption-end"),
]
