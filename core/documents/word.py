"""Official documents as .docx, in the layout of GB/T 9704-2012: page, fonts, line grid, numbers."""

import io
from collections.abc import Sequence
from typing import Any, BinaryIO
from xml.sax.saxutils import quoteattr

import docx
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph as WordParagraph

from .. import clock
from ..charts import Drawing
from ..text import clean
from . import pictures
from .description import (
    Block,
    Chart,
    Document,
    Heading,
    Lines,
    PageBreak,
    Paragraph,
    Progress,
    Signature,
    Table,
)

# Sizes of the standard: 2号 and 3号 and 4号.
TITLE_SIZE, BODY_SIZE, FOOT_SIZE = Pt(22), Pt(16), Pt(14)
TITLE_FONT, BODY_FONT, HEAD_FONT, SUBHEAD_FONT = (
    "方正小标宋简体",
    "仿宋_GB2312",
    "黑体",
    "楷体_GB2312",
)
# What Word takes where the computer has not got them.
FALLBACKS = {
    TITLE_FONT: "宋体",
    BODY_FONT: "仿宋",
    SUBHEAD_FONT: "楷体",
}
LINE = Pt(28.95)  # 22 lines of 3号 on a page of 225 mm
INDENT_CHARACTERS = 200  # hundredths of a character: two
TEXT_WIDTH_MM = 156  # of the page between its margins
STAMP_RED = "B3261E"
SEAL_LINES = 2  # above the name, where the stamp stands over name and date


class OfficialDocument:
    """A document that is written from its title downwards and saved once.

    Texts may come from anybody: what no document can hold is left out.
    """

    def __init__(self, title: str) -> None:
        self._document = docx.Document()
        self._style_ids: dict[str, str] = {}
        self._styles()
        self._page()
        self._name(title)
        self._fallback_fonts()

    def stamp(self, text: str) -> None:
        """A word in a red frame, on the right above the title."""
        run = self._add("", "Portal stamp").add_run(clean(text))
        frame = OxmlElement("w:bdr")
        for name, value in (("val", "single"), ("sz", "12"), ("space", "0"), ("color", STAMP_RED)):
            frame.set(qn(f"w:{name}"), value)
        run._r.get_or_add_rPr().append(frame)

    def title(self, text: str) -> None:
        """A title line, 2号 小标宋 in the middle."""
        paragraph = self._add(text, "Portal title")
        paragraph.paragraph_format.keep_with_next = True

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

    def lines(self, texts: Sequence[str]) -> None:
        """Lines that are not moved in, such as 填报单位 and its neighbours."""
        for text in texts:
            self._add(text, "Portal line")

    def table(
        self, rows: Sequence[Sequence[str]], *, widths_mm: Sequence[float], row_mm: float = 0
    ) -> None:
        """A table with lines; the first row is its head and repeats on every page. Others are at
        least `row_mm` high."""
        table = self._document.add_table(rows=0, cols=len(widths_mm))
        table.style = "Table Grid"
        table.autofit = False
        for number, row in enumerate(rows):
            added = table.add_row()
            if number and row_mm:
                added.height = Mm(row_mm)
            cells = added.cells
            for cell, text, width in zip(cells, row, widths_mm, strict=True):
                cell.width = Mm(width)
                paragraph = cell.paragraphs[0]
                paragraph._p.style = self._style_ids["Portal cell"]
                run = paragraph.add_run(clean(text, multiline=True))
                if number == 0:
                    _font(run, HEAD_FONT)
        if rows:
            properties = table.rows[0]._tr.get_or_add_trPr()
            properties.append(OxmlElement("w:tblHeader"))

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

    def _styles(self) -> None:
        normal = self._document.styles["Normal"]
        normal.font.size = BODY_SIZE
        _font(normal, BODY_FONT)
        body = self._style("body", BODY_FONT, BODY_SIZE, indent=True)
        body.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
        self._style(
            "heading", HEAD_FONT, BODY_SIZE, indent=True
        ).paragraph_format.keep_with_next = True
        self._style(
            "subheading", SUBHEAD_FONT, BODY_SIZE, indent=True
        ).paragraph_format.keep_with_next = True
        self._style("line", BODY_FONT, BODY_SIZE)
        title = self._style("title", TITLE_FONT, TITLE_SIZE)
        title.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
        title.paragraph_format.line_spacing = Pt(35)
        stamp = self._style("stamp", HEAD_FONT, TITLE_SIZE)
        stamp.font.bold, stamp.font.color.rgb = True, RGBColor.from_string(STAMP_RED)
        stamp.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        stamp.paragraph_format.line_spacing = Pt(35)
        note = self._style("note", SUBHEAD_FONT, BODY_SIZE)
        note.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
        note.paragraph_format.space_after = LINE
        picture = self._style("picture", BODY_FONT, BODY_SIZE)
        picture.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
        picture.paragraph_format.keep_with_next = True
        caption = self._style("caption", BODY_FONT, Pt(12))
        caption.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
        cell = self._style("cell", BODY_FONT, Pt(12))
        cell.paragraph_format.line_spacing = Pt(20)

    def _style(self, name: str, font: str, size: Pt, *, indent: bool = False) -> Any:
        style = self._document.styles.add_style(f"Portal {name}", WD_STYLE_TYPE.PARAGRAPH)
        self._style_ids[style.name] = style.style_id
        style.base_style = self._document.styles["Normal"]
        style.font.size = size
        _font(style, font)
        layout = style.paragraph_format
        layout.space_before = layout.space_after = Pt(0)
        layout.line_spacing_rule = WD_LINE_SPACING.EXACTLY
        layout.line_spacing = LINE
        if indent:
            # In characters, so that it stays two whatever size somebody chooses later.
            element = OxmlElement("w:ind")
            element.set(qn("w:firstLineChars"), str(INDENT_CHARACTERS))
            element.set(qn("w:firstLine"), str(2 * 20 * int(size.pt)))
            style.element.get_or_add_pPr().append(element)
        return style

    def _page(self) -> None:
        section = self._document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.top_margin, section.bottom_margin = Mm(37), Mm(35)
        section.left_margin, section.right_margin = Mm(28), Mm(26)
        section.footer_distance = Mm(35 - 7 - 5)  # the number stands 7 mm below the type area
        self._document.settings.odd_and_even_pages_header_footer = True
        _page_number(section.footer.paragraphs[0], WD_ALIGN_PARAGRAPH.RIGHT)
        _page_number(section.even_page_footer.paragraphs[0], WD_ALIGN_PARAGRAPH.LEFT)

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


def _made(document: Document) -> OfficialDocument:
    made = OfficialDocument(document.name)
    if document.stamp:
        made.stamp(document.stamp)
    for title in document.titles:
        made.title(title)
    for text in (document.number, document.note):
        if text:
            made.note(text)
    if document.addressee:
        made.addressee(document.addressee)
    for block in document.blocks:
        _add(made, block)
    return made


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
        case Chart(drawing, caption):
            made.chart(drawing, caption)
        case Signature(by, on, has_seal):
            made.signature(by, on, has_seal=has_seal)
        case PageBreak():
            made.page_break()


def _font(holder: Any, name: str) -> None:
    """Sets Latin and Chinese letters of a style or run to one font."""
    holder.font.name = name
    fonts = holder.element.get_or_add_rPr().get_or_add_rFonts()
    for kind in ("w:eastAsia", "w:hAnsi", "w:ascii", "w:cs"):
        fonts.set(qn(kind), name)


def _page_number(paragraph: WordParagraph, alignment: WD_ALIGN_PARAGRAPH) -> None:
    """— 1 — in 4号 宋体, one character away from the edge."""
    edge = "w:rightChars" if alignment == WD_ALIGN_PARAGRAPH.RIGHT else "w:leftChars"
    element = OxmlElement("w:ind")
    element.set(qn(edge), "100")
    paragraph._p.get_or_add_pPr().append(element)
    paragraph.alignment = alignment  # after the indent: the schema wants this order
    for text, code in (("— ", ""), ("", "PAGE"), (" —", "")):
        run = paragraph.add_run(text)
        run.font.size = FOOT_SIZE
        _font(run, "宋体")
        if code:
            for kind in ("begin", "", "end"):
                if kind:
                    mark = OxmlElement("w:fldChar")
                    mark.set(qn("w:fldCharType"), kind)
                else:
                    mark = OxmlElement("w:instrText")
                    mark.text = code
                run._r.append(mark)
