"""What a chart is when it is ready: marks with places, the words around them, the table behind.

A drawing knows neither page nor paper. `svg()` is for a page: classes, no inline style, links.
`picture()` is the same with its own colours and without links, for documents.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from html import escape
from typing import TypeAlias

from ..text import clean
from .numbers import place

Place: TypeAlias = int | Fraction
Attributes: TypeAlias = tuple[tuple[str, str], ...]

DENSE = 400  # units: what is wider is drawn smaller on a phone, with larger letters
FONT = "Noto Sans CJK SC"
# The page's colours stand in static/css/components/chart.css; these are for paper, apart in black
# and white too.
PAPER_STYLE = (
    f"text{{font-family:'{FONT}',sans-serif;font-size:12px;fill:#333}}"
    ".head{font-weight:bold}.middle{text-anchor:middle}.end{text-anchor:end}"
    ".axis{stroke:#777}.grid{stroke:#ddd}.hit{fill:none}.line{fill:none;stroke:#111;stroke-width:2}"
    ".dot{fill:#111}.dot-above{fill:#333}.dot-level{fill:#fff;stroke:#333;stroke-width:2}.dot-below{fill:#999;stroke:#333}"
    ".limit{stroke:#555;stroke-dasharray:5 4}.mean{stroke:#777}"
    ".before{fill:none;stroke:#555;stroke-dasharray:2 3;stroke-width:1.5}"
    ".before-dot{fill:#fff;stroke:#555;stroke-width:1.5}"
    ".pace{fill:none;stroke:#111;stroke-dasharray:8 4;stroke-width:1.5}.goal{stroke:#111;stroke-width:3}"
    ".signal{fill:#fff;stroke:#111;stroke-width:2}.since{fill:#f3f3f3}.reference{stroke:#333;stroke-dasharray:3 2}"
    ".spread{stroke:#333;stroke-width:2}.band{fill:#e8e8e8}.since-line{stroke:#bbb}"
    ".pace-mark{stroke:#8b1a17;stroke-width:2}.before-mark{fill:#333}"
    ".plain{fill:#b9b1a2}.dark{fill:#59616b}.rest{fill:#f0f0f0;stroke:#bbb;stroke-width:.5}"
    ".warn{fill:#fff;stroke:#777}.ok{fill:#2b7350}.bad{fill:#b3261e}.info{fill:#2d5b88}"
    ".strong,.now .plain{fill:#8b1a17}.cell{stroke:#fff}.none{fill:#999}"
    ".heat-0{fill:#fbf5f1}.heat-1{fill:#f6e3d8}.heat-2{fill:#eec6b4}.heat-3{fill:#e2a490}.heat-4{fill:#d58975}"
    ".exempt{fill:#fff;stroke:#777}"
)


@dataclass(frozen=True, slots=True)
class Mark:
    """One shape. `places` are its coordinates by name, exact until they are written."""

    shape: str  # rect, line, circle, text, polyline
    css: str
    places: tuple[tuple[str, Place], ...] = ()
    text: str = ""
    points: tuple[tuple[Place, Place], ...] = ()
    down: int = 0  # text whose letters stand one below the other, so far apart

    def at(self, name: str) -> Fraction:
        """One of the coordinates. Raises KeyError when the shape has none of that name."""
        return Fraction(dict(self.places)[name])

    def svg(self) -> str:
        """The element."""
        css = f' class="{self.css}"' if self.css else ""
        if self.shape == "polyline":
            spots = " ".join(f"{place(Fraction(x))},{place(Fraction(y))}" for x, y in self.points)
            return f'<polyline{css} points="{spots}"/>'
        if self.shape == "text":
            return self._words(css)
        numbers = "".join(f' {name}="{place(Fraction(value))}"' for name, value in self.places)
        return f"<{self.shape}{css}{numbers}/>"

    def _words(self, css: str) -> str:
        x, y = self.at("x"), self.at("y")
        if not self.down:
            return f'<text{css} x="{place(x)}" y="{place(y)}">{_safe(self.text)}</text>'
        size = len(self.text)
        xs = " ".join([place(x)] * size)
        ys = " ".join(place(y + self.down * number) for number in range(size))
        return f'<text{css} x="{xs}" y="{ys}">{_safe(self.text)}</text>'


@dataclass(frozen=True, slots=True)
class Group:
    """Marks that belong together: what they say (`title`), and the rows that they open."""

    marks: tuple[Mark, ...]
    title: str = ""
    url: str = ""
    css: str = ""

    def svg(self, *, links: bool) -> str:
        """The element, with an address as a link."""
        inner = "".join(mark.svg() for mark in self.marks)
        title = f"<title>{_safe(self.title)}</title>" if self.title else ""
        css = f' class="{self.css}"' if self.css else ""
        if links and self.url:
            return f'<a{css} href="{escape(self.url)}">{title}{inner}</a>'
        return f"<g{css}>{title}{inner}</g>" if title or css else inner


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of the table, with the rows that it opens."""

    text: str
    url: str = ""
    is_number: bool = True


@dataclass(frozen=True, slots=True)
class Table:
    """The numbers of a chart. The first cell of a row is its name."""

    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Key:
    """One entry of the legend: the class of its mark and its words."""

    css: str
    label: str
    is_line: bool = False


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart, ready to be shown. `name` is what a screen reader calls it, `description` what can
    be read off it in a sentence."""

    kind: str
    name: str
    width: int
    height: int
    groups: tuple[Group, ...]
    table: Table
    description: str = ""
    legend: tuple[Key, ...] = ()
    top: int = 0  # where the view begins: marks may stand above zero
    is_wide: bool = False  # keeps its size on a phone and is scrolled there
    is_small: bool = False  # stands within a line of text
    is_silent: bool = False  # says nothing that the words beside it do not say
    has_data: bool = True

    @property
    def marks(self) -> list[Mark]:
        """All shapes, as they are drawn."""
        return [mark for group in self.groups for mark in group.marks]

    def marks_of(self, css: str) -> list[Mark]:
        """The shapes that carry the class."""
        return [mark for mark in self.marks if css in mark.css.split()]

    @property
    def links(self) -> list[str]:
        """The addresses that marks open, in order."""
        return [group.url for group in self.groups if group.url]

    def svg(self) -> str:
        """The drawing for a page. Everything from outside is escaped; safe to be put in as it is."""
        # With links inside it is a group of them, else a picture: a picture hides what is in it.
        role = "group" if self.links else "img"
        said = f'role="{role}" aria-label="{_safe(self.name)}"'
        said = 'aria-hidden="true"' if self.is_silent else said
        kinds = (
            ("chart-small", self.is_small),
            ("chart-wide", self.is_wide),
            ("chart-dense", self.width > DENSE and not self.is_wide),
        )
        css = " ".join(["chart", f"chart-{self.kind}", *(name for name, is_so in kinds if is_so)])
        return (
            f'<svg class="{css}" width="{self.width}" height="{self.height}" viewBox="{self._view()}" '
            f"{said}>{self._described()}"
            f"{''.join(group.svg(links=True) for group in self.groups)}</svg>"
        )

    def picture(self) -> str:
        """The drawing for a document: a file of its own, with its colours, without links."""
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{self.width}" height="{self.height}" '
            f'viewBox="{self._view()}"><title>{_safe(self.name)}</title>'
            f"<style>{PAPER_STYLE}</style>{self._described()}"
            f"{''.join(group.svg(links=False) for group in self.groups)}</svg>"
        )

    def _view(self) -> str:
        return f"0 {self.top} {self.width} {self.height}"

    def _described(self) -> str:
        return f"<desc>{_safe(self.description)}</desc>" if self.description else ""


# --- makers of shapes ----------------------------------------------------------------------------


def rect(css: str, x: Place, y: Place, width: Place, height: Place) -> Mark:
    """A rectangle."""
    return Mark("rect", css, (("x", x), ("y", y), ("width", width), ("height", height)))


def line(css: str, x1: Place, y1: Place, x2: Place, y2: Place) -> Mark:
    """A straight line."""
    return Mark("line", css, (("x1", x1), ("y1", y1), ("x2", x2), ("y2", y2)))


def circle(css: str, x: Place, y: Place, radius: Place) -> Mark:
    """A circle."""
    return Mark("circle", css, (("cx", x), ("cy", y), ("r", radius)))


def words(css: str, x: Place, y: Place, text: str, *, down: int = 0) -> Mark:
    """A text. Where it is held (left, middle, end) is said by its class."""
    return Mark("text", css, (("x", x), ("y", y)), text, down=down)


def polyline(css: str, points: Iterable[tuple[Place, Place]]) -> Mark:
    """A line through the points."""
    return Mark("polyline", css, points=tuple(points))


def alone(*marks: Mark) -> Group:
    """Marks that say and open nothing."""
    return Group(marks)


def _safe(text: str) -> str:
    """A text as it may stand in the drawing, also where it comes from outside."""
    return escape(clean(text))


# --- words ---------------------------------------------------------------------------------------


def own_address(url: str) -> str:
    """The address if it leads into the portal, else nothing: no mark leads elsewhere, or runs."""
    is_own = url.startswith(("/", "?", "#")) and not url.startswith(("//", "/\\"))
    return url if is_own else ""


def width_of(text: str) -> Fraction:
    """About how many Chinese letters wide a text is."""
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    return wide + Fraction(len(text) - wide) * 6 / 10


def shortened(text: str, room: Place) -> str:
    """The text without line breaks, cut so that it is at most `room` Chinese letters wide."""
    text = clean(text)
    if width_of(text) <= room:
        return text
    kept = ""
    for char in text:
        if width_of(kept + char) + 1 > room:
            break
        kept += char
    return f"{kept}…"


def apart(places: Sequence[Fraction], gap: int, low: int, high: int) -> list[Fraction]:
    """The places moved as little as needed so that no two are nearer than `gap`, within `low` and
    `high` as far as there is room; in the order given."""
    order = sorted(range(len(places)), key=lambda number: places[number])
    found: list[Fraction] = []
    for number in order:
        least = found[-1] + gap if found else Fraction(low)
        found.append(max(places[number], least))
    limit = Fraction(high)
    for position in range(len(found) - 1, -1, -1):
        found[position] = min(found[position], limit)
        limit = found[position] - gap
    moved = list(places)
    for number, spot in zip(order, found, strict=True):
        moved[number] = spot
    return moved
