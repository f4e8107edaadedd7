"""The engine of scores, checked against tables that somebody has published."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from assessments.scoring import vectors
from core import clock
from core.periods import WorkCalendar
from schedules.rounds.queries.calendar import decreed_days

MOST_BYTES = 4_000_000
YEARS_BACK = 10


class Command(BaseCommand):
    help = (
        "Computes every case of a file of the form of vectors/scoring.json and prints what it "
        "expects beside what was computed. Ends with 1 on a difference, and on anything in the "
        "file that is not understood."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """The file, and how the outcome is written."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--json", action="store_true", help="write the outcomes as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        outcomes = vectors.run(_content(options["file"]), _decreed())
        wrong = [one for one in outcomes if not one.is_right]
        if options["json"]:
            self.stdout.write(json.dumps(_data(outcomes), ensure_ascii=False, indent=1))
        else:
            for one in outcomes:
                self.stdout.write(_line(one))
            self.stdout.write(f"{len(outcomes)} 项，{len(wrong)} 项不符。")
        if wrong:
            raise CommandError(f"{len(wrong)} 项与文件所列不符。", returncode=1)


def _decreed() -> WorkCalendar:
    """The State Council's arrangements as they were published, whatever the portal's table says."""
    this = clock.today().year
    days = {year: decreed_days(year) for year in range(this - YEARS_BACK, this + 2)}
    return WorkCalendar(
        {row["day"]: row["is_working"] for rows in days.values() for row in rows},
        frozenset(year for year, rows in days.items() if rows),
    )


def _content(path: Path) -> Any:
    try:
        with path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise CommandError(f"读不到文件：{error.strerror}") from error
    if len(raw) > MOST_BYTES:
        raise CommandError(f"文件超过 {MOST_BYTES // 1_000_000} MB。")
    try:
        return json.loads(
            raw.decode("utf-8-sig"),
            parse_float=Decimal,
            parse_constant=_refuse,
            object_pairs_hook=_once,
        )
    except (ValueError, RecursionError) as error:
        raise CommandError(f"不是可以读的 JSON 文件：{error}") from error


def _refuse(word: str) -> Any:
    raise ValueError(f"“{word}”不是数")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose keys are all different: of two with one name nobody knows which is meant."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"“{twice[:40]}”写了两次")
    return found


def _line(one: vectors.Outcome) -> str:
    place = " · ".join(filter(None, (one.section, one.case, one.what)))
    if one.problem:
        return f"不符  {place}：{one.problem}"
    mark = "相符" if one.is_right else "不符"
    return f"{mark}  {place}：应为 {one.expected}，算得 {one.computed}"


def _data(outcomes: list[vectors.Outcome]) -> dict[str, Any]:
    return {
        "checked": len(outcomes),
        "wrong": sum(not one.is_right for one in outcomes),
        "outcomes": [
            {
                "section": one.section,
                "case": one.case,
                "what": one.what,
                "expected": one.expected,
                "computed": one.computed,
                "problem": one.problem,
                "right": one.is_right,
            }
            for one in outcomes
        ],
    }
