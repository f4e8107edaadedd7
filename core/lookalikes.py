"""Characters that look like ordinary ones and are others: out of PDFs, OCR and symbol tables.

A name copied out of a PDF carries Kangxi radicals (⻬⽟ for 齐玉): it looks right, and nobody finds
it. Folded are only signs that have exactly one ordinary character of the same look; parts of
characters (⺀, ⻌) and rare ideographs stay.
"""

import re
import unicodedata

# U+2E80 to U+2EF3 that stand for a whole character; Unicode gives them no decomposition.
_RADICALS = {
    "⺃": "乚", "⺄": "乙", "⺅": "亻", "⺆": "冂", "⺉": "刂", "⺊": "卜", "⺎": "兀", "⺏": "尣", "⺐": "尢",
    "⺒": "巳", "⺓": "幺", "⺔": "彑", "⺕": "彐", "⺖": "忄", "⺘": "扌", "⺙": "攵", "⺛": "旡", "⺜": "日",
    "⺝": "月", "⺞": "歺", "⺟": "母", "⺠": "民", "⺡": "氵", "⺢": "氺", "⺣": "灬", "⺤": "爫", "⺦": "丬",
    "⺨": "犭", "⺩": "王", "⺪": "疋", "⺫": "罒", "⺬": "示", "⺭": "礻", "⺯": "糹", "⺰": "纟", "⺱": "罓",
    "⺲": "罒", "⺹": "耂", "⺺": "肀", "⺻": "聿", "⺽": "臼", "⺾": "艹", "⺿": "艹", "⻀": "艹", "⻁": "虎",
    "⻂": "衤", "⻃": "覀", "⻄": "西", "⻅": "见", "⻆": "角", "⻇": "角", "⻈": "讠", "⻉": "贝", "⻋": "车",
    "⻏": "阝", "⻐": "钅", "⻑": "長", "⻒": "镸", "⻓": "长", "⻔": "门", "⻖": "阝", "⻗": "雨", "⻘": "青",
    "⻙": "韦", "⻚": "页", "⻛": "风", "⻜": "飞", "⻝": "食", "⻞": "飠", "⻟": "飠", "⻠": "饣", "⻢": "马",
    "⻣": "骨", "⻤": "鬼", "⻥": "鱼", "⻦": "鸟", "⻧": "卤", "⻨": "麦", "⻩": "黄", "⻪": "黾", "⻫": "斉",
    "⻬": "齐", "⻭": "歯", "⻮": "齿", "⻯": "竜", "⻰": "龙", "⻱": "龜", "⻲": "亀", "⻳": "龟",
}  # fmt: skip
_STROKES = {"㇐": "一", "㇠": "乙"}
# Kangxi radicals and the compatibility ideographs say themselves what they are.
_FOLDED = {
    code: unicodedata.normalize("NFKC", chr(code))
    for first, last in ((0x2F00, 0x2FD5), (0xF900, 0xFAFF), (0x2F800, 0x2FA1F))
    for code in range(first, last + 1)
} | {ord(odd): plain for odd, plain in (_RADICALS | _STROKES).items()}
_LOOKALIKE = re.compile(f"[{''.join(map(chr, _FOLDED))}]")
_WITH_FORM = re.compile(r"[\u2100-\u218b\u2460-\u24ff\u3200-\u33ff\U0001d400-\U0001d7ff]")


def fold(text: str) -> str:
    """The text with every sign that only looks like a Han character as that character."""
    if text.isascii() or _LOOKALIKE.search(text) is None:
        return text
    return text.translate(_FOLDED)


def spelled_out(text: str) -> str:
    """For comparing: also Roman numerals, circled and styled letters and digits as plain ones
    (Ⅱ as II, ① as 1). Never for keeping: a name may be written with them."""
    if text.isascii():
        return text
    return _WITH_FORM.sub(lambda sign: unicodedata.normalize("NFKC", sign.group()), fold(text))


def digits(text: str) -> str:
    """Digits of any script or style as 0 to 9, and the Roman ten as X: for numbers of people."""
    if text.isascii():
        return text
    return "".join(
        str(unicodedata.decimal(char)) if char.isdecimal() else char for char in spelled_out(text)
    )
