from django.urls import URLPattern, path

from ..views import burden_year, house_rules

urlpatterns: list[URLPattern] = [
    path("burden/", burden_year.burden_year, name="burden"),
    path("burden/export/", burden_year.burden_export, name="burden-export"),
    path("burden/rules/", house_rules.house_rules, name="burden-rules"),
]
