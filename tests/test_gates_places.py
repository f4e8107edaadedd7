"""No photograph says where it was taken: whichever kind it is, however it says so."""

import io
import struct
from typing import Any

import pytest
from PIL import Image, PngImagePlugin

from core import attachments
from core.errors import DomainError
from core.gates import heif
from core.tabular.errors import SheetRefused

SECRET = b"SecretPlace117E"
XMP = b'<x:xmpmeta exif:GPSLatitude="SecretPlace117E"/>'


def located() -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = 6  # taken on its side
    exif[0x0110] = "SecretPlace117E"
    exif.get_ifd(0x8825).update({1: "N", 2: (34.0, 16.0, 0.0), 29: "SecretPlace117E"})
    return exif


def taken(kind: str, **more: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 20), (200, 30, 30)).save(out, kind, exif=located(), **more)
    return out.getvalue()


def text() -> PngImagePlugin.PngInfo:
    found = PngImagePlugin.PngInfo()
    found.add_itxt("XML:com.adobe.xmp", XMP.decode())
    found.add_text("Comment", SECRET.decode())
    return found


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jpg", taken("JPEG", comment=SECRET, xmp=XMP)),
        ("a.png", taken("PNG", pnginfo=text())),
        ("a.webp", taken("WEBP", xmp=XMP)),
    ],
)
def test_picture_is_kept_without_its_place(name: str, content: bytes) -> None:
    assert SECRET in content
    kept = attachments.check(io.BytesIO(content), name).content
    assert SECRET not in kept
    with Image.open(io.BytesIO(kept)) as picture:
        assert not picture.getexif()
        assert not picture.getexif().get_ifd(0x8825)
        assert not {"exif", "xmp", "comment", "XML:com.adobe.xmp"} & set(picture.info)
        assert picture.height > picture.width  # drawn upright instead


# --- what nothing here can draw -------------------------------------------------------------------

PICTURE, EXIF = b"PICTURE" * 5, b"\0\0\0\x06Exif\0\0MM\0*" + SECRET


def box(kind: bytes, *parts: bytes) -> bytes:
    content = b"".join(parts)
    return struct.pack(">I4s", 8 + len(content), kind) + content


def heic(version: int = 0, in_table: bool = False, cut: int = 0) -> bytes:
    """A photograph as a phone writes it: what it shows, its Exif and its XMP."""
    items = [(1, b"hvc1", PICTURE), (2, b"Exif", EXIF), (3, b"mime", XMP)]
    infos = [
        box(b"infe", b"\x02\0\0\0", struct.pack(">HH4s", number, 0, kind), b"\0")
        for number, kind, _ in items
    ]
    start = box(b"ftyp", b"heic\0\0\0\0mif1heic")

    def whole(first: int) -> bytes:
        at, lines = first, []
        for number, _, content in items:
            method = struct.pack(">H", int(in_table)) if version else b""
            wide = ">I" if version == 2 else ">H"
            lines.append(
                struct.pack(wide, number) + method + struct.pack(">HHII", 0, 1, at, len(content))
            )
            at += len(content)
        count = struct.pack(">I" if version == 2 else ">H", len(items))
        table = box(b"iloc", bytes([version, 0, 0, 0, 0x44, 0]), count, *lines)
        data = b"".join(content for *_, content in items)
        info = box(b"iinf", b"\0\0\0\0", struct.pack(">H", len(items)), *infos)
        idat = box(b"idat", data) if in_table else b""
        meta = box(b"meta", b"\0\0\0\0", info, table, idat)
        return start + meta + (b"" if in_table else box(b"mdat", data))

    first = 0 if in_table else len(whole(0)) - len(PICTURE + EXIF + XMP)
    found = whole(first)
    return found[: len(found) - cut]


@pytest.mark.parametrize(
    "content",
    [heic(), heic(1), heic(2), heic(1, in_table=True)],
    ids=["version 0", "version 1", "version 2", "in the table"],
)
def test_photograph_of_a_phone_is_blanked_where_it_tells(content: bytes) -> None:
    assert SECRET in content
    checked = attachments.check(io.BytesIO(content), "IMG_1.heic")
    assert SECRET not in checked.content
    assert PICTURE in checked.content
    assert len(checked.content) == len(content)
    assert "已去掉拍摄地点等信息" in checked.notes
    again = attachments.check(io.BytesIO(checked.content), "IMG_1.heic")
    assert again.content == checked.content


@pytest.mark.parametrize("cut", [1, 40, 150])
def test_photograph_that_cannot_be_read_is_refused(cut: int) -> None:
    with pytest.raises(DomainError, match="照片"):
        attachments.check(io.BytesIO(heic(cut=cut)), "IMG_1.heic")


def told_by_table(sizes: int, *lines: bytes) -> bytes:
    """A photograph with one Exif item, of whose places the lines of its table tell."""
    info = box(b"infe", b"\x02\0\0\0", struct.pack(">HH4s", 1, 0, b"Exif"), b"\0")
    meta = box(
        b"meta",
        b"\0\0\0\0",
        box(b"iinf", b"\0\0\0\0\0\x01", info),
        box(b"iloc", bytes([0, 0, 0, 0, sizes, 0]), struct.pack(">H", len(lines)), *lines),
    )
    return box(b"ftyp", b"heic\0\0\0\0mif1heic") + meta


@pytest.mark.parametrize(
    "content",
    [
        told_by_table(0x00, *[struct.pack(">HHH", 2, 0, 65_535)] * 60_000),
        told_by_table(0x44, *[struct.pack(">HHHII", 1, 0, 1, 0, 0)] * 60_000),
    ],
    ids=["a table without numbers", "the whole file again and again"],
)
def test_table_that_makes_work_without_end_is_refused(content: bytes) -> None:
    with pytest.raises(SheetRefused, match="照片里的信息"):
        heif.without_place(content)
