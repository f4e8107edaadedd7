"""Forms of the register: the list's filters and a member's items, and what is done with one."""

from .acts import ExitForm, ExportForm, MoveForm, RestoreForm, RevealForm
from .members import FindForm, MemberFilterForm, MemberForm

__all__ = [
    "ExitForm",
    "ExportForm",
    "FindForm",
    "MemberFilterForm",
    "MemberForm",
    "MoveForm",
    "RestoreForm",
    "RevealForm",
]
