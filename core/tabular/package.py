"""The zip around a workbook, read by counting: what the headers say is not believed."""

import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from core.tabular.errors import SheetRefused

MAX_ENTRIES = 2_000
MAX_ENTRY_BYTES = 100 * 1024 * 1024
MAX_TOTAL_BYTES = 200 * 1024 * 1024
MAX_RATIO = 100
# Small parts of blanks or zeros may shrink more than a hundredfold without being a bomb.
_RATIO_FREE_BYTES = 1024 * 1024
_CHUNK = 128 * 1024
_LOCAL_HEADER = struct.Struct("<4s5H3L2H")
_DIRECTORY_ENTRY = b"PK\x01\x02"
_NESTED = (b"PK\x03\x04", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b\x08", b"\xfd7zXZ", b"BZh9")
_DAMAGED_MESSAGE = "文件已损坏，打不开。请用 Office 或 WPS 重新另存后上传"


class Package:
    """An open workbook file: its entries checked, their bytes handed out counted."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file = file
        self._size = size
        self._total = 0
        file.seek(0)
        # Before zipfile makes an object of each.
        if file.read(size).count(_DIRECTORY_ENTRY) > 2 * MAX_ENTRIES:
            raise _bomb("压缩包内的部件过多")
        try:
            archive = zipfile.ZipFile(file)
            self.entries = archive.infolist()
        except (
            zipfile.BadZipFile,
            NotImplementedError,
            ValueError,
            struct.error,
            OSError,
        ) as error:
            raise _damaged() from error
        self._check_entries(size, archive.start_dir, archive.comment)

    def _check_entries(self, size: int, directory_at: int, comment: bytes) -> None:
        if len(self.entries) > MAX_ENTRIES:
            raise _bomb(f"压缩包内有 {len(self.entries)} 个部件")
        if comment:
            raise _damaged()
        names: set[str] = set()
        for entry in self.entries:
            name = entry.filename
            parts = name.replace("\\", "/").split("/")
            if name.startswith(("/", "\\")) or ".." in parts or ":" in parts[0] or "\\" in name:
                raise SheetRefused(
                    "zip_path", "文件内部含有不安全的路径，不能接收。请重新另存后上传"
                )
            if name.lower() in names:
                raise _damaged()
            names.add(name.lower())
            if entry.flag_bits & 0x1:
                raise SheetRefused("zip_encrypted", "文件带有密码。请取消密码后重新上传")
            if stat.S_ISLNK(entry.external_attr >> 16):
                raise SheetRefused("zip_link", "文件内部含有链接，不能接收。请重新另存后上传")
            if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise _damaged()
        # Overlapping entries multiply a few bytes; data before the first one hides another file.
        end = 0
        for entry in sorted(self.entries, key=lambda entry: entry.header_offset):
            if entry.header_offset < end or (end == 0 and entry.header_offset != 0):
                raise _damaged()
            end = self._data_offset(entry) + entry.compress_size
        if end > directory_at or directory_at > size:
            raise _damaged()

    def _data_offset(self, entry: zipfile.ZipInfo) -> int:
        self._file.seek(entry.header_offset)
        header = self._file.read(_LOCAL_HEADER.size)
        if len(header) != _LOCAL_HEADER.size:
            raise _damaged()
        magic, _, flags, method, *_, name_length, extra_length = _LOCAL_HEADER.unpack(header)
        name = self._file.read(name_length)
        expected = entry.orig_filename.encode("utf-8" if flags & 0x800 else "cp437", "replace")
        if magic != b"PK\x03\x04" or method != entry.compress_type or name != expected:
            raise _damaged()
        return entry.header_offset + _LOCAL_HEADER.size + name_length + extra_length

    def again(self) -> "Package":
        """The same package with its counters at zero, for a second reading."""
        return Package(self._file, self._size)

    def chunks(self, entry: zipfile.ZipInfo) -> Iterator[bytes]:
        """The entry's bytes in pieces; refuses as soon as a limit is passed or a header lied."""
        self._file.seek(self._data_offset(entry))
        position = self._file.tell()
        inflate = zlib.decompressobj(-15) if entry.compress_type == zipfile.ZIP_DEFLATED else None
        left, count, crc = entry.compress_size, 0, 0
        pending = b""
        while True:
            if not pending and left:
                self._file.seek(position)
                pending = self._file.read(min(_CHUNK, left))
                if not pending:
                    raise _damaged()
                position += len(pending)
                left -= len(pending)
            if inflate is None:
                piece, pending = pending, b""
            else:
                try:
                    piece = inflate.decompress(pending, _CHUNK)
                except zlib.error as error:
                    raise _damaged() from error
                pending = inflate.unconsumed_tail
            if not piece and not pending and not left:
                break
            if count == 0 and piece.startswith(_NESTED):
                raise SheetRefused(
                    "zip_nested", "文件内部嵌有压缩包，不能接收。请删除嵌入的对象后重新上传"
                )
            count += len(piece)
            self._total += len(piece)
            self._check_counts(entry, count)
            crc = zlib.crc32(piece, crc)
            if piece:
                yield piece
            if inflate is not None and inflate.eof:
                if inflate.unused_data or left:
                    raise _damaged()
                break
        if (
            (inflate is not None and not inflate.eof)
            or count != entry.file_size
            or crc != entry.CRC
        ):
            raise _damaged()

    def _check_counts(self, entry: zipfile.ZipInfo, count: int) -> None:
        if count > MAX_ENTRY_BYTES or self._total > MAX_TOTAL_BYTES:
            raise _bomb("解压后过大")
        if count > _RATIO_FREE_BYTES and count > MAX_RATIO * max(entry.compress_size, 1):
            raise _bomb("压缩比异常")


def _damaged() -> SheetRefused:
    return SheetRefused("zip_damaged", _DAMAGED_MESSAGE)


def _bomb(what: str) -> SheetRefused:
    return SheetRefused(
        "zip_bomb", f"文件{what}，不能接收。请删除多余的图片（表格还有空白行列），重新另存后上传"
    )
