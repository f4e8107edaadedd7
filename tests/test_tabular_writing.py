"""Sheets written: inert, print-ready, readable again."""

import csv
import datetime
import io
import zipfile

import pytest

from core.tabular.reading import read_sheets
from core.tabular.writing import Column, inert, write_csv, write_sheet

COLUMNS = (
    Column("序号", "integer", 6),
    Column("姓名"),
    Column("身份号码", "identity", 20),
    Column("入党", "date", group="时间"),
    Column("转正", "date", group="时间"),
)
ROW = (1, "=1+1", "320322199001011239", datetime.date(1999, 7, 1), None)


def part(path, name):
    with zipfile.ZipFile(path) as archive:
        return archive.read(name).decode()


def test_write_sheet_read_back_and_inert(tmp_path):
    path = tmp_path / "a.xlsx"
    count = write_sheet(
        path, "=花名册/一", COLUMNS, iter([ROW, (2, "-1\x00", "", None, None)]), subtitle="填报单位：某",
        stamp="zone & 2026", totals=("合计", "2人", None, None, None), signature=("负责人：", "填表人："),
    )  # fmt: skip
    (sheet,) = read_sheets(path)
    assert count == 2
    assert sheet.formulas == frozenset()
    assert sheet.rows[2][:2] == ["序号", "姓名"]
    assert sheet.rows[3][3:] == ["入党", "转正"]
    assert sheet.rows[4] == [1.0, "=1+1", "320322199001011239", datetime.date(1999, 7, 1), ""]
    assert sheet.rows[5][1] == "-1"
    assert sheet.rows[6][:2] == ["合计", "2人"]
    assert "负责人：" in sheet.rows[7]


def test_write_sheet_laid_out_for_print(tmp_path):
    path = tmp_path / "a.xlsx"
    write_sheet(path, "表", COLUMNS, [ROW], stamp="zone")
    xml = part(path, "xl/worksheets/sheet1.xml")
    for wanted in (
        'paperSize="9"',
        'orientation="landscape"',
        'fitToHeight="0"',
        'state="frozen"',
        "&amp;P",
    ):
        assert wanted in xml
    assert "_xlnm.Print_Titles" in part(path, "xl/workbook.xml")


def test_write_sheet_to_stream_long_text_cut_with_mark(tmp_path):
    stream = io.BytesIO()
    write_sheet(stream, "表", (Column("a"),), [("长" * 40_000,)])
    path = tmp_path / "a.xlsx"
    path.write_bytes(stream.getvalue())
    text = read_sheets(path)[0].rows[2][0]
    assert (len(text), text[-1]) == (32_767, "…")


@pytest.mark.parametrize(
    "text", ["=1", "+1", "-1", "@a", "\ta", "\ra", "＝1", "＋1", "－1", "＠a", " =1"]
)
def test_csv_formula_starts_escaped(text):
    assert inert(text) == "'" + text


def test_csv_phones_numbers_and_words_stay():
    assert inert("+86 10 1234", kind="phone") == "+86 10 1234"
    assert inert("+cmd", kind="phone") == "'+cmd"
    assert inert("-3", kind="integer") == "-3"
    assert inert("张三") == "张三"


def test_write_csv_bom_and_raw():
    stream = io.BytesIO()
    assert write_csv(stream, COLUMNS, [ROW, (2, 'a"b\n', "x", None, None)]) == 2
    assert stream.getvalue().startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(stream.getvalue().decode("utf-8-sig"), newline="")))
    assert rows[1] == ["1", "'=1+1", "320322199001011239", "1999-07-01", ""]
    assert rows[2][1] == 'a"b\n'
    raw = io.BytesIO()
    write_csv(raw, COLUMNS, [ROW], is_raw=True)
    assert b",=1+1," in raw.getvalue()
