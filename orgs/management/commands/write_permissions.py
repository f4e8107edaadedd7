"""docs/permissions.md from the roles in code."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from orgs import relations
from orgs.permissions import Permission
from orgs.roles import ADMIN_ROLES, ROLES, WORK_ROLES, Role

PATH = Path("docs/permissions.md")
HEAD = """# Who may do what

Generated from `orgs/roles.py` and the relations registered (`orgs/relations.py`) by `manage.py write_permissions`; do not edit.

A role is granted to a person at one organisation, from one day to another, by the security
administrator. Where it *reaches downwards*, it holds for the whole subtree. What lies outside
the scope is not there: the answer is 404. A person with several grants acts in one at a time.
"""
ADMINS = """
The three administrators are exclusive: a person is one of them or none, and an administrator
holds no work role (the database refuses it). Making or relieving one takes two persons; the
first three are opened by `manage.py create_administrators`.
"""
NAMED = """
## By name

Beside grants, a person can be named for an organisation (指名): he gets the permissions of the
relation there and nothing else of it. A recusal (回避) takes the relation's away from him there, and
from who acts for him, whatever gave them. Administrators and 考核委员会 are never named. Both last
from one day to another; whoever holds the permission in the last column by a role above the
organisation decides, and anybody can recuse himself.
"""


def document() -> str:
    """The whole document."""
    lines = [HEAD, "## Work roles", "", *_about(WORK_ROLES), "", *_table(WORK_ROLES)]
    lines += ["", "## Administrators", ADMINS, *_about(ADMIN_ROLES), "", *_table(ADMIN_ROLES)]
    lines += [NAMED, *_relations()]
    return "\n".join(lines) + "\n"


def _relations() -> list[str]:
    lines = [
        "| relation | key | gives | its recusal takes | named by who holds | in short |",
        "|---|---|---|---|---|---|",
    ]
    for one in relations.registered().values():
        gives, takes = (
            "、".join(f"`{p}`" for p in sorted(some)) for some in (one.permissions, one.recusal)
        )
        lines.append(
            f"| {one.label} | {one.key} | {gives} | {takes} | `{one.named_with}` | {one.about} |"
        )
    return lines


def _about(roles: dict[str, type[Role]]) -> list[str]:
    lines = ["| role | key | granted at | reaches downwards | in short |", "|---|---|---|---|---|"]
    for role in roles.values():
        kinds = "、".join(kind.label for kind in role.kinds) or "—"
        reach = "yes" if role.inherits and role.kinds else "no"
        if role.has_parts:
            reach = "its 党小组"
        lines.append(f"| {role.label} | `{role.key}` | {kinds} | {reach} | {role.about} |")
    return lines


def _table(roles: dict[str, type[Role]]) -> list[str]:
    held = [one for one in Permission if any(one in role.permissions for role in roles.values())]
    lines = [
        "| permission | " + " | ".join(role.label for role in roles.values()) + " |",
        "|---|" + "---|" * len(roles),
    ]
    for permission in held:
        marks = ("✓" if permission in role.permissions else "" for role in roles.values())
        lines.append(f"| `{permission}` | " + " | ".join(marks) + " |")
    return lines


class Command(BaseCommand):
    help = "Writes docs/permissions.md; with --check only says whether it is up to date."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing, exit with 1")

    def handle(self, *args: Any, **options: Any) -> None:
        path = settings.BASE_DIR / PATH
        text = document()
        unused = set(Permission) - {p for role in ROLES.values() for p in role.permissions}
        unused -= {p for one in relations.registered().values() for p in one.permissions}
        if unused:
            raise CommandError(f"No role and no relation holds {', '.join(sorted(unused))}.")
        if not options["check"]:
            path.write_text(text)
        elif not path.exists() or path.read_text() != text:
            raise CommandError(f"{PATH} is out of date: run manage.py write_permissions")
        self.stdout.write(f"{PATH} is up to date")
