"""Official documents as .docx, in the layout of GB/T 9704-2012: page, fonts, line grid, numbers."""

import io
from collections.abc import Sequence
from itertools import chain
from typing import Any, BinaryIO
from xml.sax.saxutils import quoteattr

import docx
from docx.enum.table import WD_ALIGN_VERTICAL, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm
from docx.text.paragraph import Paragraph as WordParagraph

from .. import clock
from ..charts import Drawing
from ..text import clean
from . import pictures
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
from .word_layout import (
    BODY_FONT,
    HEAD_FONT,
    STAMP_RED,
    SUBHEAD_FONT,
    TEXT_WIDTH_MM,
    TITLE_FONT,
    add_field,
    add_styles,
    font_of,
    keep_with_next,
    lay_out,
    number_pages,
    tighten,
    unbroken,
    underline,
)

# What Word takes where the computer has not got the font.
FALLBACKS = {
    TITLE_FONT: "宋体",
    BODY_FONT: "仿宋",
    SUBHEAD_FONT: "楷体",
}
FIELD_NAME_MM, PICTURE_MM, PICTURE_HIGH_MM = 22, 74, 58
COVER_LINES = 5  # above the title of a book
COVER_WIDTHS_MM, COVER_GAP = (34, 86), 6  # of the form on a cover; lines between it and the title
SHORT_ROW = 12  # lines of a row that stays on one page
SEAL_LINES = 2  # above the name, where the stamp stands over name and date


class OfficialDocument:
    """A document that is written from its title downwards and saved once.

    Texts may come from anybody: what no document can hold is left out.
    """

    def __init__(self, title: str, *, is_wide: bool = False, is_numbered: bool = True) -> None:
        self._document = docx.Document()
        self._bookmarks = 0
        self._is_wide = is_wide
        self._style_ids = add_styles(self._document)
        self._document.settings.odd_and_even_pages_header_footer = True
        section = self._document.sections[0]
        lay_out(section, is_wide=is_wide)
        if is_numbered:
            number_pages(section)
        self._name(title)
        self._fallback_fonts()

    def stamp(self, text: str) -> None:
        """A word in a red frame, on the right above the title."""
        run = self._add("", "Portal stamp").add_run(clean(text))
        frame = OxmlElement("w:bdr")
        for name, value in (("val", "single"), ("sz", "12"), ("space", "0"), ("color", STAMP_RED)):
            frame.set(qn(f"w:{name}"), value)
        run._r.get_or_add_rPr().append(frame)

    def title(self, text: str, *, bookmark: str = "", is_new_page: bool = False) -> None:
        """A title line, 2号 小标宋 in the middle; with a name that `entry` leads to."""
        paragraph = self._add(text, "Portal title")
        paragraph.paragraph_format.keep_with_next = True
        if is_new_page:
            paragraph.paragraph_format.page_break_before = True
        if bookmark:
            self._bookmark(paragraph, bookmark)

    def note(self, text: str) -> None:
        """A line in the middle under the title, such as the period."""
        self._add(text, "Portal note")

    def heading(self, text: str) -> None:
        """A heading of the first level (一、), 3号 黑体."""
        self._add(text, "Portal heading")

    def subheading(self, text: str) -> None:
        """A heading of the second level (（一）), 3号 楷体."""
        self._add(text, "Portal subheading")

    def paragraph(self, text: str) -> None:
        """Body text, 3号 仿宋, first line moved in by two characters; line breaks part paragraphs."""
        for line in clean(text, multiline=True).split("\n"):
            if line.strip():
                self._add(line, "Portal body")

    def lines(self, texts: Sequence[str], *, is_together: bool = False) -> None:
        """Lines that are not moved in, such as 填报单位 and its neighbours; on one page where they
        are to stay together."""
        for place, text in enumerate(texts, start=1):
            paragraph = self._add(text, "Portal line")
            if is_together and place < len(texts):
                keep_with_next(paragraph)

    def table(
        self, rows: Sequence[Sequence[str]], *, widths_mm: Sequence[float], row_mm: float = 0
    ) -> None:
        """A table with lines; the first row is its head and repeats on every page. Others are at
        least `row_mm` high."""
        table = self._document.add_table(rows=0, cols=len(widths_mm))
        table.style = "Table Grid"
        table.autofit = False
        if self._is_wide:
            tighten(table)
        short = [self._is_short(row, widths_mm) for row in rows]
        stays = all(short) and len(rows) <= SHORT_TABLE
        for column, width in zip(table.columns, widths_mm, strict=True):
            column.width = Mm(width)
        for number, row in enumerate(rows):
            added = table.add_row()
            if number and row_mm:
                added.height = Mm(row_mm)
            if short[number]:
                unbroken(added)
            # A head never stands alone at the foot of a page.
            leads = number < len(rows) - 1 and (stays or number == 0)
            cells = added.cells
            for cell, text, width in zip(cells, row, widths_mm, strict=True):
                cell.width = Mm(width)
                style = "Portal small cell" if self._is_wide else "Portal cell"
                run = self._fill(cell, text, style)
                if number == 0:
                    font_of(run, HEAD_FONT)
                if leads:
                    keep_with_next(cell.paragraphs[0])
        if rows:
            properties = table.rows[0]._tr.get_or_add_trPr()
            properties.append(OxmlElement("w:tblHeader"))

    def fields(self, rows: Sequence[Sequence[tuple[str, str]]]) -> None:
        """A form: names left, values right, two pairs side by side or one over the whole breadth."""
        table = self._document.add_table(rows=0, cols=4)
        table.style = "Table Grid"
        table.autofit = False
        widths = (FIELD_NAME_MM, TEXT_WIDTH_MM / 2 - FIELD_NAME_MM) * 2
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Mm(width)
        for row in rows:
            added = table.add_row()
            if self._is_short(
                [value for _, value in row], [widths[1] if len(row) > 1 else 134] * 2
            ):
                unbroken(added)
            cells = added.cells
            for cell, width in zip(cells, widths, strict=True):
                cell.width = Mm(width)
            if len(row) == 1:
                cells[1].merge(cells[3])
            for place, (name, value) in enumerate(row):
                head = cells[2 * place]
                self._fill(head, name, "Portal cell")
                head.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER
                head.vertical_alignment = WD_ALIGN_VERTICAL.CENTER
                self._fill(cells[2 * place + 1], value, "Portal cell")

    def cover(self, titles: Sequence[str], rows: Sequence[Sequence[tuple[str, str]]]) -> None:
        """The cover of a book: its titles, and below them names with values on lines."""
        self.lines([""] * COVER_LINES)
        for place, text in enumerate(titles):
            paragraph = self._add(text, "Portal title" if place else "Portal cover title")
            paragraph.paragraph_format.keep_with_next = True
        self.lines([""] * COVER_GAP)
        table = self._document.add_table(rows=0, cols=2)
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        table.autofit = False
        for column, width in zip(table.columns, COVER_WIDTHS_MM, strict=True):
            column.width = Mm(width)
        for name, value in chain.from_iterable(rows):
            cells = table.add_row().cells
            for cell, text, width in zip(cells, (name, value), COVER_WIDTHS_MM, strict=True):
                cell.width = Mm(width)
                self._fill(cell, text, "Portal line")
                cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER
            underline(cells[1])
        self.lines([""])

    def hold(self) -> None:
        """What was written last stays on the page of what follows: of a table its last row."""
        last = self._document.element.body[-2]  # before the properties of the section
        rows = last.findall(qn("w:tr"))
        for paragraph in rows[-1].iter(qn("w:p")) if rows else [last]:
            keep_with_next(WordParagraph(paragraph, self._document))

    def _is_short(self, texts: Sequence[str], widths_mm: Sequence[float]) -> bool:
        """Whether a row of these texts takes only some lines, as far as can be told from here: one
        that is higher than a page has to be broken."""
        em = (9 if self._is_wide else 12) * 25.4 / 72
        return all(
            sum(1 + int(len(line) * em / width) for line in text.split("\n")) <= SHORT_ROW
            for text, width in zip(texts, widths_mm, strict=False)
        )

    def pictures(self, pictures: Sequence[Picture]) -> None:
        """Photographs, two in a row, each with what stands below it."""
        table = self._document.add_table(rows=0, cols=2)
        table.autofit = False
        for place in range(0, len(pictures), 2):
            cells = table.add_row().cells
            for cell, picture in zip(cells, pictures[place : place + 2], strict=False):
                paragraph = cell.paragraphs[0]
                paragraph._p.style = self._style_ids["Portal picture"]
                shape = paragraph.add_run().add_picture(
                    io.BytesIO(picture.content), width=Mm(PICTURE_MM)
                )
                if shape.height > Mm(PICTURE_HIGH_MM):
                    shape.width = int(shape.width * Mm(PICTURE_HIGH_MM) / shape.height)
                    shape.height = Mm(PICTURE_HIGH_MM)
                shape._inline.docPr.set("descr", clean(picture.caption)[:250] or "照片")
                below = cell.add_paragraph(clean(picture.caption))
                below._p.style = self._style_ids["Portal caption"]

    def _fill(self, cell: Any, text: str, style: str) -> Any:
        paragraph = cell.paragraphs[0]
        paragraph._p.style = self._style_ids[style]
        return paragraph.add_run(clean(text, multiline=True))

    def addressee(self, text: str) -> None:
        """Whom the document is sent to, not moved in."""
        self._add(f"{clean(text).rstrip('：:')}：", "Portal line")

    def chart(self, drawing: Drawing, caption: str = "") -> None:
        """A drawing as a picture, its caption below. Without the font its table stands instead."""
        if not pictures.can_write():
            rows = [
                drawing.table.head,
                *([cell.text for cell in row] for row in drawing.table.rows),
            ]
            width = TEXT_WIDTH_MM / max(1, len(drawing.table.head))
            self.table(rows, widths_mm=[width] * len(drawing.table.head))
        else:
            paragraph = self._document.add_paragraph(style="Portal picture")
            # A unit of a drawing is a pixel of 1/96 inch.
            width = min(TEXT_WIDTH_MM, drawing.width * 25.4 / 96)
            shape = paragraph.add_run().add_picture(
                io.BytesIO(pictures.png(drawing)), width=Mm(width)
            )
            # What a screen reader of the document says.
            shape._inline.docPr.set("descr", clean(f"{drawing.name}。{drawing.description}")[:250])
        if caption:
            self._add(caption, "Portal caption")

    def signature(self, by: str, on: str, *, has_seal: bool = False) -> None:
        """Who issues it and when, on the right; lines above are left for the seal."""
        for _ in range(SEAL_LINES if has_seal else 1):
            self._add("", "Portal line").paragraph_format.keep_with_next = True
        for text, characters, is_last in ((by, 200, False), (on, 400, True)):
            paragraph = self._add(text, "Portal line")
            element = OxmlElement("w:ind")
            element.set(qn("w:rightChars"), str(characters))
            paragraph._p.get_or_add_pPr().append(element)
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            paragraph.paragraph_format.keep_with_next = not is_last

    def page_break(self) -> None:
        """What follows begins on a new page."""
        self._document.add_page_break()

    def section(self, *, is_wide: bool, starts_at: int | None = None) -> None:
        """What follows begins on a new page, of its own breadth; with `starts_at` numbered from
        there, else numbers go on as they are."""
        section = self._document.add_section()
        self._is_wide = is_wide
        lay_out(section, is_wide=is_wide)
        for old in section._sectPr.findall(qn("w:pgNumType")):
            section._sectPr.remove(old)
        if starts_at is not None:
            number_pages(section)
            begins = OxmlElement("w:pgNumType")
            begins.set(qn("w:start"), str(starts_at))
            section._sectPr.find(qn("w:pgMar")).addnext(begins)

    def entry_group(self, text: str) -> None:
        """What the entries of contents that follow have in common."""
        self._add(text, "Portal entry").paragraph_format.keep_with_next = True
        font_of(self._document.paragraphs[-1].runs[0], HEAD_FONT)

    def entry(self, text: str, bookmark: str) -> None:
        """A line of contents: dots, and the page on which the bookmark stands."""
        paragraph = self._add(text, "Portal entry")
        paragraph.add_run("\t")
        add_field(paragraph.add_run(), f"PAGEREF {bookmark} \\h")

    def count(self, text: str, bookmark: str) -> None:
        """A line in the middle that says how many pages there are, up to the bookmark, in place of
        {}."""
        before, _, after = text.partition("{}")
        paragraph = self._add("", "Portal note")
        paragraph.add_run(before)
        add_field(paragraph.add_run(), f"PAGEREF {bookmark} \\h")
        paragraph.add_run(after)

    def end(self, bookmark: str) -> None:
        """Names the end of the document, and has numbers of pages counted when it is opened."""
        self._bookmark(self._document.paragraphs[-1], bookmark)
        settings = self._document.settings.element
        update = OxmlElement("w:updateFields")
        update.set(qn("w:val"), "true")
        settings.find(qn("w:compat")).addprevious(update)

    def _bookmark(self, paragraph: WordParagraph, name: str) -> None:
        self._bookmarks += 1
        for kind, values in (("Start", {"w:name": name}), ("End", {})):
            mark = OxmlElement(f"w:bookmark{kind}")
            mark.set(qn("w:id"), str(self._bookmarks))
            for key, value in values.items():
                mark.set(qn(key), value)
            paragraph._p.append(mark)

    @property
    def file(self) -> Any:
        """The document of python-docx, for joining."""
        return self._document

    def save(self, target: BinaryIO) -> None:
        """Writes the document."""
        self._document.save(target)

    def _add(self, text: str, style: str) -> WordParagraph:
        paragraph = self._document.add_paragraph(clean(text))
        # By its id: given by name python-docx goes through all styles three times, for each one.
        paragraph._p.style = self._style_ids[style]
        return paragraph

    def _name(self, title: str) -> None:
        now = clock.now().replace(tzinfo=None)
        properties = self._document.core_properties
        properties.title = clean(title)[:200]
        properties.author = properties.last_modified_by = ""
        properties.comments = ""
        properties.created = properties.modified = now
        properties.language = "zh-CN"

    def _fallback_fonts(self) -> None:
        """Names the fonts to be taken instead: the standard's are not on every computer."""
        for part in self._document.part.package.iter_parts():
            if str(part.partname) == "/word/fontTable.xml":
                fonts = "".join(
                    f"<w:font w:name={quoteattr(name)}><w:altName w:val={quoteattr(other)}/>"
                    '<w:charset w:val="86"/><w:family w:val="auto"/></w:font>'
                    for name, other in FALLBACKS.items()
                )
                blob = part.blob.replace(b"</w:fonts>", fonts.encode() + b"</w:fonts>")
                part._blob = blob


def write(target: BinaryIO, document: Document) -> None:
    """Writes a described document as .docx."""
    _made(document).save(target)


def write_pack(
    target: BinaryIO, documents: Sequence[Document], progress: Progress | None = None
) -> None:
    """Writes several documents as one .docx, each from a new page. `progress` is told how many of
    them are in it. Raises ValueError for none."""
    from docxcompose.composer import Composer

    class Joined(Composer):
        """What is joined was made here: the same styles, looked for in vain for each paragraph
        (31 of 36 seconds for 500 reports)."""

        def add_styles(self, doc: Any, element: Any) -> None:
            pass

    if not documents:
        raise ValueError("a pack of nothing")
    first, *others = documents
    whole = Joined(_made(first).file)
    for number, one in enumerate([first, *others], start=1):
        if number > 1:
            whole.doc.add_page_break()
            whole.append(_made(one).file)
        if progress is not None:
            progress(number, len(documents))
    whole.save(target)


def write_book(target: BinaryIO, book: Book, progress: Progress | None = None) -> None:
    """Writes a book as one .docx. Word counts the pages that contents and cover name when it opens
    the file. `progress` is told how many parts are written. Raises ValueError for one without parts.
    """
    parts = list(book.parts)
    if not parts:
        raise ValueError("a book of nothing")
    made = OfficialDocument(book.name, is_numbered=False)
    forms = [block.rows for block in book.cover.blocks if isinstance(block, Fields)]
    made.cover(book.cover.titles, list(chain.from_iterable(forms)))
    made.count(book.count, "book_end")
    made.title(book.contents, is_new_page=True)
    group = ""
    for number, part in enumerate(parts, start=1):
        if part.group and part.group != group:
            made.entry_group(part.group)
        group = part.group
        made.entry(part.title, f"part_{number}")
    is_wide = False
    for number, part in enumerate(parts, start=1):
        begins_section = number == 1 or part.document.is_wide != is_wide
        is_wide = part.document.is_wide
        if begins_section:
            made.section(is_wide=is_wide, starts_at=1 if number == 1 else None)
        _write(made, part.document, bookmark=f"part_{number}", is_new_page=not begins_section)
        if progress is not None:
            progress(number, len(parts))
    made.lines([""])
    made.end("book_end")
    made.save(target)


def _made(document: Document) -> OfficialDocument:
    made = OfficialDocument(document.name, is_wide=document.is_wide)
    _write(made, document)
    return made


def _write(
    made: OfficialDocument, document: Document, *, bookmark: str = "", is_new_page: bool = False
) -> None:
    if document.stamp:
        made.stamp(document.stamp)
    for place, title in enumerate(document.titles):
        if place:
            made.title(title)
        else:
            made.title(title, bookmark=bookmark, is_new_page=is_new_page)
    for text in (document.number, document.note):
        if text:
            made.note(text)
    if document.addressee:
        made.addressee(document.addressee)
    for place, block in enumerate(document.blocks):
        is_close = closes(document, place)
        if is_close:
            made.hold()
        if is_close and isinstance(block, Lines):
            made.lines(block.texts, is_together=True)
        else:
            _add(made, block)


def _add(made: OfficialDocument, block: Block) -> None:
    match block:
        case Heading(text, level):
            (made.heading if level == 1 else made.subheading)(text)
        case Paragraph(text):
            made.paragraph(text)
        case Lines(texts):
            made.lines(texts)
        case Table(rows, widths_mm, row_mm):
            made.table(rows, widths_mm=widths_mm, row_mm=row_mm)
        case Fields(rows):
            made.fields(rows)
        case Pictures(pictures):
            made.pictures(pictures)
        case Chart(drawing, caption):
            made.chart(drawing, caption)
        case Signature(by, on, has_seal):
            made.signature(by, on, has_seal=has_seal)
        case PageBreak():
            made.page_break()
