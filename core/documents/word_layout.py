"""The layout of GB/T 9704-2012 in Word: styles of paragraphs, pages, their numbers."""

from typing import Any

from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import (
    WD_ALIGN_PARAGRAPH,
    WD_LINE_SPACING,
    WD_TAB_ALIGNMENT,
    WD_TAB_LEADER,
)
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph as WordParagraph

# Sizes of the standard: 2号 and 3号 and 4号.
TITLE_SIZE, BODY_SIZE, FOOT_SIZE = Pt(22), Pt(16), Pt(14)
TITLE_FONT, BODY_FONT, HEAD_FONT, SUBHEAD_FONT = (
    "方正小标宋简体",
    "仿宋_GB2312",
    "黑体",
    "楷体_GB2312",
)
LINE = Pt(28.95)  # 22 lines of 3号 on a page of 225 mm
INDENT_CHARACTERS = 200  # hundredths of a character: two
TEXT_WIDTH_MM = 156  # of the page between its margins
STAMP_RED = "B3261E"


def add_styles(document: Any) -> dict[str, str]:
    """Adds the styles of official documents; gives their ids by name."""
    ids: dict[str, str] = {}

    def style(name: str, font: str, size: Pt, *, indent: bool = False) -> Any:
        added = _style(document, name, font, size, indent=indent)
        ids[added.name] = added.style_id
        return added

    normal = document.styles["Normal"]
    normal.font.size = BODY_SIZE
    font_of(normal, BODY_FONT)
    body = style("body", BODY_FONT, BODY_SIZE, indent=True)
    body.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    style("heading", HEAD_FONT, BODY_SIZE, indent=True).paragraph_format.keep_with_next = True
    style("subheading", SUBHEAD_FONT, BODY_SIZE, indent=True).paragraph_format.keep_with_next = True
    style("line", BODY_FONT, BODY_SIZE)
    title = style("title", TITLE_FONT, TITLE_SIZE)
    title.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.paragraph_format.line_spacing = Pt(35)
    cover = style("cover title", TITLE_FONT, Pt(36))
    cover.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    cover.paragraph_format.line_spacing = Pt(54)
    stamp = style("stamp", HEAD_FONT, TITLE_SIZE)
    stamp.font.bold, stamp.font.color.rgb = True, RGBColor.from_string(STAMP_RED)
    stamp.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    stamp.paragraph_format.line_spacing = Pt(35)
    note = style("note", SUBHEAD_FONT, BODY_SIZE)
    note.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    note.paragraph_format.space_after = LINE
    picture = style("picture", BODY_FONT, BODY_SIZE)
    picture.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
    picture.paragraph_format.keep_with_next = True
    caption = style("caption", BODY_FONT, Pt(12))
    caption.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    cell = style("cell", BODY_FONT, Pt(12))
    cell.paragraph_format.line_spacing = Pt(20)
    _set_close(cell)
    small = style("small cell", BODY_FONT, Pt(9))
    small.paragraph_format.line_spacing = Pt(14)
    _set_close(small)
    entry = style("entry", BODY_FONT, Pt(14))
    entry.paragraph_format.line_spacing = Pt(24)
    entry.paragraph_format.tab_stops.add_tab_stop(
        Mm(TEXT_WIDTH_MM), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS
    )
    return ids


def _style(document: Any, name: str, font: str, size: Pt, *, indent: bool = False) -> Any:
    style = document.styles.add_style(f"Portal {name}", WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = document.styles["Normal"]
    style.font.size = size
    font_of(style, font)
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


def _set_close(style: Any) -> None:
    """No room between Chinese and figures: a day stays on one line of its narrow column."""
    spacing = style.element.get_or_add_pPr().find(qn("w:spacing"))
    for name in ("w:autoSpaceDE", "w:autoSpaceDN"):
        element = OxmlElement(name)
        element.set(qn("w:val"), "0")
        spacing.addprevious(element)


def font_of(holder: Any, name: str) -> None:
    """Sets Latin and Chinese letters of a style or run to one font."""
    holder.font.name = name
    fonts = holder.element.get_or_add_rPr().get_or_add_rFonts()
    for kind in ("w:eastAsia", "w:hAnsi", "w:ascii", "w:cs"):
        fonts.set(qn(kind), name)


def lay_out(section: Any, *, is_wide: bool) -> None:
    """The page of a section: A4 with the margins of the standard; across, narrower ones."""
    sides = (Mm(297), Mm(210)) if is_wide else (Mm(210), Mm(297))
    section.orientation = WD_ORIENT.LANDSCAPE if is_wide else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = sides
    top, bottom, left, right = (24, 24, 20, 20) if is_wide else (37, 35, 28, 26)
    section.top_margin, section.bottom_margin = Mm(top), Mm(bottom)
    section.left_margin, section.right_margin = Mm(left), Mm(right)
    section.footer_distance = Mm(bottom - 7 - 5)  # the number stands 7 mm below the type area


def tighten(table: Any) -> None:
    """Leaves less room beside the words of a table of many columns."""
    margins = OxmlElement("w:tblCellMar")
    for side in ("w:left", "w:right"):
        margin = OxmlElement(side)
        margin.set(qn("w:w"), "45")
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    table._tbl.tblPr.find(qn("w:tblLayout")).addnext(margins)


def unbroken(row: Any) -> None:
    """Has the row stand on one page."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def keep_with_next(paragraph: WordParagraph) -> None:
    """Has the paragraph, or the row that it stands in, stay on the page of what follows."""
    paragraph.paragraph_format.keep_with_next = True


def underline(cell: Any) -> None:
    """A line below the cell, as under what is filled in on a cover."""
    borders = OxmlElement("w:tcBorders")
    line = OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", "000000")):
        line.set(qn(f"w:{name}"), value)
    borders.append(line)
    cell._tc.get_or_add_tcPr().append(borders)


def number_pages(section: Any) -> None:
    """Numbers the pages of a section, and of those after it: outside at the foot, — 1 —."""
    for footer, side in (
        (section.footer, WD_ALIGN_PARAGRAPH.RIGHT),
        (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT),
    ):
        footer.is_linked_to_previous = False
        _page_number(footer.paragraphs[0], side)


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
        font_of(run, "宋体")
        if code:
            add_field(run, code)


def add_field(run: Any, code: str) -> None:
    """Has Word write what the code stands for."""
    for kind in ("begin", "", "end"):
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark = OxmlElement("w:instrText")
            mark.text = code
        run._r.append(mark)
