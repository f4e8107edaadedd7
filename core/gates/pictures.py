"""The gate of pictures: each is drawn anew, which drops where and with what it was taken, and what
hangs behind it. A large one is made smaller; its pixels never lie in memory all at full size where
the format can do without.
"""

import io
from typing import Any

from core.tabular.errors import SheetRefused

KEPT_PIXELS = 16_000_000  # a page of A4 at 300 dots an inch has nine million
# JPEG is made smaller while it is unpacked, so that the largest sensors fit; others are not.
MOST_PIXELS = {"JPEG": 220_000_000}
MOST_PIXELS_OTHERS = 100_000_000
LARGE_FILE = 8 * 1024 * 1024  # bytes: what is larger and needs no transparency becomes a JPEG
_STRIP = 256  # rows of the smaller picture
FORMATS = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP", "bmp": "BMP"}


def redraw(kind: str, content: bytes) -> tuple[str, bytes, bool]:
    """The picture of `kind` (of FORMATS) drawn anew: what it is now (jpg or png), its bytes,
    whether it was made smaller. Raises SheetRefused."""
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None  # ours hold
    try:
        return _redraw(kind, content)
    except (SheetRefused, MemoryError):
        raise
    except Exception as error:
        # Pillow raises whatever its decoders do; to the user all of it is an unreadable picture.
        raise SheetRefused("image", "不是有效的图片，或已损坏。请重新保存后上传。") from error


def shrink(content: bytes, kind: str, most: int) -> tuple[str, bytes]:
    """A reader for `core.apart`: the picture as a JPEG on white, of at most `most` pixels each way,
    for papers. Raises SheetRefused."""
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = None  # as it was kept, by `redraw`
    try:
        with Image.open(io.BytesIO(content), formats=[FORMATS[kind]]) as image:
            image.draft("RGB", (most, most))
            upright: Any = ImageOps.exif_transpose(image)
            upright.thumbnail((most, most), Image.Resampling.LANCZOS, reducing_gap=2.0)
            plain = Image.new("RGB", upright.size, "#ffffff")
            colours = upright.convert("RGBA")
            plain.paste(colours, mask=colours.getchannel("A"))
            out = io.BytesIO()
            plain.save(out, "JPEG", quality=80)
            return "jpg", out.getvalue()
    except MemoryError:
        raise
    except Exception as error:
        raise SheetRefused("image", "不是有效的图片，或已损坏。") from error


def _redraw(kind: str, content: bytes) -> tuple[str, bytes, bool]:
    from PIL import Image, ImageOps

    name = FORMATS[kind]
    with Image.open(io.BytesIO(content), formats=[name]) as image:
        most = MOST_PIXELS.get(name, MOST_PIXELS_OTHERS)
        if image.width * image.height > most:
            raise SheetRefused(
                "pixels",
                f"有 {image.width}×{image.height} 个像素，超过 {most // 1_000_000} 百万，读不了。"
                "请用看图软件缩小后上传。",
            )
        size = _kept_size(image.width, image.height)
        is_smaller = size != image.size
        if is_smaller:
            image.draft(None, size)  # unpacks a JPEG at a half, a quarter or an eighth
            image = _plain(image, size, has_alpha="transparency" in image.info)
            image.thumbnail(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
        upright = ImageOps.exif_transpose(image)
        return *_written(kind, upright), is_smaller


def _kept_size(width: int, height: int) -> tuple[int, int]:
    if width * height <= KEPT_PIXELS:
        return width, height
    scale = (KEPT_PIXELS / (width * height)) ** 0.5
    return max(1, int(width * scale)), max(1, int(height * scale))


def _plain(image: Any, size: tuple[int, int], *, has_alpha: bool) -> Any:
    """Colours that can be averaged: a palette or single bits cannot. What averages with
    transparency works on a copy, so that goes strip by strip."""
    factor = image.width // size[0]
    if image.mode in ("RGBA", "LA") and factor > 1:
        return _reduced(image, factor)
    if image.mode == "1":
        return image.convert("L")
    if image.mode == "P":
        return image.convert("RGBA" if has_alpha else "RGB")
    return image


def _reduced(image: Any, factor: int) -> Any:
    from PIL import Image

    wide, high = -(-image.width // factor), -(-image.height // factor)
    smaller = Image.new(image.mode, (wide, high))
    for top in range(0, high, _STRIP):
        rows = (0, top * factor, image.width, min((top + _STRIP) * factor, image.height))
        smaller.paste(image.crop(rows).reduce(factor), (0, top))
    return smaller


def _written(kind: str, image: Any) -> tuple[str, bytes]:
    out = io.BytesIO()
    has_alpha = "A" in image.getbands()
    if kind != "jpg":
        image.convert("RGBA" if has_alpha else "RGB").save(out, "PNG")
        if has_alpha or out.tell() <= LARGE_FILE:
            return "png", out.getvalue()
        out = io.BytesIO()
    # Said to be empty: else what somebody wrote into the file stands in the new one, too.
    image.convert("RGB").save(out, "JPEG", quality=88, comment=b"")
    return "jpg", out.getvalue()
