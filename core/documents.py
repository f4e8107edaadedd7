"""Official documents as .docx, in the layout of GB/T 9704-2012: page, fonts, line grid, numbers.

Knows no noun of the portal.
"""

from collections.abc import Sequence
from typing import Any, BinaryIO
from xml.sax.saxutils import quoteattr

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph

from . import clock
from .text import clean

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


class OfficialDocument:
    """A document that is written from its title downwards and saved once.

    Texts may come from anybody: what no document can hold is left out.
    """

    def __init__(self, title: str) -> None:
        self._document = Document()
        self._styles()
        self._page()
        self._name(title)
        self._fallback_fonts()

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

    def table(self, rows: Sequence[Sequence[str]], *, widths_mm: Sequence[float]) -> None:
        """A table with lines; the first row is its head and repeats on every page."""
        table = self._document.add_table(rows=0, cols=len(widths_mm))
        table.style = "Table Grid"
        table.autofit = False
        for number, row in enumerate(rows):
            cells = table.add_row().cells
            for cell, text, width in zip(cells, row, widths_mm, strict=True):
                cell.width = Mm(width)
                paragraph = cell.paragraphs[0]
                paragraph.style = "Portal cell"
                run = paragraph.add_run(clean(text, multiline=True))
                if number == 0:
                    _font(run, HEAD_FONT)
        if rows:
            properties = table.rows[0]._tr.get_or_add_trPr()
            properties.append(OxmlElement("w:tblHeader"))

    def page_break(self) -> None:
        """What follows begins on a new page."""
        self._document.add_page_break()

    def save(self, target: BinaryIO) -> None:
        """Writes the document."""
        self._document.save(target)

    def _add(self, text: str, style: str) -> Paragraph:
        return self._document.add_paragraph(clean(text), style=style)

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
        note = self._style("note", SUBHEAD_FONT, BODY_SIZE)
        note.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
        note.paragraph_format.space_after = LINE
        cell = self._style("cell", BODY_FONT, Pt(12))
        cell.paragraph_format.line_spacing = Pt(20)

    def _style(self, name: str, font: str, size: Pt, *, indent: bool = False) -> Any:
        style = self._document.styles.add_style(f"Portal {name}", WD_STYLE_TYPE.PARAGRAPH)
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


def _font(holder: Any, name: str) -> None:
    """Sets Latin and Chinese letters of a style or run to one font."""
    holder.font.name = name
    fonts = holder.element.get_or_add_rPr().get_or_add_rFonts()
    for kind in ("w:eastAsia", "w:hAnsi", "w:ascii", "w:cs"):
        fonts.set(qn(kind), name)


def _page_number(paragraph: Paragraph, alignment: WD_ALIGN_PARAGRAPH) -> None:
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
