"""Drawings as PNG, for Word."""

import functools

from ..charts import Drawing
from ..charts.drawing import FONT

SCALE = 3  # pixels a unit: sharp on paper
_PROBE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16">'
    f'<text x="0" y="14" font-size="14" font-family="{FONT}">%s</text></svg>'
)


def png(drawing: Drawing) -> bytes:
    """The drawing on white, three pixels a unit."""
    return _drawn(drawing.picture(), SCALE)


@functools.cache
def can_write() -> bool:
    """Whether this computer has the font: without it Chinese text comes out empty, not wrong."""
    return _drawn(_PROBE % "党", 1) != _drawn(_PROBE % " ", 1)


def _drawn(svg: str, scale: int) -> bytes:
    import resvg_py  # only here: who writes no document loads no renderer

    # With a generic family name it finds no Chinese font; the drawing names its own.
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=svg, background="#ffffff", zoom=scale, font_family=FONT, languages=["zh-CN"]
        )
    )
