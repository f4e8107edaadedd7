from django.urls import URLPattern, path

from ..views import board

urlpatterns: list[URLPattern] = [
    path("board/", board.board, name="board"),
    path("board/rows/", board.board_rows, name="board-rows"),
    path("board/rows/export/", board.board_rows_export, name="board-rows-export"),
    path("board/export/", board.board_export, name="board-export"),
]
