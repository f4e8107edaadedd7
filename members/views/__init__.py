from .changes import (
    member_create,
    member_edit,
    member_exit,
    member_move,
    member_restore,
    member_reveal,
)
from .decisions import (
    decision_approve,
    decision_detail,
    decision_list,
    decision_refuse,
    decision_withdraw,
    member_status,
)
from .exports import member_export
from .imports import (
    member_import,
    member_import_apply,
    member_import_cancel,
    member_import_detail,
    member_import_list,
    member_import_marked,
)
from .members import member_detail, member_find, member_list
from .movements import member_movements

__all__ = [
    "decision_approve",
    "decision_detail",
    "decision_list",
    "decision_refuse",
    "decision_withdraw",
    "member_create",
    "member_detail",
    "member_edit",
    "member_exit",
    "member_export",
    "member_find",
    "member_import",
    "member_import_apply",
    "member_import_cancel",
    "member_import_detail",
    "member_import_list",
    "member_import_marked",
    "member_list",
    "member_move",
    "member_movements",
    "member_restore",
    "member_reveal",
    "member_status",
]
