"""Addresses of brands and bright spots."""

from django.urls import path

from ..views import brands, copies, figure_rows, files, highlights, running

app_name = "brands"
_ONE = "brands/<uuid:uid>/"
_SPOT = "highlights/<uuid:uid>/"
urlpatterns = [
    path("brands/", brands.brand_list, name="brand-list"),
    path("brands/sheet/", brands.brand_sheet, name="brand-sheet"),
    path("brands/figures/", figure_rows.figure_rows, name="figure-rows"),
    path(_ONE, brands.brand_detail, name="brand-detail"),
    path(f"{_ONE}edit/", running.brand_edit, name="brand-edit"),
    path(f"{_ONE}steps/", running.brand_steps, name="brand-steps"),
    path(f"{_ONE}begin/", running.brand_begin, name="brand-begin"),
    path(f"{_ONE}submit/", running.brand_submit, name="brand-submit"),
    path(f"{_ONE}arrange/", running.brand_arrange, name="brand-arrange"),
    path(f"{_ONE}decide/", running.brand_decide, name="brand-decide"),
    path(f"{_ONE}recheck/", running.brand_recheck, name="brand-recheck"),
    path(f"{_ONE}end/", running.brand_end, name="brand-end"),
    path(f"{_ONE}copy/", copies.copy_create, name="copy-create"),
    path(f"{_ONE}mark/", files.mark_add, name="mark-add"),
    path(f"{_ONE}paper/<str:ending>/", files.brand_paper, name="brand-paper"),
    path("brands/marks/<uuid:uid>/", files.mark_open, name="mark-open"),
    path("brands/marks/<uuid:uid>/remove/", files.mark_remove, name="mark-remove"),
    path("brands/copies/<uuid:uid>/", copies.copy_edit, name="copy-edit"),
    path("highlights/", highlights.highlight_list, name="highlight-list"),
    path("highlights/sheet/", highlights.highlight_sheet, name="highlight-sheet"),
    path("highlights/new/", highlights.highlight_create, name="highlight-create"),
    path(f"{_SPOT}edit/", highlights.highlight_edit, name="highlight-edit"),
    path(f"{_SPOT}drop/", highlights.highlight_drop, name="highlight-drop"),
    path(f"{_SPOT}take/", highlights.highlight_take, name="highlight-take"),
]
