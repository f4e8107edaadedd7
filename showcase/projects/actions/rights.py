"""Who may act on a project, its row, which is everybody's lock, and the words that were typed."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from core import audit, clock
from core.actor import Actor
from core.errors import DomainError, NotAllowed
from core.text import clean
from orgs.models import Organization

from ..enums import StepKind
from ..models import Project, ProjectStep
from ..relations import decides, undertakes
from ..rules import MOST_MONEY


def expect_undertaker(organization: Organization, by: Actor) -> None:
    """Raises NotAllowed unless the actor writes the projects of the organisation."""
    if not undertakes(by, organization):
        raise NotAllowed("项目由承担单位自己办理。")


def expect_decider(project: Project, by: Actor) -> None:
    """Raises NotAllowed unless the actor decides on the project: from above, nobody on his own."""
    if not decides(by, project.organization):
        raise NotAllowed("项目由上级审批，不能自己批自己的。")


def locked(pk: int) -> Project:
    """The project as it is stored, held until the transaction ends. One query."""
    rows = Project.objects.select_for_update(of=("self",)).select_related("organization")
    return rows.get(pk=pk)


def note(
    project: Project, verb: str, *, by: Actor, changes: Mapping[str, Any] | None = None
) -> None:
    """One audit entry, at the place of who undertakes the project."""
    audit.record(
        by=by,
        verb=verb,
        obj=project,
        organization_id=project.organization_id,
        organization_path=project.organization.path,
        changes=changes or {},
    )


def step(project: Project, kind: StepKind, text: str = "") -> ProjectStep:
    """A step of its timeline, which the move that is told of it writes."""
    return ProjectStep(project=project, kind=kind, text=text[:400])


def checked(text: str, field: str, least: int, most: int, what: str) -> str:
    """What was typed, clean. Raises DomainError."""
    text = clean(text)
    if not least <= len(text) <= most:
        said = f"{least} 至 {most} 字" if least else f"最多 {most} 字"
        raise DomainError(f"{what}：{said}。", field=field)
    return text


def money(amount: Decimal, field: str, least: Decimal = Decimal(0)) -> Decimal:
    """An amount in yuan. Raises DomainError."""
    if not amount.is_finite() or not least <= amount <= MOST_MONEY:
        raise DomainError(f"金额应为 {least} 至 {MOST_MONEY} 元。", field=field)
    return amount.quantize(Decimal("0.01"))


def not_ahead(day: dt.date, field: str, since: dt.date | None = None) -> dt.date:
    """A day on which something was done. Raises DomainError."""
    if day > clock.today():
        raise DomainError("这一天还没有到。", field=field)
    if since is not None and day < since:
        raise DomainError(f"不能早于立项的 {since:%Y年%-m月%-d日}。", field=field)
    return day
