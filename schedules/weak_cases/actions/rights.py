"""Who may act on a case, its row under the lock, what was typed, and the entry in the audit trail."""

from collections.abc import Mapping
from typing import Any

from core import audit
from core.actor import Actor
from core.errors import DomainError, NotAllowed
from core.text import clean
from orgs.models import Organization
from orgs.permissions import Permission

from ..models import CaseStep, WeakCase
from ..rules import LEAST, WORDS


def runs(by: Actor, organization: Organization) -> bool:
    """Whether the actor decides on and plans for the organisation: from above, never for his own."""
    own = organization.pk == by.organization_id
    return not own and by.may_at(Permission.WEAK_CASE_RUN, organization.path)


def holds(by: Actor, organization: Organization) -> bool:
    """Whether the actor accepts and follows up: the zone, for what stands below it."""
    own = organization.pk == by.organization_id
    return not own and by.may_at(Permission.WEAK_CASE_HOLD, organization.path)


def expect_runner(organization: Organization, by: Actor) -> None:
    """Raises NotAllowed for who does not stand above the organisation."""
    if not runs(by, organization):
        raise NotAllowed("提出、认定和定方案由上级党委或党工委办理。")


def expect_holder(organization: Organization, by: Actor) -> None:
    """Raises NotAllowed for who is not of the zone."""
    if not holds(by, organization):
        raise NotAllowed("验收和回访由党工委办理。")


def locked(pk: int) -> WeakCase:
    """The case as it is stored, held until the transaction ends. One query."""
    rows = WeakCase.objects.select_for_update(of=("self",)).select_related("organization")
    return rows.get(pk=pk)


def words(text: str, what: str, field: str) -> str:
    """What was typed, tidied. Raises DomainError for too little or too much."""
    text = clean(text)
    if not LEAST <= len(text) <= WORDS:
        raise DomainError(f"{what}写 {LEAST} 至 {WORDS} 字。", field=field)
    return text


def step(case: WeakCase, kind: str, text: str = "") -> CaseStep:
    """A step for the case's timeline, not stored yet."""
    return CaseStep(case=case, kind=kind, text=text)


def note(case: WeakCase, verb: str, *, by: Actor, changes: Mapping[str, Any] | None = None) -> None:
    """One audit entry, at the place of the organisation."""
    audit.record(
        by=by,
        verb=verb,
        obj=case,
        organization_id=case.organization_id,
        organization_path=case.organization.path,
        changes=changes or {},
    )
