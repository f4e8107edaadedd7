"""One style sheet for all pages, put together from a file for each component (ADR 24).

The files stay small and are found by name; the browser fetches one, `css/portal.css`. Nobody builds
it: whoever asks the finder for it, `collectstatic` or a server under development, gets it made of
the files as they are.
"""

import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage, Storage

NAME = "css/portal.css"
FIRST = ("tokens.css", "base.css", "frame.css")


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
    return "".join(f"{line}\n" for part in parts for line in part.splitlines() if line)


class StyleSheetFinder(BaseFinder):
    """Finds the sheet that is put together; every time as its parts are at that moment."""

    def find(self, path: str, find_all: bool = False, **_: Any) -> Any:
        """The path of the sheet; an empty list for any other file, as Django's finders answer."""
        if path != NAME:
            return []
        return [str(_written())] if find_all else str(_written())

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        """The one file, for `collectstatic`."""
        yield NAME, FileSystemStorage(location=_written().parent.parent)


def _written() -> Path:
    """The sheet in the data folder, renewed when a part has changed; others may read it."""
    target, text = settings.DATA_DIR / "built" / NAME, built()
    if not target.exists() or target.read_text() != text:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=target.parent, delete=False) as file:
            file.write(text)
        Path(file.name).chmod(0o644)
        os.replace(file.name, target)
    return Path(target)
