"""Every chart, whatever it is given: sound, empty, without a way in for what anybody typed."""

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.template.loader import render_to_string

from core.charts import (
    Bar,
    Bin,
    Dot,
    Drawing,
    HeatCell,
    HeatColumn,
    HeatRow,
    Limits,
    Pace,
    Point,
    Reference,
    Series,
    Since,
    bars,
    bars_across,
    distribution,
    dots,
    heat,
    line_chart,
    small_bar,
    small_line,
)
from core.charts.drawing import PAPER_STYLE
from core.charts.numbers import Value
from core.views import gallery_charts
from tests.test_components import EVIL, show

SENT = [Series("按时"), Series("迟报", "warn"), Series("未报", "rest")]

Maker = Callable[[str, Value], Drawing]
MAKERS: dict[str, Maker] = {
    "line": lambda text, value: line_chart(
        [text, text],
        [Point(value, text, text, text), None],
        name=text,
        series=text,
        axis=text,
        limits=Limits(value, value, value),
        last_year=[value, value],
        pace=Pace(0, value, 1, value),
        since=Since(1, text),
    ),
    "bars": lambda text, value: bars(
        [Bar(text, (value, value), text, (text,), text, text, text)],
        [Series(text), Series(text, "dark")],
        name=text,
        axis=text,
    ),
    "beside": lambda text, value: bars(
        [Bar(text, (value,))], [Series(text)], name=text, layout="beside"
    ),
    "shares": lambda text, value: bars(
        [Bar(text, (value,))], [Series(text)], name=text, layout="shares"
    ),
    "across": lambda text, value: bars_across(
        [Bar(text, (value,), text)], [Series(text)], name=text
    ),
    "small bar": lambda text, value: small_bar(value, value, name=text, pace=value, before=value),
    "small line": lambda text, value: small_line([value], name=text, url=text),
    "distribution": lambda text, value: distribution(
        [Bin(Fraction(0), 0, text)], name=text, size=1, marked=value, unit=text
    ),
    "dots": lambda text, value: dots(
        [Dot(text, value, value, value, "below", text, "", text)],
        name=text,
        reference=Reference(value, text, value, value),
    ),
    "heat": lambda text, value: heat(
        [HeatRow(text, (HeatCell(value, url=text), HeatCell(word=text)), text, (text,))],
        [HeatColumn(text, text, text, text)] * 2,
        name=text,
        after=(text,),
        foot=text,
    ),
}
EMPTY: dict[str, Drawing] = {
    "line": line_chart([], [], name="空", limits=Limits(1, 2, 3), since=Since(0, "空")),
    "bars": bars([], SENT, name="空"),
    "across": bars_across([], SENT, name="空"),
    "small line": small_line([], name="空"),
    "distribution": distribution([], name="空", size=1),
    "dots": dots([], name="空"),
    "heat": heat([], [], name="空"),
}


def parsed(svg: str) -> list[ElementTree.Element]:
    """All elements of the drawing, which is well-formed."""
    return list(ElementTree.fromstring(svg).iter())  # noqa: S314  (our own)


@pytest.mark.parametrize("kind", MAKERS)
@pytest.mark.parametrize("value", [None, 0, 7, -7, 10**30, float("nan"), Decimal("0.0001")])
def test_any_number_makes_a_sound_drawing(kind: str, value: Value) -> None:
    drawing = MAKERS[kind]("湖庄村第一支部", value)
    for svg in (drawing.svg(), drawing.picture()):
        for element in parsed(svg):
            for name in ("x", "y", "width", "height", "cx", "cy", "r", "x1", "y1", "x2", "y2"):
                for number in element.get(name, "0").split():
                    assert re.fullmatch(r"-?\d+(\.\d)?", number), (name, number)
            for name in ("width", "height", "r"):
                assert float(element.get(name, "0")) >= 0
    assert all(len(row) == len(drawing.table.head) for row in drawing.table.rows)


@pytest.mark.parametrize("kind", EMPTY)
def test_nothing_makes_an_empty_drawing_that_says_so(kind: str) -> None:
    drawing = EMPTY[kind]
    parsed(drawing.svg())
    assert not drawing.has_data
    assert drawing.table.rows == ()
    page = show("{% chart v '标题' %}", v=drawing)
    assert "还没有可以画的数据" in page
    assert "<svg" not in page


@pytest.mark.parametrize("kind", MAKERS)
def test_words_and_addresses_of_anybody_run_nowhere(kind: str) -> None:
    for text in (
        EVIL,
        "javascript:alert(1)",
        "//evil.example/",
        "/\\evil.example",
        "a\x0b\u202eb\ud800",
    ):
        drawing = MAKERS[kind](text, 1)
        assert drawing.links == []
        page = show("{% chart v v.name %}{% small_chart v %}", v=drawing)
        assert "<img" not in page
        assert "href=" not in page
        tags = {element.tag.rpartition("}")[2] for element in parsed(drawing.picture())}
        assert tags <= {
            "svg", "title", "desc", "style", "g", "rect", "line", "circle", "text", "polyline",
        }  # fmt: skip


def test_page_has_no_style_of_its_own_and_a_name_for_every_drawing() -> None:
    for one in gallery_charts.charts():
        svg = one["drawing"].svg()
        assert "style" not in svg
        assert "<script" not in svg
        root = parsed(svg)[0]
        assert root.get("aria-label")
        # What holds links must not be a picture: that would hide them.
        assert root.get("role") == ("group" if one["drawing"].links else "img")
        for link in parsed(svg):
            if link.tag == "a":
                assert link[0].tag == "title", "each mark says what it is"
                assert link[0].text


def test_component_shows_caption_moment_legend_and_the_table_behind() -> None:
    drawing = MAKERS["bars"]("6月", 3)
    page = show("{% chart v '按时率' %}", v=drawing)
    for part in (
        "<figcaption>按时率</figcaption>",
        "<details",
        "chart-key",
        '<th scope="row">6月</th>',
    ):
        assert part in page
    assert "数据截至" not in page
    at = dt.datetime(2026, 7, 6, 1, 14, tzinfo=dt.UTC)
    assert "数据截至 2026年7月6日 09:14" in show("{% chart v '' at %}", v=drawing, at=at)


def test_gallery_shows_one_of_each_kind() -> None:
    shown = gallery_charts.charts()
    page = render_to_string(
        "core/gallery/charts.html",
        {"charts": shown, "small_charts": gallery_charts.small_charts(), "now": None},
    )
    assert page.count("<figure") == len(shown) == 7
    assert page.count("<svg") == 7 + 6
    assert {one["drawing"].kind for one in shown} == {"line", "bars", "across", "dots", "heat"}


def test_every_class_of_a_mark_is_coloured_on_the_page_and_on_paper() -> None:
    css = Path("static/css/components/chart.css").read_text()
    drawings = [one["drawing"] for one in gallery_charts.charts()]
    drawings += [one[kind] for one in gallery_charts.small_charts() for kind in ("bar", "line")]
    used = {
        word
        for drawing in drawings
        for mark in drawing.marks
        if mark.shape != "text"
        for word in mark.css.split()
    }
    assert len(used) > 20
    for name in used:
        assert re.search(rf"\.{name}\b", css), name
        assert re.search(rf"\.{name}\b", PAPER_STYLE), name
