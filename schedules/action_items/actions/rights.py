"""Who may do what to an item: asked by every action, under the lock that it acts in."""

from core.actor import Actor
from core.errors import DomainError, NotAllowed
from orgs.models import Organization
from orgs.permissions import Permission

from ..models import ActionItem
from ..queries.asked import minutes_of_item
from ..rules import MANY


def locked(item: ActionItem) -> ActionItem:
    """The item as it is stored, held until the transaction ends. Two queries.

    The row is locked without its owner: a join that whoever held the row before has changed, as who
    hands it on does, would be checked against the owner of before, and the row not be found.
    """
    ActionItem.objects.select_for_update().values_list("pk").get(pk=item.pk)
    return ActionItem.objects.select_related("owner", "issuer", "parent").get(pk=item.pk)


def expect_owner(item: ActionItem, by: Actor, permission: Permission) -> None:
    """Raises NotAllowed unless the actor works for the organisation that has to do it."""
    if not by.may_at(permission, item.owner.path):
        raise NotAllowed("这项督办由责任单位办理。")


def expect_issuer(item: ActionItem, by: Actor, permission: Permission) -> None:
    """Raises NotAllowed unless the actor works for who gave it out, or for a level above that."""
    if not by.may_at(permission, item.issuer.path):
        raise NotAllowed("这一步由交办单位办理。")


def expect_side(item: ActionItem, by: Actor) -> None:
    """Raises NotAllowed unless the actor works for one of its sides: the owner, the issuer, or the
    organisation that is waited for. One query where one is."""
    other = item.waiting_for
    if not (
        by.may_at(Permission.ACTION_HANDLE, item.owner.path)
        or by.may_at(Permission.ACTION_VERIFY, item.issuer.path)
        or (other is not None and by.may_at(Permission.ACTION_HANDLE, other.path))
    ):
        raise NotAllowed("责任单位、交办单位和所等的单位才能留言。")


def expect_can_issue(issuer: Organization, owners: list[Organization], by: Actor) -> None:
    """Raises NotAllowed unless the actor may give out items of `issuer` to all of `owners`: to
    itself, and to what stands below it."""
    if not by.may_at(Permission.ACTION_ISSUE, issuer.path):
        raise NotAllowed("没有交办督办的权限。")
    outside = [owner for owner in owners if not owner.path.startswith(issuer.path)]
    if outside:
        raise NotAllowed(f"{outside[0]}不在{issuer}的管理范围内，不能向它交办。")


def expect_another(by: Actor, people: set[int | None], what: str) -> None:
    """Raises NotAllowed for one of `people`, himself or in the stead of one: what somebody did is
    checked by another."""
    if not by.persons.isdisjoint(people):
        raise NotAllowed(f"{what}须由办理人以外的人进行。", code="same_person")


def expect_seen(count: int, by: Actor, seen: bool) -> None:
    """Raises DomainError for a person who gives something to many and has not looked at what they owe
    already: also programs say so (decision 69). No query for few."""
    if seen or count < MANY or by.user_id is None:
        return
    each = minutes_of_item().minutes
    raise DomainError(
        f"要交办给 {count} 个单位，每个约 {each:.1f} 分钟，合计约 {each * count / 60:.1f} 小时。"
        "请先看过这些单位这个月和全年已有的用时（“基层用时”），确认后再交办。",
        field="seen",
        code="unseen",
    )
