from django.urls import path

from ..views import counts, papers, rounds

_C = "cycles/<uuid:uid>/ballots/"
_R = "ballots/<uuid:uid>/"

urlpatterns = [
    path(_C, rounds.ballot_list, name="ballot-list"),
    # An indicator's key may have any sign in it.
    path(f"{_C}arrange/<path:key>/", rounds.round_arrange, name="round-arrange"),
    path(f"{_C}drop/<path:key>/", rounds.round_drop, name="round-drop"),
    path(f"{_C}count/<path:key>/", counts.count_all, name="count-all"),
    path(f"{_C}papers/<str:ending>/<path:key>/", papers.ballot_papers, name="ballot-papers"),
    path(_R, rounds.round_detail, name="round"),
    path(f"{_R}count/", counts.count_one, name="count-one"),
    path(f"{_R}settle/", rounds.round_settle, name="round-settle"),
    path(f"{_R}reopen/", rounds.round_reopen, name="round-reopen"),
    path(f"{_R}scans/add/", rounds.scan_add, name="scan-add"),
    path("ballot-scans/<uuid:uid>/", rounds.scan_open, name="scan-open"),
    path("ballot-scans/<uuid:uid>/remove/", rounds.scan_remove, name="scan-remove"),
]
