"""What stands at the head of the list and of a version, beside the page's own acts.

Each line is (words, name of the address, permission). Pages of this slice add theirs here; those of
a version take its `uid`.
"""

from typing import Any

from django.urls import NoReverseMatch, reverse

from core.actor import Actor
from orgs.permissions import Permission

LIST_LINKS: list[tuple[str, str, str]] = [
    ("考核分组", "schemes:group-list", Permission.SCHEME_VIEW),
    ("免考", "schemes:exemption-list", Permission.SCHEME_VIEW),
]
VERSION_LINKS: list[tuple[str, str, str]] = [
    ("从表格导入", "schemes:import", Permission.SCHEME_EDIT),
    ("导出 Excel", "schemes:version-sheet", Permission.SCHEME_VIEW),
]


def links(lines: list[tuple[str, str, str]], actor: Actor, *args: Any) -> list[tuple[str, str]]:
    """Words and addresses of those that the actor may open and that this installation has."""
    found = []
    for words, name, permission in lines:
        if permission and not actor.may(permission):
            continue
        try:
            found.append((words, reverse(name, args=args)))
        except NoReverseMatch:
            continue
    return found
