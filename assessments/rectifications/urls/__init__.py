from django.urls import path

from ..views import causes, findings, lists, papers

app_name = "rectifications"

_CYCLE = "rectifications/cycles/<uuid:uid>/"
_LIST = "rectifications/<uuid:uid>/"

urlpatterns = [
    path(_CYCLE, findings.cycle, name="cycle"),
    path(f"{_CYCLE}propose/", findings.finding_propose, name="finding-propose"),
    path(f"{_CYCLE}findings/", findings.finding_edit, name="finding-edit"),
    path(f"{_CYCLE}ledger/<str:ending>/", papers.cycle_ledger, name="cycle-ledger"),
    path(f"{_CYCLE}notices/<str:ending>/", papers.notice_pack, name="notice-pack"),
    # An indicator's key may have any sign in it.
    path(f"{_CYCLE}causes/<path:key>/", causes.cause_detail, name="cause-detail"),
    path(_LIST, lists.rectification_detail, name="rectification-detail"),
    path(f"{_LIST}notice/<str:ending>/", papers.rectification_notice, name="rectification-notice"),
    path(f"{_LIST}ledger/<str:ending>/", papers.rectification_ledger, name="rectification-ledger"),
]
