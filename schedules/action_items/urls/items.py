from django.urls import path

from ..views import attachments, boards, giving, items

urlpatterns = [
    path("action-items/", boards.item_list, name="item-list"),
    path("action-items/new/", giving.item_create, name="item-create"),
    path("action-items/<int:pk>/", items.item_detail, name="item-detail"),
    path("action-items/<int:pk>/edit/", giving.item_edit, name="item-edit"),
    path("action-items/<int:pk>/issue/", items.item_issue, name="item-issue"),
    path("action-items/<int:pk>/transfer/", items.item_transfer, name="item-transfer"),
    path("action-items/<int:pk>/cancel/", items.item_cancel, name="item-cancel"),
    path("action-items/<int:pk>/receive/", items.item_receive, name="item-receive"),
    path("action-items/<int:pk>/progress/", items.item_progress, name="item-progress"),
    path("action-items/<int:pk>/comment/", items.item_comment, name="item-comment"),
    path("action-items/<int:pk>/wait/", items.item_wait, name="item-wait"),
    path("action-items/<int:pk>/resume/", items.item_resume, name="item-resume"),
    path("action-items/<int:pk>/report/", items.item_report, name="item-report"),
    path("action-items/<int:pk>/withdraw/", items.item_withdraw, name="item-withdraw"),
    path("action-items/<int:pk>/verify/", items.item_verify, name="item-verify"),
    path("action-items/<int:pk>/return/", items.item_send_back, name="item-return"),
    path("action-items/<int:pk>/look/", items.item_look, name="item-look"),
    path("action-items/<int:pk>/extensions/add/", items.extension_ask, name="extension-ask"),
    path(
        "action-items/<int:pk>/extensions/<int:record>/grant/",
        items.extension_grant,
        name="extension-grant",
    ),
    path(
        "action-items/<int:pk>/extensions/<int:record>/refuse/",
        items.extension_refuse,
        name="extension-refuse",
    ),
    path("action-items/<int:pk>/lines/<int:record>/report/", items.line_report, name="line-report"),
    path("action-items/<int:pk>/lines/<int:record>/verify/", items.line_verify, name="line-verify"),
    path(
        "action-items/<int:pk>/lines/<int:record>/return/",
        items.line_send_back,
        name="line-return",
    ),
    path("action-items/<int:pk>/files/add/", attachments.attachment_add, name="attachment-add"),
    path("action-items/<int:pk>/evidence/add/", attachments.evidence_add, name="evidence-add"),
    path(
        "action-items/evidence/<int:pk>/remove/",
        attachments.evidence_remove,
        name="evidence-remove",
    ),
    path("action-items/files/<uuid:uid>/", attachments.attachment_open, name="attachment-open"),
    path(
        "action-items/files/<uuid:uid>/remove/",
        attachments.attachment_remove,
        name="attachment-remove",
    ),
]
