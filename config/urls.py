"""The URL root: the pages, and `/api/v1/` beside them."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("core.urls")),
    path("", include("orgs.urls")),
    path("", include("members.urls")),
    path("", include("schedules.rounds.urls")),
    path("", include("schedules.action_items.urls")),
    path("", include("schedules.life.urls")),
    path("", include("schedules.dispatch.urls")),
    path("", include("schedules.themes.urls")),
    path("", include("schedules.weak_cases.urls")),
    path("", include("schedules.concerns.urls")),
    path("", include("schedules.neighbours.urls")),
    path("", include("assessments.schemes.urls")),
    path("", include("assessments.cycles.urls")),
    path("", include("assessments.rectifications.urls")),
    path("", include("assessments.ballots.urls")),
    path("", include("assessments.self_assessments.urls")),
    path("", include("assessments.reviews.urls")),
    path("", include("assessments.boards.urls")),
    path("", include("assessments.decisions.urls")),
    path("", include("showcase.brands.urls")),
    path("", include("showcase.projects.urls")),
    path("", include("showcase.panels.urls")),
    path("", include("showcase.sites.urls")),
    # Last: what stands below /showcase/ and is no page of this slice was asked for before.
    path("", include("showcase.public.urls")),
    path("api/v1/", include("config.api_urls")),
]

handler400 = "core.views.bad_request"
handler403 = "core.views.permission_denied"
handler404 = "core.views.page_not_found"
handler500 = "core.views.server_error"
