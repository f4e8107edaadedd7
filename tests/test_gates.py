"""Files from outside: sound ones of unusual writers come in, active ones do not, and what a gate
does grows no faster than the file."""

import io
import re
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from core import attachments
from core.errors import DomainError
from core.gates import files, pdf, pictures, word
from core.tabular import gate, package, parts
from core.tabular.errors import SheetRefused

from .test_attachments import PDF, docx, picture, relation
from .test_tabular_gate import book

SAMPLES = Path(__file__).parent / "data" / "files"


def checked(content: bytes, name: str) -> attachments.Checked:
    return attachments.check(io.BytesIO(content), name)


# --- sound files of unusual writers --------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["leading_bom.pdf", "scan_js_in_dct_stream.pdf", "text_mentions_js.pdf"]
)
def test_words_that_are_no_action_come_in(name: str) -> None:
    content = (SAMPLES / name).read_bytes()
    found = checked(content, name)
    assert (found.content, found.notes) == (content, ())


@pytest.mark.parametrize(
    ("name", "content", "true"),
    [
        ("a.jpg", picture("PNG"), "png"),
        ("a.png", picture("JPEG"), "jpg"),
        ("a.jpg", picture("WEBP"), "png"),
        ("a.jpeg", picture("BMP"), "png"),
        ("a.docx", picture("PNG"), "png"),
        ("a.docx", PDF, "pdf"),
        ("a.pdf", docx(), "docx"),
        ("a.xlsx", docx(), "docx"),
        ("a.wps", docx(), "docx"),
    ],
)
def test_wrong_ending_gets_the_true_one(name: str, content: bytes, true: str) -> None:
    found = checked(content, name)
    assert found.name == f"a.{true}"
    assert found.content_type == attachments.TYPES[true]
    assert f"已改为 .{true}" in "".join(found.notes)


def test_workbook_under_the_name_of_a_document(tmp_path: Path) -> None:
    assert checked(book(tmp_path).read_bytes(), "a.docx").name == "a.xlsx"


def old(*names: str) -> bytes:
    """A file of the old Office format as far as the gate looks."""
    padded = (name.encode("utf-16-le").ljust(64, b"\0") for name in names)
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + b"".join(padded)


def ofd(**more: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {"OFD.xml": b"<OFD/>", "Doc_0/Document.xml": b"<D/>", **more}.items():
            archive.writestr(name, content)
    return out.getvalue()


HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 100


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.doc", old("Root Entry", "WordDocument")),
        ("a.wps", old("Root Entry", "WordDocument")),
        ("a.ofd", ofd()),
        ("a.heic", HEIC),
    ],
)
def test_what_nothing_here_can_read_is_kept_as_it_is(name: str, content: bytes) -> None:
    found = checked(content, name)
    assert found.content == content
    assert found.content_type in attachments.UNOPENED
    assert "只供下载" in "".join(found.notes)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.doc", old("Root Entry", "WordDocument", "Macros", "_VBA_PROJECT"), "宏"),
        ("a.doc", old("Root Entry", "Workbook"), "另存为 .xlsx"),
        ("a.docx", old("Root Entry", "EncryptedPackage"), "取消密码"),
        ("a.doc", old("Root Entry", "PowerPoint Document"), "另存为"),
        ("a.doc", b"MZ\x90", "另存为"),
        ("a.ofd", ofd(**{"Doc_0/Attachs/a.exe": b"MZ"}), "PDF"),
        ("a.ofd", ofd(**{"Doc_0/a.bmp": b"PK\x03\x04nested"}), "压缩包"),
        ("a.ofd", b"PK\x03\x04 no package", "损坏"),
        ("a.heic", b"\0\0\0\x18ftypqt  ", "另存为"),
    ],
)
def test_what_is_kept_unopened_has_rules_too(name: str, content: bytes, said: str) -> None:
    with pytest.raises(DomainError, match=re.escape(said)):
        checked(content, name)


def test_link_to_a_template_is_taken_out() -> None:
    content = (SAMPLES / "attached_template.docx").read_bytes()
    found = checked(content, "通知.docx")
    assert "模板" in "".join(found.notes)
    with (
        zipfile.ZipFile(io.BytesIO(content)) as before,
        zipfile.ZipFile(io.BytesIO(found.content)) as after,
    ):
        assert before.namelist() == after.namelist()
        changed = {n for n in before.namelist() if before.read(n) != after.read(n)}
        everything = b"".join(after.read(n) for n in after.namelist())
    assert changed == {"word/_rels/settings.xml.rels"}
    assert b"file:///" not in everything
    assert checked(found.content, "通知.docx").notes == ()


def test_what_refers_to_a_template_goes_with_it() -> None:
    settings = b"<w:settings xmlns:w='a' xmlns:r='b'>%s<w:zoom/></w:settings>"
    link = b"<w:attachedTemplate r:id='r1'/>"
    relations = (
        "<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'>"
        f"{relation('attachedTemplate', 'file:///T.dotx')}</Relationships>"
    )
    more = {
        "word/settings.xml": settings % link,
        "word/_rels/settings.xml.rels": relations.encode(),
    }
    with zipfile.ZipFile(io.BytesIO(checked(docx(more=more), "a.docx").content)) as after:
        assert after.read("word/settings.xml") == settings % b""


def test_other_relations_stay_beside_a_template() -> None:
    links = relation("hyperlink", "https://example.cn/a?b=1&amp;c=2")
    content = docx(relations=links + relation("attachedTemplate", "http://evil/t.dotm"))
    found = checked(content, "a.docx")
    with zipfile.ZipFile(io.BytesIO(found.content)) as after:
        kept = after.read("word/_rels/document.xml.rels").decode()
    assert "https://example.cn/a?b=1&amp;c=2" in kept
    assert "evil" not in kept


# --- PDF: a real action wherever it stands, and only that -------------------------------------------


def objects(content: bytes, *, about: bytes = b"", packed: bool = True, tail: bytes = b"") -> bytes:
    """A PDF with a group of objects that holds `content`."""
    head = b"7 0 8 %d " % content.rfind(b"<<")
    data = head + content
    entries = b"/Type /ObjStm /N 2 /First %d" % len(head)
    if packed:
        data, entries = zlib.compress(data) + tail, entries + b" /Filter /FlateDecode"
    stream = b"5 0 obj << %s %s >> stream\r\n%s\nendstream endobj\n" % (entries, about, data)
    return PDF.replace(b"trailer", stream + b"trailer")


def with_object(content: bytes) -> bytes:
    return PDF.replace(b"trailer", content + b"\ntrailer")


SCRIPT = b"<< /S /JavaScript /JS (app.alert(1)) >>"


@pytest.mark.parametrize(
    "content",
    [
        with_object(b"5 0 obj << /Title (What /JS and /JavaScript are) >> endobj"),
        with_object(b"5 0 obj << /Title (\\( /Launch \\) (/JS)) >> endobj"),
        with_object(b"5 0 obj << /Title <2f4a53> >> endobj % /JS /EmbeddedFile"),
        with_object(b"5 0 obj << /Length 9 >> stream\n/JS /Launch\nendstream endobj"),
        with_object(b"5 0 obj << /JSON 1 /LaunchPad 2 >> endobj"),
        objects(b"<< /Title (/JS /Launch) >> << /A 1 >>"),
        objects(b"<< /A#20B 1 >> << /Title (a) >>"),
        b"\n\n\xef\xbb\xbf" + PDF + b"\0" * 4000,
    ],
)
def test_words_of_actions_are_no_actions(content: bytes) -> None:
    pdf.check_pdf(content)


@pytest.mark.parametrize(
    "content",
    [
        with_object(b"5 0 obj " + SCRIPT + b" endobj"),
        with_object(b"5 0 obj<</S/J#61vaScript/J#53(x)>>endobj"),
        with_object(b"5 0 obj << /S /Launch /F (cmd.exe) >> endobj"),
        with_object(b"5 0 obj << /Title (unclosed >> endobj 6 0 obj " + SCRIPT + b" endobj"),
        with_object(
            b"5 0 obj << /Length 90 >> stream\nxx 6 0 obj " + SCRIPT + b" endstream endobj"
        ),
        with_object(b"5 0 obj << /Title (6 0 obj " + SCRIPT + b") >> endobj"),
        with_object(b"% 6 0 obj " + SCRIPT),
        objects(SCRIPT + b" << >>"),
        objects(SCRIPT + b" << >>", packed=False),
        objects(SCRIPT + b" << >>", tail=b"more"),
        with_object(
            b"5 0 obj << /Type /ObjStm /First 0 /Filter /FlateDecode >> stream\n"
            + zlib.compress(SCRIPT)[:-4]
            + b"xxxxxxxx\nendstream endobj"
        ),
        objects(SCRIPT + b" << >>").replace(b"/Type /ObjStm", b"/Type /O#62jStm"),
        objects(SCRIPT + b" << >>").replace(b"/Type /ObjStm", b"/Kind /Other"),
        objects(b"(01234567890123456789 " + SCRIPT + b")"),  # the second begins in the string
        objects(b"<< >>", about=b"/DecodeParms << /Predictor 12 >>"),
        objects(b"<< >>").replace(b"/FlateDecode", b"[/ASCIIHexDecode /FlateDecode]"),
        objects(b"<< >>").replace(b"/FlateDecode", b"/LZWDecode"),
    ],
)
def test_actions_are_refused_wherever_they_hide(content: bytes) -> None:
    with pytest.raises(SheetRefused, match="打印为 PDF"):
        pdf.check_pdf(content)


def test_group_that_breaks_at_its_end_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "MAX_UNPACKED", 100_000)
    one = zlib.compress(b" " * 60_000)[:-4] + b"xxxx"  # instead of the check sum
    group = b"5 0 obj << /Type /ObjStm /Filter /FlateDecode >> stream\n%s\nendstream endobj\n" % one
    pdf.check_pdf(with_object(group))
    with pytest.raises(SheetRefused, match="过大"):
        pdf.check_pdf(with_object(group * 2))


# --- tenfold: steps and bytes -----------------------------------------------------------------------


def pdf_work(content: bytes) -> int:
    """Steps of the reader, bytes that went into unpacking and came out of it."""
    reading = pdf._Reading()
    with suppress(SheetRefused):
        reading.read(content)
    return reading.steps + reading.taken + reading.unpacked


def group(content: bytes) -> bytes:
    head = b"5 0 obj << /Type /ObjStm /First 0 /Filter /FlateDecode >> stream\n"
    return head + zlib.compress(content) + b"\nendstream endobj\n"


PDFS: dict[str, Callable[[int], bytes]] = {
    "groups": lambda n: group(b"<< /A 1 >>") * n,
    "broken groups": lambda n: group(b"<< /A 1 >>" * 99)[:-40] * n,
    "heads of groups without an end": lambda n: b"5 0 obj << /Type /ObjStm >> stream\n" * n,
    "one large group": lambda n: group(b"/A#41 (x) " * 20 * n),
    "names": lambda n: b"/A" * n,
    "strings": lambda n: b"(a)" * n,
    "open strings": lambda n: b"(" * n,
    "comments": lambda n: b"%a\n" * n,
    "words": lambda n: b" stream obj " * n,
}


@pytest.mark.parametrize("kind", PDFS)
def test_work_on_a_pdf_grows_with_its_bytes(kind: str) -> None:
    once, tenfold = (pdf_work(with_object(PDFS[kind](n))) for n in (300, 3000))
    assert tenfold <= 11 * once


class Counting:
    """A pattern that counts the characters it is given."""

    def __init__(self, pattern: Any) -> None:
        self.pattern, self.characters, self.calls = pattern, 0, 0

    def _count(self, text: str) -> None:
        self.characters += len(text)
        self.calls += 1

    def search(self, text: str) -> Any:
        self._count(text)
        return self.pattern.search(text)

    def match(self, text: str) -> Any:
        self._count(text)
        return self.pattern.match(text)

    def sub(self, by: str, text: str) -> Any:
        self._count(text)
        return self.pattern.sub(by, text)


RUN = "<w:r><w:instrText>{}</w:instrText></w:r>"
MARK = "<w:fldChar w:fldCharType='{}'/>"
DOCUMENTS: dict[str, Callable[[int], str]] = {
    "empty instructions": lambda n: MARK.format("begin") + RUN.format("") * n,
    "instructions": lambda n: MARK.format("begin") + RUN.format("x") * n,
    "blank instructions": lambda n: MARK.format("begin") + RUN.format("   ") * n,
    "one long instruction": lambda n: MARK.format("begin") + RUN.format(" -" * n),
    "loose instructions": lambda n: RUN.format("x ") * n,
    "fields": lambda n: (MARK.format("begin") + RUN.format("PAGE") + MARK.format("end")) * n,
    "paragraphs": lambda n: f"<w:p>{RUN.format('PAGE')}</w:p>" * n,
}


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_work_on_fields_grows_with_the_document(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    work = []
    for n in (300, 3000):
        counting = [Counting(getattr(word, name)) for name in PATTERNS_OF_FIELDS]
        for name, one in zip(PATTERNS_OF_FIELDS, counting, strict=True):
            monkeypatch.setattr(word, name, one)
        content = docx(DOCUMENTS[kind](n))
        word.check_document(io.BytesIO(content), len(content))
        work.append(sum(one.characters + one.calls for one in counting))
        monkeypatch.undo()
    assert work[1] <= 11 * work[0] + 1000


PATTERNS_OF_FIELDS = ("_FETCHING_FIELD", "_BEFORE_FIELD", "_BLANKS")


def test_fields_nested_without_end_are_refused() -> None:
    content = docx(MARK.format("begin") * 60)
    with pytest.raises(SheetRefused, match="嵌套"):
        word.check_document(io.BytesIO(content), len(content))


@pytest.mark.parametrize(
    "body",
    [
        MARK.format("begin") + RUN.format(" " * 5000) + RUN.format("DDE") + RUN.format(" cmd"),
        MARK.format("begin") + RUN.format("D") + RUN.format("") * 99 + RUN.format("DE cmd"),
        # What an inner field gives is a part of the outer one's instruction.
        MARK.format("begin")
        + MARK.format("begin")
        + RUN.format("REF a")
        + MARK.format("separate")
        + "<w:t>DDE</w:t>"
        + MARK.format("end")
        + RUN.format(" cmd")
        + MARK.format("end"),
        MARK.format("begin")
        + RUN.format("LINK")
        + MARK.format("begin")
        + RUN.format("PAGE")
        + MARK.format("end")
        + MARK.format("end"),
        RUN.format("DDE") + RUN.format("AUTO x"),
        MARK.format("begin") + RUN.format("QUOTE   ") + RUN.format("  68 68"),
    ],
)
def test_fields_that_fetch_are_found_however_they_are_cut(body: str) -> None:
    content = docx(body)
    with pytest.raises(SheetRefused, match="域"):
        word.check_document(io.BytesIO(content), len(content))


FORMULAS: dict[str, Callable[[int], str]] = {
    "long": lambda n: f"<f>{'A1+' * n}1</f><v>1</v>",
    "lines": lambda n: f"<f>{'&#10;' * n}1</f><v>1</v>",
    "bars": lambda n: f"<f>{'a| ' * n}1</f><v>1</v>",
}


@pytest.mark.parametrize("kind", FORMULAS)
def test_work_on_formulas_grows_with_their_text(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = []
    for n in (300, 3000):
        counting = Counting(parts._ACTIVE_FORMULA)
        monkeypatch.setattr(parts, "_ACTIVE_FORMULA", counting)
        row = f'<row r="1"><c r="A1">{FORMULAS[kind](n)}</c></row>'
        gate.check_workbook(book(tmp_path, f"<sheetData>{row}</sheetData>"))
        work.append(counting.characters)
        monkeypatch.undo()
    assert work[1] <= 11 * work[0]


@pytest.mark.parametrize("end", ["", "<v>1</v>"])
def test_formula_that_starts_programs_is_found_as_the_last_thing(end: str, tmp_path: Path) -> None:
    row = f'<row r="1"><c r="A1"><f>cmd|&apos;/c calc&apos;!A0</f>{end}</c></row>'
    with pytest.raises(SheetRefused, match="外部数据"):
        gate.check_workbook(book(tmp_path, f"<sheetData>{row}</sheetData>"))


def test_formula_longer_than_any_program_takes_is_refused(tmp_path: Path) -> None:
    row = f'<row r="1"><c r="A1"><f>{"1+" * 20_000}1</f></c></row>'
    with pytest.raises(SheetRefused, match="损坏"):
        gate.check_workbook(book(tmp_path, f"<sheetData>{row}</sheetData>"))


def test_directory_of_a_package_is_counted_before_it_is_read() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(2 * package.MAX_ENTRIES + 1):
            archive.writestr(f"{number}", b"")
    with pytest.raises(SheetRefused, match="部件过多"):
        package.Package(io.BytesIO(out.getvalue()), out.tell())


# --- pictures ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "mode", "size"),
    [
        ("JPEG", "RGB", (8000, 6000)),
        ("JPEG", "L", (8000, 6000)),
        ("JPEG", "CMYK", (6000, 4000)),
        ("PNG", "RGB", (7000, 6000)),
        ("PNG", "1", (9900, 9900)),
        ("PNG", "RGBA", (9000, 9000)),
    ],
)
def test_large_picture_is_made_smaller(kind: str, mode: str, size: tuple[int, int]) -> None:
    out = io.BytesIO()
    Image.new(mode, size).save(out, kind)
    found = checked(out.getvalue(), f"签到表.{'jpg' if kind == 'JPEG' else 'png'}")
    assert "已缩小" in "".join(found.notes)
    with Image.open(io.BytesIO(found.content)) as kept:
        assert 0.95 * pictures.KEPT_PIXELS < kept.width * kept.height <= pictures.KEPT_PIXELS
        assert abs(kept.width / kept.height - size[0] / size[1]) < 0.01


def test_picture_taken_upright_stays_upright_when_made_smaller() -> None:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (8000, 4000)).save(out, "JPEG", exif=exif)
    with Image.open(io.BytesIO(checked(out.getvalue(), "a.jpg").content)) as kept:
        assert kept.height > kept.width


def test_pixels_without_end_are_refused_unread() -> None:
    out = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG")
    with pytest.raises(DomainError, match=r"20000×20000 个像素.*缩小后上传"):
        checked(out.getvalue(), "a.png")


def test_every_ending_has_a_type() -> None:
    assert set(attachments.TYPES) | {"jpeg", "heif", "webp", "bmp"} == set(files.ENDINGS)
