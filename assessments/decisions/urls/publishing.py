from django.urls import path

from ..views import publishing

_ONE = "publications/<uuid:uid>/"

urlpatterns = [
    path("cycles/<uuid:uid>/publish/", publishing.publication_create, name="publication-create"),
    path(_ONE, publishing.publication, name="publication"),
    path(f"{_ONE}withdraw/", publishing.publication_withdraw, name="publication-withdraw"),
    path(
        "cycles/scores/<uuid:uid>/feedback/<str:ending>/",
        publishing.feedback_document_of,
        name="feedback-document",
    ),
]
