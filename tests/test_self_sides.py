"""What the assessed say of an indicator beside what stands there: pure, and what a record says to
whoever was referred to it."""

import pytest

from assessments.schemes.definitions import AWARDS, Leaf
from assessments.self_assessments.models import SelfItem
from assessments.self_assessments.queries.side import differs, points_of, questioned

WHOLE = Leaf(
    {
        "key": "a",
        "name": "A",
        "full": "10",
        "rules": [{"rule": "discretion", "params": {"bound": "10"}}],
    }
)
MIXED = Leaf(
    {
        "key": "b",
        "name": "B",
        "full": "10",
        "rules": [
            {"rule": "deduct_each", "params": {"points": "1"}, "source": {"kind": "figure"}},
            {"rule": "deduct_each", "params": {"points": "2"}},
        ],
    }
)
BONUS = Leaf(
    {
        "key": AWARDS,
        "name": "加分",
        "full": "",
        "rules": [
            {"rule": "bonus", "params": {"levels": {"市级": "3", "区级": "1"}, "total_cap": "5"}}
        ],
    }
)
EIGHT = {"0": {"points": "8", "reason": "看过"}}


def item(stance: str, facts: dict | None = None) -> SelfItem:
    return SelfItem(stance=stance, facts=facts or {})


@pytest.mark.parametrize(
    ("stands", "stance", "facts", "expected"),
    [
        ({"points": "8"}, "marked", EIGHT, False),
        ({"points": "23/3"}, "marked", EIGHT, True),
        ({"points": "7"}, "marked", EIGHT, True),
        ({"points": "7"}, "stands", EIGHT, False),
        ({"points": "7"}, "questioned", {}, False),
        ({"points": "7"}, "questioned", EIGHT, True),
        ({"points": None}, "marked", EIGHT, False),
        (None, "marked", EIGHT, False),
        ({"points": "7"}, "marked", {"0": {"points": "11", "reason": "x"}}, False),
    ],
)
def test_only_a_mark_that_holds_differs(stands, stance, facts, expected):
    assert differs(WHOLE, stands, item(stance, facts)) is expected


def test_nothing_said_differs_from_nothing():
    assert not differs(WHOLE, {"points": "7"}, None)
    assert not questioned(None)
    assert questioned(item("questioned"))
    assert not questioned(item("marked"))


def test_awards_differ_by_the_bonus_that_they_bring():
    claimed = item("marked", {"0": {"awards": [{"matter": "x", "category": "", "level": "市级"}]}})
    assert not differs(BONUS, {"points": "3"}, claimed)
    assert differs(BONUS, {"points": "1"}, claimed)


def test_rules_that_are_counted_keep_their_facts():
    assert points_of(MIXED, {"1": {"count": 1}}) is None
    assert points_of(MIXED, {"1": {"count": 1}}, [{"count": 3}, None]) == 5
