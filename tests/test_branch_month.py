"""What a whole month costs a branch, walked on a phone as its secretary does it: four meetings, the
report and two items that the committee gave out. docs/burden.md says the figures; this holds them."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.burden import BRANCH, PAGE, PASSWORD, give_out, table, walk
from tests.conftest import DEMO_PASSWORD

pytestmark = pytest.mark.browser
MOST_FIELDS = 60


def test_month_of_a_branch(open_page: Callable[..., Any], sign_in: Callable[..., None]) -> None:
    assert PASSWORD == DEMO_PASSWORD, "the same is typed in both walks"
    committee = open_page(width=1440, height=900)
    sign_in(committee, "dahuangshan")
    give_out(committee, BRANCH)
    counted = walk(open_page(width=390, height=844))
    made = table(counted)
    fields = sum(figures[1] for figures in counted.values())
    assert fields <= MOST_FIELDS, made
    said = "write it anew with `.venv/bin/python -m tests.burden --write`"
    assert made in PAGE.read_text(encoding="utf-8"), f"{said}:\n\n{made}"
