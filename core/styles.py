"""One style sheet for all pages, put together from a file for each component.

The files stay small and are found by name; the browser fetches one. `css/portal.css` is kept in
the repository, so nothing has to be built where the portal runs (ADR 24).
"""

import re
from pathlib import Path

from django.conf import settings

FIRST = ("tokens.css", "base.css", "frame.css")
NOTE = "/* Written by manage.py build_css from the files beside it and in components/: edit those. */\n"


def folder() -> Path:
    """Where the portal's own style sheets are."""
    return Path(settings.BASE_DIR) / "static" / "css"


def sources() -> list[Path]:
    """What the sheet is made of, in its order: tokens, base, frame, then components by name.

    `sheet` comes before `sheet-cells`: a part of a component outdoes the whole.
    """
    return [folder() / name for name in FIRST] + sorted(
        (folder() / "components").glob("*.css"), key=lambda path: path.stem
    )


def built() -> str:
    """The whole sheet, without comments."""
    parts = [re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL) for path in sources()]
    return NOTE + "".join(f"{line}\n" for part in parts for line in part.splitlines() if line)
