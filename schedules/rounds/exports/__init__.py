from .burden import write_burden
from .papers import (
    elsewhere_line,
    month_document,
    month_parts,
    report_document,
    row_name,
    unsent_names,
    write_matrix,
    write_missing,
    write_month,
    write_report,
    write_standings,
)
from .readings import part_name, write_readings, write_totals

__all__ = [
    "elsewhere_line",
    "month_document",
    "month_parts",
    "part_name",
    "report_document",
    "row_name",
    "unsent_names",
    "write_burden",
    "write_matrix",
    "write_missing",
    "write_month",
    "write_readings",
    "write_report",
    "write_standings",
    "write_totals",
]
