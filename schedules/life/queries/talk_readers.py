"""Who reads what was said in a 谈心谈话, and who sees between whom it was."""

from core.actor import Actor
from orgs.models import Organization
from orgs.permissions import Permission
from orgs.roles import BranchSecretary

from ..models import Talk


def is_secretary(actor: Actor, organization: Organization) -> bool:
    """Whether the actor acts as the secretary of that very branch, himself: no deputy, nobody from
    above, and nobody who keeps out of it. No query."""
    path = organization.path
    return (
        actor.role == BranchSecretary.key
        and actor.principal_id is None
        and actor.organization_id == organization.pk
        and not any(
            path == part.path or (part.includes_below and path.startswith(part.path))
            for part in actor.recused
        )
    )


def is_one_of_two(actor: Actor, talk: Talk, own: int | None) -> bool:
    """Whether the actor talked there: by the member that he has proven to be (`own`), or by the
    account of the office that was written down. Names alone never do. No query."""
    if own is not None and own in (talk.talker_id, talk.partner_id):
        return True
    users = (talk.talker_user_id, talk.partner_user_id)
    return actor.user_id is not None and actor.user_id in users


def may_read(actor: Actor, talk: Talk, own: int | None) -> bool:
    """Whether the actor reads what was said: one of the two, or the secretary. No query where
    `organization` is loaded."""
    return is_one_of_two(actor, talk, own) or is_secretary(actor, talk.organization)


def sees_names(actor: Actor, organization: Organization) -> bool:
    """Whether the actor sees between whom talks of the organisation were: who acts for it or for
    the level directly above, and reads its register. Others see that there was one. No query."""
    near = actor.organization_id in (organization.pk, organization.parent_id)
    return near and actor.may_at(Permission.MEMBER_VIEW, organization.path)
