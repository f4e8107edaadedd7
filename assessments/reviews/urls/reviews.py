from django.urls import path

from ..views import examples, handing, review

urlpatterns = [
    path("reviews/<uuid:uid>/", review.review, name="review"),
    path("reviews/<uuid:uid>/teams/", review.arrange, name="arrange"),
    path("reviews/<uuid:uid>/begin/", review.begin, name="begin"),
    path("reviews/<uuid:uid>/calibration/", review.calibration, name="calibration"),
    path("reviews/<uuid:uid>/examples/", examples.example_list, name="example-list"),
    path(
        "reviews/<uuid:uid>/examples/<int:version>/<str:key>/",
        examples.example_new,
        name="example-new",
    ),
    path("reviews/examples/<uuid:uid>/", examples.example_edit, name="example-edit"),
    path("reviews/examples/<uuid:uid>/remove/", examples.example_remove, name="example-remove"),
    path("reviews/items/<int:pk>/reopen/", review.item_reopen, name="item-reopen"),
    path("reviews/cases/<uuid:uid>/assign/", handing.case_assign, name="case-assign"),
]
