"""Why a workbook or one of its cells is refused."""

from dataclasses import dataclass

from core.errors import DomainError


class SheetRefused(DomainError):
    """The whole file cannot be taken. `code` is stable, `message` is Chinese and says what to do."""

    def __init__(self, code: str, message: str, *, field: str | None = "file") -> None:
        super().__init__(message, field=field, code=code)


@dataclass(frozen=True, slots=True)
class CellError:
    """One bad cell. `row` counts from 1 as in Excel; `found` has personal numbers masked.

    Also used for warnings, which do not refuse the row.
    """

    sheet: str
    row: int
    column_letter: str
    column_title: str
    code: str
    found: str
    wanted: str

    @property
    def cell(self) -> str:
        """The cell's address, such as "E17"."""
        return f"{self.column_letter}{self.row}"

    @property
    def message(self) -> str:
        """One Chinese sentence: where, what was found, what is wanted."""
        found = f"填的是“{self.found}”" if self.found else "没有填写"
        return f"{self.sheet} {self.cell}（{self.column_title}）：{found}，{self.wanted}"
