from django.urls import path

from ..views import cycles, marks, what_if

urlpatterns = [
    path("cycles/", cycles.cycle_list, name="cycle-list"),
    path("cycles/open/", cycles.cycle_open, name="cycle-open"),
    path("cycles/<uuid:uid>/", cycles.cycle, name="cycle"),
    path("cycles/<uuid:uid>/recompute/", cycles.cycle_recompute, name="cycle-recompute"),
    path("cycles/<uuid:uid>/freeze/", cycles.cycle_freeze, name="cycle-freeze"),
    path("cycles/<uuid:uid>/review/", cycles.cycle_review, name="cycle-review"),
    path("cycles/<uuid:uid>/submit/", cycles.cycle_submit, name="cycle-submit"),
    path("cycles/<uuid:uid>/send-back/", cycles.cycle_send_back, name="cycle-send-back"),
    # An indicator's key may have any sign in it.
    path("cycles/<uuid:uid>/mark/<path:key>/", marks.mark, name="mark"),
    path("scheme-versions/<uuid:uid>/what-if/", what_if.what_if, name="what-if"),
]
