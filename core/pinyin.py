"""Pinyin of names and titles, for searching: 张三 by `zhangsan` and by `zs`.

The readings of pypinyin take 55 MB and half a second: they are loaded when a name is first
spelled, which is when one is written. Searching compares what is stored and never needs them.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import combinations, islice, product
from typing import Any

from core.readings import ONLY_SURNAMES, READINGS

# Surnames that are read otherwise than the common word written alike. Only in surname position.
SURNAMES = {
    "单": "shan",
    "曾": "zeng",
    "解": "xie",
    "仇": "qiu",
    "区": "ou",
    "朴": "piao",
    "查": "zha",
    "盖": "ge",
    "覃": "qin",
    "种": "chong",
    "翟": "zhai",
    "缪": "miao",
    "乐": "yue",
    "佴": "nai",
    "黑": "he",
    "折": "she",
    "召": "shao",
    "重": "chong",
    "员": "yun",
    "郇": "xun",
    "贠": "yun",
    "能": "nai",
    "隗": "wei",
    "祭": "zhai",
    "牟": "mu",
    "繁": "po",
    "阚": "kan",
    "卜": "bu",
    "薄": "bo",
    "秘": "bi",
    "都": "du",
}
COMPOUND_SURNAMES = {
    "单于": ("chan", "yu"),
}
# An embankment around fields and villages, as in the place names here; never the market (xū).
LOCAL = {"圩": "wéi"}

MAX_READINGS = 24

_SPELLED_ALONE = re.compile(r"[\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af]|[A-Za-z0-9]+")
_QUERY = re.compile(r"[a-z0-9]+")
_NOT_WORD = re.compile(r"[^a-z0-9]")


@cache
def _reader() -> Callable[..., list[str]]:
    """pypinyin, with the readings of this place."""
    import pypinyin

    pypinyin.load_single_dict({ord(sign): reading for sign, reading in LOCAL.items()})
    lazy_pinyin: Any = pypinyin.lazy_pinyin
    return lambda text: lazy_pinyin(
        text, style=pypinyin.Style.NORMAL, errors="default", v_to_u=False
    )


@lru_cache(maxsize=16384)
def syllables(text: str, *, is_name: bool = False) -> tuple[str, ...]:
    """Lower-case syllables without tones, in order; ü is v; Latin runs and digits stay whole.

    With `is_name` the text is a person's name and its surname is read as a surname. Signs and
    characters without a reading give nothing.
    """
    text = text.strip()
    start: tuple[str, ...] = ()
    if is_name and text:
        if text[:2] in COMPOUND_SURNAMES and len(text) > 2:
            start, text = COMPOUND_SURNAMES[text[:2]], text[2:]
        elif text[0] in SURNAMES:
            start, text = (SURNAMES[text[0]],), text[1:]
    kept = (_NOT_WORD.sub("", part.lower().replace("ü", "v")) for part in _reader()(text))
    return start + tuple(part for part in kept if part)


def full(text: str, *, is_name: bool = False) -> str:
    """Pinyin without blanks: 张三 -> zhangsan."""
    return "".join(syllables(text, is_name=is_name))


def initials(text: str, *, is_name: bool = False) -> str:
    """First letters: 张三 -> zs; a number stays whole."""
    return initials_of(syllables(text, is_name=is_name))


def initials_of(parts: Sequence[str]) -> str:
    """First letters of syllables; a number stays whole."""
    return "".join(part if part.isdigit() else part[0] for part in parts)


def readings(text: str, *, is_name: bool = False) -> list[tuple[str, ...]]:
    """Every usual reading as syllables, that of `syllables` first: 张晟 as zhang sheng and zhang
    cheng. A surname has its own reading only in a person's name. At most 24."""
    first = syllables(text, is_name=is_name)
    signs = _SPELLED_ALONE.findall(text.strip())
    if len(signs) != len(first):  # a run of signs without a reading stands among them
        return [first]
    others = {
        place: other
        for place, (sign, spelled) in enumerate(zip(signs, first, strict=True))
        if (other := _others(sign, spelled, is_surname=is_name and place == 0))
    }
    return list(islice(_varied(first, others), MAX_READINGS))


def _others(sign: str, spelled: str, *, is_surname: bool) -> list[str]:
    return [
        reading
        for reading in READINGS.get(sign, ())
        if reading != spelled and (is_surname or sign + reading not in ONLY_SURNAMES)
    ]


def _varied(
    first: tuple[str, ...], others: Mapping[int, Sequence[str]]
) -> Iterator[tuple[str, ...]]:
    """`first`, then with one syllable read otherwise, then with two: in a long title nobody
    types more of them at once."""
    for count in range(len(others) + 1):
        for places in combinations(others, count):
            for chosen in product(*(others[place] for place in places)):
                varied = list(first)
                for place, reading in zip(places, chosen, strict=True):
                    varied[place] = reading
                yield tuple(varied)


def spellings(text: str, *, is_name: bool = False) -> list[str]:
    """Pinyin and initials of every reading but the first, without blanks: what else to find by."""
    first, *others = readings(text, is_name=is_name)
    known = {"".join(first), initials_of(first)}
    found = [word for one in others for word in ("".join(one), initials_of(one))]
    return [word for word in dict.fromkeys(found) if word not in known]


def is_query(text: str) -> bool:
    """Whether a search text can be pinyin or initials: Latin letters and digits only."""
    return bool(_QUERY.fullmatch(query_key(text)))


def query_key(text: str) -> str:
    """A typed search text as pinyin columns hold it: lower case, no blanks, apostrophes or ü."""
    return re.sub(r"[\s'’\-]", "", text).lower().replace("ü", "v")
