"""A programme is drafted, opened, and takes applications no more."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core import audit, clock
from core.actions import action
from core.actor import Actor
from core.errors import DomainError
from core.text import clean
from orgs.enums import OrganizationKind
from orgs.models import Organization

from ..enums import ProgrammeState, SiteLevel
from ..models import AwardProgramme
from ..rules import CRITERION, MOST_CRITERIA, MOST_YEARS, USUAL_YEARS
from . import rights

NO_BASIS = "没有依据文件的示范创建项目不能办：请写批准或部署的文件名称和文号。"


@dataclass(frozen=True, slots=True)
class Outline:
    """All that a programme says."""

    title: str
    level: str
    basis: str
    awarded_by: str
    criteria: Sequence[str]
    closes_on: dt.date | None = None
    quota: int | None = None
    review_years: int = USUAL_YEARS
    plaque_prefix: str = ""


@action
def create(*, organization: Organization, outline: Outline, by: Actor) -> AwardProgramme:
    """A draft that nobody is told of; the same once more, as a double click sends it, is the one that
    there is. Raises NotAllowed or DomainError."""
    rights.expect_holder(organization, by)
    values = _values(organization, outline)
    Organization.objects.select_for_update(of=("self",)).get(pk=organization.pk)  # two clicks
    drafts = AwardProgramme.objects.filter(organization=organization, state=ProgrammeState.DRAFT)
    for one in drafts:
        if all(getattr(one, name) == value for name, value in values.items()):
            return one
    row = AwardProgramme.objects.create(organization=organization, created_at=clock.now(), **values)
    rights.note(row, "sites.programme.create", by=by)
    return row


@action
def edit(
    *, programme: AwardProgramme, revision: int, outline: Outline, by: Actor
) -> AwardProgramme:
    """Changes a draft. Raises NotAllowed, MovedOn, Stale or DomainError."""
    row = rights.locked_programme(programme.pk)
    rights.expect_holder(row.organization, by)
    values = _values(row.organization, outline)
    changes = audit.changed({name: getattr(row, name) for name in values}, values)
    AwardProgramme.machine.move(row, "edit", revision=revision, **values)
    rights.note(row, "sites.programme.edit", by=by, changes=changes)
    return row


@action
def open_for_applications(*, programme: AwardProgramme, by: Actor) -> AwardProgramme:
    """From now on everybody below is told of it and can apply. Raises NotAllowed, MovedOn or
    DomainError."""
    row = rights.locked_programme(programme.pk)
    rights.expect_holder(row.organization, by)
    AwardProgramme.machine.expect(row, "open")
    if row.is_over(clock.today()):
        raise DomainError("申报截止日期已经过去，请先修改。")
    AwardProgramme.machine.move(row, "open")
    rights.note(row, "sites.programme.open", by=by)
    return row


@action
def close(*, programme: AwardProgramme, by: Actor) -> AwardProgramme:
    """Nobody can apply any more; what was sent is still decided on, what is named stays. Raises
    NotAllowed or MovedOn."""
    row = rights.locked_programme(programme.pk)
    rights.expect_holder(row.organization, by)
    AwardProgramme.machine.move(row, "close")
    rights.note(row, "sites.programme.close", by=by)
    return row


def _values(organization: Organization, outline: Outline) -> dict[str, Any]:
    if organization.kind != OrganizationKind.WORK_COMMITTEE:
        raise DomainError("街道、镇和部门不得举办示范创建，由党工委按批准的文件组织。")
    title, basis = clean(outline.title), clean(outline.basis)
    awarded_by = clean(outline.awarded_by)
    if len(title) < 4:
        raise DomainError("请写项目名称，4 至 60 字。", field="title")
    if len(basis) < 6:
        raise DomainError(NO_BASIS, field="basis")
    if len(awarded_by) < 4:
        raise DomainError("请写命名机关，如 中共某某市委组织部。", field="awarded_by")
    if outline.level not in SiteLevel.values:
        raise DomainError("没有这样的级别，请重新选择。", field="level")
    criteria = [clean(one) for one in outline.criteria]
    if not 1 <= len(criteria) <= MOST_CRITERIA:
        raise DomainError(f"请写标准，一行一条，1 至 {MOST_CRITERIA} 条。", field="criteria")
    if any(len(one) > CRITERION for one in criteria):
        raise DomainError(f"每条标准限 {CRITERION} 字。", field="criteria")
    if not 1 <= outline.review_years <= MOST_YEARS:
        raise DomainError(f"复核周期应为 1 至 {MOST_YEARS} 年。", field="review_years")
    if outline.closes_on is not None and not 2000 <= outline.closes_on.year <= 2100:
        raise DomainError("年份应在 2000 至 2100 之间。", field="closes_on")
    if outline.quota is not None and not 1 <= outline.quota <= 500:
        raise DomainError("拟命名数应为 1 至 500。", field="quota")
    return {
        "title": title[:60],
        "level": outline.level,
        "basis": basis[:200],
        "awarded_by": awarded_by[:100],
        "criteria": criteria,
        "closes_on": outline.closes_on,
        "quota": outline.quota,
        "review_years": outline.review_years,
        "plaque_prefix": clean(outline.plaque_prefix)[:20],
    }
