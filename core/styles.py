"""One style sheet and one script for all pages, put together from small files (ADR 24, 30).

The files are found by name; the browser fetches `css/portal.css`, from a file for each component, and
`js/pages.js`, from a file for each subject. Nobody builds them: whoever asks the finder for one,
`collectstatic` or a server under development, gets it made of the files as they are.
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
SCRIPT = "js/pages.js"
SCRIPTS = ("vendor/idb-keyval.js", "js/portal.js", "js/autosave.js", "js/drafts.js")
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


def built_script() -> str:
    """The whole script, its parts in the order in which they need each other."""
    static = Path(settings.BASE_DIR) / "static"
    return "\n".join((static / name).read_text() for name in SCRIPTS)


MADE = {NAME: built, SCRIPT: built_script}


class BuiltFinder(BaseFinder):
    """Finds what is put together; every time as its parts are at that moment."""

    def find(self, path: str, find_all: bool = False, **_: Any) -> Any:
        """The path of the file; an empty list for any other, as Django's finders answer."""
        if path not in MADE:
            return []
        return [str(_written(path))] if find_all else str(_written(path))

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        """The files, for `collectstatic`."""
        for name in MADE:
            yield name, FileSystemStorage(location=_written(name).parent.parent)


def _written(name: str) -> Path:
    """The file in the data folder, renewed when a part has changed; others may read it."""
    target, text = settings.DATA_DIR / "built" / name, MADE[name]()
    if not target.exists() or target.read_text() != text:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=target.parent, delete=False) as file:
            file.write(text)
        Path(file.name).chmod(0o644)
        os.replace(file.name, target)
    return Path(target)
