from django.urls import path

from ..views import appraisals, default_plans, problems, year_plans

_RECORD = "life/meetings/<uuid:uid>/"
_PROBLEM = f"{_RECORD}problems/<uuid:problem>/"
_PLAN = "life/year-plans/<int:pk>/<int:year>/"

urlpatterns = [
    path(f"{_RECORD}problems/", problems.problem_list, name="problem-list"),
    path(f"{_RECORD}problems/edit/", problems.problem_edit, name="problem-edit"),
    path(f"{_PROBLEM}done/", problems.problem_done, name="problem-done"),
    path(f"{_PROBLEM}carry/", problems.problem_carry, name="problem-carry"),
    path(f"{_RECORD}appraisal/", appraisals.appraisal_detail, name="appraisal-detail"),
    path(f"{_RECORD}appraisal/edit/", appraisals.appraisal_edit, name="appraisal-edit"),
    path("life/appraised/", appraisals.appraisal_rows, name="appraisal-rows"),
    path("life/year-plans/", year_plans.plan_list, name="plan-list"),
    path(_PLAN, year_plans.plan_detail, name="plan-detail"),
    path(f"{_PLAN}edit/", year_plans.plan_edit, name="plan-edit"),
    path("life/usual-plans/", default_plans.plan_install, name="plan-install"),
]
