from django.urls import path

from ..views import evidence, holder, items, page

app_name = "self_assessments"
_ONE = "self-assessments/<uuid:uid>/"

# The uid is that of the assessed: the page stands before anything was written. An indicator's key may
# have any sign in it.
urlpatterns = [
    path(
        "cycles/<uuid:uid>/self-assessments/",
        holder.self_assessment_list,
        name="self-assessment-list",
    ),
    path(_ONE, page.self_assessment, name="self-assessment"),
    path(f"{_ONE}send/", page.self_assessment_send, name="self-assessment-send"),
    path(
        f"{_ONE}document/<str:ending>/",
        page.self_assessment_document,
        name="self-assessment-document",
    ),
    path(f"{_ONE}return/", holder.self_assessment_return, name="self-assessment-return"),
    path(f"{_ONE}without/", holder.self_assessment_without, name="self-assessment-without"),
    path(f"{_ONE}items/<path:key>/", items.item_edit, name="item-edit"),
    path(f"{_ONE}stand/<path:key>/", items.item_stand, name="item-stand"),
    path(f"{_ONE}answer/<path:key>/", items.item_answer, name="item-answer"),
    path(f"{_ONE}evidence/<path:key>/", evidence.evidence_add, name="evidence-add"),
    path(f"{_ONE}files/<path:key>/", evidence.attachment_add, name="attachment-add"),
    path(
        "self-assessments/evidence/<int:pk>/remove/",
        evidence.evidence_remove,
        name="evidence-remove",
    ),
    path("self-assessments/files/<uuid:uid>/", evidence.attachment_open, name="attachment-open"),
    path(
        "self-assessments/files/<uuid:uid>/remove/",
        evidence.attachment_remove,
        name="attachment-remove",
    ),
]
