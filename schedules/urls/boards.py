from django.urls import URLPattern, path

from ..views import board

urlpatterns: list[URLPattern] = [
    path("board/", board.board, name="board"),
    path("board/rows/", board.board_rows, name="board-rows"),
    path("board/export/", board.board_export, name="board-export"),
]
