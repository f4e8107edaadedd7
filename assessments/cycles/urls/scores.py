from django.urls import path

from ..views import scores

_SCORE = "cycles/scores/<uuid:uid>/"

urlpatterns = [
    path("cycles/<uuid:uid>/branches/", scores.cycle_rollup, name="cycle-rollup"),
    path(_SCORE, scores.score, name="score"),
    path(f"{_SCORE}check/", scores.score_check, name="score-check"),
    path(f"{_SCORE}document/<str:ending>/", scores.score_document, name="score-document"),
]
