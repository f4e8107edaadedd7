"""Sheets brought in from the command line: what the page asks before it writes is asked here too."""

import time
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from django.core.management.base import CommandError

from . import audit, importing, table_statistics
from .actor import Actor
from .dates import told
from .errors import DomainError
from .importing import Change, Comparison, Importer
from .tabular.parsed import ParsedSheet

LISTED = 50  # older rows that the terminal names
Row = TypeVar("Row")


class Done(NamedTuple):
    """What a command did, or would do. `older` counts rows older than what was registered."""

    parsed: ParsedSheet[Any]
    found: Comparison
    older: int
    seconds_reading: float


def add_arguments(parser: ArgumentParser) -> None:
    """The file, and how it is brought in."""
    parser.add_argument("file", type=Path)
    parser.add_argument("--dry-run", action="store_true", help="read and compare only")
    parser.add_argument(
        "--older",
        action="store_true",
        help="write also the rows that are older than what is registered",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def bring_in(
    importer: Importer[Row],
    options: dict[str, Any],
    *,
    by: Actor,
    tell: Callable[[str], object],
    after: Callable[[Comparison], object] = lambda found: None,
) -> Done:
    """Reads the file of `options` and writes its good rows in one transaction, `after` included.

    Rows that would undo what is newer than the sheet are told before anything is written, and
    refuse the whole sheet without `--older`. Raises CommandError.
    """
    path: Path = options["file"]
    if not path.is_file():
        raise CommandError(f"no such file: {path}")
    try:
        started = time.perf_counter()
        parsed = importer.parse(path, path.name, by)
        reading = time.perf_counter() - started
        if options["dry_run"]:
            found = importer.compare(parsed, by, lambda done, total: None)
            _tell_older(found, tell)
            return Done(parsed, found, found.older, reading)
        with audit.unit_of_work():
            # In the transaction that writes, as behind the page: nothing comes between.
            seen = importer.compare(parsed, by, lambda done, total: None)
            _tell_older(seen, tell)
            if seen.older and not options["older"]:
                raise DomainError(
                    f"{importing.older_in_words(seen.older)}，没有写入。"
                    "请核对后加上 --older（仍按表中内容写入），再执行",
                    code="older_sheet",
                )
            done = importer.write(parsed, by)
            after(done)
        table_statistics.renew()
    except DomainError as error:
        raise CommandError(error.message) from error
    return Done(parsed, done, seen.older, reading)


def _tell_older(found: Comparison, tell: Callable[[str], object]) -> None:
    if not found.older:
        return
    older = [change for change in found.preview if change.older]
    tell(f"{importing.older_in_words(found.older)}：")
    for change in older[:LISTED]:
        tell(_line(change))
    if len(older) > LISTED:
        tell(f"  另有 {len(older) - LISTED} 行")


def _line(change: Change) -> str:
    items = "；".join(
        f"{title} {told(before) or '（空）'} → {told(after) or '（空）'}"
        for title, (before, after) in change.changes.items()
    )
    return f"  第 {change.row} 行 {change.label}：{change.older}（{items}）"
