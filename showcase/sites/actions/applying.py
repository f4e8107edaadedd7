"""An organisation applies: its words are drafted, sent, taken back; it is asked for more."""

from dataclasses import asdict, dataclass
from typing import Any

from django.db import IntegrityError, transaction

from core import audit, clock
from core.actions import action
from core.actor import Actor
from core.errors import Conflict, DomainError
from core.text import clean
from orgs.models import Organization

from ..enums import SiteState, SiteStepKind
from ..models import AwardProgramme, DemonstrationSite, SiteStep
from ..models.site import LIVE
from ..queries.reviewing import review_of
from ..rules import BACKGROUND, PRACTICE, RESULT, checked_reason
from . import rights

TAKEN = "本组织在这个项目里已有一份申报或一个示范点，不用再报。"


@dataclass(frozen=True, slots=True)
class Words:
    """What an application says. All but the title may still be empty in a draft."""

    title: str
    background: str = ""
    practice: str = ""
    result: str = ""
    responsible_name: str = ""


@action
def create(
    *, programme: AwardProgramme, organization: Organization, words: Words, by: Actor
) -> DemonstrationSite:
    """The draft of an application; the same once more, as a double click sends it, is the one that
    there is. Raises NotAllowed, Conflict where there is another one, or DomainError."""
    programme = rights.locked_programme(programme.pk)
    rights.expect_applicant(organization, by)
    expect_below(programme, organization)
    values = _values(words)
    there = DemonstrationSite.objects.filter(
        programme=programme, organization=organization, state__in=LIVE
    ).first()
    if there is not None:
        if there.state == SiteState.DRAFT and all(
            getattr(there, name) == value for name, value in values.items()
        ):
            return there
        raise Conflict(TAKEN, code="taken")
    if not programme.takes_applications:
        raise Conflict("这个项目现在不受理申报。", code="state")
    row = begun(programme, organization, **values)
    rights.note(row, "sites.site.create", by=by)
    return row


def expect_below(programme: AwardProgramme, organization: Organization) -> None:
    """Raises DomainError unless the organisation stands below the programme's holder and exists."""
    top = programme.organization.path
    if not organization.path.startswith(top) or organization.path == top:
        raise DomainError("只有下级党组织可以申报。", field="organization")
    if organization.abolished_on is not None and organization.abolished_on <= clock.today():
        raise DomainError(f"{organization}已经撤销。", field="organization")


def expect_none(programme: AwardProgramme, organization: Organization) -> None:
    """Raises Conflict where the organisation has one of the programme. One query."""
    rows = DemonstrationSite.objects.filter(programme=programme, organization=organization)
    if rows.filter(state__in=LIVE).exists():
        raise Conflict(TAKEN, field="organization")


def begun(
    programme: AwardProgramme, organization: Organization, **values: Any
) -> DemonstrationSite:
    """The row, within the running action. Raises Conflict where another was faster."""
    try:
        with transaction.atomic():
            return DemonstrationSite.objects.create(
                programme=programme, organization=organization, created_at=clock.now(), **values
            )
    except IntegrityError as error:
        raise Conflict(TAKEN, field="organization") from error


@action
def edit(*, site: DemonstrationSite, revision: int, words: Words, by: Actor) -> DemonstrationSite:
    """Changes what the application says, until it is sent. Raises NotAllowed, MovedOn, Stale or
    DomainError."""
    row = rights.locked(site.pk)
    rights.expect_applicant(row.organization, by)
    values = _values(words)
    changes = audit.changed({name: getattr(row, name) for name in values}, values)
    DemonstrationSite.machine.move(row, "edit", revision=revision, **values)
    rights.note(row, "sites.site.edit", by=by, changes=changes)
    return row


@action
def send(*, site: DemonstrationSite, by: Actor) -> DemonstrationSite:
    """The application goes to who holds the programme. Raises NotAllowed, MovedOn or DomainError."""
    row = rights.locked(site.pk)
    rights.expect_applicant(row.organization, by)
    DemonstrationSite.machine.expect(row, "send")
    if row.state == SiteState.DRAFT and not row.programme.takes_applications:
        raise DomainError("这个项目现在不受理申报。")
    missing = [
        word
        for word, text in (
            ("背景", row.background),
            ("做法", row.practice),
            ("成效", row.result),
            ("负责人", row.responsible_name),
        )
        if not text
    ]
    if missing:
        raise DomainError(f"还没有写{'、'.join(missing)}，请先修改补上再申报。")
    DemonstrationSite.machine.move(
        row,
        "send",
        step=SiteStep(site=row, kind=SiteStepKind.SENT),
        by=by,
        sent_at=clock.now(),
        sent_by_name=by.name[:100],
        reason="",
    )
    rights.note(row, "sites.site.send", by=by)
    return row


@action
def withdraw(*, site: DemonstrationSite, by: Actor) -> DemonstrationSite:
    """The application is taken back before it is decided on. Raises NotAllowed or MovedOn."""
    row = rights.locked(site.pk)
    rights.expect_applicant(row.organization, by)
    DemonstrationSite.machine.expect(row, "withdraw")
    expect_no_review(row)
    DemonstrationSite.machine.move(
        row, "withdraw", step=SiteStep(site=row, kind=SiteStepKind.WITHDRAWN), by=by
    )
    rights.note(row, "sites.site.withdraw", by=by)
    return row


@action
def send_back(
    *, site: DemonstrationSite, revision: int, reason: str, by: Actor
) -> DemonstrationSite:
    """Who holds the programme asks for more, saying what is missing. Raises NotAllowed, MovedOn, Stale
    or DomainError."""
    row = rights.locked(site.pk)
    rights.expect_holder(row.programme.organization, by)
    DemonstrationSite.machine.expect(row, "send_back", revision)
    reason = checked_reason(reason)
    expect_no_review(row)
    DemonstrationSite.machine.move(
        row,
        "send_back",
        revision=revision,
        step=SiteStep(site=row, kind=SiteStepKind.RETURNED, text=reason),
        by=by,
        reason=reason,
    )
    rights.note(row, "sites.site.send_back", by=by, changes={"reason": [None, reason]})
    return row


def expect_no_review(site: DemonstrationSite) -> None:
    """Raises DomainError while people judge it. Two queries at most."""
    if review_of(site).is_open:
        raise DomainError("正在评审，等评审结束或取消以后再办。")


def _values(words: Words) -> dict[str, Any]:
    title = clean(words.title)
    if not 2 <= len(title) <= 60:
        raise DomainError("请写示范点名称，2 至 60 字。", field="title")
    values = {name: clean(text, multiline=True) for name, text in asdict(words).items()}
    values |= {"title": title, "responsible_name": clean(words.responsible_name)}
    for name, most in (
        ("background", BACKGROUND),
        ("practice", PRACTICE),
        ("result", RESULT),
        ("responsible_name", 50),
    ):
        if len(values[name]) > most:
            raise DomainError(f"限 {most} 字。", field=name)
    return values
