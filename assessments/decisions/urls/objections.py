from django.urls import path

from ..views import objections

_ONE = "objections/<uuid:uid>/"

urlpatterns = [
    path("objections/", objections.objection_list, name="objection-list"),
    path("cycles/scores/<uuid:uid>/object/", objections.objection_create, name="objection-create"),
    path(_ONE, objections.objection, name="objection"),
    path(f"{_ONE}withdraw/", objections.objection_withdraw, name="objection-withdraw"),
    path(f"{_ONE}name/", objections.objection_name, name="objection-name"),
    path(f"{_ONE}answer/", objections.objection_answer, name="objection-answer"),
    path(f"{_ONE}confirm/", objections.objection_confirm, name="objection-confirm"),
    path(f"{_ONE}return/", objections.objection_return, name="objection-return"),
    path(f"{_ONE}files/add/", objections.attachment_add, name="attachment-add"),
    path(f"{_ONE}evidence/add/", objections.evidence_add, name="evidence-add"),
    path("objection-files/<uuid:uid>/", objections.attachment_open, name="attachment-open"),
    path(
        "objection-files/<uuid:uid>/remove/",
        objections.attachment_remove,
        name="attachment-remove",
    ),
    path("objection-evidence/<int:pk>/remove/", objections.evidence_remove, name="evidence-remove"),
]
