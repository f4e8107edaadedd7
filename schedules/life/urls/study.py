from django.urls import path

from ..views import hours, study

urlpatterns = [
    path("life/study/missed/", study.study_missed, name="study-missed"),
    path("life/study/hours/", hours.study_hours, name="study-hours"),
    path("life/study/members/<int:pk>/", hours.study_member, name="study-member"),
    path("life/study/rules/", hours.study_rules, name="study-rules"),
    path("life/study/new/", study.study_create, name="study-create"),
    path("life/study/<uuid:uid>/", study.study_detail, name="study-detail"),
    path("life/study/<uuid:uid>/withdraw/", study.study_withdraw, name="study-withdraw"),
    path("life/meetings/<uuid:uid>/make-up/", study.study_make_up, name="study-make-up"),
]
