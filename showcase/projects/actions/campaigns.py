"""专项行动 are set up and changed by who leads them."""

from typing import Any

from django.db import IntegrityError, transaction

from core import audit, clock
from core.actions import action
from core.actor import Actor
from core.errors import Conflict, DomainError, NotAllowed
from core.figures import gauged
from orgs.models import Organization
from orgs.permissions import Permission

from ..enums import CampaignKind
from ..models import Campaign
from ..rules import checked


@action
def create(*, organization: Organization, values: dict[str, Any], by: Actor) -> Campaign:
    """Sets one up. Raises NotAllowed, DomainError, Conflict where the year has one of that name."""
    _expect_holder(organization, by)
    given = _checked(values)
    try:
        with transaction.atomic():
            campaign = Campaign.objects.create(
                organization=organization, created_at=clock.now(), **given
            )
    except IntegrityError as error:
        raise _taken(given["title"]) from error
    _note(campaign, "projects.campaign.create", by)
    return campaign


@action
def edit(*, campaign: Campaign, revision: int, values: dict[str, Any], by: Actor) -> Campaign:
    """Changes one, or ends it. Raises NotAllowed, Stale, DomainError, or Conflict for a name that is
    taken."""
    _expect_holder(campaign.organization, by)
    given = _checked(values)
    changes = audit.changed({name: getattr(campaign, name) for name in given}, given)
    try:
        with transaction.atomic():
            Campaign.machine.move(campaign, "edit", revision=revision, **given)
    except IntegrityError as error:
        raise _taken(given["title"]) from error
    _note(campaign, "projects.campaign.edit", by, changes)
    return campaign


def _expect_holder(organization: Organization, by: Actor) -> None:
    if not by.may_at(Permission.SHOWCASE_MANAGE, organization.path):
        raise NotAllowed("专项行动由牵头单位的工作人员办理。")


def _taken(title: str) -> Conflict:
    return Conflict(f"这一年已有“{title}”，请换一个名称。", field="title")


def _checked(values: dict[str, Any]) -> dict[str, Any]:
    year = values["year"]
    if not clock.today().year - 1 <= year <= clock.today().year + 1:
        raise DomainError("请选去年、今年或明年。", field="year")
    if values["kind"] not in CampaignKind.values:
        raise DomainError("没有这样的类别，请重新选择。", field="kind")
    if values["figure"] and values["figure"] not in gauged():
        raise DomainError("没有这样的数，请重新选择。", field="figure")
    return {
        "year": year,
        "kind": values["kind"],
        "title": checked(values["title"], "title", 2, 40, "名称"),
        "goal": checked(values["goal"], "goal", 4, 200, "要办成什么"),
        "figure": values["figure"],
        "is_open": values["is_open"],
    }


def _note(campaign: Campaign, verb: str, by: Actor, changes: dict[str, Any] | None = None) -> None:
    audit.record(
        by=by,
        verb=verb,
        obj=campaign,
        organization_id=campaign.organization_id,
        organization_path=campaign.organization.path,
        changes=changes or {},
    )
