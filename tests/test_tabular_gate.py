"""Crafted workbooks: each is read fully or refused with a reason, never half."""

import struct
import tracemalloc
import zipfile
import zlib
from pathlib import Path

import pytest
import xlsxwriter

from core.tabular import gate, parts
from core.tabular.errors import SheetRefused
from core.tabular.reading import read_here as read_sheets

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
MAIN_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
TYPES = (
    f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType="{main}"/>{more}</Types>'
)
ROOT_RELATIONS = (
    f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" '
    f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)
WORKBOOK = (
    f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">'
    '<sheets><sheet name="表" sheetId="1" r:id="r1"/></sheets></workbook>'
)
RELATIONS = (
    f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" '
    f'Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    "{more}</Relationships>"
)


def book(
    folder: Path,
    data: str = '<row r="1"><c r="A1"><v>1</v></c></row>',
    *,
    before: str = "",
    prolog: str = "",
    parts: dict[str, str | bytes] | None = None,
    relations: str = "",
    types: str = "",
    main: str = MAIN_TYPE,
    name: str = "book.xlsx",
) -> Path:
    """A minimal workbook, every layer of which a test can spoil."""
    path = folder / name
    sheet = f'{prolog}<worksheet xmlns="{MAIN}">{before}<sheetData>{data}</sheetData></worksheet>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", TYPES.format(main=main, more=types))
        archive.writestr("_rels/.rels", ROOT_RELATIONS)
        archive.writestr("xl/workbook.xml", WORKBOOK)
        archive.writestr("xl/_rels/workbook.xml.rels", RELATIONS.format(more=relations))
        archive.writestr("xl/worksheets/sheet1.xml", sheet)
        for part, content in (parts or {}).items():
            archive.writestr(part, content)
    return path


def refusal(path: Path) -> str:
    with pytest.raises(SheetRefused) as caught:
        read_sheets(path)
    assert any("\u4e00" <= char <= "\u9fff" for char in caught.value.message)
    return caught.value.code


def many_rows(count: int) -> str:
    return "".join(
        f'<row r="{row}"><c r="A{row}"><v>{row}</v></c><c r="C{row}"><v>{row}</v></c></row>'
        for row in range(1, count + 1)
    )


def test_gate_plain_book_accepted(tmp_path):
    (sheet,) = read_sheets(book(tmp_path))
    assert (sheet.name, sheet.rows) == ("表", [[1.0]])


def test_gate_dimension_too_small_all_rows_read(tmp_path):
    path = book(tmp_path, many_rows(13_002), before='<dimension ref="A1:B2"/>')
    (sheet,) = read_sheets(path)
    assert len(sheet.rows) == 13_002
    assert sheet.rows[-1] == [13_002.0, "", 13_002.0]


def test_gate_dimension_huge_two_rows_read(tmp_path):
    path = book(tmp_path, many_rows(2), before='<dimension ref="A1:XFD1048576"/>')
    tracemalloc.start()
    (sheet,) = read_sheets(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(sheet.rows) == 2
    assert peak < 5_000_000


@pytest.mark.parametrize(
    "cell", ["XFD1048576", "A1048576", "BI1", f"A{parts.MAX_LAST_ROW + 1}", "XFD1"]
)
def test_gate_far_cell_refused(tmp_path, cell):
    row = cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    first = "" if row == "1" else '<row r="1"><c r="A1"><v>1</v></c></row>'
    for value in ("<v>1</v>", "<f>A1</f><v>1</v>", "<extLst/><v>1</v>", "<is><t>x</t></is>"):
        path = book(tmp_path, f'{first}<row r="{row}"><c r="{cell}">{value}</c></row>')
        with pytest.raises(SheetRefused, match=cell) as caught:
            read_sheets(path)
        assert caught.value.code == "far_cell"


def test_gate_far_formatting_without_value_read(tmp_path):
    far = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576" s="0"/></row>'
    (sheet,) = read_sheets(book(tmp_path, far))
    assert sheet.rows == [[1.0]]


def test_gate_too_many_rows_refused(tmp_path):
    assert refusal(book(tmp_path, many_rows(parts.MAX_FILLED_ROWS + 1))) == "too_many_rows"


@pytest.mark.parametrize(
    "data",
    [
        '<row r="3"><c r="A3"><v>1</v></c></row><row r="1"><c r="A1"><v>1</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1"><c r="B1"><v>1</v></c></row>',
        '<row r="1"><c r="B1"><v>1</v></c><c r="A1"><v>1</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>',
        '<row r="1"><c r="A99999"><v>1</v></c></row>',
        '<row r="1"><c r="a1"><v>1</v></c></row>',
        '<row r="99999999999"><c r="A1"><v>1</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></row>',
        "<row>" * 60_000 + "</row>" * 60_000,
    ],
)
def test_gate_disordered_cells_refused(tmp_path, data):
    assert refusal(book(tmp_path, data)) == "xml_damaged"


def test_gate_second_sheet_data_not_read_half(tmp_path):
    more = '<row r="1"><c r="A1"><v>1</v></c></row></sheetData><sheetData><row r="2"><c r="A2"><v>2</v></c></row>'
    assert refusal(book(tmp_path, more)) == "read_incomplete"


def test_gate_empty_values_no_false_alarm(tmp_path):
    data = (
        '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><f>A1</f><v></v></c>'
        '<c r="C1" t="inlineStr"><is><t> </t></is></c><c r="D1" t="inlineStr"><is><t/></is></c>'
        '<c r="E1" t="e"><v>#REF!</v></c></row>'
    )
    (sheet,) = read_sheets(book(tmp_path, data))
    assert sheet.rows[0][0] == 1.0
    assert sheet.formulas == {(1, 2)}
    assert sheet.errors == {(1, 5)}


def test_gate_cells_without_references_read(tmp_path):
    data = "<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>"
    assert read_sheets(book(tmp_path, data))[0].rows == [[1.0, 2.0], [3.0, ""]]


def test_gate_zip_bomb_refused_early(tmp_path):
    bomb = b"<a>" + b"0" * 150_000_000
    assert refusal(book(tmp_path, parts={"xl/media/big.xml": bomb})) == "zip_bomb"


def test_gate_total_size_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("core.tabular.package.MAX_TOTAL_BYTES", 10_000)
    assert refusal(book(tmp_path, parts={"xl/media/a.png": bytes(range(256)) * 50})) == "zip_bomb"


def test_gate_too_many_parts_refused(tmp_path):
    parts = {f"xl/media/{number}.png": b"" for number in range(2_001)}
    assert refusal(book(tmp_path, parts=parts)) == "zip_bomb"


def test_gate_lying_uncompressed_size_refused(tmp_path):
    """The directory says 10 bytes with the checksum of those; the stream holds more."""
    path = book(tmp_path, parts={"xl/media/z.png": b"x" * 100_000})
    raw = bytearray(path.read_bytes())
    place = raw.rfind(b"PK\x01\x02")
    raw[place + 16 : place + 20] = struct.pack("<L", zlib.crc32(b"x" * 10))
    raw[place + 24 : place + 28] = struct.pack("<L", 10)
    path.write_bytes(raw)
    assert refusal(path) == "zip_damaged"


def test_gate_overlapping_entries_refused(tmp_path):
    path = book(tmp_path, parts={"xl/media/a.png": b"a" * 50, "xl/media/b.png": b"a" * 50})
    raw = bytearray(path.read_bytes())
    last = raw.rfind(b"PK\x01\x02")
    before = raw.rfind(b"PK\x01\x02", 0, last)
    raw[last + 42 : last + 46] = raw[before + 42 : before + 46]
    path.write_bytes(raw)
    assert refusal(path) == "zip_damaged"


@pytest.mark.parametrize("name", ["../evil.xml", "/etc/x.xml", "xl\\..\\x.xml", "C:/x.xml"])
def test_gate_unsafe_path_refused(tmp_path, name):
    path = book(tmp_path, parts={"xl/placeholder": b""})
    info = zipfile.ZipInfo("x")
    info.filename = name
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(info, b"")
    assert refusal(path) == "zip_path"


def test_gate_link_nested_encrypted_refused(tmp_path):
    link = zipfile.ZipInfo("xl/link")
    link.external_attr = 0o120777 << 16
    path = book(tmp_path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(link, b"/etc/passwd")
    assert refusal(path) == "zip_link"
    inner = book(tmp_path, name="inner.xlsx").read_bytes()
    assert refusal(book(tmp_path, parts={"xl/media/a.png": inner})) == "zip_nested"
    path = book(tmp_path)
    raw = bytearray(path.read_bytes())
    raw[raw.rfind(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(raw)
    assert refusal(path) == "zip_encrypted"


BILLION = '<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
EXTERNAL = '<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    "prolog", [BILLION, EXTERNAL, '<!DOCTYPE a SYSTEM "http://example/a.dtd">']
)
def test_gate_entities_refused(tmp_path, prolog):
    assert refusal(book(tmp_path, prolog=prolog)) == "doctype"


def test_gate_entities_in_any_part_refused(tmp_path):
    assert (
        refusal(book(tmp_path, parts={"docProps/core.xml": f"{EXTERNAL}<a>&a;</a>"})) == "doctype"
    )


def test_gate_loose_comment_drawing_taken_doctype_in_it_refused(tmp_path):
    part = "xl/drawings/vmlDrawing1.vml"
    assert read_sheets(book(tmp_path, parts={part: "<xml><br></xml>"}))
    assert refusal(book(tmp_path, parts={part: f"{BILLION}<xml/>"})) == "doctype"


def test_gate_other_encodings_refused(tmp_path):
    wide = "<a/>".encode("utf-16")
    assert refusal(book(tmp_path, parts={"docProps/core.xml": wide})) == "xml_encoding"
    named = '<?xml version="1.0" encoding="gb2312"?>'
    assert refusal(book(tmp_path, prolog=named)) == "xml_encoding"


@pytest.mark.parametrize(
    "part",
    [
        "xl/vbaProject.bin",
        "xl/macrosheets/sheet1.xml",
        "xl/activeX/activeX1.xml",
        "xl/embeddings/oleObject1.bin",
        "xl/externalLinks/externalLink1.xml",
        "xl/connections.xml",
    ],
)
def test_gate_active_parts_refused(tmp_path, part):
    assert refusal(book(tmp_path, parts={part: "<a/>"})) == "active_content"


def test_gate_active_relations_and_types_refused(tmp_path):
    ole = f'<Relationship Id="r9" Type="{OFFICE}/oleObject" Target="x.xml"/>'
    assert refusal(book(tmp_path, relations=ole)) == "active_content"
    macro = '<Override PartName="/x.xml" ContentType="application/vnd.ms-office.vbaProject"/>'
    assert refusal(book(tmp_path, types=macro)) == "active_content"
    enabled = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    assert refusal(book(tmp_path, main=enabled)) == "active_content"
    assert refusal(book(tmp_path, main="application/xml")) == "content_type"


def test_gate_external_relation_refused_hyperlink_taken(tmp_path):
    text = '<Relationship Id="r9" Type="{}/{}" Target="{}" TargetMode="External"/>'
    image = text.format(OFFICE, "image", "http://example.com/a.png")
    assert refusal(book(tmp_path, relations=image)) == "external_link"
    share = text.format(OFFICE, "hyperlink", "file://server/share/a.xlsx")
    assert refusal(book(tmp_path, relations=share)) == "external_link"
    plain = text.format(OFFICE, "hyperlink", "https://example.com/")
    assert read_sheets(book(tmp_path, relations=plain))


@pytest.mark.parametrize("formula", ["cmd|'/c calc'!A0", "WEBSERVICE(A1)", "CALL(1)"])
def test_gate_dde_refused(tmp_path, formula):
    data = f'<row r="1"><c r="A1"><f>{formula}</f><v>1</v></c></row>'
    assert refusal(book(tmp_path, data)) == "active_content"


def test_gate_shared_text_behind_every_cell_refused(tmp_path):
    shared = f'<sst xmlns="{MAIN}"><si><t>{"长" * 30_000}</t></si><si><t>短</t></si></sst>'
    relation = f'<Relationship Id="r2" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'

    def filled(index: int) -> str:
        return "".join(
            f'<row r="{row}"><c r="A{row}" t="s"><v>{index}</v></c></row>'
            for row in range(1, 3_001)
        )

    parts = {"xl/sharedStrings.xml": shared}
    path = book(tmp_path, filled(0), relations=relation, parts=parts)
    assert refusal(path) == "too_much_text"
    path = book(tmp_path, filled(1), relations=relation, parts=parts)
    assert len(read_sheets(path)[0].rows) == 3_000


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.xlsx", b"", "file_empty"),
        ("a.xls", b"PK\x03\x04", "file_extension"),
        ("a.xlsm", b"PK\x03\x04", "file_extension"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0" + b"\0" * 600, "file_old_format"),
        ("a.xlsx", b"<html></html>", "file_not_workbook"),
        ("a.xlsx", b"PK\x03\x04" + b"\0" * 100, "zip_damaged"),
    ],
)
def test_gate_other_files_refused(tmp_path, name, content, code):
    path = tmp_path / name
    path.write_bytes(content)
    assert refusal(path) == code


def test_gate_missing_and_too_large_refused(tmp_path):
    assert refusal(tmp_path / "none.xlsx") == "file_missing"
    with pytest.raises(SheetRefused) as caught:
        gate.check_workbook(book(tmp_path), max_bytes=100)
    assert caught.value.code == "file_too_large"


def test_gate_every_cut_of_a_file_refused(tmp_path):
    whole = book(tmp_path).read_bytes()
    path = tmp_path / "cut.xlsx"
    for size in range(1, len(whole), 37):
        path.write_bytes(whole[:size])
        with pytest.raises(SheetRefused):
            read_sheets(path)


def test_gate_flipped_bytes_never_crash(tmp_path):
    whole = book(tmp_path, many_rows(3)).read_bytes()
    path = tmp_path / "flipped.xlsx"
    refused = 0
    for place in range(0, len(whole), 5):
        spoiled = bytearray(whole)
        spoiled[place] ^= 0xFF
        path.write_bytes(spoiled)
        try:
            sheets = read_sheets(path)
        except SheetRefused:
            refused += 1
        else:
            assert [row[0] for row in sheets[0].rows] == [1.0, 2.0, 3.0]
    assert refused > 50


def test_gate_hidden_rows_and_sheets_reported(tmp_path):
    path = tmp_path / "hidden.xlsx"
    with xlsxwriter.Workbook(str(path)) as workbook:
        first, second = workbook.add_worksheet(), workbook.add_worksheet()
        first.write(0, 0, "a")
        first.set_row(0, None, None, {"hidden": True})
        second.write(0, 0, "b")
        second.hide()
    sheets = read_sheets(path)
    assert sheets[0].hidden_rows == {1}
    assert [sheet.is_visible for sheet in sheets] == [True, False]
