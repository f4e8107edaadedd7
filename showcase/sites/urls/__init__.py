"""Addresses of demonstration sites."""

from django.urls import path

from ..views import applying, checking, deciding, figure_rows, files, papers, programmes, sites

app_name = "sites"
_ONE = "sites/<uuid:uid>/"
_PROGRAMME = "sites/programmes/<uuid:uid>/"
urlpatterns = [
    path("sites/", sites.site_list, name="site-list"),
    path("sites/sheet/", papers.site_sheet, name="site-sheet"),
    path("sites/figures/", figure_rows.figure_rows, name="figure-rows"),
    path("sites/coverage/", sites.coverage_page, name="coverage"),
    path("sites/coverage/sheet/", papers.coverage_sheet, name="coverage-sheet"),
    path("sites/programmes/", programmes.programme_list, name="programme-list"),
    path("sites/programmes/new/", programmes.programme_create, name="programme-create"),
    path(_PROGRAMME, programmes.programme_detail, name="programme-detail"),
    path(f"{_PROGRAMME}edit/", programmes.programme_edit, name="programme-edit"),
    path(f"{_PROGRAMME}open/", programmes.programme_open, name="programme-open"),
    path(f"{_PROGRAMME}close/", programmes.programme_close, name="programme-close"),
    path(f"{_PROGRAMME}register/", programmes.site_register, name="site-register"),
    path(f"{_PROGRAMME}apply/", applying.site_apply, name="site-apply"),
    path(_ONE, sites.site_detail, name="site-detail"),
    path(f"{_ONE}edit/", applying.site_edit, name="site-edit"),
    path(f"{_ONE}send/", applying.site_send, name="site-send"),
    path(f"{_ONE}withdraw/", applying.site_withdraw, name="site-withdraw"),
    path(f"{_ONE}return/", deciding.site_return, name="site-return"),
    path(f"{_ONE}review/", deciding.site_review, name="site-review"),
    path(f"{_ONE}check/", checking.site_check, name="site-check"),
    path(f"{_ONE}name/", deciding.site_name, name="site-name"),
    path(f"{_ONE}decline/", deciding.site_decline, name="site-decline"),
    path(f"{_ONE}renew/", deciding.site_renew, name="site-renew"),
    path(f"{_ONE}warn/", deciding.site_warn, name="site-warn"),
    path(f"{_ONE}remove/", deciding.site_remove, name="site-remove"),
    path(f"{_ONE}paper/<str:ending>/", papers.site_paper, name="site-paper"),
    path(f"{_ONE}evidence/", files.evidence_add, name="evidence-add"),
    path("sites/evidence/<int:pk>/remove/", files.evidence_remove, name="evidence-remove"),
    path(f"{_ONE}files/", files.attachment_add, name="attachment-add"),
    path("sites/files/<uuid:uid>/", files.attachment_open, name="attachment-open"),
    path("sites/files/<uuid:uid>/remove/", files.attachment_remove, name="attachment-remove"),
]
