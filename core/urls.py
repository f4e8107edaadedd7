from django.urls import path

from . import views

app_name = "core"

urlpatterns = [
    path("", views.home, name="home"),
    path("search/", views.search, name="search"),
    path("inbox/", views.inbox, name="inbox"),
    path("inbox/<int:pk>/", views.message_open, name="message-open"),
    path("inbox/read/", views.inbox_read, name="inbox-read"),
    path("documents/", views.document_list, name="document-list"),
    path("documents/<uuid:uid>/", views.document_detail, name="document-detail"),
    path("documents/<uuid:uid>/file/", views.document_file, name="document-file"),
    path("drafts/", views.draft_list, name="draft-list"),
    path("gallery/", views.gallery, name="gallery"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("metrics", views.metrics, name="metrics"),
]
