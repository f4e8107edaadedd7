"""换届: a body elected anew, and a term extended."""

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import Q

from core import audit, clock
from core.actions import action
from core.actor import Actor
from core.errors import DomainError

from .. import terms
from ..enums import ELECTED_POSTS, Appointment, EventKind, OrganizationKind
from ..models import OfficeHolding, Organization, Term
from . import history, offices, register
from .history import Decision


@action
def re_elect(
    *,
    organization: Organization,
    revision: int,
    term_years: int,
    decision: Decision,
    by: Actor,
    term_ends_on: dt.date | None = None,
    continuing: Collection[int] = (),
) -> Organization:
    """换届: a new term from the decision's day; an extension of the old one is over, and so are
    the offices of the old committee, but those `continuing` (ids), which are held anew.

    An election more than a year early has to name its document and its ground.
    """
    organization = register.fresh(organization)
    register.covered(by, organization)
    register.existing(organization)
    _with_term(organization)
    register.not_in_future(decision.on)
    if organization.term_started_on and decision.on <= organization.term_started_on:
        raise DomainError("换届日期应晚于本届起始日期", field="on")
    _questioned(terms.odd_election(decision.on, organization.term_ends_on), decision)
    ends = term_ends_on or terms.years_later(decision.on, term_years)
    if ends <= decision.on:
        raise DomainError("届满日期应晚于换届日期", field="term_ends_on")
    before = {
        name: getattr(organization, name)
        for name in ("term_started_on", "term_ends_on", "term_years", "extended_until")
    }
    after: dict[str, Any] = {
        "term_started_on": decision.on,
        "term_ends_on": ends,
        "term_years": term_years,
        "extended_until": None,
    }
    Organization.machine.move(
        organization, "re_elect", revision=revision, extension_document="", **after
    )
    keep([(register.fresh(organization), decision.on)], decision.document_number)
    over = _renew_offices(organization, decision, set(continuing), by)
    details = {"before": _iso(before["term_ends_on"]), "after": _iso(ends), **over}
    history.happened(organization, EventKind.RE_ELECTED, decision, by, details)
    history.record(by, "re_elect", organization, audit.changed(before, after), decision)
    return register.fresh(organization)


@action
def extend(
    *, organization: Organization, revision: int, until: dt.date, decision: Decision, by: Actor
) -> Organization:
    """延期换届 with the superior's approval; `decision` names the document."""
    organization = register.fresh(organization)
    register.covered(by, organization)
    register.existing(organization)
    _with_term(organization)
    register.not_in_future(decision.on)
    if organization.term_ends_on is None:
        raise DomainError("还没有届满日期，请先登记换届", field="until")
    if until <= (organization.extended_until or organization.term_ends_on):
        raise DomainError("延期应晚于原来的届满日期", field="until")
    if not decision.document_number:
        raise DomainError("请填批准延期的文号", field="document_number")
    _questioned(terms.odd_extension(until, organization.term_ends_on), decision)
    before = organization.extended_until
    Organization.machine.move(
        organization,
        "extend",
        revision=revision,
        extended_until=until,
        extension_document=decision.document_number,
    )
    keep([(register.fresh(organization), decision.on)], decision.document_number)
    details = {"before": _iso(before or organization.term_ends_on), "after": _iso(until)}
    history.happened(organization, EventKind.EXTENDED, decision, by, details)
    history.record(by, "extend", organization, {"extended_until": [before, until]}, decision)
    return register.fresh(organization)


def keep(stand: Iterable[tuple[Organization, dt.date | None]], document: str = "") -> None:
    """Writes down the terms of organisations as they stand, each from its day on (ever when
    None). Within the running action. One INSERT."""
    now = clock.now()
    Term.objects.bulk_create(
        [
            Term(
                organization=one,
                started_on=one.term_started_on,
                ends_on=one.term_ends_on,
                years=one.term_years,
                extended_until=one.extended_until,
                document_number=document[:60],
                valid_from=on,
                recorded_at=now,
            )
            for one, on in stand
        ],
        batch_size=500,
    )


def _renew_offices(
    organization: Organization, decision: Decision, continuing: set[int], by: Actor
) -> dict[str, int]:
    """Ends the offices of the committee that was; who goes on holds his anew."""
    old = Q(started_on=None) | Q(started_on__lt=decision.on)
    held = organization.offices.filter(old, post__in=ELECTED_POSTS, ended_on=None)
    before = list(held.order_by("pk"))
    if unknown := continuing - {one.pk for one in before}:
        still = organization.offices.filter(pk__in=unknown, ended_on=None)
        if still.count() < len(unknown):
            raise DomainError("连任的人已不在任，请刷新后重新勾选", field="continuing")
    offices.leave_all(held, decision.on, by=by, going_on=continuing)
    now = clock.now()
    OfficeHolding.objects.bulk_create(
        [
            OfficeHolding(
                organization=organization,
                post=one.post,
                person_name=one.person_name,
                user_id=one.user_id,
                appointment=Appointment.ELECTED,
                document_number=decision.document_number,
                started_on=decision.on,
                recorded_at=now,
            )
            for one in before
            if one.pk in continuing
        ]
    )
    for one in before:
        audit.record(
            by=by,
            verb="orgs.office.leave",
            obj=one,
            organization_id=organization.pk,
            organization_path=organization.path,
            changes={"ended_on": [None, decision.on]},
            note="换届，连任" if one.pk in continuing else "换届",
        )
    return {"offices": len(before), "continuing": len(continuing)}


def _questioned(problem: str, decision: Decision) -> None:
    """Raises DomainError for what is out of the ordinary and has no document and ground."""
    if problem and not (decision.document_number and decision.note):
        field = "note" if decision.document_number else "document_number"
        raise DomainError(f"{problem}：须经上级批准，请填批准文号，并在说明中写明依据", field=field)


def _with_term(organization: Organization) -> None:
    if not organization.has_term:
        what = "党小组" if organization.kind == OrganizationKind.PARTY_GROUP else "党工委"
        raise DomainError(f"{what}没有任期，不换届")


def _iso(day: dt.date | None) -> str:
    return day.isoformat() if day else ""
