"""Who may act, and the rows that are everybody's lock."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from core import audit, clock
from core.actor import Actor
from core.errors import DomainError, NotAllowed
from core.text import clean
from orgs.models import Organization
from orgs.permissions import Permission

from ..models import GridPost, Partnership, Wish


def expect_editor(organization: Organization, by: Actor) -> None:
    """Raises NotAllowed unless the actor acts for the organisation here."""
    if not by.may_at(Permission.NEIGHBOUR_EDIT, organization.path):
        raise NotAllowed("这件事由本组织或上级的党务工作者办理。")


def held(*organizations: Organization) -> None:
    """Holds the organisations until the transaction ends: two clicks at once wait for each other. One
    query."""
    pks = [one.pk for one in organizations]
    list(
        Organization.objects.select_for_update(of=("self",))
        .filter(pk__in=pks)
        .order_by("pk")
        .values_list("pk")
    )


def locked_wish(pk: int) -> Wish:
    """The wish as it is stored, held until the transaction ends. One query."""
    rows = Wish.objects.select_for_update(of=("self",))
    return rows.select_related("organization", "claimant").get(pk=pk)


def locked_post(pk: int) -> GridPost:
    """The post as it is stored, held until the transaction ends. One query."""
    rows = GridPost.objects.select_for_update(of=("self",))
    return rows.select_related("organization", "member").get(pk=pk)


def locked_partnership(pk: int) -> Partnership:
    """The partnership as it is stored, held until the transaction ends. One query."""
    rows = Partnership.objects.select_for_update(of=("self",))
    return rows.select_related("organization", "partner").get(pk=pk)


def expect_words(text: str, least: int, most: int, field: str, what: str) -> str:
    """The text without what nobody sees. Raises DomainError for one too short or too long."""
    text = clean(text)
    if not least <= len(text) <= most:
        raise DomainError(f"请写{what}，{least} 至 {most} 字。", field=field)
    return text


def expect_past(day: dt.date, field: str) -> dt.date:
    """Raises DomainError for a day that is to come, or that cannot be meant."""
    if not day.year >= 1990 or day > clock.today():
        raise DomainError("日期应在 1990 年以后、今天以前。", field=field)
    return day


def note(
    row: Wish | GridPost | Partnership,
    verb: str,
    *,
    by: Actor,
    changes: Mapping[str, Any] | None = None,
) -> None:
    """One audit entry, at the place of the row's organisation."""
    audit.record(
        by=by,
        verb=verb,
        obj=row,
        organization_id=row.organization_id,
        organization_path=row.organization.path,
        changes=changes or {},
    )
