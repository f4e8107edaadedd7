"""Results laid beside those of other rules: numbers alone."""

from decimal import Decimal
from fractions import Fraction

from assessments.cycles.comparing import Result, Subject, compared
from assessments.scoring.grading import Band

BANDS = [Band("差", Fraction(0)), Band("好", Fraction(90)), Band("较好", Fraction(75))]


def result(
    total: str | None,
    grade: str = "",
    rank: int | None = None,
    full: int = 100,
    **points: int,
) -> Result:
    return Result(
        None if total is None else Decimal(total),
        Fraction(full),
        grade,
        rank,
        {key: Fraction(one) for key, one in points.items()},
    )


def test_grades_rise_and_fall_by_the_bands_whatever_their_order() -> None:
    found = compared(
        [
            Subject(1, "甲", result("89.99", "较好", 2), result("90.00", "好", 1)),
            Subject(2, "乙", result("90.20", "好", 1), result("89.83", "较好", 2)),
            Subject(3, "丙", result("10.00", "差", 3), result("10.00", "差", 3)),
            Subject(4, "丁", result("10.00", "不合格"), result("10.00", "差")),
        ],
        BANDS,
    )
    assert [row.direction for row in found.rows] == [1, -1, 0, 0]
    assert [row.is_regraded for row in found.rows] == [True, True, False, True]
    assert [row.subject.name for row in found.moved] == ["甲", "乙"]
    assert [str(row.change) for row in found.rows] == ["0.01", "-0.37", "0.00", "0.00"]
    assert str(found.mean) == "-0.09"


def test_where_full_marks_differ_rates_are_compared() -> None:
    found = compared([Subject(1, "甲", result("60.00"), result("66.00", full=120))])
    assert found.is_by_rate
    (row,) = found.rows
    assert (str(row.now), str(row.draft), str(row.change)) == ("60.00", "55.00", "-5.00")


def test_without_a_total_nothing_is_compared() -> None:
    found = compared([Subject(1, "甲", result(None, a=1), result("66.00", a=5))])
    (row,) = found.rows
    assert (row.now, row.change, list(row.causes), found.mean) == (None, None, [], None)
    assert compared([]).rows == []


def test_causes_are_what_moved_most() -> None:
    found = compared(
        [
            Subject(
                1,
                "甲",
                result("10.00", a=1, b=5, c=3, gone=4),
                result("10.00", a=2, b=5, c=0, new=2),
            )
        ]
    )
    assert [(key, str(one)) for key, one in found.rows[0].causes] == [
        ("gone", "-4.00"),
        ("c", "-3.00"),
        ("new", "2.00"),
    ]
