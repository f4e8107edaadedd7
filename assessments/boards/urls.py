from django.urls import path

from .views import boards, following, papers

app_name = "boards"
_BOARD = "assessment-boards/<uuid:uid>/"

urlpatterns = [
    path("assessment-boards/", boards.board_list, name="board-list"),
    path("assessment-boards/organizations/<int:pk>/", boards.portrait, name="portrait"),
    path("assessment-boards/sheets/<uuid:uid>/<str:ending>/", papers.sheet, name="sheet"),
    path(_BOARD, boards.board, name="board"),
    path(f"{_BOARD}follow-up/", following.board_follow, name="board-follow"),
    # An indicator's key may have any sign in it.
    path(f"{_BOARD}indicators/<path:key>/", boards.board_head, name="board-head"),
    path(f"{_BOARD}summary/<str:ending>/", papers.summary, name="summary"),
    path(f"{_BOARD}bulletin/<str:ending>/", papers.bulletin, name="bulletin"),
    path(f"{_BOARD}sheets/<str:ending>/", papers.sheet_pack, name="sheet-pack"),
]
