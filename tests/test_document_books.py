"""Books: a cover, contents with the right page numbers, forms and photographs, in both writers."""

import io
import re
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Mm
from PIL import Image
from pypdf import PdfReader

from core.documents import (
    Book,
    Document,
    Fields,
    Lines,
    Paragraph,
    Part,
    Picture,
    Pictures,
    pdf,
    word,
)
from core.documents.description import table
from tests.test_components import EVIL

FORM = Fields(((("时间", "3月10日"), ("地点", "党员活动室")), (("内容", "甲\n乙"),)))


def photograph(wide: int = 800, high: int = 600, kind: str = "JPEG") -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (wide, high), "#88aacc").save(target, kind)
    return target.getvalue()


def part(number: int, pages: int = 1, group: str = "党员大会", **fields: Any) -> Part:
    text = Paragraph("\n".join(["写满一页。"] * (30 * (pages - 1))))
    blocks = (FORM, text) if pages > 1 else (FORM,)
    document = Document(f"记录{number}", titles=(f"第{number}次",), blocks=blocks, **fields)
    return Part(f"第{number}次会议", document, group)


def book(*parts: Part) -> Book:
    cover = Document("组织生活档案", titles=("组织生活档案",), blocks=(FORM,))
    return Book("组织生活档案", cover, iter(parts), len(parts))


def written(writer: Any, made: Book, progress: Any = None) -> io.BytesIO:
    target = io.BytesIO()
    writer.write_book(target, made, progress)
    return target


PARTS = (
    part(1, pages=3),
    part(2),
    part(3, group="支委会"),
    part(4, group="台账", is_wide=True),
)


def test_contents_of_a_pdf_name_the_page_on_which_each_part_begins() -> None:
    told: list[tuple[int, int]] = []
    read = PdfReader(written(pdf, book(*PARTS), lambda *how: told.append(how)))
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]
    texts = [page.extract_text() for page in read.pages]
    contents = texts[1].replace("\n", "")
    named = dict(re.findall(r"(第\d次)会议[. ]*(\d+)", contents))
    numbers = {
        found[1]: str(number)
        for number, text in enumerate(texts[2:], start=1)
        if (found := re.match(r"(第\d次)", text))
    }
    assert named == numbers
    assert len(named) == 4
    assert int(named["第2次"]) > 2, "the first is longer than a page"
    assert f"共 {len(texts) - 2} 页" in texts[0]
    assert [contents.find(one) for one in ("党员大会", "支委会", "台账")] == sorted(
        contents.find(one) for one in ("党员大会", "支委会", "台账")
    )
    assert contents.count("党员大会") == 1, "said once for all that share it"
    # Cover and contents have no number; what is bound begins with 1, on a right page.
    feet = [re.findall(r"— (\d+) —", text) for text in texts]
    assert feet == [[], [], *([str(number)] for number in range(1, len(texts) - 1))]
    wide = [page.mediabox.width > page.mediabox.height for page in read.pages]
    assert wide == [False] * (len(texts) - 1) + [True]
    assert read.metadata is not None
    assert read.metadata.title == "组织生活档案"
    links = [
        one.get_object().get("/Dest") or one.get_object()["/A"]["/D"]
        for one in read.pages[1]["/Annots"]
    ]
    assert {str(link) for link in links} <= set(read.named_destinations), "each leads somewhere"
    assert len(links) >= 4


def test_contents_of_two_pages_leave_one_empty_before_page_1() -> None:
    many = book(*(part(number) for number in range(1, 40)))
    texts = [page.extract_text() for page in PdfReader(written(pdf, many)).pages]
    first = next(place for place, text in enumerate(texts) if "— 1 —" in text)
    assert first % 2 == 0
    assert "第39次会议" in texts[2]
    assert texts[first - 1].strip() == ""


def test_word_has_the_same_with_numbers_that_it_counts_itself() -> None:
    made = docx.Document(written(word, book(*PARTS)))
    texts = [paragraph.text for paragraph in made.paragraphs]
    assert texts.index("目录") < texts.index("支委会") < texts.index("第1次")
    body = made.element.body
    codes = [one.text for one in body.iter(qn("w:instrText"))]
    named = {one.get(qn("w:name")) for one in body.iter(qn("w:bookmarkStart"))}
    asked = {code.split()[1] for code in codes if code.startswith("PAGEREF")}
    assert asked == named == {"part_1", "part_2", "part_3", "part_4", "book_end"}
    front, bound, wide = made.sections
    assert not front.footer.paragraphs[0].text
    assert bound.footer.paragraphs[0].text == "—  —"
    starts = [one._sectPr.find(qn("w:pgNumType")) for one in made.sections]
    assert [one is not None and one.get(qn("w:start")) for one in starts] == [False, "1", False]
    assert wide.page_width == bound.page_height > wide.page_height == bound.page_width
    assert made.settings.element.find(qn("w:updateFields")) is not None
    cover, form, *_ = [one for one in made.tables if one.rows[0].cells[0].text == "时间"]
    assert [cell.text for cell in cover.rows[0].cells] == ["时间", "3月10日"], "a line each"
    assert [cell.text for cell in form.rows[0].cells] == ["时间", "3月10日", "地点", "党员活动室"]
    assert form.rows[1].cells[1]._tc is form.rows[1].cells[3]._tc, "one over the whole breadth"


def test_photographs_are_small_and_named_in_both() -> None:
    pictures = Pictures(
        (
            Picture(photograph(), "大会现场.jpg"),
            Picture(photograph(400, 1600), "签到表.jpg"),
            Picture(photograph(kind="PNG"), ""),
        )
    )
    one = Document("记录", titles=("记录",), blocks=(pictures,))
    target = io.BytesIO()
    pdf.write(target, one)
    (page,) = PdfReader(target).pages
    assert "大会现场.jpg" in page.extract_text()
    assert len(page.images) == 3
    target = io.BytesIO()
    word.write(target, one)
    made = docx.Document(target)
    shapes = made.inline_shapes
    assert [shape.width <= Mm(74) and shape.height <= Mm(59) for shape in shapes] == [True] * 3
    assert shapes[1].height > 3 * shapes[1].width, "not squeezed"
    assert "签到表.jpg" in made.tables[0].rows[0].cells[1].text


def test_names_of_anybody_are_only_text() -> None:
    evil = f"{EVIL}\x0b\ud800"
    document = Document(
        evil,
        titles=(evil,),
        blocks=(
            Fields((((evil, evil),),)),
            Pictures((Picture(photograph(), evil),)),
            table([[evil]], widths_mm=(100,)),
        ),
    )
    made = Book(evil, document, iter([Part(evil, document, evil)]), 1, contents=evil)
    printed = "".join(page.extract_text() for page in PdfReader(written(pdf, made)).pages)
    assert printed.replace("\n", "").count("onerror") >= 8
    made = Book(evil, document, iter([Part(evil, document, evil)]), 1, contents=evil)
    assert "onerror" in docx.Document(written(word, made)).tables[0].rows[0].cells[1].text


@pytest.mark.parametrize("writer", [pdf, word])
def test_book_without_parts_is_none(writer: Any) -> None:
    with pytest.raises(ValueError, match="nothing"):
        written(writer, book())


def _keeps(paragraph: Any) -> bool:
    return bool(paragraph.paragraph_format.keep_with_next)


@pytest.mark.parametrize("is_wide", [False, True])
def test_rows_are_not_broken_and_signing_never_stands_alone(is_wide: bool) -> None:
    widths = (20.0, 100.0)
    rows = [("序号", "内容"), *((f"{number}", "一行") for number in range(30)), ("31", "长" * 900)]
    blocks = (
        Lines(("填报单位：某某",)),
        table(rows, widths_mm=widths),
        Lines(("", "负责人（签字）：")),
    )
    made = Document("台账", titles=("台账",), is_wide=is_wide, blocks=blocks)
    target = io.BytesIO()
    word.write(target, made)
    read = docx.Document(target)
    (found,) = read.tables
    unbroken = [
        row._tr.trPr is not None and row._tr.trPr.find(qn("w:cantSplit")) is not None
        for row in found.rows
    ]
    assert unbroken == [True] * 31 + [False], "one that may be longer than a page is broken"
    kept = [[_keeps(cell.paragraphs[0]) for cell in row.cells] for row in found.rows]
    assert kept == [[True] * 2, *[[False] * 2] * 30, [True] * 2], "the head and the last"
    *_, empty, sign = read.paragraphs
    assert (sign.text, _keeps(empty), _keeps(sign)) == ("负责人（签字）：", True, False)

    # In the PDF likewise: of a table that ends at the foot of a page the last row goes with it.
    for count in range(12, 40):
        some = [rows[0], *rows[1 : 1 + count % 30], *rows[1 : 1 + count // 2]]
        one = Document("台账", is_wide=is_wide, blocks=(table(some, widths_mm=widths), blocks[2]))
        target = io.BytesIO()
        pdf.write(target, one)
        last = PdfReader(target).pages[-1].extract_text()
        assert "签字" in last
        assert "一行" in last


def test_small_table_stays_on_one_page() -> None:
    rows = [("环节", "日期"), ("签收", "2026年11月27日"), ("办理", ""), ("核验", "")]
    long = Paragraph("一段文字。" * 30)
    for count in range(1, 7):
        blocks = (*[long] * count, table(rows, widths_mm=(60, 90), row_mm=12))
        target = io.BytesIO()
        pdf.write(target, Document("督办单", blocks=blocks))
        texts = [page.extract_text() for page in PdfReader(target).pages]
        assert sum("签收" in text for text in texts) == 1
        assert [text for text in texts if "签收" in text] == [
            text for text in texts if "核验" in text
        ]
    target = io.BytesIO()
    word.write(target, Document("督办单", blocks=(table(rows, widths_mm=(60, 90)),)))
    (found,) = docx.Document(target).tables
    assert [_keeps(row.cells[0].paragraphs[0]) for row in found.rows] == [True] * 3 + [False]
