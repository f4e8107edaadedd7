"""Text as people type it: normal form, invisible characters, full-width digits, names."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from core.lookalikes import fold, spelled_out

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_DOTS = dict.fromkeys(map(ord, "•‧∙⋅・･●．᛫⸱ꞏ‣◦⦁﹒"), "·")
_ANY_BLANK = re.compile(r"\s+")
_NOT_STORABLE = re.compile("[\x00\ud800-\udfff]")
# Unified Han with its extensions and compatibility block, the private use areas in which rare
# name characters live until Unicode has them, and variation selectors.
_HAN = "〇々\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\ue000-\uf8ff\U00020000-\U000323af\ufe00-\ufe0f"
_HAN_BLANK = re.compile(rf"(?<=[{_HAN}·])\s+(?=[{_HAN}·])")

NAME = re.compile(rf"[{_HAN}A-Za-zÀ-ɏ](?:[{_HAN}A-Za-zÀ-ɏ·.'’\- ]*[{_HAN}A-Za-zÀ-ɏ.])?")
"""A person's name after `compact_name`: use `NAME.fullmatch`."""


def is_storable(text: str) -> bool:
    """False for text no database takes: NUL or a lone surrogate in it."""
    return _NOT_STORABLE.search(text) is None


def clean(text: str, *, multiline: bool = False) -> str:
    """Text in NFC, without blanks at its ends and without characters nobody can see.

    Control, zero-width and bidirectional characters and lone surrogates go; line breaks and
    tabs become one blank, unless `multiline`, which keeps line breaks as "\\n". Radicals and
    the like become the Han characters that they look like.
    """
    text = fold(text)
    if text.isprintable():  # the common case: nothing invisible, no blank but U+0020
        if not (text.isascii() or unicodedata.is_normalized("NFC", text)):
            text = unicodedata.normalize("NFC", text)
        return text.strip()
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n")
    kept = []
    for char in text:
        category = unicodedata.category(char)
        if char == "\n":
            kept.append("\n" if multiline else " ")
        elif char == "\t" or category in ("Zs", "Zp"):
            kept.append(" " if char != "\u3000" else char)
        elif category not in ("Cc", "Cf", "Cs"):
            kept.append(char)
    return unicodedata.normalize("NFC", "".join(kept)).strip()


def in_one_line(texts: Sequence[str]) -> str:
    """Texts as the parts of one sentence: 甲。、乙 -> 甲；乙。 Empty for none."""
    return "；".join(text.rstrip("。；") for text in texts) + "。" if texts else ""


def to_half_width(text: str) -> str:
    """Full-width letters, digits, signs and the full-width space as ASCII; all else as it was."""
    return text if text.isascii() else text.translate(_FULL_WIDTH)


def compact_name(text: str) -> str:
    """A person's name as it is kept: "张　三" -> "张三", "阿依古丽 • 买买提" -> "阿依古丽·买买提".

    Blanks between Han characters go, those between Latin words become one. Rare characters and
    the middle dot stay exactly.
    """
    text = clean(text)
    if not text or (len(text) < 5 and text.isalnum()):
        return text
    text = text.translate(_DOTS)
    return _ANY_BLANK.sub(" ", _HAN_BLANK.sub("", text))


@lru_cache(maxsize=8192)
def match_key(text: str) -> str:
    """What two spellings of one title or organisation name have in common.

    Half-width, no blanks at all, brackets and quotes of one kind, lower case, Roman numerals as
    letters. For comparing only, never for showing.
    """
    text = _ANY_BLANK.sub("", to_half_width(spelled_out(clean(text))))
    return text.translate(_SAME_SIGN).casefold()


def search_key(name: str) -> str:
    """What a person's name is found by, as it is kept and as it is typed: `match_key` without any
    dot, hyphen or apostrophe. For searching only."""
    return _JOINTS.sub("", match_key(name))


_JOINTS = re.compile(r"[·•‧∙⋅・･●．᛫⸱ꞏ‣◦⦁﹒.'’`´\-]")
_SAME_SIGN = {
    ord(a): b
    for a, b in zip(
        "【〔[】〕]“”‘’「」—–―", "(((" + ")))" + '""' + "''" + '""' + "---", strict=True
    )
}
