"""docs/security.md has a verdict for each row of the checklist, and what it names is there."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "docs/security.md").read_text()


def test_each_row_has_one_verdict() -> None:
    rows = re.findall(r"^\| (\d+) \| [^|]+ \| ([^|]+) \| ([^|]+) \|$", TEXT, re.M)
    assert [int(number) for number, _, _ in rows] == list(range(1, 71))
    assert {verdict for _, verdict, _ in rows} == {"holds", "in part", "not yet"}
    assert all("test_" in seen or "`" in seen for _, verdict, seen in rows if verdict == "holds")


def test_every_test_that_it_names_is_there() -> None:
    there = {
        name
        for path in (ROOT / "tests").glob("**/test_*.py")
        for name in (*re.findall(r"^\s*def (test_\w+)", path.read_text(), re.M), path.stem)
    }
    assert set(re.findall(r"`(test_\w+)`", TEXT)) <= there
