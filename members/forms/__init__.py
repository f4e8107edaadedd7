"""Forms of the register: the list's filters and a member's items, and what is done with one."""

from .acts import (
    ApproveForm,
    ExitForm,
    MoveForm,
    ProposeForm,
    RefuseForm,
    RestoreForm,
    RevealForm,
)
from .members import FindForm, MemberFilterForm, MemberForm

__all__ = [
    "ApproveForm",
    "ExitForm",
    "FindForm",
    "MemberFilterForm",
    "MemberForm",
    "MoveForm",
    "ProposeForm",
    "RefuseForm",
    "RestoreForm",
    "RevealForm",
]
