from django.urls import path

from ..views import draws, visits

urlpatterns = [
    path("dispatch/visits/", visits.visit_list, name="visit-list"),
    path("dispatch/visits/new/", visits.visit_create, name="visit-create"),
    path("dispatch/visits/<int:pk>/", visits.visit_detail, name="visit-detail"),
    path("dispatch/visits/<int:pk>/print/", visits.visit_print, name="visit-print"),
    path("dispatch/visits/<int:pk>/day/", visits.visit_schedule, name="visit-schedule"),
    path("dispatch/visits/<int:pk>/begin/", visits.visit_begin, name="visit-begin"),
    path("dispatch/visits/<int:pk>/notes/", visits.visit_note, name="visit-note"),
    path("dispatch/visits/<int:pk>/finish/", visits.visit_finish, name="visit-finish"),
    path("dispatch/visits/<int:pk>/cancel/", visits.visit_cancel, name="visit-cancel"),
    path("dispatch/visits/<int:pk>/findings/add/", visits.finding_add, name="finding-add"),
    path("dispatch/findings/<int:pk>/hand/", visits.finding_hand, name="finding-hand"),
    path("dispatch/visits/<int:pk>/files/add/", visits.visit_file_add, name="visit-file-add"),
    path("dispatch/visits/files/<uuid:uid>/", visits.visit_file_open, name="visit-file-open"),
    path(
        "dispatch/visits/files/<uuid:uid>/remove/",
        visits.visit_file_remove,
        name="visit-file-remove",
    ),
    path("dispatch/draws/new/", draws.draw_create, name="draw-create"),
    path("dispatch/draws/<int:pk>/", draws.draw_detail, name="draw-detail"),
    path("dispatch/draws/<int:pk>/text/", draws.draw_text, name="draw-text"),
    path("dispatch/draws/<int:pk>/run/", draws.draw_run, name="draw-run"),
    path("dispatch/draws/<int:pk>/publish/", draws.draw_publish, name="draw-publish"),
]
