"""Addresses of quarterly themes."""

from django.urls import path

from ..views import finder, papers, running, themes

app_name = "themes"
_ONE = "themes/<uuid:uid>/"
urlpatterns = [
    path("themes/", themes.theme_list, name="theme-list"),
    path("themes/new/", themes.theme_create, name="theme-create"),
    path("themes/finder/", finder.finder, name="finder"),
    path("themes/finder/read/", finder.finder_read, name="finder-read"),
    path("themes/finder/sheet/", finder.finder_sheet, name="finder-sheet"),
    path("themes/finder/figures/<str:key>/", finder.finder_figure, name="finder-figure"),
    path(_ONE, running.theme_detail, name="theme-detail"),
    path(f"{_ONE}edit/", themes.theme_edit, name="theme-edit"),
    path(f"{_ONE}drop/", themes.theme_drop, name="theme-drop"),
    path(f"{_ONE}publish/", themes.theme_publish, name="theme-publish"),
    path(f"{_ONE}scope/", themes.theme_scope, name="theme-scope"),
    path(f"{_ONE}dates/", themes.theme_dates, name="theme-dates"),
    path(f"{_ONE}remark/", themes.theme_remark, name="theme-remark"),
    path(f"{_ONE}conclude/", themes.theme_conclude, name="theme-conclude"),
    path(f"{_ONE}short/<int:pk>/", running.theme_short, name="theme-short"),
    path(f"{_ONE}paper/<str:ending>/", papers.theme_paper, name="theme-paper"),
]
