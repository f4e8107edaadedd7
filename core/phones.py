"""Telephone numbers as people write them, and what makes two writings the same number.

They are kept as they were written and looked up normalised: digits only, without the country.
"""

import re

from .lookalikes import digits
from .text import clean, to_half_width

_SIGNS = re.compile(r"[‐‑‒–—―−﹣_]")
_GAP = r"[ .\-]{0,2}"
_COUNTRY = rf"(?:\+|00)?86{_GAP}"
_AREA = r"(?:10|2\d|[3-9]\d\d)"
_NUMBERS = re.compile(
    rf"(?<![\d+])(?:"
    rf"(?:{_COUNTRY})?(?P<mobile>1\d\d(?:{_GAP}\d){{8}})"
    rf"|(?:{_COUNTRY}\(?(?P<bare>{_AREA})|(?:{_COUNTRY})?\(?0(?P<area>{_AREA}))\)?{_GAP}"
    rf"(?P<local>\d{{3,4}}{_GAP}\d{{4}})"
    rf"|(?P<alone>[2-9]\d{{2,3}}{_GAP}\d{{4}})"
    rf"|(?P<service>[48]00{_GAP}\d{{3,4}}{_GAP}\d{{3,4}}))(?!\d)"
    rf"(?:{_GAP}(?:转|ext\.?|-|x)\s?\d{{1,6}}(?!\d))?",
    re.I,
)
_BETWEEN = re.compile(
    r"[\s、,，;；/|]*(?:或|和|家|办|手机|电话|[(（][^()（）]{0,8}[)）])?[\s、,，;；/|:：]*"
)
_MARK_LOCAL = "~"


def _plain(text: str) -> str:
    return _SIGNS.sub("-", digits(to_half_width(clean(text))))


def numbers(text: str) -> list[tuple[str, str]]:
    """The numbers in a text as (area code with its 0, number); a mobile phone has no area."""
    found = []
    for match in _NUMBERS.finditer(_plain(text)):
        area = match["area"] or match["bare"]
        whole = match["mobile"] or match["local"] or match["alone"] or match["service"]
        found.append((f"0{area}" if area else "", re.sub(r"\D", "", whole)))
    return found


def is_phone(text: str) -> bool:
    """Whether the text is one or several telephone numbers and nothing else."""
    plain = _plain(text)
    return bool(numbers(text)) and _BETWEEN.fullmatch(_NUMBERS.sub("", plain)) is not None


def keys(text: str) -> list[str]:
    """What a text is found by: each number with its area code, and marked the number alone; a
    text without a number by its digits."""
    found = []
    for area, number in numbers(text):
        found += [area + number, _MARK_LOCAL + number] if area else [number]
    return list(dict.fromkeys(found)) or [re.sub(r"\D", "", _plain(text)) or _plain(text)]


def sought(text: str) -> list[str]:
    """Keys of what somebody may mean who types this number: with an area code also the number
    kept without one, without it also that of any area."""
    found = []
    for area, number in numbers(text):
        is_mobile = len(number) == 11
        found += [area + number] if is_mobile else [area + number, number, _MARK_LOCAL + number]
        if area:
            found.remove(_MARK_LOCAL + number)
    return list(dict.fromkeys(found)) or keys(text)
