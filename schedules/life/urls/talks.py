from django.urls import path

from ..views import talks

_TALK = "life/talks/<uuid:uid>/"

urlpatterns = [
    path("life/talks/", talks.talk_list, name="talk-list"),
    path("life/talks/new/", talks.talk_create, name="talk-create"),
    path("life/talks/rows/", talks.talk_rows, name="talk-rows"),
    path("life/talks/coverage/", talks.talk_coverage, name="talk-coverage"),
    path("life/talks/self/", talks.own_membership_prove, name="own-membership-prove"),
    path("life/talks/duties/<int:pk>/", talks.talk_duty_open, name="talk-duty-open"),
    path(_TALK, talks.talk_detail, name="talk-detail"),
    path(f"{_TALK}write/", talks.talk_write, name="talk-write"),
    path(f"{_TALK}withdraw/", talks.talk_withdraw, name="talk-withdraw"),
]
