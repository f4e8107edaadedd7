from django.urls import URLPattern, path

from ..views import marks, reading_exports, readings, totals

urlpatterns: list[URLPattern] = [
    path("reports/read/", readings.reading, name="reading"),
    path("reports/read/print/", readings.reading_print, name="reading-print"),
    path("reports/read/export/", reading_exports.reading_export, name="reading-export"),
    path("reports/read/totals/", totals.reading_totals, name="reading-totals"),
    path("reports/read/totals/export/", totals.totals_export, name="reading-totals-export"),
    path("reports/items/<int:pk>/mark/", marks.mark_edit, name="mark-edit"),
    path("reports/items/<int:pk>/mark/remove/", marks.mark_remove, name="mark-remove"),
    path("reports/items/<int:pk>/mark/answer/", marks.mark_answer, name="mark-answer"),
]
