"""The gate of photographs that nothing here can draw (HEIC): what tells where and with what they were
taken is blanked where it stands, by the table of the file's own items (ISO/IEC 14496-12, 23008-12).
"""

import struct
from collections.abc import Iterator

from core.tabular.errors import SheetRefused

_META = b"meta"
_TELLING = (b"Exif", b"mime", b"uri ")  # camera and place; XMP and others of their kind
_MOST_BOXES = 10_000


def without_place(content: bytes) -> bytes:
    """The same picture, of the same length, with its Exif and XMP blanked; `content` itself where it
    carries none. Raises SheetRefused when its table cannot be read."""
    try:
        spans, told = [], 0
        for start, length in _telling(content):
            told += length
            if told > len(content):  # else a small table has a large file blanked over and over
                raise ValueError("items over one another")
            spans.append((start, length))
    except (struct.error, IndexError, ValueError) as error:
        raise SheetRefused(
            "image", "读不出照片里的信息，不能去掉拍摄地点。请在手机上转存为 JPG 后上传。"
        ) from error
    if not spans:
        return content
    kept = bytearray(content)
    for start, length in spans:
        if start < 0 or start + length > len(kept):
            raise SheetRefused("image", "照片不完整，或已损坏。请重新保存后上传。")
        kept[start : start + length] = bytes(length)
    return bytes(kept)


def _telling(content: bytes) -> Iterator[tuple[int, int]]:
    """(start, length) of all that is no picture."""
    for kind, start, end in _boxes(content, 0, len(content)):
        if kind != _META:
            continue
        parts = {name: (first, last) for name, first, last in _boxes(content, start + 4, end)}
        if b"iinf" not in parts or b"iloc" not in parts:
            continue
        wanted = set(_items(content, *parts[b"iinf"]))
        yield from _places(content, *parts[b"iloc"], wanted, parts.get(b"idat", (0, 0))[0])


def _boxes(content: bytes, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """(kind, first byte within, first byte after) of the boxes that stand one after the other."""
    for _ in range(_MOST_BOXES):
        if start + 8 > end:
            return
        size, kind = struct.unpack_from(">I4s", content, start)
        head = 8
        if size == 1:
            (size,) = struct.unpack_from(">Q", content, start + 8)
            head = 16
        if size == 0 and not any(content[start:end]):
            return  # filled up with nothing
        last = start + size if size else end
        if (size and size < head) or last > end:
            raise ValueError("a box beyond its end")
        yield kind, start + head, last
        start = last
    raise ValueError("too many boxes")


def _items(content: bytes, start: int, end: int) -> Iterator[int]:
    """The ids of the items that tell of the taking."""
    wide = content[start] > 0
    for kind, first, _ in _boxes(content, start + (8 if wide else 6), end):
        if kind != b"infe" or content[first] < 2:
            continue
        number, at = _number(content, first + 4, 2 if content[first] == 2 else 4)
        if content[at + 2 : at + 6] in _TELLING:  # behind the number of its protection
            yield number


def _places(
    content: bytes, start: int, end: int, wanted: set[int], data: int
) -> Iterator[tuple[int, int]]:
    version = content[start]
    sizes, more = content[start + 4], content[start + 5]
    offset_size, length_size, base_size = sizes >> 4, sizes & 15, more >> 4
    index_size = more & 15 if version else 0
    wide = 4 if version == 2 else 2
    count, at = _number(content, start + 6, wide)
    for _ in range(count):
        number, at = _number(content, at, wide)
        method = 0
        if version:
            method, at = _number(content, at, 2)
        base, at = _number(content, at + 2, base_size)
        extents, at = _number(content, at, 2)
        if extents > 1 and not (index_size or offset_size or length_size):
            raise ValueError("extents that say nothing")
        for _ in range(extents):
            at += index_size
            offset, at = _number(content, at, offset_size)
            length, at = _number(content, at, length_size)
            if at > end:
                raise ValueError("an item beyond the table")
            if number not in wanted:
                continue
            if method & 15 > 1:
                raise ValueError("an item made of others")
            begin = base + offset + (data if method & 15 else 0)
            yield begin, length or len(content) - begin


def _number(content: bytes, at: int, size: int) -> tuple[int, int]:
    """The number of so many bytes, and where the next stands."""
    if at + size > len(content):
        raise ValueError("the end of the file")
    return int.from_bytes(content[at : at + size]), at + size
