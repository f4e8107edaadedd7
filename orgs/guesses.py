"""How soon somebody who knows the person and the place would guess a password.

Reckoned in powers of ten, by hand for what stands in no list of the world: words of this place,
pinyin, years and lucky numbers; by zxcvbn for the rest: lists of common passwords, English words,
walks on the keyboard. What is stripped (years, runs of digits, marks) counts little; letters that
are written as signs (@ for a) count as letters. See docs/adr/0040.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

ENOUGH = 8.55  # by our own reckoning
ENOUGH_OF_LISTS = 7.0  # by zxcvbn, which takes every other character for one of ten
_COMMON = Path(__file__).with_name("common_words.txt")
_LONGEST = 72  # characters that are looked at: more need not be

_WORD, _SYLLABLE, _LETTER, _HAN, _MARK = 3.0, 2.6, 1.4, 2.5, 0.5
_PATTERN, _DATE, _PHONE, _NAME = 1.0, 2.0, 4.0, 5.5
_LOOKS_LIKE = {"a": "a@4", "b": "b8", "e": "e3", "g": "g9", "i": "i1!|l", "l": "l1!|i", "o": "o0",
               "s": "s$5", "t": "t7+", "z": "z2"}  # fmt: skip
_PINYIN = (
    "(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?(?:iang|iong|uang|ang|eng|ing|ong|ian|iao|uai|uan|ai|an"
    "|ao|ei|en|er|ia|ie|in|iu|ou|ua|ue|ui|un|uo|ve|a|e|i|o|u|v)"
)
_SPELLED = re.compile(f"(?:{_PINYIN})+")
_SYLLABLES = re.compile(_PINYIN)
_DATE_PATTERN = re.compile(
    r"(?:19|20)\d\d(?:[-./_年]?(?:0?[1-9]|1[0-2])(?:[-./_月]?(?:0?[1-9]|[12]\d|3[01]))?)?"
)
_LUCKY = re.compile("5201314|1314520|1314|520|521|147258369|147258|159357|789456|110|119|120|007")
_PHONES = re.compile(r"1[3-9]\d{9}")
_PIECES = re.compile(r"[a-z]+|\d+|[\u3400-\u9fff\U00020000-\U0003347f]+|.", re.S)
_GAP = r"[^a-z0-9]?"


@dataclass(frozen=True, slots=True)
class Known:
    """A word that others would try, in lower case, and what it is."""

    word: str
    meaning: str


Source = Callable[[Any], Iterable[Known]]
_sources: list[Source] = []


def register(source: Source) -> Source:
    """Adds what is known about a person: his names, his organisations, places."""
    _sources.append(source)
    return source


def around(user: Any) -> list[Known]:
    """All that somebody here would try for this person first, or for anybody."""
    found = [Known(word, "常用词") for word in _common()]
    for source in _sources:
        found += source(user)
    return found


@cache
def _common() -> tuple[str, ...]:
    lines = _COMMON.read_text(encoding="utf-8").splitlines()
    return tuple(word for line in lines if not line.startswith("#") for word in line.split())


def weakness(password: str, known: Iterable[Known]) -> str:
    """Why the password is guessed soon; "" when it is not.

    Names what was found, as the list has it: never a part of the password as it was typed.
    """
    text = unicodedata.normalize("NFKC", password).casefold()[:_LONGEST]
    words = {
        one.word: one.meaning for one in known if len(one.word) >= (2 if _is_han(one.word) else 3)
    }
    left, met = text, {}
    for word in sorted(words, key=lambda one: (-len(one), one)):
        if len(word) <= len(left):
            left, count = _pattern(word).subn("\0", left)
            if count:
                met[word] = count
    own = sum(_cost_of(word) + 0.5 * (count - 1) for word, count in met.items())
    letters, rest = _costs(left.replace("\0", ""))
    if own + letters + rest < ENOUGH:
        named = "、".join(dict.fromkeys(words[word] for word in met))
        return named or ("一个人名或词的拼音" if letters >= _SYLLABLE else "很少几个字符")
    core = re.sub(r"[^a-z\u3400-\u9fff]", "", text)
    if _by_lists(text) < ENOUGH_OF_LISTS or (
        _by_lists(core) + _costs(re.sub("[a-z]", "", text))[1] < ENOUGH_OF_LISTS
    ):
        return "常用密码或键盘上相邻的键"
    return ""


@lru_cache(maxsize=4096)  # the zone's words; not the names of all who ever changed a password
def _pattern(word: str) -> re.Pattern[str]:
    """The word, also with signs for letters and with marks between them."""
    if not word.isascii():
        return re.compile(re.escape(word))
    return re.compile(_GAP.join(f"[{re.escape(_LOOKS_LIKE.get(char, char))}]" for char in word))


def _cost_of(word: str) -> float:
    return min(_WORD, (_HAN if _is_han(word) else _LETTER) * len(word))


def _is_han(text: str) -> bool:
    return not text.isascii()


def _costs(text: str) -> tuple[float, float]:
    """Powers of ten that words and, beside them, digits and marks are worth."""
    letters = rest = 0.0
    text, phones = _PHONES.subn(" ", text)
    rest += _PHONE * min(phones, 1)
    text, dates = _DATE_PATTERN.subn(" ", text)
    rest += _DATE * min(dates, 2)
    text, lucky = _LUCKY.subn(" ", text)
    rest += _PATTERN * min(lucky, 2)
    marks = set()
    for piece in _PIECES.findall(text):
        if piece.isascii() and piece.isalpha():
            letters += _PATTERN if _is_run(piece) else _spelled(piece)
        elif piece.isdigit():
            rest += _PATTERN if _is_run(piece) else float(len(piece))
        elif _is_han(piece) and piece[0].isalpha():
            letters += _HAN * len(set(piece))
        elif not piece.isspace():
            marks.add(piece)
    return letters, rest + _MARK * min(len(marks), 3)


def _is_run(piece: str) -> bool:
    """aaa, 123, 321, abcd, 112233, 1212."""
    steps = {ord(b) - ord(a) for a, b in pairwise(piece)}
    return len(piece) > 1 and (
        (len(steps) == 1 and steps <= {-1, 0, 1}) or len(set(piece)) * 2 <= len(piece)
    )


def _spelled(piece: str) -> float:
    plain = _LETTER * len(piece)
    if _SPELLED.fullmatch(piece):
        count = len(_SYLLABLES.findall(piece))
        # Up to three in one piece are a name or a word of every dictionary.
        return min(plain, _SYLLABLE * count, _NAME if count <= 3 else plain)
    return plain


def _by_lists(text: str) -> float:
    if not text:
        return 0.0
    # Its lists take 20 MB and a tenth of a second: only where somebody changes a password.
    from zxcvbn import zxcvbn

    return float(zxcvbn(text[:_LONGEST])["guesses_log10"])
