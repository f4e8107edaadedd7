"""Text as people type it: normal form, invisible characters, full-width digits, names."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from core.lookalikes import fold, spelled_out

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_ANY_DOT = "•‧∙⋅・･●．᛫⸱ꞏ‣◦⦁﹒"
_DOTS = dict.fromkeys(map(ord, _ANY_DOT), "·")
_ANY_BLANK = re.compile(r"\s+")
_NOT_STORABLE = re.compile("[\x00\ud800-\udfff]")
# Unified Han with its extensions and compatibility block, the private use area in which rare name
# characters live until Unicode has them, and variation selectors, also those of ideographs.
_HAN = (
    "〇々\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\ue000-\uf8ff\U00020000-\U0003347f"
    "\ufe00-\ufe0f\U000e0100-\U000e01ef"
)
_HAN_BLANK = re.compile(rf"(?<=[{_HAN}·])\s+(?=[{_HAN}·])")

NAME = re.compile(rf"[{_HAN}A-Za-zÀ-ɏ](?:[{_HAN}A-Za-zÀ-ɏ·.'’\- ]*[{_HAN}A-Za-zÀ-ɏ.])?")
"""A person's name after `compact_name`: use `NAME.fullmatch`."""

# --- what nobody can see, or no other computer can show (docs/adr/0040) ------------------------
# Word's own line break (U+000B) and the others that no keyboard types.
_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_BLANKS = re.compile("[\t\xa0\u1680\u2000-\u200a\u202f\u205f\u2800]")
_PLANE_ENDS = "".join(
    f"{chr(plane * 0x10000 + 0xFFFE)}-{chr(plane * 0x10000 + 0xFFFF)}" for plane in range(17)
)
# Control, format (zero-width, bidirectional, tags), fillers that draw nothing, the place of a
# picture that was not copied, lone surrogates, and what Unicode says is no character.
_GONE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891"
    "\u08e2\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufdd0-\ufdef\ufeff\uffa0\ufff0-\ufffc\ud800-\udfff\U000110bd\U000110cd"
    "\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff"
    f"\U000e01f0-\U000e0fff{_PLANE_ENDS}]"
)
# A selector chooses the shape of the character before it; without one it is nothing.
_LOOSE_SELECTORS = re.compile("(^|\\s)[\ufe00-\ufe0f\U000e0100-\U000e01ef]+")
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd]")
_ODD = re.compile(
    "|".join(one.pattern for one in (_BREAKS, _BLANKS, _GONE, _LOOSE_SELECTORS, _PRIVATE))
)
# GBK's rare characters, which older programs still put into the private use area: U+E815 to E864.
_GBK_PRIVATE = (
    "⺁𠂇𠂉𠃌⺄㑳㑇⺈⺋龴㖞㘚㘎⺌⺗㥮㤘龵㧏㧟㩳㧐龶龷㭎㱮㳠⺧𡗗龸⺪䁖䅟⺮䌷⺳⺶⺷𢦏䎱䎬⺻䏝䓖䙡䙌龹䜣䜩䝼䞍⻊䥇䥺"
    "䥽䦂䦃䦅䦆䦟䦛䦷䦶龺𤇾䲣䲟䲠䲡䱷䲢䴓䴔䴕䴖䴗䴘䴙䶮龻"
)
# Marks of Wingdings and Symbol, as lists copied out of Word bring them along.
_SYMBOL_FONTS = {
    0xF0FC: "✓", 0xF0FB: "✗", 0xF0FE: "☑", 0xF0FD: "☒", 0xF0A8: "□", 0xF06F: "□", 0xF0A3: "□",
    0xF052: "☑", 0xF0B7: "•", 0xF06C: "•", 0xF0A7: "▪", 0xF06E: "■", 0xF075: "◆", 0xF076: "◆",
    0xF0D8: "➢", 0xF0E0: "→", 0xF0E8: "→", 0xF0F0: "→", 0xF02D: "-", 0xF0B2: "◇", 0xF0AB: "★",
}  # fmt: skip
_KNOWN_PRIVATE = {
    0xE815 + place: fold(char) for place, char in enumerate(_GBK_PRIVATE)
} | _SYMBOL_FONTS
_LONGEST_NAME = 20


def is_storable(text: str) -> bool:
    """False for text no database takes: NUL or a lone surrogate in it."""
    return _NOT_STORABLE.search(text) is None


def readable(text: str) -> str:
    """What every text passes that comes in or goes out, once: in NFC, breaks of lines as "\\n",
    tabs and odd blanks as blanks, and without what nobody can see.

    Control, zero-width and bidirectional characters, non-characters and lone surrogates go.
    Private-use characters become the ones they stand for where that is known; others stay only in
    what could be a person's name. Radicals and the like become the Han characters that they look
    like. A text of nothing but such characters is empty. Not for passwords.
    """
    text = fold(text)
    if text.isascii():
        if text.isprintable():
            return text
    elif _ODD.search(text) is None:
        return (
            text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)
        )
    text = _GONE.sub("", _BLANKS.sub(" ", _BREAKS.sub("\n", text)))
    if _PRIVATE.search(text):
        text = text.translate(_KNOWN_PRIVATE)
        if not _may_be_name(text):
            text = _PRIVATE.sub("", text)
    return _LOOSE_SELECTORS.sub(r"\1", unicodedata.normalize("NFC", text))


def whole_number(text: str, *, digits: int = 18) -> int | None:
    """The number that was typed or stands in an address, if it is one of plain digits, of at most
    so many; 18 are what an id of any database can have. None for anything else."""
    if not (text.isascii() and text.isdigit() and len(text) <= digits):
        return None
    return int(text)


def _may_be_name(text: str) -> bool:
    text = text.strip()
    return (
        len(text) <= _LONGEST_NAME
        and NAME.fullmatch(text) is not None
        and _PRIVATE.sub("", text) != ""
    )


def clean(text: str, *, multiline: bool = False) -> str:
    """`readable` text without blanks at its ends.

    Line breaks become one blank, unless `multiline`, which keeps them as "\\n" and takes the text
    for more than a name: no private-use character stays.
    """
    text = readable(text)
    if multiline:
        return _PRIVATE.sub("", text).strip()
    return text.replace("\n", " ").strip()


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


_JOINTS = re.compile(rf"[·{_ANY_DOT}.'’`´\-]")
_SAME_SIGN = {
    ord(a): b
    for a, b in zip(
        "【〔[】〕]“”‘’「」—–―", "(((" + ")))" + '""' + "''" + '""' + "---", strict=True
    )
}
