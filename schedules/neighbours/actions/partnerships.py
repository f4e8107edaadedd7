"""双报到、共驻共建: partners, their needs, what came of them."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q

from core import clock
from core.actions import action
from core.actor import Actor
from core.errors import Conflict, DomainError, NotAllowed
from core.text import clean
from orgs.models import Organization
from orgs.permissions import Permission

from ..enums import LineKind, PartnershipKind
from ..models import Partnership, PartnershipLine
from ..queries.partners import called
from ..rules import LINE, PARTNER
from . import rights

MOST_LINES = 200


@dataclass(frozen=True, slots=True)
class Bond:
    """With whom, how, since when. `name` is the partner as it was typed: of an organisation of the zone
    its full or short name, else that of a body outside."""

    kind: str
    name: str
    since: dt.date
    is_outside: bool = False


@action
def create(*, organization: Organization, bond: Bond, by: Actor) -> Partnership:
    """Two come together; both are told. Raises NotAllowed, Conflict where they are already, or
    DomainError."""
    rights.expect_editor(organization, by)
    name = rights.expect_words(bond.name, 2, PARTNER, "name", "共建单位的名称")
    if bond.kind not in PartnershipKind.values:
        raise DomainError("没有这样的方式，请重新选择。", field="kind")
    since = rights.expect_past(bond.since, "since")
    partner = None if bond.is_outside else _partner(organization, name)
    rights.held(organization, *([partner] if partner else []))
    same = Q(organization=organization, partner=partner, outside="" if partner else name)
    if partner is not None:
        same |= Q(organization=partner, partner=organization)
    if Partnership.objects.running().filter(same, kind=bond.kind).exists():
        raise Conflict(f"已经与{partner or name}登记过，直接往下记就行。", field="name")
    row = Partnership.objects.create(
        organization=organization,
        partner=partner,
        outside="" if partner else name,
        kind=bond.kind,
        since=since,
        created_at=clock.now(),
        created_by_name=by.name[:100],
    )
    changes = {"partner": [None, row.partner_label]}
    rights.note(row, "neighbours.partnership.create", by=by, changes=changes)
    return row


def _partner(organization: Organization, name: str) -> Organization:
    found = called(name)
    if not found:
        raise DomainError(
            "本系统里没有叫这个名称的党组织。请写全称或简称；是系统外的单位，请勾选。", field="name"
        )
    if len(found) > 1:
        raise DomainError("有几个党组织叫这个名称，请写全称。", field="name")
    if found[0].pk == organization.pk:
        raise DomainError("不能与本组织共建。", field="name")
    return found[0]


@action
def note(
    *, partnership: Partnership, kind: str, text: str, on: dt.date, by: Actor
) -> PartnershipLine:
    """What is needed, or what came of it, on a day; the same once more is the one that there is. Raises
    NotAllowed, MovedOn or DomainError."""
    row = rights.locked_partnership(partnership.pk)
    expect_side(row, by)
    Partnership.machine.expect(row, "end")
    if kind not in LineKind.values:
        raise DomainError("请选是需求，还是办成的事。", field="kind")
    text = rights.expect_words(text, 4, LINE, "text", "说明")
    rights.expect_past(on, "on")
    there = row.lines.filter(kind=kind, text=text, on=on).first()
    if there is not None:
        return there
    if row.lines.count() >= MOST_LINES:
        raise DomainError(f"一项共建最多记 {MOST_LINES} 条，请结束后另行登记。", field="text")
    line = PartnershipLine.objects.create(
        partnership=row,
        kind=kind,
        text=text,
        on=on,
        at=clock.now(),
        by_name=by.name[:100],
        by_organization=clean(by.organization_name)[:100],
    )
    rights.note(row, "neighbours.partnership.note", by=by)
    return line


@action
def end(*, partnership: Partnership, by: Actor) -> Partnership:
    """Either side ends it. Raises NotAllowed or MovedOn."""
    row = rights.locked_partnership(partnership.pk)
    expect_side(row, by)
    Partnership.machine.move(row, "end", ended_on=clock.today())
    rights.note(row, "neighbours.partnership.end", by=by)
    return row


def expect_side(row: Partnership, by: Actor) -> None:
    """Raises NotAllowed unless the actor acts for one of the two."""
    sides = [row.organization, row.partner]
    if not any(one and by.may_at(Permission.NEIGHBOUR_EDIT, one.path) for one in sides):
        raise NotAllowed("由共建的两个单位之一办理。")
