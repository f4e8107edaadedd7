"""Citizen identity numbers (GB 11643), unified social credit codes (GB 32100), and masks."""

import datetime
import re

from core.lookalikes import digits
from core.text import clean, to_half_width

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_SHAPE = re.compile(r"[1-9][0-9]{16}[0-9X]")
_OLD_SHAPE = re.compile(r"[1-9][0-9]{14}")
_SPOILED = re.compile(r"[0-9]\.?[0-9]*E\+?[0-9]{1,2}")
_PROVINCES = frozenset(
    [
        "11",
        "12",
        "13",
        "14",
        "15",
        "21",
        "22",
        "23",
        "31",
        "32",
        "33",
        "34",
        "35",
        "36",
        "37",
        "41",
        "42",
        "43",
        "44",
        "45",
        "46",
        "50",
        "51",
        "52",
        "53",
        "54",
        "61",
        "62",
        "63",
        "64",
        "65",
        "71",
        "81",
        "82",
        "83",
        "91",
    ]
)
HIDDEN = "******"  # instead of an identity number, however long
_PHONE = re.compile(r"1[0-9]{10}|0[0-9]{2,3}-?[0-9]{7,8}")
# Trails are never rewritten: what an earlier release masked is masked again where it is shown.
_EARLIER_MASK = re.compile(r"(?<![0-9X*])([0-9X]{3})(\*+)([0-9X]{4})(?![0-9X*])")
_STARS_OF_A_PHONE = 6  # 0516-12345678
_NUMBER_IN_TEXT = re.compile(
    r"(?<![0-9A-Za-z])[1-9][0-9]{5}(?:18|19|20)?[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
    r"[0-9]{3}[0-9Xx]?(?![0-9A-Za-z])"
)
_LOOKALIKE_X = str.maketrans(dict.fromkeys("×ХхΧχ✕✖╳⨯", "X"))
_EARLIEST_BIRTH = datetime.date(1850, 1, 1)

_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_VALUE = {char: value for value, char in enumerate(_CREDIT_ALPHABET)}
_CREDIT_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))

_TO_DISTRICT = re.compile(
    r"(?:[^省市区县]{1,10}(?:省|自治区|特别行政区))?"
    r"(?:[^省市区县]{1,10}(?:市|自治州|地区|盟))?"
    r"(?:[^省市区县号路街村]{1,12}(?:自治县|开发区|新区|县|旗|市|(?<![小社园校厂库])区))?"
)


def normalise(number: str) -> str:
    """The number as it is kept: half-width, no blanks or leading apostrophe, upper-case X."""
    text = digits(to_half_width(clean(number))).upper().translate(_LOOKALIKE_X)
    if text.isalnum():
        return text
    return re.sub(r"[\s'’‘`\-]", "", text)


def check_digit(first_seventeen: str) -> str:
    """The 18th character for the first 17 digits (GB 11643)."""
    total = sum(
        int(digit) * weight for digit, weight in zip(first_seventeen, _WEIGHTS, strict=True)
    )
    return _CHECK[total % 11]


def problem(number: str) -> str | None:
    """What is wrong with a normalised identity number, or None when it is sound.

    Codes: `identity_number_missing`, `identity_number_lost_precision` (written as 3.2E+17),
    `identity_number_old` (15 digits), `identity_number_length`, `identity_number_format`,
    `identity_number_check_digit`, `identity_number_area`, `identity_number_birth_date`.
    """
    if not number:
        return "identity_number_missing"
    if not _SHAPE.fullmatch(number):
        if _SPOILED.fullmatch(number):
            return "identity_number_lost_precision"
        if _OLD_SHAPE.fullmatch(number):
            return "identity_number_old"
        return "identity_number_length" if len(number) != 18 else "identity_number_format"
    if check_digit(number[:17]) != number[17]:
        return "identity_number_check_digit"
    if number[:2] not in _PROVINCES:
        return "identity_number_area"
    try:
        born = birth_date(number)
    except ValueError:
        return "identity_number_birth_date"
    if born < _EARLIEST_BIRTH:
        return "identity_number_birth_date"
    return None


def birth_date(number: str) -> datetime.date:
    """Digits 7 to 14 as a date; ValueError when they are none."""
    return datetime.date(int(number[6:10]), int(number[10:12]), int(number[12:14]))


def sex(number: str) -> str:
    """Sex by the 17th digit as GB/T 2261.1 code: "1" male, "2" female."""
    return "1" if int(number[16]) % 2 else "2"


def credit_code_problem(code: str) -> str | None:
    """What is wrong with a normalised unified social credit code (GB 32100), or None.

    Codes: `credit_code_length`, `credit_code_format`, `credit_code_check_character`.
    """
    if len(code) != 18:
        return "credit_code_length"
    if any(char not in _CREDIT_VALUE for char in code) or not code[2:8].isdigit():
        return "credit_code_format"
    total = sum(
        _CREDIT_VALUE[char] * weight
        for char, weight in zip(code[:17], _CREDIT_WEIGHTS, strict=True)
    )
    if _CREDIT_ALPHABET[-total % 31] != code[17]:
        return "credit_code_check_character"
    return None


def mask_identity(number: str) -> str:
    """That there is a number, and no digit of it nor how many it has: beside the birth date, first
    and last digits let the rest be computed, as the check digit and a city's few area codes do.
    What holds no digit at all (无, 不详) is none and stays."""
    return HIDDEN if any(char.isnumeric() for char in number) else number


def mask_phone(phone: str) -> str:
    """First 3 and last 2 characters; a number too short for that is hidden whole."""
    if len(phone) < 10:
        return "*" * len(phone)
    return phone[:3] + "*" * (len(phone) - 5) + phone[-2:]


def mask_number(number: str) -> str:
    """Of a number of which nobody says what it is: a phone as one, all else as an identity
    number."""
    return mask_phone(number) if _PHONE.fullmatch(number) else mask_identity(number)


def mask_again(text: str) -> str:
    """A kept text with the masks of earlier releases, which left first 3 and last 4, as they are
    today; identity numbers that somebody wrote into it are hidden."""
    return _NUMBER_IN_TEXT.sub(HIDDEN, _EARLIER_MASK.sub(_today, text))


def _today(found: re.Match[str]) -> str:
    first, stars, last = found.groups()
    if len(stars) > _STARS_OF_A_PHONE:
        return HIDDEN
    return f"{first}{stars}**{last[-2:]}"


def mask_address(address: str) -> str:
    """The address down to its district, the rest as "***"; empty stays empty."""
    address = clean(address)
    if not address:
        return ""
    found = _TO_DISTRICT.match(address)
    return (found.group() if found else "") + "***"
