from django.urls import path

from ..views import feedback, handing

urlpatterns = [
    path("feedback/", feedback.feedback_list, name="feedback-list"),
    path("feedback/new/", feedback.feedback_create, name="feedback-create"),
    path("feedback/<int:pk>/", feedback.feedback_detail, name="feedback-detail"),
    path("feedback/<int:pk>/answer/", feedback.feedback_answer, name="feedback-answer"),
    path("feedback/<int:pk>/withdraw/", feedback.feedback_withdraw, name="feedback-withdraw"),
    path("feedback/<int:pk>/hand/", feedback.feedback_hand, name="feedback-hand"),
    path("action-items/from-report/<int:pk>/", handing.item_from_report, name="item-from-report"),
]
