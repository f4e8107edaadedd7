from django.urls import path

from ..views import desk, handing

urlpatterns = [
    path("reviews/desk/", desk.desk, name="desk"),
    path("reviews/desk/<uuid:uid>/", desk.seat, name="seat"),
    path("reviews/desk/<uuid:uid>/look/", desk.evidence_look, name="evidence-look"),
    path("reviews/desk/<uuid:uid>/files/<uuid:file>/", desk.file_open, name="attachment-open"),
    path("reviews/desk/<uuid:uid>/return/", handing.item_return, name="item-return"),
    path("reviews/examples/<uuid:uid>/mark/", desk.example, name="example"),
    path("reviews/cases/<uuid:uid>/hand-over/", handing.case_hand_over, name="case-hand-over"),
    path("reviews/cases/<uuid:uid>/recuse/", handing.case_recuse, name="case-recuse"),
]
