"""Addresses of weak organisations that are put right."""

from django.urls import path

from ..views import cases, criteria

app_name = "weak_cases"
_ONE = "weak-cases/<uuid:uid>/"
urlpatterns = [
    path("weak-cases/", cases.case_list, name="case-list"),
    path("weak-cases/new/", cases.case_create, name="case-create"),
    path("weak-cases/criteria/", criteria.criterion_list, name="criterion-list"),
    path("weak-cases/criteria/new/", criteria.criterion_create, name="criterion-create"),
    path("weak-cases/criteria/<int:pk>/edit/", criteria.criterion_edit, name="criterion-edit"),
    path(_ONE, cases.case_detail, name="case-detail"),
    path(f"{_ONE}decide/", cases.case_decide, name="case-decide"),
    path(f"{_ONE}plan/", cases.case_plan, name="case-plan"),
    path(f"{_ONE}accept/", cases.case_accept, name="case-accept"),
    path(f"{_ONE}follow/", cases.case_follow, name="case-follow"),
]
