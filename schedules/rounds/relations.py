"""The relations that this slice names people in (指名与回避)."""

from orgs import relations
from orgs.permissions import Permission
from orgs.relations import Relation

CHECKER = relations.register(
    Relation(
        key="schedules.checker",
        label="核报人",
        about="checks what the organisation hands in, beside who does so by a role above it",
        permissions=frozenset({Permission.REPORT_VIEW, Permission.REPORT_CHECK}),
        recusal=frozenset(
            {Permission.REPORT_CHECK, Permission.REPORT_CONFIRM, Permission.REPORT_REOPEN}
        ),
        named_with=Permission.REPORT_REMIND,
        apart_from=frozenset({Permission.REPORT_DRAFT, Permission.REPORT_SEND}),
    )
)
