"""Files of a folder while others take files away from it."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

_OWN = re.compile("[0-9a-f]{32}")


def files_in(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    """Each file with its facts; who is taken away between the list and the look is left out. Raises
    OSError for a folder that cannot be read."""
    for path in folder.iterdir():
        try:
            facts = path.stat()
        except FileNotFoundError:
            continue
        yield path, facts


def written_before(folder: Path, moment: float) -> list[Path]:
    """The files that the portal has named itself (32 hexadecimal digits, any ending) and that were
    last written before the moment, in seconds."""
    return [
        path
        for path, facts in files_in(folder)
        if _OWN.fullmatch(path.stem) and facts.st_mtime < moment
    ]
