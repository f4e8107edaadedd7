from django.urls import URLPattern, path

from ..views import reminders

urlpatterns: list[URLPattern] = [
    path("reports/reminders/", reminders.reminder_list, name="reminder-list"),
]
