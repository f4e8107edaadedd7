"""The gate of PDF: no script, no starting of programs, no file inside.

What counts is what a reader takes for an object. Words of active content in page text, strings,
comments and the bytes of pictures are no objects. But a table of references may point anywhere, so
bytes of that kind in which something calls itself an object are searched as they stand.

Each byte of the file is looked at by one pass and at most one search; groups of compressed objects
are unpacked once and counted, also those that break at their end.
"""

import re
import zlib
from bisect import bisect_left
from collections.abc import Iterator

from core.tabular.errors import SheetRefused

HEADER_WITHIN = 1024  # bytes: as readers of the format do
END_WITHIN = 2048
MAX_UNPACKED = 50 * 1024 * 1024  # of all groups of objects together
MAX_STEPS = 6_000_000  # names, strings, comments, objects
MAX_TAKEN = 8  # times its size, of a file's bytes that go into unpacking
_PIECE = 256 * 1024
_FIRST_PIECE = 256

_ACTIVE = frozenset(
    (
        b"JavaScript",
        b"JS",
        b"Launch",
        b"EmbeddedFile",
        b"EmbeddedFiles",
        b"RichMedia",
        b"XFA",
        b"SubmitForm",
        b"ImportData",
    )
)
_SEARCHED = re.compile(rb"/(%s)(?![A-Za-z0-9])" % b"|".join(sorted([*_ACTIVE, b"ObjStm"])))
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
# What matters of the syntax: names, the start of strings, comments, and the words around objects.
_TOKEN = re.compile(
    rb"/([^\x00\t\n\x0c\r ()<>\[\]{}/%]*)"
    rb"|(\()"
    rb"|%[^\r\n]*"
    rb"|(?<![A-Za-z])(obj|stream|trailer)(?![A-Za-z])"
)
_IN_STRING = re.compile(rb"\\.|[()]", re.S)
_OBJECT = re.compile(rb"(?<=[\d\s\x00])obj(?![A-Za-z])")
_NUMBER = re.compile(rb"\d+")
_FIRST = re.compile(rb"/First[\s\x00]+(\d{1,9})(?!\d)")
_ACTIVE_ANYWHERE = re.compile(rb"#[0-9A-Fa-f]{2}|/(%s)" % b"|".join(sorted([*_ACTIVE, b"Encrypt"])))
# Of a group of objects: what no common writer uses, and what the gate does not undo.
_ODD = frozenset(
    b"Predictor ASCIIHexDecode ASCII85Decode LZWDecode RunLengthDecode DCTDecode JPXDecode Crypt"
    b" AHx A85 LZW RL Fl F".split()
)
_TELLING = _ODD | {b"ObjStm", b"First", b"N", b"Filter", b"FlateDecode"}


def check_pdf(content: bytes) -> int:
    """Accepts a PDF or raises SheetRefused. Returns how many steps it took."""
    start = content[:HEADER_WITHIN].find(b"%PDF-")
    if start < 0 or b"<" in content[:start] or not _has_end(content):
        raise SheetRefused("content", "的内容不是 PDF，或文件不完整。请重新导出后上传。")
    reading = _Reading()
    reading.read(content)
    return reading.steps


def _has_end(content: bytes) -> bool:
    """Whether the file ends as one: some writers fill up with blanks or zeros."""
    return b"%%EOF" in content.rstrip(b"\0\t\n\x0c\r ")[-END_WITHIN:]


def _active() -> SheetRefused:
    return SheetRefused("active", "含有脚本或嵌入文件，不能接收。请打印为 PDF 后上传。")


def _odd() -> SheetRefused:
    return SheetRefused("odd", "的内部写法特殊，无法检查，不能接收。请打印为 PDF 后上传。")


def _written_out(name: bytes) -> bytes:
    """A name with its #xx written out: J#61vaScript is JavaScript."""
    return _ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), name) if b"#" in name else name


def _end_of_string(content: bytes, start: int) -> int:
    """Behind the parenthesis that closes the string whose content begins at `start`."""
    depth = 1
    for found in _IN_STRING.finditer(content, start):
        mark = found[0]
        depth += (mark == b"(") - (mark == b")")
        if not depth:
            return found.end()
    return len(content)


class _Reading:
    """One file. Counts its steps, and what it unpacks."""

    def __init__(self) -> None:
        self.steps = 0
        self.unpacked = 0
        self.taken = 0  # bytes that went into unpacking: the same may be named by many groups

    def read(self, content: bytes) -> None:
        """The file: objects, their streams, and what stands between them."""
        names: list[bytes] = []  # of the object that is open
        begun = position = 0
        while True:
            found = _TOKEN.search(content, position)
            if found is None:
                return
            self._step()
            position = found.end()
            word = found[3]
            if word == b"stream":
                end = content.find(b"endstream", position)
                end = len(content) if end < 0 else end
                if _is_group(names):
                    self._group(content, position, names, content[begun : found.start()])
                self._search(content[position:end])
                position = end
                names = []
            elif word is not None:
                names, begun = [], position
            elif found[2]:
                end = _end_of_string(content, position)
                self._search(content[position:end])
                position = end
            elif found[1] is None:
                self._search(found[0])
            else:
                name = self._name(found[1])
                if name in _TELLING:
                    names.append(name)

    def _step(self) -> None:
        self.steps += 1
        if self.steps > MAX_STEPS:
            raise SheetRefused("unpacked", "的内容过于零碎，不能接收。请打印为 PDF 后上传。")

    def _name(self, raw: bytes) -> bytes:
        name = _written_out(raw)
        if name in _ACTIVE:
            raise _active()
        if name == b"Encrypt":
            raise SheetRefused("encrypted", "带有密码或权限限制。请取消后重新导出 PDF 上传。")
        return name

    def _search(self, raw: bytes) -> None:
        """Bytes that are no objects unless a table of references says so."""
        found = _OBJECT.search(raw)
        if found and _SEARCHED.search(_written_out(raw[found.end() :])):
            raise _active()

    def _group(self, content: bytes, start: int, names: list[bytes], about: bytes) -> None:
        """A stream of objects: the same rules hold for what is in it."""
        firsts = {int(found[1]) for found in _FIRST.finditer(_written_out(about))} or {0}
        if len(firsts) > 4 or not _ODD.isdisjoint(names):
            raise _odd()
        if content.startswith(b"\r\n", start):
            start += 2
        elif content.startswith((b"\n", b"\r"), start):
            start += 1
        if b"Filter" not in names:
            end = content.find(b"endstream", start)
            self._objects(content[start : len(content) if end < 0 else end], firsts)
        elif names.count(b"FlateDecode") != 1:
            raise _odd()
        objects = b"".join(self._inflated(content, start))
        if not objects and b"Filter" in names:
            raise _odd()
        self._objects(objects, firsts)

    def _inflated(self, content: bytes, start: int) -> Iterator[bytes]:
        inflate = zlib.decompressobj()
        pending = b""
        size = _FIRST_PIECE
        is_broken = False
        while not inflate.eof:
            if not pending:
                # Twice as much each time: never more than twice what the group has.
                pending = content[start : start + size]
                start += len(pending)
                size = min(2 * size, _PIECE)
                self.taken += len(pending)
                if not pending:
                    return
            before = inflate.copy()
            try:
                piece = inflate.decompress(pending, _PIECE)
            except zlib.error:
                # What came before the break is looked at and counted, too.
                piece = b"".join(_up_to_the_break(before, pending))
                inflate, is_broken = before, True
            pending = inflate.unconsumed_tail
            self.unpacked += len(piece)
            if self.unpacked > MAX_UNPACKED or self.taken > MAX_TAKEN * len(content) + _PIECE:
                raise SheetRefused("unpacked", "解开后过大，不能接收。请打印为 PDF 后上传。")
            yield piece
            if is_broken:
                return

    def _objects(self, content: bytes, firsts: set[int]) -> None:
        if not _ACTIVE_ANYWHERE.search(content):
            return
        places = _places(content, firsts)
        position = 0
        while True:
            found = _TOKEN.search(content, position)
            if found is None:
                return
            self._step()
            position = found.end()
            if found[1] is not None:
                self._name(found[1])
                continue
            if found[2]:
                position = _end_of_string(content, position)
            elif found[3] is not None:
                continue
            # A string or a comment: no object, unless one is said to begin in the middle of it.
            inside = content[found.start() : position]
            if _points_into(places, found.start() + 1, position) and _ACTIVE_ANYWHERE.search(
                inside
            ):
                raise _odd()


def _up_to_the_break(inflate: "zlib._Decompress", pending: bytes) -> Iterator[bytes]:
    """What `pending` gives before it breaks, at most _PIECE bytes: an error loses what its call
    has unpacked, so the calls grow small."""
    left = _PIECE
    for size in (1024, 1):
        while pending:
            before = inflate.copy() if size > 1 else inflate
            try:
                piece = inflate.decompress(pending[:size], left)
            except zlib.error:
                inflate = before
                pending = pending[:size]
                break
            yield piece
            left -= len(piece)
            if left <= 0:  # zero would mean: without a limit
                return
            pending = pending[size:]


def _is_group(names: list[bytes]) -> bool:
    """By its type, or by the two entries that only a group of objects has: some readers ask no
    more."""
    return b"ObjStm" in names or (b"First" in names and b"N" in names)


def _places(content: bytes, firsts: set[int]) -> list[int]:
    """Where a group's objects begin: its head has pairs of a number and a place."""
    places: set[int] = set()
    for first in firsts:
        numbers = [int(found[0][:12]) for found in _NUMBER.finditer(content, 0, first)]
        places.update(first + number for number in numbers[1::2])
    return sorted(places)


def _points_into(places: list[int], start: int, end: int) -> bool:
    at = bisect_left(places, start)
    return at < len(places) and places[at] < end
