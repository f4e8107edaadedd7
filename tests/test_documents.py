"""Documents: one description, the same words in Word and PDF, the right fonts, nothing from outside."""

import datetime as dt
import io
import zipfile
from typing import Any

import docx
import pytest
from docx.enum.text import WD_ALIGN_PARAGRAPH
from PIL import Image, ImageChops
from pypdf import PdfReader

from core import clock
from core.charts import Bar, Drawing, Series, bars
from core.documents import (
    Chart,
    Document,
    Heading,
    Lines,
    PageBreak,
    Paragraph,
    Signature,
    pdf,
    pictures,
    word,
)
from core.documents.description import numbered, table
from core.models import AuditEntry
from tests.test_components import EVIL
from tests.test_exports_reports import MONTH, body, june  # noqa: F401  (a fixture)
from tests.test_reports import report_of, send
from tests.world import Zone

NOW = dt.datetime(2026, 7, 6, 2, tzinfo=dt.UTC)
FACES = ("Noto-Serif-CJK-SC", "Noto-Sans-CJK-SC")


def drawing(label: str = "六月") -> Drawing:
    return bars([Bar(label, (3,)), Bar("七月", (5,))], [Series("件数")], name="办结件数")


def sample(text: str = "活动室屋顶渗水，影响党课使用。") -> Document:
    return Document(
        "督办通知",
        titles=("中共大黄山街道工作委员会", "督办通知"),
        number="徐开督〔2026〕3号",
        addressee="各直属党委：",
        blocks=(
            Heading("一、基本情况"),
            Heading("（一）现状", 2),
            Paragraph(f"{text}\n\n第二段。"),
            Lines(("填报单位：第一支部", "", "联系电话：")),
            table([["项目", "数值"], ["在册党员", "34人"]], widths_mm=(80, 40)),
            Chart(drawing(), "图1 办结件数"),
            PageBreak(),
            Paragraph("新的一页。"),
            Signature("中共大黄山街道工作委员会", "2026年7月6日", has_seal=True),
        ),
    )


def as_pdf(*documents: Document) -> PdfReader:
    target = io.BytesIO()
    with clock.at(NOW):
        pdf.write_pack(target, documents)
    return PdfReader(target)


def as_word(*documents: Document) -> Any:
    target = io.BytesIO()
    word.write_pack(target, documents)
    return docx.Document(target)


def fonts_of(page: Any) -> set[str]:
    """The faces embedded for one page, without the mark of the subset."""
    found = set()
    for entry in page["/Resources"]["/Font"].values():
        font = entry.get_object()
        (inner,) = font["/DescendantFonts"]
        descriptor = inner.get_object()["/FontDescriptor"]
        assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(descriptor), "embedded"
        found.add(font["/BaseFont"].partition("+")[2])
    return found


def test_both_writers_say_the_same_in_the_same_order() -> None:
    wanted = [
        "中共大黄山街道工作委员会",
        "督办通知",
        "徐开督〔2026〕3号",
        "各直属党委：",
        "一、基本情况",
        "（一）现状",
        "活动室屋顶渗水，影响党课使用。",
        "第二段。",
        "填报单位：第一支部",
        "图1 办结件数",
        "新的一页。",
        "2026年7月6日",
    ]
    read = as_pdf(sample())
    printed = "\n".join(page.extract_text() for page in read.pages)
    written = "\n".join(paragraph.text for paragraph in as_word(sample()).paragraphs)
    for text in (printed, written):
        places = [text.find(one) for one in wanted]
        assert -1 not in places
        assert places == sorted(places)
        assert "：：" not in text
    assert "在册党员" in printed
    assert as_word(sample()).tables[0].rows[1].cells[1].text == "34人"
    assert read.metadata is not None
    assert read.metadata.title == "督办通知"
    assert read.metadata.creation_date == NOW


def test_pdf_has_the_page_and_the_simplified_chinese_faces() -> None:
    read = as_pdf(sample())
    assert len(read.pages) == 2
    for page in read.pages:
        assert [round(float(side) / 72 * 25.4) for side in page.mediabox[2:]] == [210, 297]
        faces = fonts_of(page)
        assert faces
        assert all(face.startswith(FACES) for face in faces), "not the Japanese face, no fallback"
    assert {"Noto-Serif-CJK-SC", "Noto-Serif-CJK-SC-Bold", "Noto-Sans-CJK-SC"} <= fonts_of(
        read.pages[0]
    )
    assert [page.extract_text().strip().splitlines()[-1] for page in read.pages] == [
        "— 1 —",
        "— 2 —",
    ], "numbers stand in the margin boxes"


def test_pack_is_joined_and_numbered_through() -> None:
    reports: list[int] = []
    target = io.BytesIO()
    pdf.write_pack(target, [sample(), sample(), sample()], lambda done, total: reports.append(done))
    read = PdfReader(target)
    assert reports == [1, 2, 3]
    assert [page.extract_text().strip().splitlines()[-1] for page in read.pages] == [
        f"— {number} —" for number in range(1, 7)
    ]
    parts: list[tuple[int, int]] = []
    target = io.BytesIO()
    word.write_pack(target, [sample("甲"), sample("乙")], lambda *how: parts.append(how))
    joined = docx.Document(target)
    assert parts == [(1, 2), (2, 2)]
    texts = [paragraph.text for paragraph in joined.paragraphs]
    assert texts.count("督办通知") == 2
    assert texts.index("甲") < texts.index("乙")
    assert len(joined.sections) == 1, "one section: page numbers go on"
    assert len(joined.inline_shapes) == 2
    for write in (pdf.write_pack, word.write_pack):
        with pytest.raises(ValueError, match="nothing"):
            write(io.BytesIO(), [])


def test_texts_of_anybody_are_only_text(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    fetch = pdf._fetcher().__class__.fetch

    def watched(self: Any, url: str, headers: Any = None) -> Any:
        asked.append(url[:30])
        return fetch(self, url, headers)

    monkeypatch.setattr(pdf._fetcher().__class__, "fetch", watched)
    evil = f'{EVIL}<link rel="stylesheet" href="http://evil.example/x.css">\x0b\ud800{{{{ 7*7 }}}}'
    document = Document(
        evil,
        titles=(evil,),
        number=evil,
        note=evil,
        addressee=evil,
        blocks=(
            Heading(evil),
            Paragraph(evil),
            Lines((evil,)),
            table([[evil], [evil]], widths_mm=(100,)),
            Chart(drawing(evil), evil),
            Signature(evil, evil),
        ),
    )
    printed = "".join(page.extract_text() for page in as_pdf(document).pages)
    assert "evil.example" in printed.replace("\n", "")
    assert asked == ["data:image/svg+xml;base64,PHN2"]
    assert "onerror" in "\n".join(one.text for one in as_word(document).paragraphs)


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:8000/",
        "https://evil.example/x.png",
        "file:///etc/passwd",
        "ftp://evil.example/",
        "data:text/html,x",
        "data:text/css,*{}",
        "//evil.example/x",
        "etc/passwd",
    ],
)
def test_no_address_is_fetched(address: str) -> None:
    with pytest.raises(ValueError, match="no address"):
        pdf._fetcher().fetch(address)
    weasyprint = pdf._weasyprint()
    page = f'<img src="{address}" alt="nothing came"><p>党</p>'
    laid_out = weasyprint.HTML(string=page, url_fetcher=pdf._fetcher()).render()
    target = io.BytesIO(laid_out.write_pdf())
    assert "nothing came" in PdfReader(target).pages[0].extract_text()


def test_missing_library_or_font_is_said_and_may_come_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def no_pango() -> Any:
        raise pdf.PdfUnavailable("排版库 pango")

    with monkeypatch.context() as patched:
        patched.setattr(pdf, "_weasyprint", no_pango)
        with pytest.raises(pdf.PdfUnavailable, match=r"pango.*Word.*libpango") as refused:
            pdf.write(io.BytesIO(), sample())
        assert refused.value.status == 503
    with monkeypatch.context() as patched:
        patched.setattr(pdf, "BODY_FONT", "A font that nobody has")
        target = io.BytesIO()
        with pytest.raises(pdf.PdfUnavailable, match="字体"):
            pdf.write(target, sample())
        assert not target.getvalue(), "nothing half is handed out"
    assert len(as_pdf(sample()).pages) == 2


def test_picture_for_word_has_glyphs_and_three_pixels_a_unit() -> None:
    assert pictures.can_write()
    shown = Image.open(io.BytesIO(pictures.png(drawing()))).convert("RGB")
    blank = Image.open(io.BytesIO(pictures.png(drawing(" ")))).convert("RGB")
    assert shown.size == blank.size == (300, 504)
    box = ImageChops.difference(shown, blank).getbbox()
    assert box is not None, "with a font that is not there Chinese text comes out empty"
    left, top, right, _ = box
    assert top > 3 * 140
    assert right - left > 3 * 15, "two letters wide"


def test_chart_without_the_font_is_its_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "can_write", lambda: False)
    made = as_word(sample())
    assert not made.inline_shapes
    assert [cell.text for cell in made.tables[1].rows[1].cells] == ["六月", "3"]


def test_word_names_the_standards_fonts_and_keeps_the_seals_place() -> None:
    made = as_word(sample())
    name, day = made.paragraphs[-2:]
    assert (name.alignment, day.alignment) == (WD_ALIGN_PARAGRAPH.RIGHT,) * 2
    assert [one.text for one in made.paragraphs[-4:-2]] == ["", ""]
    assert name.paragraph_format.keep_with_next
    assert made.styles["Portal body"].font.name == "仿宋_GB2312"
    with zipfile.ZipFile(_saved(sample())) as package:
        inside = package.read("word/document.xml").decode()
        assert 'descr="办结件数。' in inside
        assert package.testzip() is None


def _saved(document: Document) -> io.BytesIO:
    target = io.BytesIO()
    word.write(target, document)
    return target


def test_headings_are_numbered_in_words_up_to_ten() -> None:
    assert [numbered(one) for one in (1, 10, 11)] == ["一、", "十、", "11、"]


# --- the monthly report --------------------------------------------------------------------------


def words_of(response: Any) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(body(response))).pages)


@pytest.mark.usefixtures("june")
def test_report_and_month_are_pdf_too(zone: Zone) -> None:
    send(zone, "huzhuang1")
    pk, client = report_of(zone.branch).pk, zone.client("dahuangshan")
    answer = client.get(f"/reports/{pk}/pdf/")
    assert answer["Content-Type"] == "application/pdf"
    one = words_of(answer)
    for part in ("湖庄村第一支部", "2026年6月月报", "蔡航国", "带岗带责进网格", "负责人（签字）"):
        assert part in one.replace("\n", "")
    month = words_of(client.get("/reports/month/pdf/", MONTH)).replace("\n", "")
    assert "已报 1 份" in month
    assert "金山桥" not in month
    entries = AuditEntry.objects.filter(verb="schedules.report.export")
    assert [entry.changes["format"][1] for entry in entries] == ["pdf", "pdf"]


@pytest.mark.usefixtures("june")
def test_pdf_that_cannot_be_made_is_a_page_and_no_export(
    zone: Zone, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_pango() -> Any:
        raise pdf.PdfUnavailable("排版库 pango")

    monkeypatch.setattr(pdf, "_weasyprint", no_pango)
    answer = zone.client("dahuangshan").get("/reports/month/pdf/", MONTH)
    assert answer.status_code == 503
    assert "可以先导出 Word" in answer.content.decode()
    assert not AuditEntry.objects.filter(verb="schedules.report.export").exists()


def test_who_issues_it_never_stands_alone_on_a_page() -> None:
    line = "逐条整改到位，报结时写明佐证。"
    turned = 0
    for count in range(14, 20):
        lines = [Paragraph(f"{number}.{line}") for number in range(1, count + 1)]
        document = Document(
            "通知",
            titles=("通知",),
            blocks=(*lines, Signature("党工委", "2026年7月29日", has_seal=True)),
        )
        target = io.BytesIO()
        pdf.write(target, document)
        pages = [page.extract_text() for page in PdfReader(target).pages]
        assert "党工委" in pages[-1]
        assert "佐证" in pages[-1], count
        turned += len(pages) > 1
    assert 0 < turned < 6, "some of them go over the page"
    target = io.BytesIO()
    word.write(target, document)
    paragraphs = docx.Document(target).paragraphs
    (last,) = [one for one in paragraphs if one.text.startswith(f"{count}.")]
    (before,) = [one for one in paragraphs if one.text.startswith(f"{count - 1}.")]
    assert last.paragraph_format.keep_with_next
    assert not before.paragraph_format.keep_with_next
