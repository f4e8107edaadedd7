"""Text, identity numbers and dates as they come out of cells."""

import contextlib
import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import identity
from core.dates import ReadDate, read_date
from core.text import NAME, clean, compact_name, is_storable, match_key, to_half_width


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("\u3000张三\u3000", "张三"),
        ("张\u200b三\ufeff\u202e", "张三"),
        ("a\x00b\x1fc", "abc"),
        ("第一行\r\n第二行", "第一行 第二行"),
        ("e\u0301", "é"),
        ("𠮷野", "𠮷野"),
        ("葛\U000e0100城", "葛\U000e0100城"),
    ],
)
def test_clean_invisible_removed(typed, kept):
    assert clean(typed) == kept


def test_clean_multiline_keeps_breaks():
    assert clean("甲\r\n乙\u2028丙", multiline=True) == "甲\n乙\n丙"


@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=50))
def test_clean_result_storable_and_stable(text):
    once = clean(text)
    assert is_storable(once)
    assert clean(once) == once


def test_is_storable_nul_and_surrogate_refused():
    assert is_storable("张三𠮷")
    assert not is_storable("a\0")
    assert not is_storable("\ud83d")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("张\u3000三", "张三"),
        ("张 三 丰", "张三丰"),
        ("阿依古丽 • 买买提", "阿依古丽·买买提"),
        ("阿依古丽·买买提", "阿依古丽·买买提"),
        ("John   Smith", "John Smith"),
        ("𠮷 野㑇", "𠮷野㑇"),
    ],
)
def test_compact_name_blanks_inside(typed, kept):
    assert compact_name(typed) == kept
    assert NAME.fullmatch(kept)


def test_name_digits_and_signs_refused():
    assert not NAME.fullmatch("张三1")
    assert not NAME.fullmatch("=张三")


def test_match_key_spellings_meet():
    assert match_key("中共 Ａ（一）支部\u3000委员会") == match_key("中共a(一)支部委员会")
    assert to_half_width("３２０３９９Ｘ") == "320399X"


@pytest.mark.parametrize(
    "number", ["11010519491231002X", "440524188001010014", "320322199001011239"]
)
def test_identity_vectors_sound(number):
    assert identity.problem(number) is None
    assert identity.check_digit(number[:17]) == number[17]


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("", "identity_number_missing"),
        ("110105194912310021", "identity_number_check_digit"),
        ("110105491231002", "identity_number_old"),
        ("1101051949123100", "identity_number_length"),
        ("11010519491231A02X", "identity_number_format"),
        ("3.20399199805241E+17", "identity_number_lost_precision"),
        ("000000000000000000", "identity_number_format"),
    ],
)
def test_identity_problem_named(number, code):
    assert identity.problem(number) == code


def test_identity_impossible_birth_date_and_area():
    body = "11010519490231002"
    assert identity.problem(body + identity.check_digit(body)) == "identity_number_birth_date"
    body = "99010519491231002"
    assert identity.problem(body + identity.check_digit(body)) == "identity_number_area"


def test_identity_every_single_slip_found():
    number = "11010519491231002X"
    for place in range(17):
        for digit in "0123456789":
            if digit != number[place]:
                assert identity.problem(number[:place] + digit + number[place + 1 :]) is not None


def test_identity_normalise_and_facts():
    assert identity.normalise("' １１０１０５ 19491231002ｘ ") == "11010519491231002X"
    assert identity.birth_date("11010519491231002X") == datetime.date(1949, 12, 31)
    assert identity.sex("11010519491231002X") == "2"
    assert identity.sex("440524188001010014") == "1"


def test_masks_hide_the_middle():
    assert identity.mask_identity("11010519491231002X") == "******"
    assert identity.mask_phone("10012345678") == "100******78"
    assert identity.mask_phone("1234567") == "*******"
    assert identity.mask_address("江苏省徐州市鼓楼区黄河路1号") == "江苏省徐州市鼓楼区***"
    assert identity.mask_address("幸福小区3号楼") == "***"
    assert identity.mask_address("") == ""


def test_credit_code_checked():
    assert identity.credit_code_problem("91350100M000100Y43") is None
    assert identity.credit_code_problem("91350100M000100Y44") == "credit_code_check_character"
    assert identity.credit_code_problem("91350100M000100I43") == "credit_code_format"
    assert identity.credit_code_problem("1") == "credit_code_length"


DAY = datetime.date(1999, 7, 1)


@pytest.mark.parametrize(
    "value",
    [
        "1999/7/1", "1999-07-01", "19990701", "1999年7月1日", "1999.07.01", "１９９９．７．１",
        "'1999-07-01", "1999 年 7 月 1 日", "1999－07－01", "1999-07-01 00:00:00",
        36342.0, 19990701.0, datetime.date(1999, 7, 1), datetime.datetime(1999, 7, 1, 8),
    ],
)  # fmt: skip
def test_read_date_day_styles(value):
    assert read_date(value) == ReadDate(DAY, "day")


@pytest.mark.parametrize(
    "value", ["1999.07", "1999年7月", "199907", "1999/7", "1999-07", 1999.07, 1999.7, 199907.0]
)
def test_read_date_month_styles(value):
    assert read_date(value) == ReadDate(DAY, "month")


def test_read_date_1904_serial():
    assert read_date(36342.0 - 1462, is_1904=True).value == DAY


@pytest.mark.parametrize(
    "value",
    [
        "", "不详", "36342", "20127", 20127.0, 1999.13, 1999.715, "2023-02-30", "1999.13", "99.7.1", "1999", 1999.0, 1999.1, 0.0, -5.0, True, None,
        float("nan"), float("inf"), 1e300, "1880-01-01", "2199-01-01", "1999-07-01x", "9" * 5000,
        datetime.time(1), datetime.timedelta(1), "\ud800", "²⁰²⁰-01-01",
    ],
)  # fmt: skip
def test_read_date_others_refused(value):
    with pytest.raises(ValueError):
        read_date(value)


def test_read_date_latest_is_a_bound():
    assert read_date("2026-07-06", latest=datetime.date(2026, 7, 6))
    with pytest.raises(ValueError, match="range"):
        read_date("2026-07-07", latest=datetime.date(2026, 7, 6))


@settings(deadline=None)  # machines are busy: a first call also loads what it needs
@given(st.one_of(st.text(max_size=20), st.floats(), st.integers()))
def test_read_date_only_value_errors(value):
    with contextlib.suppress(ValueError):
        assert read_date(value).value.year >= 1900
