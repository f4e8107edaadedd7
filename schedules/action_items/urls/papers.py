from django.urls import URLPattern, path

from ..views import letters

urlpatterns: list[URLPattern] = [
    path("action-items/<int:pk>/docx/", letters.item_docx, name="item-docx"),
    path("action-items/<int:pk>/pdf/", letters.item_pdf, name="item-pdf"),
]
