"""换届: a body elected anew, and a term extended."""

import datetime as dt
from typing import Any

from core import audit
from core.actions import action
from core.actor import Actor
from core.errors import DomainError

from ..enums import EventKind, OrganizationKind
from ..models import Organization
from . import history, register
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
) -> Organization:
    """换届: a new term from the decision's day; an extension of the old one is over."""
    organization = register.fresh(organization)
    register.covered(by, organization)
    register.existing(organization)
    _with_term(organization)
    register.not_in_future(decision.on)
    if organization.term_started_on and decision.on <= organization.term_started_on:
        raise DomainError("换届日期应晚于本届起始日期", field="on")
    ends = term_ends_on or _years_later(decision.on, term_years)
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
    details = {"before": _iso(before["term_ends_on"]), "after": _iso(ends)}
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
    before = organization.extended_until
    Organization.machine.move(
        organization,
        "extend",
        revision=revision,
        extended_until=until,
        extension_document=decision.document_number,
    )
    details = {"before": _iso(before or organization.term_ends_on), "after": _iso(until)}
    history.happened(organization, EventKind.EXTENDED, decision, by, details)
    history.record(by, "extend", organization, {"extended_until": [before, until]}, decision)
    return register.fresh(organization)


def _with_term(organization: Organization) -> None:
    if organization.kind == OrganizationKind.WORK_COMMITTEE:
        raise DomainError("党工委由上级任命，不换届")


def _years_later(day: dt.date, years: int) -> dt.date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, day=28)


def _iso(day: dt.date | None) -> str:
    return day.isoformat() if day else ""
