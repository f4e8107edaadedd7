from django.urls import URLPattern, path

from ..views import board, board_exports, board_rows

urlpatterns: list[URLPattern] = [
    path("board/", board.board, name="board"),
    path("board/rows/", board_rows.board_rows, name="board-rows"),
    path("board/rows/export/", board_exports.board_rows_export, name="board-rows-export"),
    path("board/export/", board_exports.board_export, name="board-export"),
]
