"""Small drawn pictures for the demo zone: nobody's photograph."""

import io
from collections.abc import Callable

from PIL import Image, ImageDraw

Draw = ImageDraw.ImageDraw
WIDTH, HEIGHT = 960, 600
SKY, GROUND, WALL, ROOF, WOOD, LEAF, RED, PAPER, WATER, DARK = (
    "#dfe9f2",
    "#d9d2bf",
    "#f3ede0",
    "#8a4b3a",
    "#7d6547",
    "#6f8f5f",
    "#a3201d",
    "#fbfaf7",
    "#9dbccc",
    "#3b4148",
)


def drawn(name: str) -> bytes:
    """The picture of that name, as PNG."""
    image = Image.new("RGB", (WIDTH, HEIGHT), SKY)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 400, WIDTH, HEIGHT), fill=GROUND)
    PICTURES[name](draw)
    target = io.BytesIO()
    image.save(target, "PNG", optimize=True)
    return target.getvalue()


def _tree(draw: Draw, x: int, foot: int = 430) -> None:
    draw.rectangle((x - 8, foot - 110, x + 8, foot), fill=WOOD)
    draw.ellipse((x - 60, foot - 220, x + 60, foot - 90), fill=LEAF)


def _house(draw: Draw, x: int, floors: int, color: str = WALL) -> None:
    top = 420 - 70 * floors
    draw.rectangle((x, top, x + 200, 420), fill=color, outline=DARK)
    draw.polygon([(x - 15, top), (x + 100, top - 55), (x + 215, top)], fill=ROOF)
    for floor in range(floors):
        for window in range(3):
            left, down = x + 22 + 58 * window, top + 18 + 70 * floor
            draw.rectangle((left, down, left + 38, down + 36), fill=WATER, outline=DARK)


def _board(draw: Draw, x: int, y: int) -> None:
    draw.rectangle((x, y, x + 260, y + 170), fill=PAPER, outline=DARK, width=4)
    draw.rectangle((x, y, x + 260, y + 28), fill=RED)
    for line in range(4):
        draw.line((x + 24, y + 56 + 26 * line, x + 236, y + 56 + 26 * line), fill=DARK, width=3)
    draw.rectangle((x + 30, y + 170, x + 42, y + 260), fill=WOOD)
    draw.rectangle((x + 218, y + 170, x + 230, y + 260), fill=WOOD)


def _estate(draw: Draw) -> None:
    for x, floors in ((70, 4), (330, 3), (590, 4)):
        _house(draw, x, floors)
    _tree(draw, 860)


def _noticeboard(draw: Draw) -> None:
    _house(draw, 60, 3)
    _board(draw, 380, 230)
    _tree(draw, 780)


def _field(draw: Draw) -> None:
    for row in range(8):
        draw.line((0, 420 + 22 * row, WIDTH, 410 + 26 * row), fill=LEAF, width=9)
    draw.rectangle((140, 350, 260, 420), fill=RED)
    draw.ellipse((150, 400, 190, 440), fill=DARK)
    draw.ellipse((215, 390, 265, 440), fill=DARK)
    _tree(draw, 760, 420)


def _lamps(draw: Draw) -> None:
    draw.rectangle((0, 0, WIDTH, 400), fill="#2b3644")
    for x in (150, 400, 650, 880):
        draw.ellipse((x - 70, 120, x + 70, 260), fill="#f2dc9c")
        draw.rectangle((x - 5, 180, x + 5, 430), fill=DARK)
    draw.polygon([(300, HEIGHT), (430, 400), (530, 400), (660, HEIGHT)], fill="#8b8f94")


def _parking(draw: Draw) -> None:
    _house(draw, 380, 4)
    for x in range(60, 900, 140):
        draw.line((x, 440, x - 40, HEIGHT), fill=PAPER, width=6)
    for x, color in ((80, RED), (220, WATER), (640, LEAF)):
        draw.rectangle((x, 470, x + 100, 530), fill=color, outline=DARK)
        draw.ellipse((x + 10, 515, x + 38, 543), fill=DARK)
        draw.ellipse((x + 62, 515, x + 90, 543), fill=DARK)


PICTURES: dict[str, Callable[[Draw], None]] = {
    "estate": _estate,
    "noticeboard": _noticeboard,
    "field": _field,
    "lamps": _lamps,
    "parking": _parking,
}
