"""A table pasted from a spreadsheet, as the workbook that it would have been."""

import csv
import datetime as dt
import io

import xlsxwriter
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile

from ..errors import DomainError
from ..text import clean

MOST_LINES = 600
MOST_COLUMNS = 40
MOST_CHARACTERS = 300_000
_MOST_IN_CELL = 8_000
BAR = "│"  # what static/js/paste.js makes of a tab


class PasteForm(forms.Form):
    """Cells copied out of a spreadsheet, their header among them."""

    cells = forms.CharField(
        label="表格内容",
        max_length=MOST_CHARACTERS,
        strip=False,
        widget=forms.Textarea({"rows": 10, "spellcheck": "false", "data-cells": True}),
        help_text="在 Excel 或 WPS 里连表头一起选中、复制，粘贴到这里。",
        error_messages={
            "required": "请粘贴表格内容，连表头一起。",
            "max_length": "粘贴的内容太长，请分几次，或上传文件。",
        },
    )


def workbook_of(text: str, name: str) -> SimpleUploadedFile:
    """The cells as a workbook of that name, all as text. Raises DomainError for what is no table or
    too long."""
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=BAR))
    except csv.Error as error:
        raise DomainError(
            "看不出是表格。请在 Excel 里连表头一起复制，或上传文件。",
            field="cells",
            code="no_table",
        ) from error
    if len(rows) > MOST_LINES or max(map(len, rows), default=0) > MOST_COLUMNS:
        raise DomainError(
            f"最多粘贴 {MOST_LINES} 行、{MOST_COLUMNS} 列，请分几次，或上传文件。",
            field="cells",
            code="too_many_rows",
        )
    if max(map(len, rows), default=0) < 2:
        raise DomainError(
            "只看到一列。请在 Excel 里连表头一起复制几列，再粘贴。", field="cells", code="no_table"
        )
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        # Pasted twice it is one file, to the last byte.
        book.set_properties({"created": dt.datetime(2000, 1, 1, tzinfo=dt.UTC)})
        sheet = book.add_worksheet("粘贴的表格")
        for number, row in enumerate(rows):
            for place, cell in enumerate(row):
                sheet.write_string(number, place, clean(cell, multiline=True)[:_MOST_IN_CELL])
    return SimpleUploadedFile(name, content.getvalue())
