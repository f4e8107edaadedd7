"""A line says what it says: words for each rule, nothing where nothing is, limits of a long past only."""

from collections.abc import Sequence
from typing import Any

import pytest

from core import periods
from core.charts.numbers import Value
from core.limits import MONTHS, Rule, told
from core.templatetags.charts import trend as shown
from core.templatetags.charts import trend_note
from core.trends import COARSE, LEAST, MOST, NOT_PROVED, SHORT, Trend, trend_of

CALM = [57, 60, 58, 61, 57, 60, 58, 61, 57, 60, 58, 61]
# Six and six: neither side has a run of eight but the last nine.
RUNS = [50, 52, 50, 52, 50, 52, 48, 52, 48, 52, 55, 56, 54, 57, 55, 56, 54, 57, 55]


SMOOTH = [50, 51, 50, 51, 51, 50, 50, 51, 50]


def line(values: Sequence[Value], last: str = "2026-11", **how: Any) -> Trend:
    span = periods.ending(last, len(values))
    return trend_of(list(zip(span, values, strict=True)), name="补课率", **how)


def test_a_line_within_its_limits_speaks_by_its_drawing() -> None:
    found = line(CALM, unit="%")
    assert (found.newest, found.said, found.note, found.tone(), found.sentences) == (
        *(None, "", "", "", []),
    )
    assert found.told(61, 58, " 个百分点") == "", "a step within the limits is not told"
    assert found.drawing is not None
    assert 'class="band"' in found.drawing.svg()
    assert "signal" not in found.drawing.svg()
    assert found.summary.endswith("；各期的高低是平常的起伏，不是信号。")
    assert "较" not in str(shown(found)) + found.summary


def test_beyond_a_limit_the_step_is_told_with_rule_and_value() -> None:
    found = line([*CALM, 30], unit="%", low=0, high=100)
    # 738 ÷ 13 = 56.77 is the mean, 63 ÷ 12 = 5.25 the mean moving range: 56.77 − 2.66 × 5.25.
    assert found.said == "低于下界 42.8%"
    assert found.told(30, 61, " 个百分点") == f"较上月 −31 个百分点，{found.said}"
    assert (found.tone(), found.tone(is_more_better=False)) == ("warn", "ok")
    assert found.sentences == [
        "11月 低于下界 42.8%",
        "2025年11月至2026年10月 连续 12 个月在平均 56.8% 以上",
    ]
    assert found.summary.endswith(NOT_PROVED)
    assert found.drawing is not None
    assert 'class="signal"' in found.drawing.svg()


def test_a_step_is_not_told_where_it_is_not_the_signal() -> None:
    """The month before was beyond the limit already; or the step went the other way."""
    found = line([*CALM, 80, 81])
    assert found.sentences[0].startswith("10月、11月 高于上界 ")
    assert found.told(81, 80) == found.said
    assert found.told(80, 81) == found.said
    assert "较" not in found.said


def test_a_run_names_its_first_period_and_how_long() -> None:
    found = line(RUNS)
    assert found.newest is not None
    assert found.newest.rule == Rule.RUN
    assert found.said == "连续 9 个月在平均 52.9 以上"
    assert found.told(55, 57) == found.said, "the last step went down: it is not the signal"
    assert found.sentences == [
        "3月起连续 9 个月在平均 52.9 以上",
        "2025年5月至2026年2月 连续 10 个月在平均 52.9 以下",
    ]


def test_three_of_four_near_a_limit() -> None:
    found = [one for one in told([*SMOOTH, 52, 51, 52, 52], least=MONTHS) if one.rule == Rule.NEAR]
    assert [(one.is_above, one.slots, one.first, one.last) for one in found] == [
        (True, (9, 11, 12), 9, 12)
    ]
    words = line([*SMOOTH, 52, 51, 52, 52])
    assert words.said == "近 4 个月里有 3 个月离上界 53.1 比离平均 50.8 近"
    assert words.sentences == ["8月起 4 个月里有 3 个月离上界 53.1 比离平均 50.8 近"]
    assert words.told(52, 51) == words.said, "one step is not what the rule is about"


def test_a_value_on_the_mean_ends_a_run_and_four_with_one_off_is_none() -> None:
    run = [48] * 4 + [52] * 4
    found = told([*run, 50, *run], least=MONTHS)
    assert [one for one in found if one.rule == Rule.RUN] == []
    back = line([*SMOOTH, 52, 52, 52, 51])
    assert back.newest is None, "the last one is back at the mean: no signal"
    assert back.sentences == ["8月至10月 连续 3 个月离上界 52.8 比离平均 50.8 近"]


@pytest.mark.parametrize(
    ("last", "least", "words"),
    [
        ("2026-11", 12, "不足 12 个月"),
        ("2026-Q2", 12, "不足 12 个季度"),
        ("2026-H1", 8, "不足 8 个半年"),
        ("2026", 8, "不足 8 年"),
    ],
)
def test_a_short_past_draws_no_limits(last: str, least: int, words: str) -> None:
    assert LEAST[periods.cadence_of(last)] == least
    values = [*[9, 8] * 6][: least - 1]
    short = line([*values[:-1], 99], last)
    assert (short.limits, short.newest, short.tone()) == (None, None, "")
    assert short.note == short.told(99, 8) == SHORT
    assert words in short.summary
    assert short.drawing is not None
    assert "band" not in short.drawing.svg()
    assert SHORT in str(shown(short))
    assert line([*values, 99], last).limits is not None


def test_a_period_that_is_not_over_is_not_judged() -> None:
    found = line([*CALM, 30, None])
    assert found.newest is None
    assert found.note == ""
    assert found.sentences[0].startswith("10月 低于下界"), "what is over is still said"


def test_of_a_line_with_holes_no_run_is_called_unbroken() -> None:
    found = line([50, 51] * 3 + [None] + [50, 51] * 3 + [60])
    assert found.sentences[1].endswith("有数的 12 个月都在平均 51.2 以下")


def test_periods_are_named_with_their_year_where_it_changes() -> None:
    found = line([60, 20, *CALM, 60, 60, 60, 20], "2026-02")
    assert [one.split(" ")[0] for one in found.sentences] == [
        *("2024年10月、2026年2月", "2024年11月至2026年1月"),
    ]
    found = line([*CALM, *CALM, 90, 90, 90], "2026-02")
    assert found.sentences[0].startswith("2025年12月至2026年2月 高于上界")


def test_a_long_line_is_its_last_two_years() -> None:
    found = line([1] * 30 + CALM + CALM)
    assert (len(found.span), found.span[0]) == (MOST, "2024-12")
    assert found.signals == ()


def test_counts_that_hardly_move_have_no_limits() -> None:
    """One vacancy a year ago is no run of twelve months below the mean."""
    values = [1, *[0] * 12]
    assert line(values).said == "连续 12 个月在平均 0.1 以下", "where no step is named"
    found = line(values, grain=1)
    assert (found.limits, found.newest, found.sentences) == (None, None, [])
    assert found.note == ""
    assert found.drawing is not None
    assert "band" not in found.drawing.svg()
    assert found.summary == f"补课率：{COARSE}。"
    assert line([*CALM, 30], grain=1).said == "低于下界 42.8", "what moves is judged"


def test_limits_of_before_do_not_know_what_came_after() -> None:
    """What a theme has done is measured against how it was, not against itself."""
    values = [*CALM, 60, 90, 91]
    found, before = line(values, since="2026-09"), line(CALM, "2026-08")
    assert found.limits == before.limits
    assert found.sentences == ["10月、11月 高于上界 66.7"]
    assert line(values).limits != before.limits
    short = line(values[1:], since="2026-09")
    assert (short.note, short.signals) == (SHORT, ()), "eleven months before it are too few"
    assert len(line([*CALM, *CALM, *CALM, 90], since="2026-11").span) == MOST + 1


def test_empty_and_single_lines_say_that_they_are_short() -> None:
    for found in (trend_of([], name="补课率"), line([None, None]), line([5])):
        assert (found.drawing, found.newest, found.note) == (None, None, SHORT)
        assert SHORT in found.summary
        assert (
            str(shown(found)) == f'<span class="trend"><small class="muted">{SHORT}</small></span>'
        )


def test_components_escape_and_take_the_tone_of_the_signal() -> None:
    found = trend_of(
        list(zip(periods.ending("2026-11", 13), [*CALM, 30], strict=True)), name="<b>率</b>"
    )
    assert f'<small class="warn">{found.said}</small>' in str(shown(found, found.tone()))
    for html in (str(shown(found)), str(trend_note(found))):
        assert "<b>" not in html
        assert "style=" not in html
    assert 'class="ok"' not in str(shown(line(CALM), "ok")), "no colour without a signal"
