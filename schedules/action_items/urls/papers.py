from django.urls import URLPattern, path

from ..views import figure_rows, ledger, letters

urlpatterns: list[URLPattern] = [
    path("action-items/export/", ledger.item_export, name="item-export"),
    path("action-items/rows/", figure_rows.item_rows, name="item-rows"),
    path("action-items/print/", ledger.item_print, name="item-print"),
    path("action-items/<int:pk>/docx/", letters.item_docx, name="item-docx"),
    path("action-items/<int:pk>/pdf/", letters.item_pdf, name="item-pdf"),
]
