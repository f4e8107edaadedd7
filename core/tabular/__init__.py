"""Workbooks in and out: the upload gate, reading, header finding, marking, writing.

Knows no noun of the portal. An importer goes `reading.read_sheets` (which passes the gate
first) -> `headers.find` -> `rows.data_rows`, and collects `errors.CellError`s in a
`parsed.ParsedSheet`.
"""
