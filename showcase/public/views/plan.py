"""The plan of the zone as a sketch: one cell for each place that is told of, committee by committee. It shows
no distances; drawn from public pages alone."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from ..enums import StoryKind
from ..models import PublicPage

SIZE = 46.0  # from the middle of a cell to its corners
WIDTH = SIZE * math.sqrt(3)
GOLD, INK, INK_2, LINE, EDGE = "#7b5a14", "#1f2328", "#59616b", "#e4e1da", "#59616b"
Point = tuple[float, float]


_KIND = re.compile(r"(?:第.{1,3})?(?:联合)?(?:党总支|党支部|支部|党委|党工委)(?:委员会)?$")


def short(name: str) -> str:
    """A place as it stands in a cell: without what kind of organisation it is."""
    return _KIND.sub("", name) or name


@dataclass(slots=True)
class Cell:
    """One place: its pages, and the number of its site in the list."""

    place: str
    committee: str
    pages: list[PublicPage] = field(default_factory=list)
    number: int = 0

    @property
    def page(self) -> PublicPage:
        """Where the cell leads."""
        return self.pages[0]

    @property
    def words(self) -> str:
        """The cell for who cannot see it."""
        told = "、".join(f"{one.get_kind_display()}“{one}”" for one in self.pages)
        return (
            f"{self.committee} {self.place}：{told}" if self.committee else f"{self.place}：{told}"
        )


def cells_of(pages: Sequence[PublicPage]) -> list[Cell]:
    """The places of sites, brands and projects, committee by committee; sites are numbered in that order."""
    found: dict[tuple[str, str], Cell] = {}
    order = [StoryKind.SITE, StoryKind.BRAND, StoryKind.PROJECT]
    told = [one for one in pages if one.kind in order]
    for page in sorted(told, key=lambda one: order.index(StoryKind(one.kind))):
        place = short(page.place)
        key = (page.committee or place, place)
        found.setdefault(key, Cell(place, page.committee)).pages.append(page)
    cells = [found[key] for key in sorted(found)]
    number = 0
    for cell in cells:
        if any(one.kind == StoryKind.SITE for one in cell.pages):
            number += 1
            cell.number = number
    return cells


def drawn(cells: Sequence[Cell]) -> SafeString:
    """The sketch, empty without cells."""
    if not cells:
        return SafeString("")
    across = min(len(cells), max(4, math.ceil(math.sqrt(len(cells) * 1.6))))
    middles = [_middle(at, across) for at in range(len(cells))]
    # Never so few that they would be drawn larger than the words around them.
    width = max(max(x for x, _ in middles) + WIDTH / 2 + 4, 5.5 * WIDTH)
    height = max(y for _, y in middles) + SIZE + 4
    title = (
        f"示意图：{len(cells)} 个单位，{len({one.committee or one.place for one in cells})} 个党委"
    )
    return format_html(
        '<svg viewBox="0 0 {} {}" role="group" aria-labelledby="plan-title">'
        '<title id="plan-title">{}</title>{}{}</svg>',
        *(round(width), round(height), title),
        format_html_join(
            "", "{}", ((_cell(one, at),) for one, at in zip(cells, middles, strict=True))
        ),
        _edges(cells, middles),
    )


def _middle(at: int, across: int) -> Point:
    """The middle of a cell, row by row to and fro, so that what follows lies beside."""
    row, column = divmod(at, across)
    column = across - 1 - column if row % 2 else column
    return (
        4 + WIDTH / 2 + WIDTH * column + (WIDTH / 2 if row % 2 else 0),
        4 + SIZE + 1.5 * SIZE * row,
    )


def _corners(middle: Point, size: float = SIZE) -> list[Point]:
    return [
        (
            round(middle[0] + size * math.sin(math.pi / 3 * n), 1),
            round(middle[1] - size * math.cos(math.pi / 3 * n), 1),
        )
        for n in range(6)
    ]


def _polygon(corners: Sequence[Point], fill: str, stroke: str, width: float = 1) -> SafeString:
    points = " ".join(f"{x},{y}" for x, y in corners)
    return format_html(
        '<polygon points="{}" fill="{}" stroke="{}" stroke-width="{}"/>',
        points,
        fill,
        stroke,
        width,
    )


def _text(middle: Point, down: float, size: int, fill: str, words: str, weight: str) -> SafeString:
    return format_html(
        '<text x="{}" y="{}" font-size="{}" font-weight="{}" fill="{}" text-anchor="middle">{}</text>',
        *(round(middle[0], 1), round(middle[1] + down, 1), size, weight, fill, words),
    )


def _cell(cell: Cell, middle: Point) -> SafeString:
    is_site = bool(cell.number)
    is_brand = any(one.kind == StoryKind.BRAND for one in cell.pages)
    parts = [_polygon(_corners(middle), GOLD if is_site else "#fff", LINE)]
    if is_brand:
        parts.append(_polygon(_corners(middle, SIZE - 6), "none", "#fff" if is_site else GOLD, 2))
    ink, grey = ("#fff", "#fff") if is_site else (INK, INK_2)
    if is_site:
        parts.append(_text(middle, -12, 17, ink, str(cell.number), "600"))
    name = cell.place if len(cell.place) <= 5 else f"{cell.place[:4]}…"
    size = 13 if len(name) < 5 else 12
    parts.append(_text(middle, 8 if is_site else 2, size, ink, name, "600"))
    whose = short(cell.committee).removesuffix("街道").removesuffix("镇")[:5]
    if whose:
        parts.append(_text(middle, 25 if is_site else 19, 11, grey, whose, "400"))
    return format_html(
        '<a href="{}"><title>{}</title>{}</a>',
        cell.page.get_absolute_url(),
        cell.words,
        format_html_join("", "{}", ((one,) for one in parts)),
    )


def _edges(cells: Sequence[Cell], middles: Sequence[Point]) -> SafeString:
    """The borders of committees, and of all."""
    whose: dict[frozenset[Point], list[str]] = {}
    for cell, middle in zip(cells, middles, strict=True):
        corners = _corners(middle)
        for start, end in zip(corners, [*corners[1:], corners[0]], strict=True):
            key = frozenset(((round(start[0]), round(start[1])), (round(end[0]), round(end[1]))))
            whose.setdefault(key, []).append(cell.committee or cell.place)
    lines = []
    for edge, names in whose.items():
        if len(names) == 2 and names[0] == names[1]:
            continue
        (x1, y1), (x2, y2) = sorted(edge)
        lines.append((x1, y1, x2, y2, EDGE, 2 if len(names) == 1 else 1.5))
    return format_html_join(
        "",
        '<line x1="{}" y1="{}" x2="{}" y2="{}" stroke="{}" stroke-width="{}" stroke-linecap="round"/>',
        lines,
    )
