from django.urls import path

from ..views import cycles, marks, what_if

urlpatterns = [
    path("cycles/", cycles.cycle_list, name="cycle-list"),
    path("cycles/open/", cycles.cycle_open, name="cycle-open"),
    path("cycles/<uuid:uid>/", cycles.cycle, name="cycle"),
    path("cycles/<uuid:uid>/recompute/", cycles.cycle_recompute, name="cycle-recompute"),
    path("cycles/<uuid:uid>/freeze/", cycles.cycle_freeze, name="cycle-freeze"),
    path("cycles/<uuid:uid>/seal/", cycles.cycle_seal, name="cycle-seal"),
    # An indicator's key may have any sign in it.
    path("cycles/<uuid:uid>/mark/<path:key>/", marks.mark, name="mark"),
    path("scheme-versions/<uuid:uid>/what-if/", what_if.what_if, name="what-if"),
]
