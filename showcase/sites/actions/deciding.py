"""What is decided of applications and sites: named with a plaque, not named; kept, warned, taken off."""

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.db import IntegrityError, transaction

from core import clock
from core.actions import action
from core.actor import Actor
from core.errors import Conflict, DomainError
from core.text import clean
from orgs.models import Organization
from showcase.panels.actions import panels
from showcase.panels.models import Panel
from showcase.panels.queries.seats import result

from ..enums import SiteStepKind
from ..models import AwardProgramme, DemonstrationSite, SiteStep
from ..queries.reviewing import KIND, needs_review, review_of
from ..rules import MOST_WARNING, PUBLIC, checked_reason, plaque, years_later
from . import applying, rights

GIVEN = "这个牌号已经给过，每个牌号只用一次，请换一个。"


@action
def name(
    *,
    site: DemonstrationSite,
    revision: int,
    named_on: dt.date,
    public_text: str,
    plaque_number: str = "",
    by: Actor,
) -> DemonstrationSite:
    """The site is named; without a number it gets the next of the programme. Raises NotAllowed,
    MovedOn, Stale, Conflict for a number that was given, or DomainError."""
    programme = rights.locked_programme(site.programme_id)
    row = rights.locked(site.pk)
    rights.expect_holder(programme.organization, by)
    DemonstrationSite.machine.expect(row, "name", revision)
    _expect_judged(row, is_for=True)
    values = _named(programme, named_on, public_text, plaque_number)
    _move(row, "name", SiteStepKind.NAMED, by, revision=revision, **values)
    rights.note(row, "sites.site.name", by=by, changes=_told(values))
    return row


@action
def register(
    *,
    programme: AwardProgramme,
    organization: Organization,
    title: str,
    named_on: dt.date,
    public_text: str,
    plaque_number: str = "",
    by: Actor,
) -> DemonstrationSite:
    """A site that somebody above has named already, or that was named before there was this portal.
    Raises NotAllowed, Conflict for a number that was given or an organisation that has one, or
    DomainError."""
    programme = rights.locked_programme(programme.pk)
    rights.expect_holder(programme.organization, by)
    applying.expect_below(programme, organization)
    title = clean(title)
    if not 2 <= len(title) <= 60:
        raise DomainError("请写示范点名称，2 至 60 字。", field="title")
    applying.expect_none(programme, organization)
    values = _named(programme, named_on, public_text, plaque_number)
    row = applying.begun(programme, organization, title=title)
    _move(row, "register", SiteStepKind.REGISTERED, by, **values)
    rights.note(row, "sites.site.register", by=by, changes=_told(values))
    return row


@action
def arrange_review(
    *, site: DemonstrationSite, people: Collection[int], due_on: dt.date, by: Actor
) -> Panel:
    """Has named people judge the application, each alone. Raises NotAllowed, MovedOn, DomainError, or
    Conflict where it is judged already."""
    row = rights.locked(site.pk)
    rights.expect_holder(row.programme.organization, by)
    DemonstrationSite.machine.expect(row, "review")
    if review_of(row).panel is not None:
        raise Conflict("这份申报已经安排过评审，不用再安排。", code="state")
    panel = panels.open_panel(
        kind=KIND,
        subject=row.uid,
        organization=row.programme.organization,
        judged=row.organization,
        title=row.title,
        people=people,
        due_on=due_on,
        by=by,
    )
    step = SiteStep(site=row, kind=SiteStepKind.REVIEWED, text=f"{len(set(people))} 人，各自单独评")
    DemonstrationSite.machine.move(row, "review", step=step, by=by)
    rights.note(row, "sites.site.review", by=by)
    return panel


@action
def take_in_review(*, panel: Panel, by: Actor) -> None:
    """A panel was closed: what it came to stands in the timeline of the application."""
    found = result(panel)
    row = rights.locked(DemonstrationSite.objects.only("pk").get(uid=panel.subject).pk)
    text = f"{found.given} 人评，{found.agreed} 人同意"
    step = SiteStep(site=row, kind=SiteStepKind.JUDGED, text=text)
    DemonstrationSite.machine.move(row, "judge", step=step, by=by)


def _expect_judged(row: DemonstrationSite, *, is_for: bool) -> None:
    review = review_of(row)
    if review.is_open:
        raise DomainError("评审还没有结束，请先在申报页面结束评审。")
    if is_for and needs_review(row):
        if review.panel is None:
            raise DomainError("区级的先安排评审，评审结束、多数同意后再命名。")
        if not review.is_for:
            raise DomainError(
                "评审没有过半数同意，不能命名。请写明理由不命名，或退回补充后重新评。"
            )


@action
def decline(*, site: DemonstrationSite, revision: int, reason: str, by: Actor) -> DemonstrationSite:
    """The application is not followed, and why. Raises NotAllowed, MovedOn, Stale or DomainError."""
    row = rights.locked(site.pk)
    rights.expect_holder(row.programme.organization, by)
    DemonstrationSite.machine.expect(row, "decline", revision)
    reason = checked_reason(reason)
    _expect_judged(row, is_for=False)
    _move(row, "decline", SiteStepKind.DECLINED, by, reason, revision=revision, reason=reason)
    rights.note(row, "sites.site.decline", by=by, changes={"reason": [None, reason]})
    return row


@action
def renew(*, site: DemonstrationSite, revision: int, reason: str, by: Actor) -> DemonstrationSite:
    """Looked at again: it stays a site, and is looked at next after the programme's years. Raises
    NotAllowed, MovedOn, Stale or DomainError."""
    row = rights.locked(site.pk)
    rights.expect_holder(row.programme.organization, by)
    reason = checked_reason(reason)
    again = years_later(clock.today(), row.programme.review_years)
    values = {"next_review_on": again, "warned_on": None, "warned_until": None, "reason": reason}
    _move(row, "renew", SiteStepKind.RENEWED, by, reason, revision=revision, **values)
    rights.note(row, "sites.site.renew", by=by, changes={"next_review_on": [None, again]})
    return row


@action
def warn(
    *, site: DemonstrationSite, revision: int, reason: str, until: dt.date, by: Actor
) -> DemonstrationSite:
    """What is wrong with a site, and until when it is to be put right. Raises NotAllowed, MovedOn, Stale
    or DomainError."""
    row = rights.locked(site.pk)
    rights.expect_holder(row.programme.organization, by)
    reason = checked_reason(reason)
    today = clock.today()
    if not today < until <= today + dt.timedelta(days=MOST_WARNING):
        raise DomainError(f"整改期限应在明天以后、{MOST_WARNING} 天以内。", field="until")
    values = {"warned_on": today, "warned_until": until, "reason": reason}
    _move(row, "warn", SiteStepKind.WARNED, by, reason, revision=revision, **values)
    rights.note(row, "sites.site.warn", by=by, changes={"warned_until": [None, until]})
    return row


@action
def remove(*, site: DemonstrationSite, revision: int, reason: str, by: Actor) -> DemonstrationSite:
    """The plaque is taken off, and why; its number is given to nobody again. Raises NotAllowed, MovedOn,
    Stale or DomainError."""
    row = rights.locked(site.pk)
    rights.expect_holder(row.programme.organization, by)
    reason = checked_reason(reason)
    values = {"removed_on": clock.today(), "reason": reason}
    _move(row, "remove", SiteStepKind.REMOVED, by, reason, revision=revision, **values)
    rights.note(row, "sites.site.remove", by=by, changes={"reason": [None, reason]})
    return row


def _move(
    row: DemonstrationSite,
    act: str,
    kind: SiteStepKind,
    by: Actor,
    text: str = "",
    revision: int | None = None,
    **values: Any,
) -> None:
    told = {"decided_at": clock.now(), "decided_by_name": by.name[:100], **values}
    step = SiteStep(site=row, kind=kind, text=text or values.get("plaque_number", ""))
    try:
        with transaction.atomic():
            DemonstrationSite.machine.move(row, act, revision=revision, step=step, by=by, **told)
    except IntegrityError as error:
        raise Conflict(GIVEN, field="plaque_number") from error


def _named(
    programme: AwardProgramme, named_on: dt.date, public_text: str, plaque_number: str
) -> dict[str, Any]:
    """What naming writes. For a programme that the caller has locked."""
    today = clock.today()
    if not named_on.year >= 1990 or named_on > today:
        raise DomainError("命名日期应在 1990 年以后、今天以前。", field="named_on")
    text = clean(public_text, multiline=True)
    if not 10 <= len(text) <= PUBLIC:
        raise DomainError(f"请写一段公开介绍，10 至 {PUBLIC} 字：全区看得到。", field="public_text")
    number = clean(plaque_number)[:40]
    if (
        number
        and DemonstrationSite.objects.filter(programme=programme, plaque_number=number).exists()
    ):
        raise Conflict(GIVEN, field="plaque_number")
    again = years_later(named_on, programme.review_years)
    return {
        "named_on": named_on,
        "public_text": text,
        "plaque_number": number or _next_number(programme, named_on.year),
        "next_review_on": again,
        "removed_on": None,
        "reason": "",
    }


def _next_number(programme: AwardProgramme, year: int) -> str:
    """The next number of the programme, which the caller has locked; none for one without a prefix,
    whose numbers somebody else gives. One query."""
    if not programme.plaque_prefix:
        return ""
    rows = DemonstrationSite.objects.filter(programme=programme).exclude(plaque_number="")
    given = set(rows.values_list("plaque_number", flat=True))
    serial = 1
    while plaque(programme.plaque_prefix, year, serial) in given:
        serial += 1
    return plaque(programme.plaque_prefix, year, serial)


def _told(values: dict[str, Any]) -> dict[str, Any]:
    return {name: [None, values[name]] for name in ("plaque_number", "named_on") if values[name]}
