"""Addresses of wishes, posts in a grid, and partnerships."""

from django.urls import path

from ..views import partnerships, posts, wishes

app_name = "neighbours"
_WISH = "wishes/<uuid:uid>/"
_PARTNERSHIP = "partnerships/<uuid:uid>/"
urlpatterns = [
    path("wishes/", wishes.wish_list, name="wish-list"),
    path("wishes/new/", wishes.wish_create, name="wish-create"),
    path(_WISH, wishes.wish_detail, name="wish-detail"),
    path(f"{_WISH}claim/", wishes.wish_claim, name="wish-claim"),
    path(f"{_WISH}return/", wishes.wish_return, name="wish-return"),
    path(f"{_WISH}fulfil/", wishes.wish_fulfil, name="wish-fulfil"),
    path(f"{_WISH}withdraw/", wishes.wish_withdraw, name="wish-withdraw"),
    path("grid-posts/", posts.post_list, name="post-list"),
    path("grid-posts/new/", posts.post_create, name="post-create"),
    path("grid-posts/<uuid:uid>/end/", posts.post_end, name="post-end"),
    path("partnerships/", partnerships.partnership_list, name="partnership-list"),
    path("partnerships/new/", partnerships.partnership_create, name="partnership-create"),
    path(_PARTNERSHIP, partnerships.partnership_detail, name="partnership-detail"),
    path(f"{_PARTNERSHIP}note/", partnerships.partnership_note, name="partnership-note"),
    path(f"{_PARTNERSHIP}end/", partnerships.partnership_end, name="partnership-end"),
]
