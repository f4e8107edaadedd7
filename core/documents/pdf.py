"""Documents as PDF, by weasyprint: the layout of `official.css`, Noto's Simplified Chinese faces.

Weasyprint and what it loads (pango) come with the first PDF, not with the portal.
"""

import base64
import functools
import logging
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from .. import clock
from ..errors import DomainError
from ..text import clean
from .description import (
    SHORT_TABLE,
    Block,
    Book,
    Chart,
    Document,
    Fields,
    Heading,
    Lines,
    PageBreak,
    Paragraph,
    Picture,
    Pictures,
    Progress,
    Signature,
    Table,
    closes,
)

BODY_FONT, HEAD_FONT = "Noto Serif CJK SC", "Noto Sans CJK SC"
PACKAGES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-cjk"
_DRAWN = "data:image/svg+xml;base64,"
_PICTURES = ("data:image/jpeg;base64,", "data:image/png;base64,")
_STYLE = Path(__file__).with_name("official.css")

logger = logging.getLogger("portal.documents")


class PdfUnavailable(DomainError):
    """This computer cannot make a PDF; the message says what is missing and what works instead."""

    status = 503

    def __init__(self, missing: str) -> None:
        super().__init__(
            f"这台服务器缺少{missing}，暂时不能生成 PDF。可以先导出 Word；"
            f"请系统管理员安装：{PACKAGES}。",
            code="pdf_unavailable",
        )


def write(target: BinaryIO, document: Document) -> None:
    """Writes one document. Raises PdfUnavailable."""
    write_pack(target, [document])


def write_pack(
    target: BinaryIO, documents: Sequence[Document], progress: Progress | None = None
) -> None:
    """Writes several documents as one PDF, each from a new page, pages numbered through.

    `progress` is told how many of them are laid out. Raises PdfUnavailable, ValueError for none.
    """
    if not documents:
        raise ValueError("a pack of nothing")
    weasyprint = _weasyprint()
    fonts = weasyprint.text.fonts.FontConfiguration()
    parts: list[Any] = []
    pages: list[Any] = []
    for number, document in enumerate(documents, start=1):
        parts.append(_laid_out(weasyprint, document, fonts, len(pages)))
        pages += parts[-1].pages
        if progress is not None:
            progress(number, len(documents))
    _finish(target, parts[0].copy(pages) if len(parts) > 1 else parts[0])


def write_book(target: BinaryIO, book: Book, progress: Progress | None = None) -> None:
    """Writes a book. What is bound is laid out first, so that contents and cover can name its pages;
    they have no number of their own, and page 1 lies on the right. `progress` is told how many parts
    are laid out. Raises PdfUnavailable, ValueError for one without parts."""
    weasyprint = _weasyprint()
    fonts = weasyprint.text.fonts.FontConfiguration()
    bound: list[Any] = []
    entries: list[tuple[str, str, int]] = []
    for number, part in enumerate(book.parts, start=1):
        entries.append((part.group, part.title, len(bound) + 1))
        anchor = f"part-{number}"
        bound += _laid_out(weasyprint, part.document, fonts, len(bound), anchor=anchor).pages
        if progress is not None:
            progress(number, book.part_count)
    if not entries:
        raise ValueError("a book of nothing")
    count = book.count.format(len(bound))
    front = _unnumbered(weasyprint, _cover_html(book.cover, count), fonts)
    pages = [*front.pages, *_unnumbered(weasyprint, _contents_html(book, entries), fonts).pages]
    if len(pages) % 2:
        pages += _unnumbered(weasyprint, "<p></p>", fonts).pages
    _finish(target, front.copy(pages + bound))


def _finish(target: BinaryIO, whole: Any) -> None:
    content = whole.write_pdf()
    # A computer without the font silently gets another one, or boxes.
    if not any(BODY_FONT in _family(font) for font in whole.fonts.values()):
        raise PdfUnavailable("中文字体")
    target.write(content)


def _cover_html(cover: Document, count: str) -> str:
    below = format_html('<p class="cover-count">{}</p></body>', count)
    return html_of(cover).replace("<body>", '<body class="cover">').replace("</body>", below)


def _contents_html(book: Book, entries: Sequence[tuple[str, str, int]]) -> str:
    lines, group = [], ""
    for number, (of, title, page) in enumerate(entries, start=1):
        if of and of != group:
            lines.append(format_html('<p class="entry-group">{}</p>', clean(of)))
        group = of
        lines.append(
            format_html(
                '<p class="entry"><a href="#part-{}">{}<span>{}</span></a></p>',
                number,
                clean(title),
                page,
            )
        )
    return format_html(
        '<!doctype html><html lang="zh-CN"><body><h1>{}</h1>{}</body></html>',
        clean(book.contents),
        SafeString("".join(lines)),
    )


def html_of(document: Document, *, anchor: str = "") -> str:
    """The document as the page that weasyprint lays out; everything in it is escaped. `anchor` is
    where links lead that mean it."""
    titles = format_html_join("", "<h1>{}</h1>", ((clean(text),) for text in document.titles))
    notes = format_html_join(
        "",
        '<p class="note">{}</p>',
        ((clean(text),) for text in (document.number, document.note) if text),
    )
    stamp = format_html('<p class="stamp"><b>{}</b></p>', clean(document.stamp))
    to = clean(document.addressee).rstrip("：:")
    addressee = format_html('<p class="line">{}：</p>', to) if to else ""
    # Without the language the Japanese face of the same font is chosen.
    return format_html(
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>{}</title>'
        '<meta name="dcterms.created" content="{}"></head><body{}>{}{}{}{}{}</body></html>',
        clean(document.name)[:200],
        clock.now().isoformat(timespec="seconds"),
        format_html(' id="{}"', anchor) if anchor else "",
        stamp if document.stamp else "",
        titles,
        notes,
        addressee,
        SafeString(
            "".join(
                format_html('<div class="close">{}</div>', _block(block))
                if closes(document, place)
                else _block(block)
                for place, block in enumerate(document.blocks)
            )
        ),
    )


def _block(block: Block) -> SafeString | str:
    match block:
        case Heading(text, level):
            return format_html(f"<h{level + 1}>{{}}</h{level + 1}>", clean(text))
        case Paragraph(text):
            lines = clean(text, multiline=True).split("\n")
            kept = ((line,) for line in lines if line.strip())
            return format_html_join("", '<p class="body">{}</p>', kept)
        case Lines(texts):
            return format_html_join(
                "", '<p class="line">{}</p>', ((clean(text),) for text in texts)
            )
        case Table(rows, widths_mm, row_mm):
            return _table(rows, widths_mm, row_mm)
        case Fields(rows):
            return _fields(rows)
        case Pictures(pictures):
            return format_html(
                '<div class="pictures">{}</div>',
                SafeString("".join(_picture(one) for one in pictures)),
            )
        case Chart(drawing, caption):
            # A file of its own: its classes and the document's do not meet.
            source = base64.b64encode(drawing.picture().encode()).decode()
            below = format_html("<figcaption>{}</figcaption>", clean(caption)) if caption else ""
            return format_html(
                '<figure><img src="{}{}" alt="{}">{}</figure>',
                _DRAWN,
                source,
                clean(drawing.name),
                below,
            )
        case Signature(by, on, has_seal):
            return format_html(
                '<div class="signature{}"><p class="by">{}</p><p class="on">{}</p></div>',
                " with-seal" if has_seal else "",
                clean(by),
                clean(on),
            )
        case PageBreak():
            return '<div class="new-page"></div>'


def _table(rows: Sequence[Sequence[str]], widths_mm: Sequence[float], row_mm: float) -> SafeString:
    columns = format_html_join("", '<col style="width:{}mm">', ((width,) for width in widths_mm))
    lines = [
        format_html_join(
            "",
            f"<{tag}>{{}}</{tag}>",
            ((clean(text, multiline=True),) for text in row),
        )
        for number, row in enumerate(rows)
        for tag in ("th" if number == 0 else "td",)
    ]
    head, body = lines[:1], lines[1:]
    return format_html(
        "<table{}><colgroup>{}</colgroup><thead>{}</thead><tbody>{}</tbody></table>",
        SafeString(' class="short"') if len(rows) <= SHORT_TABLE else "",
        columns,
        format_html_join("", "<tr>{}</tr>", ((line,) for line in head)),
        format_html_join("", '<tr style="height:{}mm">{}</tr>', ((row_mm, line) for line in body)),
    )


def _fields(rows: Sequence[Sequence[tuple[str, str]]]) -> SafeString:
    lines = [
        format_html_join(
            "",
            "<th>{}</th><td{}>{}</td>",
            (
                (
                    clean(name),
                    SafeString(' colspan="3"') if len(row) == 1 else "",
                    clean(value, multiline=True),
                )
                for name, value in row
            ),
        )
        for row in rows
    ]
    return format_html(
        '<table class="fields"><colgroup><col class="name"><col><col class="name"><col></colgroup>'
        "<tbody>{}</tbody></table>",
        format_html_join("", "<tr>{}</tr>", ((line,) for line in lines)),
    )


def _picture(picture: Picture) -> SafeString:
    return format_html(
        '<figure><img src="data:image/{};base64,{}" alt="{}"><figcaption>{}</figcaption></figure>',
        picture.kind,
        base64.b64encode(picture.content).decode(),
        clean(picture.caption) or "照片",
        clean(picture.caption),
    )


_ACROSS = (
    "@page { size: A4 landscape; margin: 24mm 20mm 24mm 20mm }"
    "table { font-size: 9pt; line-height: 14pt } th, td { padding: .5mm .8mm }"
)
_NO_NUMBER = (
    "@page :right { @bottom-right { content: none } }@page :left { @bottom-left { content: none } }"
)


def _unnumbered(weasyprint: Any, page: str, fonts: Any) -> Any:
    sheets = [_sheet(), weasyprint.CSS(string=_NO_NUMBER)]
    made = weasyprint.HTML(string=page, url_fetcher=_fetcher())
    return made.render(stylesheets=sheets, font_config=fonts)


def _laid_out(
    weasyprint: Any, document: Document, fonts: Any, pages_before: int, *, anchor: str = ""
) -> Any:
    sheets = [_sheet()]
    if document.is_wide:
        sheets.append(weasyprint.CSS(string=_ACROSS))
    if pages_before:
        side = "left" if pages_before % 2 else "right"
        sheets.append(
            weasyprint.CSS(
                string=f"@page :first {{ counter-reset: page {pages_before + 1} }}"
                f"html {{ break-before: {side} }}"
            )
        )
    page = weasyprint.HTML(string=html_of(document, anchor=anchor), url_fetcher=_fetcher())
    return page.render(stylesheets=sheets, font_config=fonts)


@functools.cache
def _weasyprint() -> Any:
    """The package, loaded when the first PDF is asked for. A failure is not kept: what is missing
    may be installed while the portal runs."""
    try:
        import weasyprint
        import weasyprint.text.fonts
    except OSError as error:
        logger.warning("no PDF: %s", error)
        for name in [name for name in sys.modules if name.partition(".")[0] == "weasyprint"]:
            del sys.modules[name]  # half loaded
        raise PdfUnavailable("排版库 pango") from error
    return weasyprint


@functools.cache
def _sheet() -> Any:
    return _weasyprint().CSS(string=_STYLE.read_text(encoding="utf-8"), url_fetcher=_fetcher())


@functools.cache
def _fetcher() -> Any:
    """Fetches drawings and pictures that stand in the document itself, and nothing else: a document
    with somebody's text in it must reach neither files nor the network."""
    from weasyprint.urls import URLFetcher

    class OnlyDrawings(URLFetcher):
        def fetch(self, url: str, headers: Any = None) -> Any:
            if not url.startswith((_DRAWN, *_PICTURES)):
                logger.warning("a document asked for an address and did not get it")
                raise ValueError("no address is fetched for a document")
            return super().fetch(url, headers)

    return OnlyDrawings(allowed_protocols=("data",), allow_redirects=False)


def _family(font: Any) -> str:
    family = font.family
    return family.decode(errors="replace") if isinstance(family, bytes) else str(family)
